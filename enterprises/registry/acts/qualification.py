"""Acts on what a firm holds: certificates and memberships."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from enterprises.models import LedgerEntry, Qualification, QualificationKind
from enterprises.models.validity import Validity
from enterprises.registry.acts.base import YEARS, YEARS_IN_WORDS, Act
from enterprises.registry.acts.doubtful_days import (
    doubt_beyond_term,
    doubt_last_day,
    has_lapsed,
    name_in_words,
)
from enterprises.registry.firm_facts import FirmFacts

Kind = LedgerEntry.Act
BY_TERM = Qualification.Basis.TERM
ON_CERTIFICATE = ["number", "valid_from", "valid_until", "until_basis", "class_year"]
ON_CERTIFICATE += ["recognition", "dating"]
"""What a certificate says of itself."""


def issued_that_day(held: Iterable[Qualification], day: dt.date | None) -> Qualification | None:
    """The numbered certificate of one kind that bears this day of issue, if one does."""
    for certificate in held:
        is_printed = certificate.dating == Qualification.Dating.PRINTED
        if day and certificate.number and is_printed and certificate.valid_from == day:
            return certificate
    return None


def default_last_day(kind: QualificationKind, issued: dt.date) -> dt.date | None:
    """Issue day + the term in force on that day; None where the kind has no term."""
    term = kind.term_on(issued)
    return term.last_day(issued) if term else None


@dataclass(frozen=True, kw_only=True)
class Grant(Act):
    """The firm obtained a qualification.

    A known one gets what is still missing; what differs is noticed, and stays. It is the same
    qualification when the number is the same, or when neither has a number and the day is the same
    (without days, the class year).

    `valid_until` left out means the kind's term from the day of issue; a printed last day takes the
    place of such a computed one. A mention without a date (`dating` first_seen, `valid_from` the
    day of the list) says only that the firm holds it on that day; a printed date takes its place.
    """

    kind: str
    number: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    class_year: int | None = None
    recognition: str = ""
    dating: str = Qualification.Dating.PRINTED

    @property
    def numbers(self) -> tuple[str, ...]:
        return (self.number,) if self.number else ()

    def carry_out(self, firm: FirmFacts) -> None:
        kind = firm.notebook.kind(self.kind)
        self._refuse_impossible_years(firm)
        if self.number:
            firm.claim_number(kind.pk, self.number, "number", self.cells)
        held = self._find_same(firm, kind)
        if held is None:
            self._refuse_second_number(firm, kind)
            new = self._make_new(firm, kind)
            self._doubt(firm, kind)
            firm.add_fact(new, act=Kind.GRANTED, on=self.valid_from, cells=self.cells)
        elif self._is_mention:
            self._seen_earlier(firm, held)
        elif held.dating == Qualification.Dating.FIRST_SEEN:
            self._print_mention(firm, kind, held)
        else:
            self._fill_gaps(firm, kind, held)

    @property
    def _is_mention(self) -> bool:
        return self.dating == Qualification.Dating.FIRST_SEEN

    def _seen_earlier(self, firm: FirmFacts, held: Qualification) -> None:
        """An older list mentions it too: it was first seen on that day."""
        # A certificate with printed dates says more than any mention of it.
        if held.dating != self.dating or not self.valid_from or not held.valid_from:
            return
        if self.valid_from < held.valid_from:
            values = {"valid_from": self.valid_from, "class_year": self.valid_from.year}
            firm.alter_fact(held, act=Kind.EXTENDED, on=self.valid_from, cells=self.cells, **values)

    def _print_mention(self, firm: FirmFacts, kind: QualificationKind, held: Qualification) -> None:
        """What was only known from mentions gets its printed number and dates."""
        printed = self._make_new(firm, kind)
        values = {name: getattr(printed, name) for name in ON_CERTIFICATE}
        # Mentions have no last day. If there is one, a person has registered it, and it stays.
        if held.valid_until:
            values |= {"valid_until": held.valid_until, "until_basis": held.until_basis}
            values |= self._last_day(firm, kind, held)
        firm.alter_fact(held, act=Kind.EXTENDED, on=self.valid_from, cells=self.cells, **values)

    def _fill_gaps(self, firm: FirmFacts, kind: QualificationKind, held: Qualification) -> None:
        """Fill the gaps of a known qualification, and notice what differs."""
        if self.valid_from and held.valid_from and held.valid_from != self.valid_from:
            message = (
                f"{kind.short_name} {self.number}登记的日期为{held.valid_from}，"
                f"与名单的{self.valid_from}不一致"
            )
            raise firm.refusal(message, "valid_from", self.cells)
        values: dict[str, Any] = {}
        for name in ("valid_from", "class_year", "recognition"):
            value, registered = getattr(self, name), getattr(held, name)
            if value and not registered:
                values[name] = value
            elif value and value != registered:
                firm.notice_kept(held, name, value, self.cells)
        # Without a class year of its own a certificate belongs to the year of its issue.
        if self.valid_from and not (held.class_year or self.class_year):
            values["class_year"] = self.valid_from.year
        values |= self._last_day(firm, kind, held)
        firm.alter_fact(
            held,
            act=Kind.EXTENDED,
            on=held.valid_from or self.valid_from,
            cells=self.cells,
            **values,
        )

    def _last_day(
        self, firm: FirmFacts, kind: QualificationKind, held: Qualification
    ) -> dict[str, Any]:
        """The values by which a known qualification gets its last day; none where it stays."""
        # A printed last day takes the place of a computed one, never of another printed one.
        if self.valid_until and (held.valid_until is None or held.until_basis == BY_TERM):
            return {"valid_until": self.valid_until, "until_basis": ""}
        if self.valid_until and self.valid_until != held.valid_until:
            firm.notice_kept(held, "valid_until", self.valid_until, self.cells)
        if self.valid_from and not held.valid_from and not self.valid_until:
            return by_term(kind, self.valid_from)
        return {}

    def _find_same(self, firm: FirmFacts, kind: QualificationKind) -> Qualification | None:
        """The registered qualification that this act is about; None where there is none yet."""
        held = firm.held(kind.pk)
        mentioned = next((row for row in held if self._is_meant_by(row, kind)), None)
        if self._is_mention:
            day = self.valid_from
            # Whatever holds on that day is what the list mentions, so a mention adds no second one.
            return next((row for row in held if day and row.holds_on(day)), mentioned)
        if self.number:
            # Another number is another certificate; of the same day it is refused further on.
            return next((row for row in held if row.number == self.number), mentioned)
        unnumbered = [
            row for row in held if not row.number and row.dating == Qualification.Dating.PRINTED
        ]
        same = next((row for row in unnumbered if self._is_of_the_day(row)), None)
        if same is None and self.valid_from and not default_last_day(kind, self.valid_from):
            # A kind without a term is held once, until it is withdrawn: another day means the same.
            unended = (row for row in unnumbered if not row.valid_until and not row.revoked_on)
            same = next(unended, None)
        return same or mentioned

    def _is_of_the_day(self, held: Qualification) -> bool:
        """Without days, of the class year."""
        if self.valid_from or held.valid_from:
            return held.valid_from == self.valid_from
        return held.class_year == self.class_year

    def _is_meant_by(self, held: Qualification, kind: QualificationKind) -> bool:
        """`held` is known from mentions alone, and this act is about the same qualification."""
        if held.dating != Qualification.Dating.FIRST_SEEN:
            return False
        if not held.valid_from or not self.valid_from:
            return False
        if self._is_mention:
            return self.valid_from < held.valid_from
        # The certificate was valid on the day on which it was first seen.
        last_day = self.valid_until or default_last_day(kind, self.valid_from)
        printed = Validity.from_printed_days(self.valid_from, last_day)
        return held.revoked_on is None and printed.covers(held.valid_from)

    def _refuse_impossible_years(self, firm: FirmFacts) -> None:
        if self.class_year is not None and self.class_year not in YEARS:
            raise firm.refusal(
                f"认定年度{self.class_year}不在{YEARS_IN_WORDS}", "class_year", self.cells
            )
        if self.valid_from and self.valid_from.year not in YEARS:
            raise firm.refusal(
                f"日期{self.valid_from}不在{YEARS_IN_WORDS}", "valid_from", self.cells
            )

    def _refuse_second_number(self, firm: FirmFacts, kind: QualificationKind) -> None:
        """One day's certificate of a firm has one number: the other one is likely a slip.

        Both are taken where somebody has confirmed that there are two.
        """
        if not self.number or self.confirmed:
            return
        if same_day := issued_that_day(firm.held(kind.pk), self.valid_from):
            message = (
                f"{same_day.valid_from}发证的{kind.short_name}登记的编号为{same_day.number}，"
                f"与{self.number}不一致"
            )
            raise firm.refusal(message, "number", self.cells)

    def _doubt(self, firm: FirmFacts, kind: QualificationKind) -> None:
        """Only a person is asked: what is told by hand has no document beside it."""
        issued = self.valid_from
        if issued is None:
            return
        firm.doubt_long_past(issued, "发证日期", "valid_from")
        if self.valid_until:
            name = f"{kind.short_name}{self.number}"
            doubt_beyond_term(firm, kind, name, issued, self.valid_until)
        founded = firm.row.registered_on
        if founded and issued < founded:
            firm.doubt(f"发证日期早于注册日期（{founded}）", "valid_from")
        if firm.placements and issued < firm.placements[0].since:
            since = firm.placements[0].since
            firm.doubt(f"登记的所在地自{since}起，此前这项资质不计入统计", "valid_from")

    def _make_new(self, firm: FirmFacts, kind: QualificationKind) -> Qualification:
        firm.known  # noqa: B018 - refuses an unknown firm
        # Without either it would count under neither definition.
        if self.valid_from is None and self.class_year is None:
            raise firm.refusal(f"{kind.short_name}缺少发证日期或认定年度", "valid_from", self.cells)
        if self.valid_until and self.valid_from and self.valid_until < self.valid_from:
            raise firm.refusal("有效期至早于发证日期", "valid_until", self.cells)
        values: dict[str, Any] = {"valid_until": self.valid_until}
        # A mention says nothing of the day of issue, so no last day follows from it.
        if self.valid_until is None and self.valid_from and not self._is_mention:
            values = by_term(kind, self.valid_from)
        return Qualification(
            kind_id=kind.pk,
            number=self.number,
            valid_from=self.valid_from,
            class_year=self.class_year or (self.valid_from.year if self.valid_from else None),
            recognition=self.recognition,
            dating=self.dating,
            **values,
        )


def by_term(kind: QualificationKind, issued: dt.date) -> dict[str, Any]:
    until = default_last_day(kind, issued)
    return {"valid_until": until, "until_basis": BY_TERM if until else ""}


@dataclass(frozen=True, kw_only=True)
class Extend(Act):
    """A held qualification gets another last day (inclusive).

    Beyond what the kind's term gives, or back to life after it has lapsed, it is doubtful.
    """

    kind: str
    number: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        held = find_held(firm, self.kind, self.number, self.valid_from)
        if held.valid_from is None:
            raise firm.refusal("没有发证日期的资质不能登记有效期至", "valid_until", self.cells)
        if self.valid_until < held.valid_from:
            raise firm.refusal("有效期至早于发证日期", "valid_until", self.cells)
        if self.valid_until != held.valid_until:
            doubt_last_day(firm, self.kind, held, held.valid_from, self.valid_until)
        # The day is no longer computed, so no printed one of a list takes its place any more.
        values = {"valid_until": self.valid_until, "until_basis": ""}
        firm.alter_fact(held, act=Kind.EXTENDED, on=held.valid_from, cells=self.cells, **values)


@dataclass(frozen=True, kw_only=True)
class Revoke(Act):
    """A held qualification is withdrawn, or the firm leaves the register.

    It does not hold from this day on. Another day than the registered one corrects it; of a list it
    is only noticed.
    """

    kind: str
    number: str = ""
    valid_from: dt.date | None = None
    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        held = find_held(firm, self.kind, self.number, self.valid_from)
        # On the day of issue itself it is possible: then the qualification never held.
        if held.valid_from and self.on < held.valid_from:
            raise firm.refusal("取消日期早于发证日期", "on", self.cells)
        # A last day, a class year and a day of withdrawal are changed by a person only.
        if self.listing and held.revoked_on and held.revoked_on != self.on:
            firm.notice_kept(held, "revoked_on", self.on, self.cells)
            return
        if self.on != held.revoked_on:
            self._doubt(firm, held)
        firm.alter_fact(held, act=Kind.REVOKED, on=self.on, cells=self.cells, revoked_on=self.on)

    def _doubt(self, firm: FirmFacts, held: Qualification) -> None:
        name, before = name_in_words(firm.notebook.kind(self.kind), held), held.revoked_on
        if before and self.on > before:
            firm.doubt(f"{name}登记为{before}取消，改后到{self.on}前重新有效", "on")
        if has_lapsed(held, self.on):
            firm.doubt(f"{name}已于{held.valid_until}到期，{self.on}再取消不影响统计", "on")
        else:
            firm.doubt_long_past(min(before or self.on, self.on), "取消日期", "on")


def find_held(
    firm: FirmFacts, kind_code: str, number: str, valid_from: dt.date | None
) -> Qualification:
    """The qualification with this number or, without one, of this day; RegistryError if none is."""
    kind = firm.notebook.kind(kind_code)
    for held in firm.held(kind.pk):
        if (number and held.number == number) or (not number and held.valid_from == valid_from):
            return held
    raise firm.refusal(f"没有登记{kind.short_name}{number or valid_from or ''}", "number")
