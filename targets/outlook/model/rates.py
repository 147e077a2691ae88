"""Rates learned from the district's own history, each with the counts behind it.

Small units lean on the district: their rates are drawn towards its mean.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from targets.models import Span
from targets.outlook.model.firm_history import CertificateLapse, FirmHistory, responsible_unit
from targets.renewals.term import RENEWAL_DAYS

RENEWAL_YEARS = 5
"""Of how many years before the day rates are learned."""
WEAKEST, STRONGEST = 5.0, 500.0
"""Floor and ceiling of the prior's strength, in firms.

So many firms of its own weigh as much as the district's mean.
"""
FEW = 30
"""Below so many firms a rate is shown with its counts and a warning, the pool's not at all."""
# A lapse is not among them: the renewal rate takes care of it.
GONE = (Span.Closing.REVOKED, Span.Closing.LEFT, Span.Closing.CLOSED)


@dataclass(frozen=True, slots=True)
class RateTally:
    """So many of so many."""

    hits: int
    of: int

    def __add__(self, addend: RateTally) -> RateTally:
        return RateTally(self.hits + addend.hits, self.of + addend.of)

    @property
    def share(self) -> float | None:
        # None and not 0: of nothing there is no rate, and a forecast must not begin from one.
        return self.hits / self.of if self.of else None


NOTHING = RateTally(0, 0)


@dataclass(frozen=True)
class Shrunk:
    """One rate for each unit: (its hits + strength × district's share) ÷ (its firms + strength)."""

    tallies: Mapping[int, RateTally]
    strength: float

    @property
    def district(self) -> RateTally:
        return sum(self.tallies.values(), NOTHING)

    def rate_of(self, unit: int) -> float | None:
        """The rate of a unit; a unit without any case has the district's.

        None when the district has no case either.
        """
        # The mean of a beta-binomial posterior, with the district's rate as its centre.
        mean = self.district.share
        if mean is None:
            return None
        tally = self.tallies.get(unit, NOTHING)
        return (tally.hits + self.strength * mean) / (tally.of + self.strength)


@dataclass(frozen=True, slots=True)
class Renewals:
    """What became of the certificates that ran out.

    Renewed without a gap, renewed after a gap, or not renewed within RENEWAL_DAYS.
    """

    seamless: int = 0
    gap: int = 0
    lost: int = 0

    def __add__(self, addend: Renewals) -> Renewals:
        seamless, gap = self.seamless + addend.seamless, self.gap + addend.gap
        return Renewals(seamless, gap, self.lost + addend.lost)

    @property
    def tally(self) -> RateTally:
        return RateTally(self.seamless + self.gap, self.seamless + self.gap + self.lost)


@dataclass(frozen=True)
class Rates:
    """Learned as of a day, to be shown: the forecast has its own. Tables by (unit, year)."""

    renewals: Mapping[tuple[int, int], Renewals]
    renewal: Shrunk
    exits: Mapping[tuple[int, int], RateTally]
    exit: Shrunk

    def total_renewals(self, year: int | None = None) -> Renewals:
        """What became of the certificates that ran out in a year, or in all years."""
        total = Renewals()
        for (_, lapse_year), renewals in self.renewals.items():
            if year is None or year == lapse_year:
                total += renewals
        return total

    @property
    def renewal_tallies(self) -> dict[tuple[int, int], RateTally]:
        return {key: renewals.tally for key, renewals in self.renewals.items()}


def learn(histories: Sequence[FirmHistory], as_of: dt.date, first_year: int | None) -> Rates:
    """From what was known on a day."""
    # A year counts as full only when its last day is known.
    year_is_over = (as_of.month, as_of.day) == (12, 31)
    last_full = as_of.year if year_is_over else as_of.year - 1
    renewals = _learn_renewals(histories, as_of)
    # Exits are taken from firms that counted when a year began: the register's first year has none.
    first_exit_year = max(last_full - RENEWAL_YEARS, first_year or last_full) + 1
    exits = _learn_exits(histories, range(first_exit_year, last_full + 1))
    return Rates(
        renewals=renewals,
        renewal=shrunk({key: counts.tally for key, counts in renewals.items()}),
        exits=exits,
        exit=shrunk(exits),
    )


# --- renewals -----------------------------------------------------------------------------------
def _learn_renewals(
    histories: Iterable[FirmHistory], as_of: dt.date
) -> dict[tuple[int, int], Renewals]:
    """What became of certificates.

    Only certificates whose RENEWAL_DAYS are over: of the others it is not decided yet.
    """
    # A certificate that may still be renewed would count as lost, and the rate come out too low.
    known_until = as_of - dt.timedelta(days=RENEWAL_DAYS)
    # The years of the lapses, not of the renewals: a rate is a share of those that lapsed.
    counts: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for history in histories:
        for lapse in history.lapses:
            too_old = lapse.day.year <= known_until.year - RENEWAL_YEARS
            if too_old or lapse.day > known_until:
                continue
            counts[lapse.unit, lapse.day.year][_outcome_of(lapse)] += 1
    return {key: Renewals(**counts[key]) for key in sorted(counts)}


def _outcome_of(lapse: CertificateLapse) -> str:
    """The field of `Renewals` that counts it."""
    # Later than that it is 失效后再认定, an entry: it must not be a renewal as well.
    if lapse.gap is None or lapse.gap > RENEWAL_DAYS:
        return "lost"
    return "gap" if lapse.gap else "seamless"


# --- other exits --------------------------------------------------------------------------------
def _learn_exits(
    histories: Iterable[FirmHistory], years: Iterable[int]
) -> dict[tuple[int, int], RateTally]:
    """By unit and year, of the firms counted when the year began: those that had left at its end.

    They were withdrawn, moved out of the district or were struck off. A lapse is no exit.
    """
    tallies: dict[tuple[int, int], RateTally] = defaultdict(lambda: NOTHING)
    # Of those counted on the eve of a year: who came within it is no part of the rate.
    ends = [(dt.date(year - 1, 12, 31), dt.date(year, 12, 31)) for year in years]
    for history in histories:
        for before, after in ends:
            span = history.counted_on(before)
            if span is not None:
                gone = int(_is_gone(history, after))
                tallies[responsible_unit(span), after.year] += RateTally(gone, 1)
    return dict(tallies)


def _is_gone(history: FirmHistory, day: dt.date) -> bool:
    last = [span for span in history.spans if span.start <= day][-1]
    # By the last span alone: who moved within the year, or came back, is not gone.
    return last.end <= day and last.closed_by in GONE


# --- small units lean on the district -----------------------------------------------------------
def shrunk(tallies: Mapping[tuple[int, int], RateTally]) -> Shrunk:
    """Tallies by (unit, year), added up over the years, with the strength of the common prior."""
    # Added up over the years first: a unit's single years are too few firms to compare units by.
    by_unit: dict[int, RateTally] = defaultdict(lambda: NOTHING)
    for (unit, _), tally in tallies.items():
        by_unit[unit] += tally
    return Shrunk(dict(by_unit), strength(list(by_unit.values())))


def strength(tallies: Sequence[RateTally]) -> float:
    """A beta-binomial's prior strength by moments: (1 − ρ) ÷ ρ, between WEAKEST and STRONGEST.

    ρ is the share of the variance between units: S = Σ nᵤ(pᵤ − m)² has the mean
    m(1 − m)·[(1 − ρ)(U − 1) + ρ(N − Σnᵤ²/N)]. Units that differ no more than by chance get the
    ceiling.
    """
    tallies = [tally for tally in tallies if tally.of]
    whole = sum(tallies, NOTHING)
    mean = whole.share
    # Where all or none renewed, or one unit stands alone, units cannot differ.
    if mean is None or not 0 < mean < 1 or len(tallies) < 2:
        return STRONGEST
    squares = math.fsum(tally.of * (tally.hits / tally.of - mean) ** 2 for tally in tallies)
    spread = squares / (mean * (1 - mean))
    # Units that differ by chance alone have this spread on average.
    by_chance = len(tallies) - 1
    room = whole.of - sum(tally.of**2 for tally in tallies) / whole.of - by_chance
    between = (spread - by_chance) / room if room > 0 else 0.0
    if between <= 0:
        return STRONGEST
    # Bounded: a small unit never stands on its own few firms alone.
    return min(max((1 - between) / between, WEAKEST), STRONGEST)
