"""Whether a set of rules is in order before it is kept, and in what it differs from another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from enterprises.eligibility.entering import values
from enterprises.eligibility.entering.items import ASKS, ITEMS, Conditions, Item
from enterprises.eligibility.model.kind_rules import ORDER
from enterprises.eligibility.model.states import SCORED, STATES

PERHAPS = "（可不填）"
NOTHING = "（无）"
INDENT = "  "
Told = Mapping[str, Any]


def problems_of(conditions: Conditions, told: object, kinds: frozenset[str]) -> list[str]:
    """What is wrong, each in words; nothing where the set can be kept. `kinds`: the codes that exist."""
    if not isinstance(told, dict):
        return ["标准应为 {…} 的形式，见下方各项。"]
    found = list(_of_table(ITEMS[conditions], told))
    if conditions is not Conditions.SMALL_FIRM and not found:
        found += _of_names(conditions, told)
    if conditions is Conditions.KIND and not found:
        found += _of_kinds(told, kinds)
    return found


def _of_table(items: Mapping[str, Item], told: Told, before: str = "") -> Iterator[str]:
    for name in told:
        if name not in items:
            yield f"“{before}{name}”不是这里的项目。可用：{'、'.join(items)}。"
    for name, item in items.items():
        if name in told:
            yield from _of_item(item, told[name], before + name)
        elif not item.optional:
            yield f"缺“{before}{name}”（{item.label}）。"


def _of_item(item: Item, value: Any, name: str) -> Iterator[str]:
    if item.parts is not None:
        if isinstance(value, dict):
            yield from _of_table(item.parts, value, f"{name}.")
        else:
            yield f"“{name}”（{item.label}）应为 {{…}}。"
    elif item.check is None:
        is_table = isinstance(value, dict) and all(not values.text(each) for each in value.values())
        if not is_table:
            yield f'“{name}”（{item.label}）应为 {{"编号": "文字"}}。'
    elif wrong := item.check(value):
        yield f"“{name}”（{item.label}）{wrong}。"


def _of_names(conditions: Conditions, told: Told) -> Iterator[str]:
    """Conditions are known by their codes."""
    all_of_them = (*STATES, SCORED) if conditions is Conditions.CERTIFICATE else ORDER
    for part in ("names", "units"):
        for code in told[part]:
            if code not in all_of_them:
                yield f"“{part}”中没有编号为“{code}”的条件。可用：{'、'.join(all_of_them)}。"
    for code in told["needed"]:
        if code not in told["names"]:
            yield f"“needed”中的“{code}”没有写在“names”里。"
    if conditions is Conditions.CERTIFICATE:
        for code in all_of_them:
            if code not in told["names"]:
                yield f"“names”缺编号为“{code}”的条件。"
    else:
        yield from _of_asked(told)


def _of_asked(told: Told) -> Iterator[str]:
    """What is named must be told all it asks for."""
    if not told["names"]:
        yield "“names”（各条件的名称）至少要有一条。"
    for code, condition in told["names"].items():
        for name in ASKS.get(code, ()):
            if name not in told:
                label = ITEMS[Conditions.KIND][name].label
                yield f"条件“{code}”（{condition}）缺“{name}”（{label}）。"


def _of_kinds(told: Told, kinds: frozenset[str]) -> Iterator[str]:
    for name in ("direct_kinds", "base_kinds"):
        for code in told.get(name, ()):
            if code not in kinds:
                yield f"“{name}”中的“{code}”不是资质类别的代码。"


# --- for whoever edits ----------------------------------------------------------------------------
def in_order(conditions: str, told: Any) -> Any:
    """The same in the order of the items: a database may keep none."""
    if conditions not in ITEMS or not isinstance(told, dict):
        return told
    return _ordered(ITEMS[Conditions(conditions)], told)


def _ordered(items: Mapping[str, Item], told: Told) -> dict[str, Any]:
    rest = [name for name in told if name not in items]
    found = {}
    for name in [*(name for name in items if name in told), *rest]:
        item, value = items.get(name), told[name]
        if item is not None and item.parts is not None and isinstance(value, dict):
            value = _ordered(item.parts, value)
        found[name] = value
    return found


def as_text(told: Any, before: str = "") -> str:
    """To be read and edited: an item a line, a band a line."""
    inner = before + INDENT
    if isinstance(told, dict) and told:
        lines = [f"{inner}{_shown(name)}: {as_text(told[name], inner)}" for name in told]
        return "{\n" + ",\n".join(lines) + f"\n{before}}}"
    if isinstance(told, list) and any(isinstance(value, dict) for value in told):
        return "[\n" + ",\n".join(f"{inner}{_shown(value)}" for value in told) + f"\n{before}]"
    return _shown(told)


def items_in_words(conditions: Conditions) -> list[str]:
    """Each item as it is written, with its meaning."""
    return list(_items_in_words(ITEMS[conditions]))


def _items_in_words(items: Mapping[str, Item], before: str = "") -> Iterator[str]:
    for name, item in items.items():
        yield f"{before}{name}：{item.label}{PERHAPS if item.optional else ''}"
        if item.parts is not None:
            yield from _items_in_words(item.parts, f"{before}{name}.")


def differences(conditions: Conditions, before: Told, after: Told) -> list[str]:
    """Each item that differs, in words: 科技人员占比下限（%）：10 → 12."""
    return list(_differences(ITEMS[conditions], before, after))


def _differences(items: Mapping[str, Item], before: Told, after: Told) -> Iterator[str]:
    for name, item in items.items():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if item.parts is not None:
            yield from _differences(item.parts, old or {}, new or {})
        else:
            yield f"{item.label}：{_told(old)} → {_told(new)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _told(value: Any) -> str:
    return NOTHING if value is None else _shown(value)
