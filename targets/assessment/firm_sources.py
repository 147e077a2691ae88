"""Items measured by firms and records: goals, renewals, the reserve pool, registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef
from django.urls import reverse

from enterprises.models import Placement
from enterprises.records.counting import FIRMS
from parks.models import Unit
from targets.assessment.measured import NOTHING, CountedCase, Measured, share
from targets.assessment.scene import Scene
from targets.figures.counting import answered_for
from targets.goals.form import GoalsQuestion
from targets.goals.page import GoalsBoard
from targets.goals.reached import Measure, first_spans
from targets.models import AssessmentItem
from targets.pool.stays import stood_before
from targets.renewals import overview, rules
from targets.renewals.form import ALL, RenewalsQuestion
from targets.renewals.rules import RenewalRow, RenewalState
from targets.task_figures.reckoning import Reckoner

ByUnit = Mapping[int, Measured]
"""Unit's id → what was measured of it."""


def firm_url(uscc: str) -> str:
    return reverse("firm", args=[uscc])


# --- goals ---
def goals(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Done ÷ goal of the year, as the page of goals has it."""
    assert item.indicator
    if scene.goals is None:
        told = Measured(None, note=f"{scene.year}年还没有分解任务")
        return {unit.pk: told for unit in scene.units}
    board = scene.goals.of_kind(item.indicator.code)
    return {unit.pk: _goal_of(unit, board, Measure(item.measure)) for unit in scene.units}


def _goal_of(unit: Unit, board: GoalsBoard, measure: Measure) -> Measured:
    asked = board.asked
    goals = board.allotted.get((asked.kind, unit.pk))
    by_measure = (
        {Measure.STOCK: goals.stock, Measure.NET: goals.net, Measure.FIRST: goals.first}
        if goals
        else {}
    )
    goal = by_measure.get(measure, 0)
    done = board.done.reached(measure, asked.kind, answered_for(unit), asked.day)
    # Of a goal to shrink no share can be told.
    if goal <= 0 or done is None:
        return Measured(None, note="没有分解到任务")
    if measure is Measure.STOCK:
        return Measured(done, goal, list_url=board.list_url(unit))
    of_year = GoalsQuestion(asked.year, asked.day, asked.kind, measure)
    return Measured(done, goal, list_url=f"{reverse('goals')}?{of_year.query()}")


# --- renewals ---
def renewals(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Of the certificates that have lapsed in the year, those that were renewed."""
    assert item.indicator
    kind = item.indicator.qualification_kind
    if kind is None:
        return {}
    stored = scene.spans_are_fresh
    rows = rules.rows(kind.code, scene.since, scene.day, on=scene.day, stored=stored)
    by_unit: dict[int, list[tuple[Any, bool]]] = defaultdict(list)
    for row in rows:
        renewed = row.standing.state == RenewalState.RENEWED
        by_unit[row.unit.pk].append((row, renewed))

    def url_of(unit: Unit) -> str:
        asked = RenewalsQuestion(scene.day, kind, scene.since, scene.day, unit=unit, state=ALL)
        return overview.address(asked)

    return {
        unit.pk: share(
            by_unit[unit.pk],
            _renewal_case,
            # The list of a town holds its firms in parks, too, which are the park's.
            list_url=url_of(unit) if unit.is_park else "",
            note="本年还没有证书到期",
        )
        for unit in scene.units
    }


def _renewal_case(row: RenewalRow, counted: bool) -> CountedCase:
    firm = row.certificate.enterprise
    told = f"有效期至{row.last_day}，{row.standing.state.label}"
    return CountedCase(firm.name, told, counted, firm_url(firm.uscc))


# --- reserve pool ---
def pool(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Of the firms first recognised in the year, those in the pool on the eve of it."""
    assert item.indicator
    assert scene.spans_are_fresh
    rows: Any = first_spans(scene.eve, scene.day).filter(kind=item.indicator.qualification_kind)
    rows = rows.annotate(was_in_pool=stood_before(OuterRef("start")))
    by_unit: dict[int, list[tuple[Any, bool]]] = defaultdict(list)
    for span in rows.select_related("enterprise").order_by("start", "enterprise__uscc"):
        by_unit[span.now_park or span.now_town].append((span, span.was_in_pool))
    note = "本年还没有首次认定的企业"
    return {unit.pk: share(by_unit[unit.pk], _pool_case, note=note) for unit in scene.units}


def _pool_case(span: Any, counted: bool) -> CountedCase:
    entered = "认定前已入库" if counted else "认定前没有入库"
    told = f"{span.start}首次认定，{entered}"
    return CountedCase(span.enterprise.name, told, counted, firm_url(span.enterprise.uscc))


# --- registers ---
def registers(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Records of a task's figure, of the unit that answers for the firm or that they name."""
    assert item.figure
    rows, measure = Reckoner(scene.day).records(item.figure)
    found = list(rows.with_holder().select_related("enterprise").order_by("pk"))
    holders = {row.holder for row in found if row.holder}  # type: ignore[attr-defined]
    places = Placement.objects.covering(scene.day).filter(enterprise__in=holders)
    unit_of = places.answering_units()
    by_unit: dict[int, dict[Any, Any]] = defaultdict(dict)
    for row in found:
        holder = row.holder  # type: ignore[attr-defined]
        unit = unit_of.get(holder) if holder else row.unit_id
        # Of firms each counts once, of records every one.
        key = (holder or row.firm_name) if measure.of == FIRMS else row.pk
        if unit is not None:
            by_unit[unit].setdefault(key, row)
    told = {}
    for one in scene.units:
        mine = [(row, True) for row in by_unit[one.pk].values()]
        told[one.pk] = Measured(len(mine), None, mine, _record_case)
    return told


def _record_case(row: Any, counted: bool) -> CountedCase:
    return CountedCase(str(row), f"自{row.since}", counted, reverse("record", args=[row.pk]))


def nothing(item: AssessmentItem, scene: Scene) -> ByUnit:
    """Of what is entered by hand nothing is measured."""
    return {unit.pk: NOTHING for unit in scene.units}
