"""The ledger of one firm as sentences: what changed from what to what, from which day, by whom, from which cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field

from enterprises.firms.contacts import redacted
from enterprises.models import LedgerEntry, Qualification, QualificationKind, TechField
from parks.models import Unit

NAMED = {Unit: "name", QualificationKind: "short_name", TechField: "name"}
"""Reference data that the ledger holds by code → the attribute that names it."""
EMPTY = {"park": "园区外"}


@dataclass(frozen=True)
class Altered:
    """One field: words before and after; `before` is None where the fact is new."""

    label: str
    before: str | None
    after: str


@dataclass(frozen=True)
class TimelineEntry:
    """One ledger entry in words."""

    entry: LedgerEntry
    title: str
    altered: list[Altered]
    cells: str


class Teller:
    """Tells entries; reads the names of units, kinds and fields once (three queries)."""

    def __init__(self, qualifications: Iterable[Qualification] = ()) -> None:
        self._names = {
            model: dict(model._default_manager.values_list("code", attribute))
            for model, attribute in NAMED.items()
        }
        self._qualifications = {one.pk: one for one in qualifications}

    def tell(self, entries: Sequence[LedgerEntry], *, contacts: bool) -> list[TimelineEntry]:
        """`contacts`: whether the reader may see contact persons."""
        return [self._told(entry, contacts) for entry in entries]

    def _told(self, entry: LedgerEntry, contacts: bool) -> TimelineEntry:
        before, after = (
            side if contacts else redacted(side) for side in (entry.before, entry.after)
        )
        model = apps.get_model("enterprises", entry.fact)
        altered = []
        for name, value in after.items():
            field = model._meta.get_field(name)
            old = self._words(field, before[name]) if name in before else None
            altered.append(Altered(str(field.verbose_name), old, self._words(field, value)))
        if not after:  # a fact that was taken back is gone
            fields = ((model._meta.get_field(name), value) for name, value in before.items())
            altered = [
                Altered(str(one.verbose_name), self._words(one, value), "（撤销）")
                for one, value in fields
            ]
        return TimelineEntry(entry, self._title(entry), altered, cells_in_words(entry.cells))

    def _title(self, entry: LedgerEntry) -> str:
        held = self._qualifications.get(entry.fact_id) if entry.fact == "qualification" else None
        return f"{entry.get_act_display()}：{held}" if held else entry.get_act_display()

    def _words(self, field: Field[Any, Any], value: Any) -> str:
        if value in (None, ""):
            return EMPTY.get(field.name, "空")
        if isinstance(value, bool):
            return "是" if value else "否"
        if field.is_relation:
            return str(self._names[field.related_model].get(value, value))  # type: ignore[index]
        return str(dict(field.flatchoices).get(value, value))


def cells_in_words(cells: dict[str, str]) -> str:
    """Each address once: Sheet1!A4、Sheet1!E4."""
    return "、".join(dict.fromkeys(cells.values()))


@dataclass(frozen=True)
class ValidityText:
    """A qualification on a day: in words, and as a tone (good, short, none) for its colour."""

    words: str
    tone: str


SOON = 90
"""Days before its end at which a certificate is called about to lapse."""


def validity(one: Qualification, day: dt.date) -> ValidityText:
    if one.holds_on(day):
        left = (one.valid_until - day).days if one.valid_until else None
        if left is not None and left <= SOON:
            return ValidityText(f"有效，{left}天后到期" if left else "有效，当日到期", "short")
        return ValidityText("有效", "good")
    if one.valid_from is None:
        return ValidityText("仅知认定年度，按日期不计", "none")
    if day < one.valid_from:
        return ValidityText("尚未生效", "none")
    if one.revoked_on is not None and one.revoked_on <= day:
        return ValidityText(f"已于{one.revoked_on}取消", "none")
    return ValidityText("已到期", "none")
