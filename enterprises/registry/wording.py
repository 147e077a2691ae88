"""The value of a fact's field as a clerk reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value_in_words(column: Any, value: Any, names: Mapping[Any, Any], empty: str = "") -> str:
    """是/否, the label of a choice, the name behind a reference, or the value itself.

    `column` is the model field; `names` maps codes or ids of the referred rows, as `value` holds
    them, to names; `empty` stands for no value.
    """
    if value in (None, ""):
        return empty
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.is_relation:
        return str(names.get(value, value))
    return str(dict(column.flatchoices).get(value, value))
