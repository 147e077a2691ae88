"""Rates learned from the district's own history, each with the counts behind it; small units lean on the district."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from targets.models import Span
from targets.outlook.model.firm_history import Life, responsible
from targets.renewals.term import RENEWAL_DAYS

RENEWAL_YEARS, ENTRY_YEARS, CALENDAR_YEARS = 5, 3, 5
"""Of how many years before the day rates, yearly entries and the days of entries are learned."""
WEAKEST, STRONGEST = 5.0, 500.0
"""Floor and ceiling of the prior's strength: how many firms of its own weigh as much as the district's mean."""
FEW = 30
"""Below so many firms a rate is shown with its counts and a warning, and the pool's is not shown at all."""
GONE = (Span.Closing.REVOKED, Span.Closing.LEFT, Span.Closing.CLOSED)
OTHER_ENTRIES = (Span.Opening.REGAINED, Span.Opening.ARRIVED, Span.Opening.REOPENED)


@dataclass(frozen=True, slots=True)
class RateTally:
    """So many of so many."""

    hits: int
    of: int

    def __add__(self, other: RateTally) -> RateTally:
        return RateTally(self.hits + other.hits, self.of + other.of)

    @property
    def share(self) -> float | None:
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

    def of(self, unit: int) -> float | None:
        """The rate of a unit, also of one without any case; None when the district has none either."""
        mean = self.district.share
        own = self.tallies.get(unit, NOTHING)
        return (
            None if mean is None else (own.hits + self.strength * mean) / (own.of + self.strength)
        )


@dataclass(frozen=True, slots=True)
class Renewals:
    """What became of the certificates that ran out: renewed without a gap, with one, not within RENEWAL_DAYS."""

    seamless: int = 0
    gap: int = 0
    lost: int = 0

    @property
    def tally(self) -> RateTally:
        return RateTally(self.seamless + self.gap, self.seamless + self.gap + self.lost)


@dataclass(frozen=True)
class Rates:
    """Learned as of a day. Yearly tables by (unit, year).

    `entry_years`: the full years whose entries could be told apart; `years` the last of them, whose mean is expected.
    """

    renewals: Mapping[tuple[int, int], Renewals]
    renewal: Shrunk
    gaps: Sequence[int]
    exits: Mapping[tuple[int, int], RateTally]
    exit: Shrunk
    years: Sequence[int]
    entry_years: Sequence[int]
    wins: Mapping[tuple[int, int], int]
    others: Mapping[int, int]
    entry_days: Mapping[int, int]

    @property
    def wins_per_year(self) -> dict[int, float]:
        """By unit, the mean of the last full years."""
        totals: dict[int, int] = defaultdict(int)
        for (unit, year), number in self.wins.items():
            totals[unit] += number if year in self.years else 0
        return (
            {unit: number / len(self.years) for unit, number in totals.items()}
            if self.years
            else {}
        )

    @property
    def spread(self) -> float:
        """How far the mean of up to ENTRY_YEARS years missed the next year's entries: relative variance, less chance's.

        Zero before two years have been foretold.
        """
        totals = {year: self.others.get(year, 0) for year in self.entry_years}
        for (_, year), number in self.wins.items():
            if year in totals:
                totals[year] += number
        return _spread([totals[year] for year in sorted(totals)])

    @property
    def others_per_year(self) -> float:
        return (
            sum(self.others.get(year, 0) for year in self.years) / len(self.years)
            if self.years
            else 0.0
        )


def learn(
    lives: Sequence[Life], as_of: dt.date, first_year: int | None, term_years: int | None
) -> Rates:
    """From what was known on a day.

    Where certificates have a term, the register's first years cannot tell a first recognition from a renewal of one
    that is not on record: entries count from a whole term after the oldest certificate.
    """
    reliable = (first_year or as_of.year) + (term_years or 1)
    last_full = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    renewals, gaps = _renewals(lives, as_of)
    exits = _exits(
        lives, range(max(last_full - RENEWAL_YEARS, first_year or last_full) + 1, last_full + 1)
    )
    entries = [entry for life in lives for entry in _entries(life)]
    entry_years = range(min(reliable, last_full + 1), last_full + 1)
    return Rates(
        renewals=renewals,
        renewal=shrunk({key: one.tally for key, one in renewals.items()}),
        gaps=sorted(gaps),
        exits=exits,
        exit=shrunk(exits),
        years=entry_years[-ENTRY_YEARS:],
        entry_years=entry_years,
        wins=Counter(
            (entry.unit, entry.day.year)
            for entry in entries
            if entry.first and entry.day.year >= reliable
        ),
        others=Counter(
            entry.day.year for entry in entries if not entry.first and entry.day.year >= reliable
        ),
        entry_days=_calendar(entries, range(last_full - CALENDAR_YEARS + 1, last_full + 1)),
    )


# --- renewals -----------------------------------------------------------------------------------------------------
def _renewals(
    lives: Iterable[Life], as_of: dt.date
) -> tuple[dict[tuple[int, int], Renewals], list[int]]:
    """Of the certificates whose RENEWAL_DAYS are over: what became of them, and the gaps of the renewed."""
    known_until = as_of - dt.timedelta(days=RENEWAL_DAYS)
    counts: Counter[tuple[int, int, str]] = Counter()
    gaps = []
    for lapse in (lapse for life in lives for lapse in life.lapses):
        if not known_until.year - RENEWAL_YEARS < lapse.day.year or lapse.day > known_until:
            continue
        renewed = lapse.gap is not None and lapse.gap <= RENEWAL_DAYS
        counts[
            lapse.unit,
            lapse.day.year,
            "lost" if not renewed else "gap" if lapse.gap else "seamless",
        ] += 1
        if renewed:
            gaps.append(lapse.gap or 0)
    keys = {(unit, year) for unit, year, _ in counts}
    names = ("seamless", "gap", "lost")
    return {key: Renewals(*(counts[(*key, name)] for name in names)) for key in sorted(keys)}, gaps


# --- other exits ----------------------------------------------------------------------------------------------------
def _exits(lives: Iterable[Life], years: Iterable[int]) -> dict[tuple[int, int], RateTally]:
    """Of the firms counted when a year began: those withdrawn, gone or closed when it ended, by unit and year."""
    tallies: dict[tuple[int, int], RateTally] = defaultdict(lambda: NOTHING)
    ends = [(dt.date(year - 1, 12, 31), dt.date(year, 12, 31)) for year in years]
    for life in lives:
        for before, after in ends:
            if (span := life.counted_on(before)) is not None:
                tallies[responsible(span), after.year] += RateTally(int(_gone(life, after)), 1)
    return dict(tallies)


def _gone(life: Life, day: dt.date) -> bool:
    last = [span for span in life.spans if span.start <= day][-1]
    return last.end <= day and last.closed_by in GONE


# --- entries --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Entry:
    """A firm began to count; `first`: recognised for the first time, not again, arrived or restored."""

    day: dt.date
    unit: int
    first: bool


def _entries(life: Life) -> Iterable[Entry]:
    """A new certificate within RENEWAL_DAYS of the old one's end is a renewal and no entry; nor is a move."""
    lapsed = {
        lapse.day + dt.timedelta(days=lapse.gap): lapse.gap for lapse in life.lapses if lapse.gap
    }
    for span in life.spans:
        if span.opened_by == Span.Opening.FIRST:
            yield Entry(span.start, responsible(span), span.start not in life.again)
        elif (
            span.opened_by in OTHER_ENTRIES
            and lapsed.get(span.start, RENEWAL_DAYS + 1) > RENEWAL_DAYS
        ):
            yield Entry(span.start, responsible(span), False)


def _calendar(entries: Iterable[Entry], years: Iterable[int]) -> dict[int, int]:
    """How many entries fell on each day of the year."""
    wanted = set(years)
    days = Counter(entry.day.timetuple().tm_yday for entry in entries if entry.day.year in wanted)
    return dict(sorted(days.items()))


def _spread(totals: Sequence[int]) -> float:
    misses, means = [], []
    for place in range(1, len(totals)):
        before = totals[max(place - ENTRY_YEARS, 0) : place]
        if mean := sum(before) / len(before):
            misses.append((totals[place] / mean - 1) ** 2)
            means.append(mean)
    if len(misses) < 2:
        return 0.0
    return max(sum(misses) / len(misses) - sum(1 / mean for mean in means) / len(means), 0.0)


# --- small units lean on the district -------------------------------------------------------------------------------
def shrunk(tallies: Mapping[tuple[int, int], RateTally]) -> Shrunk:
    """Tallies by (unit, year), added up over the years, with the strength of the common prior."""
    by_unit: dict[int, RateTally] = defaultdict(lambda: NOTHING)
    for (unit, _), tally in tallies.items():
        by_unit[unit] += tally
    return Shrunk(dict(by_unit), strength(list(by_unit.values())))


def strength(tallies: Sequence[RateTally]) -> float:
    """A beta-binomial's prior strength by moments: (1 − ρ) ÷ ρ, kept between WEAKEST and STRONGEST.

    ρ is the share of the variance between units: S = Σ nᵤ(pᵤ − m)² has the mean
    m(1 − m)·[(1 − ρ)(U − 1) + ρ(N − Σnᵤ²/N)]. Units that differ no more than by chance get the ceiling.
    """
    tallies = [one for one in tallies if one.of]
    whole = sum(tallies, NOTHING)
    mean = whole.share
    if mean is None or not 0 < mean < 1 or len(tallies) < 2:
        return STRONGEST
    spread = math.fsum(one.of * (one.hits / one.of - mean) ** 2 for one in tallies) / (
        mean * (1 - mean)
    )
    by_chance = len(tallies) - 1
    room = whole.of - sum(one.of**2 for one in tallies) / whole.of - by_chance
    between = (spread - by_chance) / room if room > 0 else 0.0
    return min(max((1 - between) / between, WEAKEST), STRONGEST) if between > 0 else STRONGEST
