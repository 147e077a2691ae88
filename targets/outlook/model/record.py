"""What is on record of every firm that ever held or applied for a kind, and how it stood on a day.

Asked for a past day it tells only what was dated by then. On which days a firm counted it takes
from the counted spans, which no later fact changes for an earlier day.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from enterprises.models import Application, Closure, Placement, Qualification, QualificationKind
from enterprises.models.validity import FAR, Validity
from targets.models import Definition, Span
from targets.renewals.term import RENEWAL_DAYS

CALENDAR_YEARS = 5
ANY_DAY_OF_THE_YEAR = dict.fromkeys(range(15, 366, 30), 1)
"""Days of entry where history tells none: about the middle of each month."""
LATE = dt.timedelta(days=RENEWAL_DAYS)


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate: its printed days [since, end), and the day on which it was withdrawn."""

    since: dt.date
    end: dt.date
    revoked_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class CountedDays:
    """Days [since, end) on which a firm counted, and the unit that answers for it.

    `first`: they begin with its first recognition ever.
    """

    since: dt.date
    end: dt.date
    unit: int
    first: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """An application of a year stands at a stage on the days [since, end)."""

    year: int
    stage: str
    since: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class FirmStanding:
    """A firm of the district on a day: the end of its last certificate, its application, its unit.

    `end`: the first day on which none of its certificates holds any more; None without one.
    `before`: the same without the certificates that began after the last end, for firms whose
    certificate ran out within RENEWAL_DAYS; None for others.
    """

    counted: bool
    end: dt.date | None
    before: dt.date | None
    year: int | None
    stage: str
    unit: int


@dataclass(slots=True)
class FirmRecord:
    """One firm; each list in the order of its days. `stays`: days [since, end) in a unit, open."""

    held: list[Held] = field(default_factory=list)
    stays: list[tuple[dt.date, dt.date, int]] = field(default_factory=list)
    counted: list[CountedDays] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)

    def counted_on(self, day: dt.date) -> CountedDays | None:
        for span in self.counted:
            if span.since <= day < span.end:
                return span
        return None

    def unit_on(self, day: dt.date) -> int | None:
        """None where it is not in the district, or struck off."""
        for since, end, unit in self.stays:
            if since <= day < end:
                return unit
        return None

    def standing_on(self, day: dt.date) -> FirmStanding | None:
        """None where nothing of it was known, or it was not in the district."""
        unit = self.unit_on(day)
        if unit is None:
            return None
        end, before = None, None
        for held in self.held:
            # What is dated later was not known; what was withdrawn by then had ended by then.
            if held.since > day or (held.revoked_on and held.revoked_on <= day):
                continue
            if end is not None and day - LATE < end <= day:
                before = end
            if end is None or held.end > end:
                end = held.end
        if end is not None and day - LATE < end <= day:
            before = end
        year, stage = self._stage_on(day)
        if end is None and year is None:
            return None
        return FirmStanding(self.counted_on(day) is not None, end, before, year, stage, unit)

    def _stage_on(self, day: dt.date) -> tuple[int | None, str]:
        for stage in self.stages:
            if stage.since <= day < stage.end:
                return stage.year, stage.stage
        return None, ""


@dataclass(frozen=True)
class KindRecord:
    """All firms of one kind. `term_years` is None where certificates do not run out."""

    kind: str
    term_years: int | None
    firms: Mapping[int, FirmRecord]

    @property
    def has_term(self) -> bool:
        return self.term_years is not None

    @cached_property
    def _oldest(self) -> int | None:
        """The year of the oldest certificate on record."""
        years = (firm.held[0].since.year for firm in self.firms.values() if firm.held)
        return min(years, default=None)

    def first_year(self, as_of: dt.date) -> int | None:
        """The year of the oldest certificate known on a day."""
        oldest = self._oldest
        return oldest if oldest is not None and oldest <= as_of.year else None

    @cached_property
    def _recorded(self) -> tuple[Counter[int], Counter[int]]:
        """By year, of the firms certified in it: those with an application of that year, and all."""
        told: Counter[int] = Counter()
        certified: Counter[int] = Counter()
        for firm in self.firms.values():
            applied = {stage.year for stage in firm.stages}
            for year in {held.since.year for held in firm.held}:
                certified[year] += 1
                told[year] += year in applied
        return told, certified

    def recorded(self, year: int) -> tuple[int, int]:
        """Of the firms certified in a year: those with an application of that year, and all."""
        told, certified = self._recorded
        return told[year], certified[year]

    def recognised_by_unit(self, years: range) -> Counter[int]:
        """The firms that were recognised for the first time in some years, by unit."""
        units: Counter[int] = Counter()
        for firm in self.firms.values():
            if firm.counted and firm.counted[0].first and firm.counted[0].since.year in years:
                units[firm.counted[0].unit] += 1
        return units

    def recognised(self, year: int) -> int:
        """Firms recognised for the first time in a year."""
        return self.recognised_by_unit(range(year, year + 1)).total()

    def _beginnings(self, years: range) -> Counter[int]:
        """How many firms began to count on each day of the year (1 … 366), for the first time."""
        days: Counter[int] = Counter()
        for firm in self.firms.values():
            for begun in firm.counted[:1]:
                if begun.since.year in years:
                    days[begun.since.timetuple().tm_yday] += 1
        return days

    def entry_days(self, as_of: dt.date) -> Mapping[int, int]:
        """How many past entries fell on each day of the year, in the last full years."""
        found = self._beginnings(range(as_of.year - CALENDAR_YEARS, as_of.year))
        return found or ANY_DAY_OF_THE_YEAR

    def calendar_share(self, as_of: dt.date, day: dt.date) -> float:
        """How many years' entries fall after a day and by another."""
        return math.fsum(self.calendar_shares(as_of, day).values())

    def calendar_shares(self, as_of: dt.date, day: dt.date) -> dict[int, float]:
        """Year → the share of its entries after a day and by another; years without any left out.

        By the days of past entries, not by the calendar: certificates come late in the year.
        """
        entry_days = self.entry_days(as_of)
        whole, shares = sum(entry_days.values()), {}
        for year in range(as_of.year, day.year + 1):
            first_day, ahead = dt.date(year, 1, 1), 0
            for day_of_year, entries in entry_days.items():
                if as_of < first_day + dt.timedelta(days=day_of_year - 1) <= day:
                    ahead += entries
            if ahead:
                shares[year] = ahead / whole
        return shares


Firms = dict[int, FirmRecord]
"""Firm → its record of one kind."""


def read_records(kinds: Sequence[QualificationKind]) -> dict[int, KindRecord]:
    """Kind → its record; five queries. The spans must have followed the ledger."""
    firms: dict[int, Firms] = {kind.pk: defaultdict(FirmRecord) for kind in kinds}
    again = _add_certificates(firms)
    _add_stages(firms)
    _add_stays(firms)
    _add_counted(firms, again)
    records = {}
    for kind in kinds:
        terms = sorted(kind.terms.all(), key=lambda term: term.since)
        # The newest term: a renewal to come is issued under it, whatever the old ones lasted.
        years = terms[-1].years if terms else None
        records[kind.pk] = KindRecord(kind.code, years, dict(firms[kind.pk]))
    return records


def _add_certificates(kinds: Mapping[int, Firms]) -> set[tuple[int, int, dt.date]]:
    """Kind, firm and first day of those marked 重新认定, each of which proves an earlier one."""
    again = set()
    dated = Qualification.objects.filter(kind__in=kinds, valid_from__isnull=False)
    for kind, firm, since, until, revoked_on, recognition in dated.order_by(
        "valid_from"
    ).values_list("kind", "enterprise", "valid_from", "valid_until", "revoked_on", "recognition"):
        assert since is not None  # by the filter above
        printed = Validity.from_printed_days(since, until)
        held = Held(since, printed.first_day_not_valid, revoked_on)
        kinds[kind][firm].held.append(held)
        if recognition == Qualification.Recognition.AGAIN:
            again.add((kind, firm, since))
    return again


def _add_stages(kinds: Mapping[int, Firms]) -> None:
    rows = Application.objects.filter(kind__in=kinds).order_by("since")
    for kind, firm, year, stage, since, until in rows.values_list(
        "kind", "enterprise", "year", "stage", "since", "until"
    ):
        kinds[kind][firm].stages.append(Stage(year, stage, since, until or FAR))


def _add_stays(kinds: Mapping[int, Firms]) -> None:
    """Of these firms alone: the register holds many times as many."""
    known = Q(enterprise__in=Qualification.objects.filter(kind__in=kinds).values("enterprise"))
    known |= Q(enterprise__in=Application.objects.filter(kind__in=kinds).values("enterprise"))
    closed: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    rows = Closure.objects.filter(known).order_by("closed_on")
    for firm, closed_on, reopened_on in rows.values_list("enterprise", "closed_on", "reopened_on"):
        closed[firm].append((closed_on, reopened_on or FAR))
    places = Placement.objects.filter(known).order_by("since")
    for firm, park, town, since, until in places.values_list(
        "enterprise", "park", "town", "since", "until"
    ):
        # A firm in a park is the park's to answer for, or units would exceed the district.
        stays = [(*days, park or town) for days in _without(since, until or FAR, closed[firm])]
        for firms in kinds.values():
            if firm in firms:
                firms[firm].stays += stays


def _without(
    since: dt.date, end: dt.date, closed: Sequence[tuple[dt.date, dt.date]]
) -> Iterable[tuple[dt.date, dt.date]]:
    for closed_on, reopened_on in closed:
        if since < closed_on and since < end:
            yield since, min(closed_on, end)
        since = max(since, reopened_on)
    if since < end:
        yield since, end


def _add_counted(kinds: Mapping[int, Firms], again: Container[tuple[int, int, dt.date]]) -> None:
    rows = Span.objects.filter(kind__in=kinds, definition=Definition.CERTIFICATE)
    for kind, firm, since, end, park, town, opened_by in rows.order_by("start").values_list(
        "kind", "enterprise", "start", "end", "park", "town", "opened_by"
    ):
        # Whose certificate proves an earlier one was recognised before, on record or not.
        first = opened_by == Span.Opening.FIRST and (kind, firm, since) not in again
        kinds[kind][firm].counted.append(CountedDays(since, end, park or town, first))
