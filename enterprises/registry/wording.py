"""The value of a fact's field, and a rule of the database, as a clerk reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import IntegrityError


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


def constraint_in_words(error: IntegrityError) -> str:
    """The Chinese sentence of the violated constraint, whose name the database's message holds."""
    text = str(error)
    for model in apps.get_app_config("enterprises").get_models():
        for constraint in model._meta.constraints:
            if constraint.name in text:
                return str(constraint.violation_error_message)
    # Migrations make these: Django has no constraint for them, so no model knows them.
    if "owner_no_overlap" in text:
        return "一家企业同一层级在同一天只能有一名责任人。"
    if "ip_item_no_overlap" in text:
        return "同一项知识产权同一时间只能归一家企业所有。"
    overlaps = ("placement_no_overlap", "pool_no_overlap", "application_no_overlap")
    if any(name in text for name in overlaps):
        return "一家企业在同一天只能有一个所在地、一条后备库记录、每类资质一条申报记录。"
    return "数据与已登记的事实冲突，未写入。"
