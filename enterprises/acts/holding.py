"""Acts on what a firm holds and reports: qualifications, yearly figures, the reserve pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enterprises.acts.base import Act
from enterprises.book import Firm
from enterprises.models import LedgerEntry, PoolEntry, Qualification, QualificationKind, YearlyFigures

Kind = LedgerEntry.Act
YEARS = range(1949, 2101)
"""A year outside is a slip of the pen, and with a term added it may leave the calendar."""
_YEARS_SAID = f"{YEARS[0]}至{YEARS[-1]}年之间"


def default_last_day(kind: QualificationKind, issued: dt.date) -> dt.date | None:
    """Issue day + the term in force on that day; None where the kind has no term."""
    terms = [term for term in kind.terms.all() if term.since <= issued]
    return max(terms, key=lambda term: term.since).last_day(issued) if terms else None


@dataclass(frozen=True, kw_only=True)
class Grant(Act):
    """The firm obtained a qualification. A known one gets the details that are given and still missing or differ.

    It is the same qualification when the number is the same, or when neither has a number and the day is the same.
    `valid_until` left out means the kind's term from the day of issue. A mention without a date (`dating` first_seen,
    `valid_from` the day of the list) says only that the firm holds it then; a printed date takes its place.
    """

    kind: str
    number: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    class_year: int | None = None
    recognition: str = ""
    dating: str = Qualification.Dating.PRINTED

    def change(self, firm: Firm) -> None:
        kind = firm.book.kind(self.kind)
        self._refuse_impossible_years(firm)
        self._refuse_foreign_number(firm, kind)
        held = self._same(firm, kind)
        if held is None:
            self._grant(firm, kind)
            return
        if self._is_mention:
            self._seen_earlier(firm, held)
            return
        if held.dating == Qualification.Dating.FIRST_SEEN:
            self._print(firm, kind, held)
            return
        if self.valid_from and held.valid_from and held.valid_from != self.valid_from:
            message = f"{kind.short_name} {self.number}登记的日期为{held.valid_from}，与名单的{self.valid_from}不一致"
            raise firm.refusal(message, "valid_from", self.cells)
        given: dict[str, Any] = {
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "recognition": self.recognition,
        }
        if self.class_year or (self.valid_from and not held.valid_from):
            given["class_year"] = self.class_year or held.class_year or self.valid_from.year  # type: ignore[union-attr]
        values: dict[str, Any] = {name: value for name, value in given.items() if value}
        if self.valid_from and not held.valid_from and not self.valid_until:
            values["valid_until"] = default_last_day(kind, self.valid_from)
        firm.alter(held, act=Kind.EXTENDED, on=held.valid_from or self.valid_from, cells=self.cells, **values)

    @property
    def _is_mention(self) -> bool:
        return self.dating == Qualification.Dating.FIRST_SEEN

    def _seen_earlier(self, firm: Firm, held: Qualification) -> None:
        """An older list mentions it too: it was first seen on that day."""
        if held.dating == self.dating and self.valid_from and held.valid_from and self.valid_from < held.valid_from:
            firm.alter(held, act=Kind.EXTENDED, on=self.valid_from, cells=self.cells, **_issued(self.valid_from))

    def _print(self, firm: Firm, kind: QualificationKind, held: Qualification) -> None:
        """What was only known from mentions gets its printed number and dates."""
        printed = self._new(firm, kind)
        names = ("number", "valid_from", "valid_until", "class_year", "recognition", "dating")
        values = {name: getattr(printed, name) for name in names}
        firm.alter(held, act=Kind.EXTENDED, on=self.valid_from, cells=self.cells, **values)

    def _same(self, firm: Firm, kind: QualificationKind) -> Qualification | None:
        held = firm.held(kind.pk)
        mentioned = next((one for one in held if self._means(one, kind)), None)
        if self._is_mention:
            return next((one for one in held if self.valid_from and one.holds_on(self.valid_from)), mentioned)
        if self.number:
            return next((one for one in held if one.number == self.number), mentioned)
        unnumbered = [one for one in held if not one.number and one.dating == Qualification.Dating.PRINTED]
        same = next((one for one in unnumbered if one.valid_from == self.valid_from), None)
        if same is None and self.valid_from and not default_last_day(kind, self.valid_from):
            same = next((one for one in unnumbered if one.valid_until is None and one.revoked_on is None), None)
        return same or mentioned

    def _means(self, held: Qualification, kind: QualificationKind) -> bool:
        """`held` is known from mentions alone, and this act is about the same qualification."""
        if held.dating != Qualification.Dating.FIRST_SEEN or not held.valid_from or not self.valid_from:
            return False
        if self._is_mention:
            return self.valid_from < held.valid_from
        until = self.valid_until or default_last_day(kind, self.valid_from) or dt.date.max
        return held.revoked_on is None and self.valid_from <= held.valid_from <= until

    def _refuse_impossible_years(self, firm: Firm) -> None:
        if self.class_year is not None and self.class_year not in YEARS:
            raise firm.refusal(f"认定年度{self.class_year}不在{_YEARS_SAID}", "class_year", self.cells)
        if self.valid_from and self.valid_from.year not in YEARS:
            raise firm.refusal(f"日期{self.valid_from}不在{_YEARS_SAID}", "valid_from", self.cells)

    def _refuse_foreign_number(self, firm: Firm, kind: QualificationKind) -> None:
        if not self.number:
            return
        owner = firm.book.number_owner.setdefault((kind.pk, self.number), firm.uscc)
        if owner != firm.uscc:
            raise firm.refusal(f"编号{self.number}已登记在另一企业（{owner}）名下", "number", self.cells)

    def _grant(self, firm: Firm, kind: QualificationKind) -> None:
        firm.add(self._new(firm, kind), act=Kind.GRANTED, on=self.valid_from, cells=self.cells)

    def _new(self, firm: Firm, kind: QualificationKind) -> Qualification:
        firm.known  # noqa: B018 - refuses an unknown firm
        if self.valid_from is None and self.class_year is None:
            raise firm.refusal(f"{kind.short_name}缺少发证日期或认定年度", "valid_from", self.cells)
        until = self.valid_until
        if until is None and self.valid_from and self.dating == Qualification.Dating.PRINTED:
            until = default_last_day(kind, self.valid_from)
        if until and self.valid_from and until < self.valid_from:
            raise firm.refusal("有效期至早于发证日期", "valid_until", self.cells)
        return Qualification(
            kind_id=kind.pk,
            number=self.number,
            valid_from=self.valid_from,
            valid_until=until,
            class_year=self.class_year or (self.valid_from.year if self.valid_from else None),
            recognition=self.recognition,
            dating=self.dating,
        )


def _issued(day: dt.date) -> dict[str, Any]:
    return {"valid_from": day, "class_year": day.year}


@dataclass(frozen=True, kw_only=True)
class Extend(Act):
    """A held qualification gets another last day (inclusive)."""

    kind: str
    number: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date

    def change(self, firm: Firm) -> None:
        held = _find(firm, self.kind, self.number, self.valid_from)
        if held.valid_from and self.valid_until < held.valid_from:
            raise firm.refusal("有效期至早于发证日期", "valid_until", self.cells)
        firm.alter(held, act=Kind.EXTENDED, on=held.valid_from, cells=self.cells, valid_until=self.valid_until)


@dataclass(frozen=True, kw_only=True)
class Revoke(Act):
    """A held qualification is withdrawn, or the firm leaves the register: it does not hold from this day on."""

    kind: str
    number: str = ""
    valid_from: dt.date | None = None
    on: dt.date

    def change(self, firm: Firm) -> None:
        held = _find(firm, self.kind, self.number, self.valid_from)
        if held.valid_from and self.on < held.valid_from:
            raise firm.refusal("取消日期早于发证日期", "on", self.cells)
        if held.revoked_on and held.revoked_on != self.on:
            raise firm.refusal(f"该资质已于{held.revoked_on}取消", "on", self.cells)
        firm.alter(held, act=Kind.REVOKED, on=self.on, cells=self.cells, revoked_on=self.on)


def _find(firm: Firm, kind_code: str, number: str, valid_from: dt.date | None) -> Qualification:
    kind = firm.book.kind(kind_code)
    for held in firm.held(kind.pk):
        if (number and held.number == number) or (not number and held.valid_from == valid_from):
            return held
    raise firm.refusal(f"没有登记{kind.short_name}{number or valid_from or ''}", "number")


@dataclass(frozen=True, kw_only=True)
class RecordFigures(Act):
    """The firm's figures of a year; given values replace, missing ones are left. Money in 万元.

    `only_gaps`: an older list than the one that filled them in replaces nothing.
    """

    year: int
    values: Mapping[str, Any] = field(default_factory=dict)
    only_gaps: bool = False

    def change(self, firm: Firm) -> None:
        known = firm.known
        if self.year not in YEARS:
            raise firm.refusal(f"年度{self.year}不在{_YEARS_SAID}", "year", self.cells)
        given = {name: value for name, value in self.values.items() if value is not None}
        row = firm.figures_of(self.year)
        on = dt.date(self.year, 12, 31)
        if row is None and given:
            firm.add(
                YearlyFigures(enterprise=known, year=self.year, **given), act=Kind.FIGURES, on=on, cells=self.cells
            )
        elif row is not None:
            if self.only_gaps:
                given = {name: value for name, value in given.items() if getattr(row, name) is None}
            firm.alter(row, act=Kind.FIGURES, on=on, cells=self.cells, **given)


@dataclass(frozen=True, kw_only=True)
class EnterPool(Act):
    """The firm stands in the reserve pool at a stage from a day on; the stage before it ends there.

    An older list than the first one is put before it.
    """

    stage: str
    target_year: int | None = None
    on: dt.date

    def change(self, firm: Firm) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        last = firm.pool[-1] if firm.pool else None
        if last and self.on < firm.pool[0].since:
            self._enter_before(firm, firm.pool[0])
            return
        then = next((entry for entry in reversed(firm.pool) if entry.since <= self.on), None)
        if then and not (then.until and then.until <= self.on) and self._is_stage_of(then):
            return
        if last and last.until is None and last.since == self.on:
            firm.alter(
                last, act=Kind.POOLED, on=self.on, cells=self.cells, stage=self.stage, target_year=self.target_year
            )
            return
        if last and self.on <= last.since:
            raise firm.refusal(f"后备库已有{last.since}起的更新记录", "stage", self.cells)
        if last and last.until and self.on < last.until:
            raise firm.refusal(f"企业在{last.until}之前仍在后备库中，入库日期不得早于该日", "stage", self.cells)
        new = PoolEntry(stage=self.stage, target_year=self.target_year, since=self.on)
        if last and last.until is None:
            firm.alter_quietly(last, until=self.on)
            firm.replace(last, new, act=Kind.POOLED, on=self.on, cells=self.cells, showing=("stage", "target_year"))
        else:
            firm.add(new, act=Kind.POOLED, on=self.on, cells=self.cells)

    def _is_stage_of(self, entry: PoolEntry) -> bool:
        return (entry.stage, entry.target_year) == (self.stage, self.target_year)

    def _enter_before(self, firm: Firm, first: PoolEntry) -> None:
        if self._is_stage_of(first):
            firm.alter(first, act=Kind.POOLED, on=self.on, cells=self.cells, since=self.on)
            return
        new = PoolEntry(stage=self.stage, target_year=self.target_year, since=self.on, until=first.since)
        firm.add(new, act=Kind.POOLED, on=self.on, cells=self.cells)
        firm.pool.sort(key=lambda entry: entry.since)


@dataclass(frozen=True, kw_only=True)
class LeavePool(Act):
    """The firm leaves the reserve pool on a day."""

    on: dt.date

    def change(self, firm: Firm) -> None:
        last = firm.pool[-1] if firm.pool else None
        if last and last.until == self.on:
            return
        if last is None or last.until is not None:
            raise firm.refusal("企业不在后备库中", "on", self.cells)
        if self.on <= last.since:
            raise firm.refusal(f"退出日期须晚于入库日（{last.since}）", "on", self.cells)
        firm.alter(last, act=Kind.UNPOOLED, on=self.on, cells=self.cells, until=self.on)
