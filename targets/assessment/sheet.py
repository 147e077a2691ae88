"""A score sheet for a day: every unit with its items, points, total and place; live or frozen."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from parks.models import Unit
from parks.numbers import plain
from targets.assessment import scoring, sources
from targets.assessment.measured import NOTHING, CountedCase, Measured
from targets.assessment.scene import Scene
from targets.assessment.scoring import ScoringRule, Total
from targets.assessment.sources import SOURCES, ScoreSource
from targets.models import (
    AssessmentEntry,
    AssessmentItem,
    AssessmentScheme,
    AssessmentScore,
)

NOT_ENTERED = "尚未评分，暂不计入"


def rule_of(item: AssessmentItem) -> ScoringRule:
    full = item.no_case == AssessmentItem.NoCase.FULL
    return ScoringRule(item.weight, item.cap, item.floor, item.full, full)


@dataclass(frozen=True)
class ItemScore:
    """One item of one unit. `points` None: it is left out. `entry`: what was entered by hand."""

    item: AssessmentItem
    measured: Measured
    points: Decimal | None
    entry: AssessmentEntry | None = None

    @property
    def source(self) -> ScoreSource:
        return SOURCES[self.item.source]

    @property
    def rule(self) -> ScoringRule:
        return rule_of(self.item)

    @property
    def lost_words(self) -> str:
        if self.points is None:
            return "—"
        return f"−{self.lost}" if self.lost else "0"

    @property
    def is_missing(self) -> bool:
        """Nobody has entered it yet."""
        return self.item.by_hand and self.points is None

    @property
    def lost(self) -> Decimal:
        return self.rule.lost(self.points)

    @property
    def value(self) -> str:
        """85.7%（6/7）, 12条, or a dash."""
        part, whole = self.measured.part, self.measured.whole
        if part is None or whole == 0:
            return "—"
        if whole is None:
            return f"{part}{self.source.unit_word}"
        share = Decimal(part * 100) / Decimal(whole)
        return f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP)}%（{part}/{whole}）"

    @property
    def brief(self) -> str:
        """The value without its two numbers, for a narrow table."""
        return "待评" if self.is_missing else self.value.partition("（")[0]

    @property
    def note(self) -> str:
        """Why nothing was measured, and what becomes of the points."""
        if self.is_missing:
            return NOT_ENTERED
        if not self.measured.note:
            return ""
        left_out = "得满分" if self.points is not None else "不计入"
        return f"{self.measured.note}，{left_out}"

    @property
    def with_one_more(self) -> Decimal | None:
        """Points with one more case; None where there is no further one."""
        part, whole = self.measured.part, self.measured.whole
        if self.item.by_hand or part is None or self.points is None:
            return None
        # Only a certificate that has lapsed unrenewed can still be renewed.
        if whole is not None and part >= whole and self.item.source == sources.Code.RENEWAL:
            return None
        more, wider = self.source.adds
        if whole is not None:
            whole += wider
        value = scoring.value_of(part + more, whole, is_share=self.source.is_share)
        points = self.rule.points(value)
        return None if points is None else max(points, self.points)

    @property
    def gain(self) -> Decimal | None:
        more = self.with_one_more
        return None if more is None or self.points is None else more - self.points

    @property
    def gain_words(self) -> str:
        """再新增1家高新技术企业 +0.83分; or why nothing is to be gained."""
        if self.item.by_hand or self.measured.part is None:
            return ""
        if self.points is not None and self.points >= self.item.cap:
            return "已到封顶分" if self.item.cap > self.item.weight else "已得满分"
        gain, more = self.gain, self.source.more_words(self.item)
        if gain is None:
            return ""
        if not gain:
            return f"{more}，仍未到起分值{plain(self.item.floor)}"
        return f"{more} +{gain}分"

    @property
    def needed_words(self) -> str:
        """再有5家得满分: only where more of the numerator alone brings it there."""
        part, whole = self.measured.part, self.measured.whole
        if part is None or whole == 0 or self.source.adds[1]:
            return ""
        needed = self.rule.still_needed(part, whole)
        if not needed:
            return ""
        return f"再有{needed}{self.source.unit_word}得满分"


@dataclass(frozen=True)
class UnitSheet:
    """`rank`: None without any points."""

    unit: Unit
    lines: Sequence[ItemScore]
    total: Total
    rank: int | None

    @property
    def points(self) -> Decimal | None:
        return self.total.points


@dataclass(frozen=True)
class ScoreSheet:
    """`day`: up to which facts count. The units are in the plan's order."""

    scheme: AssessmentScheme
    items: Sequence[AssessmentItem]
    units: Sequence[UnitSheet]
    day: dt.date
    scene: Scene | None = None
    """By which it was measured; None of a frozen one."""

    @cached_property
    def by_rank(self) -> list[UnitSheet]:
        """The first place first; units without points last."""
        last = len(self.units) + 1
        return sorted(self.units, key=lambda row: (row.rank or last, row.unit.order, row.unit.pk))

    @cached_property
    def ranked(self) -> int:
        return sum(row.rank is not None for row in self.units)

    @property
    def missing(self) -> int:
        """Scores that somebody still has to enter."""
        return sum(line.is_missing for row in self.units for line in row.lines)

    def of(self, unit: Unit) -> UnitSheet | None:
        return next((row for row in self.units if row.unit == unit), None)


def build(scheme: AssessmentScheme, today: dt.date) -> ScoreSheet:
    """As frozen, or as the facts say today. The number of queries does not grow with the units."""
    items = list(scheme.items.select_related("indicator__qualification_kind", "figure"))
    if scheme.is_frozen:
        return _frozen(scheme, items)
    return simulate(scheme, items, measure(scheme, items, today))


@dataclass(frozen=True)
class Readings:
    """What was measured: (item's place, unit) → measured."""

    scene: Scene
    measured: Mapping[tuple[int, int], Measured]
    entries: Mapping[tuple[int, int], AssessmentEntry]


def measure(scheme: AssessmentScheme, items: Sequence[AssessmentItem], today: dt.date) -> Readings:
    """`items` need not be saved: a changed draft is measured before it is."""
    units = list(Unit.objects.reporting().filter(kind=scheme.kind))
    scene = Scene(scheme, today, units)
    measured = {}
    for place, item in enumerate(items):
        by_unit = sources.measure(item, scene)
        for unit in units:
            measured[place, unit.pk] = by_unit.get(unit.pk, NOTHING)
    # The last one counts, and comes last.
    saved = AssessmentEntry.objects.filter(item__scheme=scheme).order_by("number")
    entries = {(entry.item_id, entry.unit_id): entry for entry in saved}
    return Readings(scene, measured, entries)


def simulate(
    scheme: AssessmentScheme, items: Sequence[AssessmentItem], readings: Readings
) -> ScoreSheet:
    lines = {
        unit: [
            _score(
                item, readings.measured[place, unit.pk], readings.entries.get((item.pk, unit.pk))
            )
            for place, item in enumerate(items)
        ]
        for unit in readings.scene.units
    }
    totals = {
        unit: scoring.total_of([(line.item.weight, line.points) for line in row], scheme.total)
        for unit, row in lines.items()
    }
    places = scoring.ranks({unit.pk: total.points for unit, total in totals.items()})
    rows = [UnitSheet(unit, row, totals[unit], places.get(unit.pk)) for unit, row in lines.items()]
    return ScoreSheet(scheme, items, rows, readings.scene.day, readings.scene)


def _score(item: AssessmentItem, measured: Measured, entry: AssessmentEntry | None) -> ItemScore:
    if item.by_hand:
        # Points above a cap that was lowered since do not count.
        points = min(entry.points, item.cap) if entry else None
        return ItemScore(item, measured, points, entry)
    is_share = SOURCES[item.source].is_share
    value = scoring.value_of(measured.part, measured.whole, is_share=is_share)
    return ItemScore(item, measured, rule_of(item).points(value))


# --- frozen ---
def _frozen(scheme: AssessmentScheme, items: Sequence[AssessmentItem]) -> ScoreSheet:
    by_unit: dict[Unit, dict[int | None, AssessmentScore]] = defaultdict(dict)
    kept = scheme.scores.select_related("unit").order_by("unit__order", "unit__code")
    for score in kept:
        by_unit[score.unit][score.item_id] = score
    rows = []
    for unit, scores in by_unit.items():
        lines = [_frozen_line(item, scores[item.pk]) for item in items]
        judged = [line.item.weight for line in lines if line.points is not None]
        whole = scores[None]
        total = Total(whole.points, sum(judged, Decimal(0)), scheme.total)
        rows.append(UnitSheet(unit, lines, total, whole.rank))
    return ScoreSheet(scheme, items, rows, dt.date(scheme.year, 12, 31))


def _frozen_line(item: AssessmentItem, score: AssessmentScore) -> ItemScore:
    cases = [CountedCase(*told) for told in score.cases]
    rows = [(case, case.counted) for case in cases]
    measured = Measured(
        score.part, score.whole, rows, (lambda case, _: case) if rows else None, note=score.note
    )
    return ItemScore(item, measured, score.points)
