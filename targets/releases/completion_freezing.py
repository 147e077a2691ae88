"""Freezing a year's goals and how far each unit had come, when a quarter is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from parks.models import Unit
from targets.figures.counting import answered_for
from targets.goals import page as goal_page
from targets.goals import revisions as goal_revisions
from targets.goals import words as goal_words
from targets.goals.completion import Completion
from targets.goals.form import GoalsQuestion
from targets.goals.reached import Measure
from targets.models import Indicator, PaceRule, Scope
from targets.releases.completion import RANKED_BY, SUM, Reached

Measures = Mapping[Measure, Completion]


def freeze_completion(day: dt.date) -> dict[str, Any]:
    """The goals in force for the day's year, and what was done by then; empty without goals."""
    revision = goal_revisions.current_revision(day.year)
    # No goals is no failure: a quarter can be published before the year's are allotted.
    if revision is None:
        return {}
    rules = list(PaceRule.objects.all())
    board = goal_page.board_of(
        GoalsQuestion(day.year, day, kind=""), goal_revisions.goals_of_revision(revision), rules
    )
    # A kind without a goal is frozen too: its firms are then told without a rate.
    units = list(Unit.objects.reporting().order_by("order", "code"))
    when, rows = {}, []
    for kind in Indicator.objects.headline_codes():
        when[kind] = goal_words.of_calendar(board.when_of(kind))
        rows += _freeze_rows(kind, units, board.of_kind(kind))
    # In words: thresholds may be edited later, and old colours must stay explained.
    pace = []
    for state, words, _ in goal_words.of_pace(rules):
        pace.append([state.value, str(state.label), words])
    return {
        "year": day.year,
        "revision": str(revision),
        "when": when,
        "pace": pace,
        "rows": rows,
    }


def _freeze_rows(
    kind: str, units: Sequence[Unit], board: goal_page.GoalsBoard
) -> list[dict[str, Any]]:
    """Units in the order of rank, those of a kind together; then the sums."""
    parks = [unit for unit in units if unit.kind == Unit.Kind.PARK]
    towns = [unit for unit in units if unit.kind != Unit.Kind.PARK]
    rows = []
    # Parks and towns are ranked apart: towns answer only for the firms outside the parks.
    for members in (parks, towns):
        completions = []
        for unit in members:
            measures = board.measures(kind, answered_for(unit), board.allotted_to([unit]))
            completions.append((unit, measures))
        for rank, unit, ranked in rank_units(completions):
            rows.append(_freeze_row(kind, unit.kind, unit.code, unit.told_apart, rank, ranked))
    for scope, name, added in (
        (Scope.PARKS.value, "园区平台合计", parks),
        (Scope.OUTSIDE.value, "园区外合计", towns),
        (Scope.DISTRICT.value, "全区合计", units),
    ):
        measures = board.measures(kind, scope, board.allotted_to(added))
        rows.append(_freeze_row(kind, SUM, scope, name, None, measures))
    return rows


def rank_units(
    completions: Iterable[tuple[Unit, Measures]],
) -> list[tuple[int | None, Unit, Measures]]:
    """By rate of completion; units without a rate come last and have no rank.

    Equal rates share a rank, and the rank after them is left out: 1, 2, 2, 4.
    """
    with_rate, without_rate = [], []
    for unit, measures in completions:
        rate = measures[RANKED_BY].rate
        # Without a goal there is no rate, and a place at the end would be a judgement.
        if rate is None:
            without_rate.append((None, unit, measures))
        else:
            with_rate.append((rate, unit, measures))
    # By rate alone; the sort is stable, so equal units keep the plan's order.
    with_rate.sort(key=lambda entry: -entry[0])
    # A rate's first place among all of them is its rank, however many share it.
    rates = [rate for rate, _, _ in with_rate]
    ranked: list[tuple[int | None, Unit, Measures]] = []
    for rate, unit, measures in with_rate:
        ranked.append((rates.index(rate) + 1, unit, measures))
    return ranked + without_rate


def _freeze_row(
    kind: str, group: str, scope: str, name: str, rank: int | None, measures: Measures
) -> dict[str, Any]:
    # By the names of the fields as they are read back, so that neither side can forget one.
    kept = {}
    for measure, completion in measures.items():
        values = {field.name: getattr(completion, field.name) for field in fields(Reached)}
        kept[measure.value] = {name: _json_value(value) for name, value in values.items()}
    return {
        "kind": kind,
        "group": group,
        "scope": scope,
        "name": name,
        "rank": rank,
        "measures": kept,
    }


def _json_value(value: Any) -> Any:
    """As JSON holds it: decimals and days as text."""
    return str(value) if isinstance(value, Decimal | dt.date) else value
