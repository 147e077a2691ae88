"""Where a row of a roster contradicts the registry, and what its unit can answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models


class Contradiction(models.TextChoices):
    """Labels say what the unit still has to tell."""

    CODE = "code", "是否同一企业"
    NUMBER = "number", "以哪个证书编号为准"
    ENDING = "ending", "企业是否仍在本单位"
    POOL = "pool", "是否退出后备库"


class Settlement(models.TextChoices):
    """What the unit can answer; each belongs to one contradiction."""

    SAME_FIRM = "same_firm", "是同一企业，登记的信用代码有误，更正为本表所填"
    OTHER_FIRM = "other_firm", "不是同一企业，只是同名"
    NUMBER_CORRECTED = "number_corrected", "登记的编号有误，更正为本表所填"
    SECOND_NUMBER = "second_number", "同一天发证的两份证书，都登记"
    STAYS = "stays", "仍在本单位经营，照名册登记"
    CLOSED = "closed", "已注销（填注销日期）"
    LEFT = "left", "已迁出本区（填迁出日期）"
    STAYS_IN_POOL = "stays_in_pool", "仍在库，维持登记"
    LEAVES_POOL = "leaves_pool", "退库（填原因）"


OFFERED = {
    Contradiction.CODE: (Settlement.SAME_FIRM, Settlement.OTHER_FIRM),
    Contradiction.NUMBER: (Settlement.NUMBER_CORRECTED, Settlement.SECOND_NUMBER),
    Contradiction.ENDING: (Settlement.STAYS, Settlement.CLOSED, Settlement.LEFT),
    Contradiction.POOL: (Settlement.STAYS_IN_POOL, Settlement.LEAVES_POOL),
}
NEEDS_DAY = frozenset((Settlement.CLOSED, Settlement.LEFT))
NEEDS_NOTE = frozenset((Settlement.LEAVES_POOL,))


@dataclass(frozen=True, slots=True)
class Contradicted:
    """One contradiction of one row.

    `text`: the question, as a sentence. `registered`: what the registry holds. `offered`: the
    answers that fit; a firm that stands elsewhere cannot simply get another code.
    """

    kind: str
    text: str
    registered: str
    offered: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(Contradiction(self.kind).label)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(code, str(Settlement(code).label)) for code in self.offered]

    @property
    def asks_day(self) -> bool:
        return not NEEDS_DAY.isdisjoint(self.offered)

    @property
    def asks_note(self) -> bool:
        return not NEEDS_NOTE.isdisjoint(self.offered)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "text": self.text,
            "registered": self.registered,
            "offered": list(self.offered),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Contradicted:
        offered = tuple(kept["offered"])
        return cls(kept["kind"], kept["text"], kept["registered"], offered)


@dataclass(frozen=True, slots=True)
class Settled:
    """The unit's answer to one contradiction; `choice` is empty where there is none."""

    choice: str = ""
    day: dt.date | None = None
    note: str = ""

    @property
    def lacks(self) -> str:
        """What is missing in the answer, as a Chinese phrase; empty: nothing."""
        if self.choice in NEEDS_DAY and self.day is None:
            return "日期"
        if self.choice in NEEDS_NOTE and not self.note:
            return "原因"
        return ""

    @property
    def in_words(self) -> str:
        if not self.choice:
            return ""
        label = str(Settlement(self.choice).label).partition("（")[0]
        return "，".join(str(part) for part in (label, self.day, self.note) if part)

    def to_json(self) -> dict[str, Any]:
        day = self.day.isoformat() if self.day else None
        return {"choice": self.choice, "day": day, "note": self.note}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Settled:
        day = dt.date.fromisoformat(kept["day"]) if kept.get("day") else None
        return cls(kept.get("choice", ""), day, kept.get("note", ""))
