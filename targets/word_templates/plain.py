"""What a template may name, as plain data: it goes to a child process without database and models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils.functional import Promise


def as_plain(value: Any) -> Any:
    """Texts, numbers, days, lists and mappings; an object becomes a namespace of what it tells."""
    if value is None or isinstance(value, bool | dt.date | Decimal):
        return value
    if isinstance(value, str | Promise):
        # An enum's member or a text marked safe is a kind of text of its own.
        return str.__str__(str(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {as_plain(key): as_plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(entry) for entry in value]
    if is_dataclass(value):
        told = {name: as_plain(getattr(value, name)) for name in _names(type(value))}
        return SimpleNamespace(**told)
    raise TypeError(f"{type(value).__name__} is no plain data")


def _names(kind: Any) -> list[str]:
    """The fields and properties, except those that a template cannot reach anyway."""
    names = [field.name for field in fields(kind)]
    for part in kind.__mro__:
        names += [name for name, what in vars(part).items() if isinstance(what, property)]
    return [name for name in names if not name.startswith("_")]
