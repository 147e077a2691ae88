"""What a value of a set of rules must be: each check says what is wrong with it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from enterprises.eligibility.model.firm_data import MOST_YEARS
from enterprises.eligibility.rule_sets import told_data

Check = Callable[[Any], str]
MOST = 10**12
"""No amount in 万元 is larger."""
FULL_SHARE = 100
MOST_POINTS = 1000
POINTS_WANTED = "应为分数，或 [最低分, 最高分]"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unless(is_right: object, sentence: str) -> str:
    """What is wrong, where something is."""
    if is_right:
        return ""
    return sentence


def number(value: Any) -> str:
    # Neither infinite nor "not a number" lies between the two.
    return _unless(_is_number(value) and 0 <= value <= MOST, "应为不小于0的数字")


def percent(value: Any) -> str:
    return _unless(_is_number(value) and 0 <= value <= FULL_SHARE, "应为0至100的数字（百分数）")


def whole(value: Any) -> str:
    is_whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST
    return _unless(is_whole, "应为不小于0的整数")


def points(value: Any) -> str:
    if isinstance(value, list):
        is_range = len(value) == 2 and not any(map(whole, value)) and value[0] <= value[1]
        return _unless(is_range, POINTS_WANTED)
    return _unless(not whole(value) and value <= MOST_POINTS, POINTS_WANTED)


def text(value: Any) -> str:
    return _unless(isinstance(value, str) and value.strip(), "应为文字")


def texts(value: Any) -> str:
    is_list = isinstance(value, list) and all(not text(each) for each in value)
    return _unless(is_list, '应为文字的列表，如 ["甲", "乙"]')


def wholes(value: Any) -> str:
    is_list = isinstance(value, list) and value and all(not whole(each) for each in value)
    return _unless(is_list, "应为整数的列表，如 [6, 6, 4, 4]")


def forms(value: Any) -> str:
    known = told_data()["legal_forms"]
    if wrong := texts(value):
        return wrong
    unknown = [each for each in value if each not in known]
    return f"不认识“{unknown[0]}”，可用：{'、'.join(known)}" if unknown else ""


def _rows(value: Any, wanted: Mapping[str, Check], optional: str = "", *, is_sorted_by: str) -> str:
    """A list of rows, each with the same items; no bound twice."""
    if not isinstance(value, list) or not value:
        return "应为至少一档的列表"
    bounds = []
    for number, row in enumerate(value, 1):
        if not isinstance(row, dict):
            return f"第{number}档应为 {{…}}"
        for name, check in wanted.items():
            if name not in row:
                if name == optional:
                    continue
                return f"第{number}档缺 {name}"
            if wrong := check(row[name]):
                return f"第{number}档的 {name} {wrong}"
        if unknown := set(row) - set(wanted):
            return f"第{number}档的 {sorted(unknown)[0]} 不是这里的项目"
        bounds.append(row.get(is_sorted_by))
    return _unless(len(set(bounds)) == len(bounds), "有两档的界限相同")


def bands(value: Any) -> str:
    return _rows(value, {"from": number, "points": points}, is_sorted_by="from")


def debt_bands(value: Any) -> str:
    return _rows(value, {"up_to": percent, "points": whole}, is_sorted_by="up_to")


def tiers_up(value: Any) -> str:
    """The last one is without a bound: every firm has its tier."""
    wanted = {"up_to": number, "share": percent}
    if wrong := _rows(value, wanted, optional="up_to", is_sorted_by="up_to"):
        return wrong
    return _unless(any("up_to" not in row for row in value), "须有一档不写 up_to（没有上限）")


def tiers_from(value: Any) -> str:
    return _rows(value, {"from": number, "share": percent}, is_sorted_by="from")


def years(value: Any) -> str:
    is_told = not whole(value) and 1 <= value <= MOST_YEARS
    return _unless(is_told, f"应为1至{MOST_YEARS}的整数")
