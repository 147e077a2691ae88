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

RENEWAL_YEARS, ENTRY_YEARS, CALENDAR_YEARS = 5, 3, 5
"""Of how many years before the day rates, yearly entries and the days of entries are learned."""
WEAKEST, STRONGEST = 5.0, 500.0
"""Floor and ceiling of the prior's strength, in firms.

So many firms of its own weigh as much as the district's mean.
"""
FEW = 30
"""Below so many firms a rate is shown with its counts and a warning, the pool's not at all."""
# A lapse is not among them: the renewal rate takes care of it.
GONE = (Span.Closing.REVOKED, Span.Closing.LEFT, Span.Closing.CLOSED)
# A move within the district is not among them: over the district it is no entry.
OTHER_ENTRIES = (Span.Opening.REGAINED, Span.Opening.ARRIVED, Span.Opening.REOPENED)


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
    """Learned as of a day. Yearly tables by (unit, year).

    `entry_years`: the full years whose entries could be told apart.
    `years`: the last of them, whose mean is expected of the years to come.
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

    @property
    def wins_per_year(self) -> dict[int, float]:
        """By unit, the mean of the last full years."""
        if not self.years:
            return {}
        totals: dict[int, int] = defaultdict(int)
        for (unit, year), firms in self.wins.items():
            # A unit that won nobody in these years stays at 0: an empty year is part of the mean.
            totals[unit] += firms if year in self.years else 0
        return {unit: total / len(self.years) for unit, total in totals.items()}

    @property
    def others_per_year(self) -> float:
        if not self.years:
            return 0.0
        return sum(self.others.get(year, 0) for year in self.years) / len(self.years)

    @property
    def spread(self) -> float:
        """How far the mean of up to ENTRY_YEARS years missed the next year's entries.

        A relative variance, less the one that chance makes. Zero before two years could be compared
        with the mean of those before.
        """
        # All units together: a single one has too few entries to tell years apart.
        totals = {year: self.others.get(year, 0) for year in self.entry_years}
        for (_, year), firms in self.wins.items():
            if year in totals:
                totals[year] += firms
        return _spread([totals[year] for year in sorted(totals)])


def learn(
    histories: Sequence[FirmHistory],
    as_of: dt.date,
    first_year: int | None,
    term_years: int | None,
) -> Rates:
    """From what was known on a day.

    Where certificates have a term, the register's first years cannot tell a first recognition from
    a renewal of one that is not on record. So entries count from a whole term after the oldest
    certificate.
    """
    # A whole term, because by then whoever held an older certificate has one on record.
    reliable = (first_year or as_of.year) + (term_years or 1)
    # A year counts as full only when its last day is known.
    year_is_over = (as_of.month, as_of.day) == (12, 31)
    last_full = as_of.year if year_is_over else as_of.year - 1
    renewals, gaps = _learn_renewals(histories, as_of)
    # Exits are taken from firms that counted when a year began: the register's first year has none.
    first_exit_year = max(last_full - RENEWAL_YEARS, first_year or last_full) + 1
    exits = _learn_exits(histories, range(first_exit_year, last_full + 1))
    # All years of them: the days of the year are learned from more years than the yearly number.
    entries = [entry for history in histories for entry in _find_entries(history)]
    wins: Counter[tuple[int, int]] = Counter()
    others: Counter[int] = Counter()
    for entry in entries:
        if entry.day.year < reliable:
            continue
        if entry.first:
            wins[entry.unit, entry.day.year] += 1
        else:
            others[entry.day.year] += 1
    # Empty rather than backwards where the register is younger than a term.
    entry_years = range(min(reliable, last_full + 1), last_full + 1)
    return Rates(
        renewals=renewals,
        renewal=shrunk({key: counts.tally for key, counts in renewals.items()}),
        gaps=sorted(gaps),
        exits=exits,
        exit=shrunk(exits),
        years=entry_years[-ENTRY_YEARS:],
        entry_years=entry_years,
        wins=wins,
        others=others,
        entry_days=_entries_by_day(entries, range(last_full - CALENDAR_YEARS + 1, last_full + 1)),
    )


# --- renewals -----------------------------------------------------------------------------------
def _learn_renewals(
    histories: Iterable[FirmHistory], as_of: dt.date
) -> tuple[dict[tuple[int, int], Renewals], list[int]]:
    """What became of certificates, and the gaps of the renewed ones.

    Only certificates whose RENEWAL_DAYS are over: of the others it is not decided yet.
    """
    # A certificate that may still be renewed would count as lost, and the rate come out too low.
    known_until = as_of - dt.timedelta(days=RENEWAL_DAYS)
    # The years of the lapses, not of the renewals: a rate is a share of those that lapsed.
    counts: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    gaps = []
    for history in histories:
        for lapse in history.lapses:
            too_old = lapse.day.year <= known_until.year - RENEWAL_YEARS
            if too_old or lapse.day > known_until:
                continue
            outcome = _outcome_of(lapse)
            counts[lapse.unit, lapse.day.year][outcome] += 1
            if outcome != "lost":
                gaps.append(lapse.gap or 0)
    return {key: Renewals(**counts[key]) for key in sorted(counts)}, gaps


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


# --- entries ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Entry:
    """A firm began to count. `first`: by its first recognition ever, not by any other way."""

    day: dt.date
    unit: int
    first: bool


def _find_entries(history: FirmHistory) -> Iterable[Entry]:
    """A certificate within RENEWAL_DAYS of the old one's end is a renewal and no entry.

    Nor is a move within the district.
    """
    gap_before: dict[dt.date, int] = {}
    for lapse in history.lapses:
        if lapse.gap:
            gap_before[lapse.day + dt.timedelta(days=lapse.gap)] = lapse.gap
    for span in history.spans:
        if span.opened_by == Span.Opening.FIRST:
            first = span.start not in history.again
            yield Entry(span.start, responsible_unit(span), first)
        elif span.opened_by in OTHER_ENTRIES:
            gap = gap_before.get(span.start)
            # Spans know only that there was a gap; how long it was, the lapse tells.
            if gap is None or gap > RENEWAL_DAYS:
                yield Entry(span.start, responsible_unit(span), False)


def _entries_by_day(entries: Iterable[Entry], years: Iterable[int]) -> dict[int, int]:
    """How many entries fell on each day of the year (1 … 366)."""
    wanted = set(years)
    # By the day of the year: certificates come in batches, not evenly over the months.
    days = Counter(entry.day.timetuple().tm_yday for entry in entries if entry.day.year in wanted)
    return dict(sorted(days.items()))


def _spread(totals: Sequence[int]) -> float:
    """The mean squared relative miss, less what chance alone would make of it (1 ÷ mean)."""
    # Each year is compared with the mean of the years before it, as a forecast would have done.
    misses, means = [], []
    for place in range(1, len(totals)):
        before = totals[max(place - ENTRY_YEARS, 0) : place]
        mean = sum(before) / len(before)
        if mean:
            misses.append((totals[place] / mean - 1) ** 2)
            means.append(mean)
    # One miss is no spread. The page then says that the range is too narrow.
    if len(misses) < 2:
        return 0.0
    by_chance = sum(1 / mean for mean in means) / len(means)
    # Never below zero: years that differ less than by chance are still only as certain as chance.
    return max(sum(misses) / len(misses) - by_chance, 0.0)


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
