"""The ledger of a firm as sentences: what changed to what, from which day, by whom, from where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps

from enterprises.firms.contacts import redact_contacts
from enterprises.marks import Mark, Tone
from enterprises.models import (
    IpKind,
    LedgerEntry,
    Qualification,
    QualificationKind,
    RejectionReason,
    TechField,
    YearlyDuty,
)
from enterprises.registry.wording import value_in_words
from parks.models import Unit, User

NAMED = {
    Unit: "name",
    QualificationKind: "short_name",
    TechField: "name",
    RejectionReason: "name",
    YearlyDuty: "short_name",
    IpKind: "name",
}
"""Reference data that the ledger holds by code → the attribute that names it."""
ACCOUNTS = frozenset({"account", "owner"})
"""Fields that hold the name under which a person signs in."""
GONE: dict[str, str] = {
    LedgerEntry.Act.UNDONE: "（撤销）",
    LedgerEntry.Act.MERGED: "（转出）",
}
"""Act → what is told instead of a value that is gone."""
EMPTY = {"park": "园区外"}
"""Field → what no value means there; elsewhere it is 空."""


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
    """Tells entries; reads the names of units, kinds and the like when one is first told of."""

    def __init__(self, qualifications: Iterable[Qualification] = ()) -> None:
        self._names: dict[Any, dict[str, str]] = {}
        self._qualifications = {row.pk: row for row in qualifications}

    def tell(self, entries: Sequence[LedgerEntry], *, contacts: bool) -> list[TimelineEntry]:
        """`contacts`: whether the reader may see contact persons."""
        return [self._tell_entry(entry, contacts) for entry in entries]

    def _tell_entry(self, entry: LedgerEntry, contacts: bool) -> TimelineEntry:
        before, after = entry.before, entry.after
        if not contacts:
            before, after = redact_contacts(before), redact_contacts(after)
        model = apps.get_model("enterprises", entry.fact)
        altered = []
        for name, value in after.items():
            column = model._meta.get_field(name)
            old = self._in_words(column, before[name]) if name in before else None
            altered.append(Altered(str(column.verbose_name), old, self._in_words(column, value)))
        # A fact that was taken back, or went to another record, is gone: nothing comes after.
        if not after:
            for name, value in before.items():
                column = model._meta.get_field(name)
                old = self._in_words(column, value)
                altered.append(Altered(str(column.verbose_name), old, GONE[entry.act]))
        return TimelineEntry(entry, self._make_title(entry), altered, cells_in_words(entry.cells))

    def _make_title(self, entry: LedgerEntry) -> str:
        """The act and, where it is about a qualification that is still there, its name."""
        title = entry.get_act_display()
        if entry.fact == "qualification" and entry.fact_id in self._qualifications:
            return f"{title}：{self._qualifications[entry.fact_id]}"
        return title

    def _in_words(self, column: Any, value: Any) -> str:
        if value and column.name in ACCOUNTS:
            return self._people.get(value, value)
        names = self._names_of(column.related_model) if value else {}
        return value_in_words(column, value, names, empty=EMPTY.get(column.name, "空"))

    @cached_property
    def _people(self) -> dict[str, str]:
        return {person.username: str(person) for person in User.objects.all()}

    def _names_of(self, model: Any) -> dict[str, str]:
        """Keyed by code, as the ledger holds references; one query each."""
        if model not in NAMED:
            return {}
        if model not in self._names:
            rows = model._default_manager.values_list("code", NAMED[model])
            self._names[model] = dict(rows)
        return self._names[model]


def cells_in_words(cells: dict[str, str]) -> str:
    """Each address once: Sheet1!A4、Sheet1!E4."""
    return "、".join(dict.fromkeys(cells.values()))


@dataclass(frozen=True)
class ValidityText:
    """A qualification on a day: in words, and how it looks."""

    words: str
    mark: Mark


SOON_MARK = Mark(Tone.WATCH, "exclamation-triangle")
NO_MARK = Mark(Tone.NONE)
"""Past or to come: nothing to judge."""
SOON = 90
"""Days before its end at which a certificate is called about to lapse."""


def validity_in_words(certificate: Qualification, day: dt.date) -> ValidityText:
    validity = certificate.validity
    if validity is None:
        return ValidityText("仅知认定年度，按日期不计", NO_MARK)
    if day < validity.first_day:
        return ValidityText("尚未生效", NO_MARK)
    if validity.covers(day):
        # Days to the printed last day: a withdrawal that is still to come does not shorten them.
        last_day = certificate.valid_until
        if last_day is None or (last_day - day).days > SOON:
            return ValidityText("有效", Mark(Tone.GOOD, "check-circle"))
        if last_day == day:
            return ValidityText("有效，当日到期", SOON_MARK)
        return ValidityText(f"有效，{(last_day - day).days}天后到期", SOON_MARK)
    if certificate.revoked_on is not None and certificate.revoked_on <= day:
        return ValidityText(f"已于{certificate.revoked_on}取消", NO_MARK)
    return ValidityText("已到期", NO_MARK)
