"""The lists of firms that might be entered, as data names them, and who is on them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, overload

from django.db.models import Count, Q

from enterprises.eligibility.rule_sets import RuleBook, rule_book, told_data
from enterprises.mining import kept
from enterprises.mining.judging import judged, usual_day
from enterprises.mining.population import holds
from enterprises.mining.sifting import MOST_FAILED, Outcome, Sifted, likelihood, risk
from enterprises.models.enterprise import EnterpriseQuerySet, OfFirmQuerySet
from parks.beat import Beat, silent

LISTED = (Outcome.READY, Outcome.NEAR, Outcome.LACKING, Outcome.NO_DATA)
AT_RISK = (Outcome.FAILED, Outcome.NEAR)
CANDIDATES = "candidates"
"""The list of those who might be certified (enterprises/data/eligibility.toml)."""


@dataclass(frozen=True)
class CandidateList:
    """Firms that hold one kind and lack each of others, held against the rules of a kind.

    `failing`: those that do not pass, instead of those that might.
    """

    code: str
    label: str
    kind: str
    holds: str = ""
    lacks: Sequence[str] = ()
    failing: bool = False

    @property
    def outcomes(self) -> Sequence[Outcome]:
        return AT_RISK if self.failing else LISTED

    @property
    def most_failed(self) -> int | None:
        """Whoever fails more is on no list; None: all may be."""
        return None if self.failing else MOST_FAILED

    def firms(self, firms: EnterpriseQuerySet, day: dt.date) -> EnterpriseQuerySet:
        """Those of the firms whom the list is about, by what they hold on the day."""
        if self.holds:
            firms = firms.filter(holds(self.holds, day))
        for kind in self.lacks:
            firms = firms.exclude(holds(kind, day))
        return firms


@cache
def candidate_lists() -> dict[str, CandidateList]:
    told = told_data()["candidate_lists"]
    return {each["code"]: CandidateList(**each) for each in told}


class Mined(Protocol):
    """Firms held against the rules of a list. `firms`: how many were gone through."""

    firms: int
    tally: Mapping[Outcome, int]
    """Of those on the list."""

    def listed(self, outcome: str = "") -> Sequence[Sifted]:
        """Those on the list, in its order; of one outcome where asked for."""

    @property
    def total(self) -> int:
        return sum(self.tally.values())


class MinedNow(Mined):
    """Judged where they are asked for; five queries, or six."""

    def __init__(
        self, wanted: CandidateList, firms: EnterpriseQuerySet, on: dt.date, book: RuleBook
    ) -> None:
        order = risk if wanted.failing else likelihood
        self.firms, found = 0, []
        for _, sifted in judged(firms, wanted.kind, on, book, wanted.most_failed):
            self.firms += 1
            if sifted is not None and sifted.outcome in wanted.outcomes:
                found.append(sifted)
        self._found = sorted(found, key=lambda sifted: (order(sifted), sifted.firm))
        self.tally = Counter(sifted.outcome for sifted in found)

    def listed(self, outcome: str = "") -> Sequence[Sifted]:
        return [found for found in self._found if not outcome or found.outcome == outcome]


class MinedKept(Mined):
    """By the kept judgements; four queries, and those of the rows that are read."""

    def __init__(
        self, wanted: CandidateList, firms: EnterpriseQuerySet, on: dt.date, book: RuleBook
    ) -> None:
        mark = kept.mark_of(wanted.kind, on, book)
        self._order = "risk" if wanted.failing else "lead"
        self._listed = Q(outcome__in=wanted.outcomes)
        if wanted.most_failed is not None:
            self._listed &= Q(failed__lte=wanted.most_failed)
        self._rows = kept.rows_of(mark, firms).order_by()
        counted = self._rows.values_list("outcome").annotate(
            all=Count("pk"), listed=Count("pk", filter=self._listed)
        )
        told = {outcome: (number, listed) for outcome, number, listed in counted}
        self.firms = sum(number for number, _ in told.values())
        self.tally = Counter(
            {kept.OUTCOMES[outcome]: listed for outcome, (_, listed) in told.items() if listed}
        )

    def listed(self, outcome: str = "") -> Sequence[Sifted]:
        rows = self._rows.filter(self._listed).order_by(self._order, "enterprise_id")
        if outcome:
            return KeptRows(rows.filter(outcome=outcome), self.tally[Outcome(outcome)])
        return KeptRows(rows, self.total)


class KeptRows(Sequence[Sifted]):
    """Rows of the table, read as far as they are asked for."""

    def __init__(self, rows: OfFirmQuerySet, number: int) -> None:
        self._rows = rows.values_list("enterprise_id", *kept.TOLD)
        self._number = number

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Sifted]:
        for values in self._rows:
            found = kept.sifted(values)
            if found is not None:
                yield found

    @overload
    def __getitem__(self, place: int) -> Sifted: ...
    @overload
    def __getitem__(self, place: slice) -> list[Sifted]: ...
    def __getitem__(self, place: int | slice) -> Sifted | list[Sifted]:
        if isinstance(place, slice):
            rows = self._rows[place]
            return [found for values in rows if (found := kept.sifted(values)) is not None]
        return self[place : place + 1][0]


def mined(
    wanted: CandidateList,
    firms: EnterpriseQuerySet,
    on: dt.date,
    book: RuleBook,
    usual: dt.date,
) -> Mined:
    """The firms held against the rules, for an application on a day; by what is kept for the usual one.

    Raises Refusal for a day before the oldest set of rules.
    """
    way = MinedKept if on == usual else MinedNow
    return way(wanted, firms, on, book)


def kept_for(today: dt.date, book: RuleBook) -> list[tuple[str, dt.date]]:
    """Kinds and days of which judgements are kept: every list's, and today's of the certificate.

    Without days before the oldest rules of a kind.
    """
    usual = usual_day(today)
    wanted = {(each.kind, usual) for each in candidate_lists().values()}
    wanted.add((candidate_lists()[CANDIDATES].kind, today))
    return sorted((kind, on) for kind, on in wanted if book.first_day_of(kind) <= on)


def refresh_kept(today: dt.date, beat: Beat = silent, *, anew: bool) -> None:
    """Bring all kept judgements up to the ledger's end, or judge every firm again."""
    book = rule_book()
    for kind, on in kept_for(today, book):
        if anew:
            kept.make_anew(kind, on, book, beat)
        else:
            kept.mark_of(kind, on, book, beat)
