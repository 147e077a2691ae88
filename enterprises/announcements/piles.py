"""The piles into which a list falls on its page, and what each line does in words."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from enterprises.announcements.deeds import Deed
from enterprises.announcements.matching import Match, Pile
from enterprises.models import Application

REFUSED = ("conflict", "warn")
WRITES = {"apply", "grant", "extend", "correct", "revoke", "rename", "register"}
"""What changes a fact, where nothing is wanting."""


class PagePile(StrEnum):
    """In the order of the page."""

    MATCHED = "matched"
    CHOOSE = "choose"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    ELSEWHERE = "elsewhere"

    @property
    def label(self) -> str:
        return _WORDS_OF_PILES[self][0]

    @property
    def hint(self) -> str:
        return _WORDS_OF_PILES[self][1]


_WORDS_OF_PILES: dict[PagePile, tuple[str, str]] = {
    PagePile.MATCHED: ("已对上", "企业已认定，确认后写入"),
    PagePile.CHOOSE: (
        "待选定",
        "是哪一家、是哪一天，由人选定；对名称的判定下次沿用",
    ),
    PagePile.CONFLICT: (
        "冲突",
        "与登记相反的行不会写入，除非写明以名单为准",
    ),
    PagePile.UNKNOWN: (
        "未登记",
        "名单说是本区的，或名称与应有的企业相近；可当场登记，也可留着",
    ),
    PagePile.ABSENT: (
        "应有未见",
        "在途或持证而名单上没有，请问申报机构或企业；不会因此写入任何内容",
    ),
    PagePile.ELSEWHERE: ("外区", "其他区县的企业，不处理"),
}


def pile_of(match: Match, deed: Deed, near: Collection[int]) -> PagePile:
    """`near`: numbers of lines that have almost the name of a registered firm."""
    if deed.told.get("do") in REFUSED and match.firm:
        return PagePile.CONFLICT
    if match.pile == Pile.CHOOSE or deed.told.get("question"):
        return PagePile.CHOOSE
    if match.pile == Pile.MATCHED or deed.acts:
        return PagePile.MATCHED
    if match.is_settled_by_person:
        return PagePile.ELSEWHERE
    asks = match.is_local or match.line.n in near
    return PagePile.UNKNOWN if asks else PagePile.ELSEWHERE


def objection(told: dict[str, Any]) -> str:
    """Why the line is not written as it stands."""
    if told["do"] == "conflict":
        registered = told["registered_number"]
        if not registered:
            return "没有登记这份证书"
        return f"登记的编号是{registered}"
    return {"closed": "企业已注销", "left": "企业已迁出"}.get(
        told["reason"], "整体迁移请在企业档案中办理"
    )


def may_insist(told: dict[str, Any]) -> bool:
    """Whether a person may let the list prevail."""
    if told["do"] == "conflict":
        return bool(told["registered_number"] and told.get("number"))
    return told.get("reason") in ("closed", "left")


def in_words(told: dict[str, Any]) -> str:
    """What the line does, as a page tells it."""
    do = told.get("do", "")
    if do in REFUSED:
        return objection(told)
    tell = _WORDS.get(do)
    return tell(told) if tell else ""


def _apply(told: dict[str, Any]) -> str:
    stage = Application.Stage(told["stage"]).label
    batch = f"第{told['batch']}批" if told.get("batch") else ""
    return f"申报转为{stage}（{told['year']}年{batch}，自{_day(told['on'])}）"


def _grant(told: dict[str, Any]) -> str:
    parts = [told.get("number") or "", f"自{_day(told['valid_from'])}"]
    if told.get("valid_until"):
        parts.append(f"有效期至{told['valid_until']}")
    return "登记资质：" + "，".join(filter(None, parts))


def _register(told: dict[str, Any]) -> str:
    if "town" not in told:
        return f"可登记为新企业（{told['uscc']}）"
    then = in_words(told["then"]) if told.get("then") else ""
    return "；".join(filter(None, [f"登记新企业（{told['uscc']}）", then]))


def _rename(told: dict[str, Any]) -> str:
    return f"更名为{told['name']}" + (f"（{told['on']}）" if told.get("on") else "")


def _revoke(told: dict[str, Any]) -> str:
    return f"{_day(told['on'])}起取消"


def _keep(told: dict[str, Any]) -> str:
    return f"已在库，保留原入库日期{told['registered_on']}"


_WORDS = {
    "apply": _apply,
    "grant": _grant,
    "register": _register,
    "rename": _rename,
    "revoke": _revoke,
    "keep": _keep,
    "extend": lambda told: f"补登有效期至{told['valid_until']}",
    "correct": lambda told: f"更正编号：{told['was']} → {told['number']}",
    "confirm": lambda told: "登记相同，由本名单确认",
    "former_name": lambda told: "现名相同",
    "duplicate": lambda told: f"与第{told['of']}行重复",
    "skip": lambda told: "不写入（人工判定）",
    "none": lambda told: "不写入",
}


def _day(day: Any) -> str:
    return str(day) if day else "（缺日期）"
