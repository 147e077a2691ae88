"""Certified firms and those in the reserve pool: the newest year that each source has told of.

What is asked for is the last year that is over when the next batch closes, as far as it is over
already: a year that still runs has no figures. Of firms in the pool the self-check says which
numbers it still wants.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet, TextChoices

from enterprises.eligibility import rule_sets
from enterprises.eligibility.gathering import firm_data_of
from enterprises.eligibility.missing import MANAGEMENT, STANDARD, missing_by_condition
from enterprises.marks import Mark, Tone
from enterprises.models import (
    Enterprise,
    LedgerEntry,
    Placement,
    PoolEntry,
    QualificationKind,
    SourceFile,
    YearlyFigures,
)
from enterprises.models.enterprise import answered_by
from parks.models import Unit, User
from targets.figures import spans
from targets.models import ApplicationBatch, Definition, Span

NEVER_REGISTERED = frozenset({MANAGEMENT, STANDARD})
"""What the self-check wants and no list or form of the portal can bring."""
BY_HAND = "人工登记"
Standing = tuple[Enterprise, Unit, str]
"""A firm, who answers for it, and as what it stands in the list."""


class Age(TextChoices):
    NOTHING = "nothing", "没有年度数据"
    OLD = "old", "年度数据已旧"
    LACKING = "lacking", "缺项"
    FRESH = "fresh", "齐"

    @property
    def mark(self) -> Mark:
        return AGE_MARKS[self.value]


AGE_MARKS = {
    Age.NOTHING.value: Mark(Tone.BAD, "x-circle"),
    Age.OLD.value: Mark(Tone.WATCH, "exclamation-triangle"),
    Age.LACKING.value: Mark(Tone.WATCH, "exclamation-triangle"),
    Age.FRESH.value: Mark(Tone.GOOD, "check-circle"),
}
URGENCY = {age: place for place, age in enumerate(Age)}


class FreshPart(TextChoices):
    CERTIFIED = "certified", "持证企业"
    POOL = "pool", "后备库企业"


@dataclass(frozen=True)
class Horizon:
    """What the data is wanted for: the next batch that closes, or today where none is known."""

    day: dt.date
    batch: ApplicationBatch | None
    today: dt.date

    @property
    def asked_on(self) -> dt.date:
        """The day of the application that the self-check tries: one of a year that has begun."""
        return self.day if self.day.year == self.today.year else self.today

    @property
    def year(self) -> int:
        """The last one that is over on the day of the batch, and today."""
        return self.asked_on.year - 1

    @property
    def coming_year(self) -> int | None:
        """The batch will want this year, too, which is not over yet."""
        wanted = self.day.year - 1
        return wanted if wanted > self.year else None


@dataclass(frozen=True)
class FreshRow:
    """`newest`: the last year of which figures are registered; `told`: source → its last year.

    `missing`: what the self-check wants, of firms in the pool alone. `stands`: as what it is here.
    """

    firm: Enterprise
    unit: Unit
    part: FreshPart
    stands: str
    wanted: int
    newest: int | None
    told: Mapping[str, int]
    missing: Sequence[str]

    @property
    def years_old(self) -> int | None:
        """By how many years the newest lags behind what is wanted; None without any."""
        return None if self.newest is None else max(self.wanted - self.newest, 0)

    @property
    def age(self) -> Age:
        if self.newest is None:
            return Age.NOTHING
        if self.newest < self.wanted:
            return Age.OLD
        return Age.LACKING if self.missing else Age.FRESH

    @property
    def urgency(self) -> tuple[int, int, int, str]:
        """What lacks most comes first."""
        return URGENCY[self.age], -(self.years_old or 0), -len(self.missing), self.firm.uscc


def horizon(today: dt.date) -> Horizon:
    """The batch of the certificates for which the pool is a reserve; one query."""
    batches = ApplicationBatch.objects.closing().filter(kind__ends_reserve=True)
    batch = batches.filter(closes_on__gte=today).order_by("closes_on", "pk").first()
    return Horizon(batch.last_day if batch else today, batch, today)


def fresh_rows(
    today: dt.date, ahead: Horizon, *, user: User | None = None, unit: Unit | None = None
) -> list[FreshRow]:
    """Each firm once, what lacks most first; the number of queries does not grow with them.

    A unit's are those that it answers for.
    """
    spans.refresh()
    answering = user.narrowed_to(unit) if user else unit
    certified = _certified(today, answering)
    pooled = _pooled(today, answering)
    firms = {firm.pk: firm for firm, _, _ in (*certified, *pooled)}
    newest = dict(
        YearlyFigures.objects.filter(enterprise__in=firms).order_by()
        .values_list("enterprise").annotate(newest=Max("year"))
    )  # fmt: skip
    told = _told_by_source(firms)
    missing = _missing_of([firm for firm, _, _ in pooled], ahead.asked_on)
    rows = []
    for part, listed in ((FreshPart.CERTIFIED, certified), (FreshPart.POOL, pooled)):
        for firm, place, stands in listed:
            rows.append(
                FreshRow(
                    firm=firm,
                    unit=place,
                    part=part,
                    stands=stands,
                    wanted=ahead.year,
                    newest=newest.get(firm.pk),
                    told=told[firm.pk],
                    missing=missing.get(firm.pk, ()) if part == FreshPart.POOL else (),
                )
            )
    return sorted(rows, key=lambda row: row.urgency)


def _certified(today: dt.date, unit: Unit | None) -> list[Standing]:
    kinds = QualificationKind.objects.filter(ends_reserve=True)
    held = Span.objects.filter(definition=Definition.CERTIFICATE, kind__in=kinds)
    rows: QuerySet[Span] = held.covering(today).filter(answered_by(unit))
    found: dict[int, Standing] = {}
    for span in rows.select_related("enterprise", "park", "town", "kind"):
        # Each once, whatever it holds.
        standing = (span.enterprise, span.unit, span.kind.short_name)
        found.setdefault(span.enterprise_id, standing)
    return list(found.values())


def _pooled(today: dt.date, unit: Unit | None) -> list[Standing]:
    entries = PoolEntry.objects.live_on(today)
    places = Placement.objects.covering(today).filter(answered_by(unit))
    here = places.filter(enterprise__in=entries.values("enterprise"))
    units = {row.enterprise_id: row.answering for row in here.select_related("park", "town")}
    return [
        (entry.enterprise, units[entry.enterprise_id], entry.get_stage_display())
        for entry in entries.select_related("enterprise")
        if entry.enterprise_id in units
    ]


def _told_by_source(firms: Collection[int]) -> Mapping[int, dict[str, int]]:
    """Firm → source → the last year of which it told figures that stand."""
    # Figures speak of the last day of their year.
    entries = LedgerEntry.objects.in_force().filter(
        enterprise__in=firms, act=LedgerEntry.Act.FIGURES
    )
    rows = entries.order_by().values_list("enterprise_id", "source__kind")
    labels: Mapping[str, str] = dict(SourceFile.Kind.choices)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for firm, kind, last in rows.annotate(last=Max("effective_on")):
        if last is not None:
            found[firm][str(labels.get(kind, BY_HAND))] = last.year
    return found


def _missing_of(firms: Iterable[Enterprise], day: dt.date) -> dict[int, list[str]]:
    """Firm → the names of what the self-check wants for an application on the day, each once."""
    found = {}
    for pk, data in firm_data_of(firms, day, rule_sets.rule_book()).items():
        wanted = (name for names in missing_by_condition(data).values() for name in names)
        found[pk] = [name for name in dict.fromkeys(wanted) if name not in NEVER_REGISTERED]
    return found
