"""The forecast that a bulletin tells: the year's end, and what the plan's next target takes.

By what was known on the quarter's last day, in the words of the forecast's own page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from parks.numbers import grouped
from targets.figures import known, spans
from targets.goals.page import GoalsBoard
from targets.models import Indicator, Target
from targets.outlook import assembly, words
from targets.outlook.model import known_forecasts, needs
from targets.outlook.model.needs import Need
from targets.outlook.model.scenario import Scenario
from targets.output.chart_parts import chinese_day

_KEPT: dict[Hashable, YearEnd] = {}
"""Of this process, by all that a forecast depends on: it takes longer than all else of a release."""
MOST_KEPT = 16


def forecast_on(day: dt.date, goals: GoalsBoard | None) -> list[dict[str, Any]]:
    """A row for each headline indicator as plain values; `said` are its sentences.

    The spans must have followed the ledger. No probabilities: they ask for trials of past years,
    which take longer than all the rest.
    """
    rows = Indicator.objects.headlines().select_related("qualification_kind")
    found = list(rows.prefetch_related("qualification_kind__terms"))
    kinds = [one.qualification_kind for one in found if one.qualification_kind]
    seen = known_forecasts.read_scenarios(kinds, day, known.read())
    return [_row(one, seen[one.code], goals) for one in found]


@dataclass(frozen=True)
class YearEnd:
    """`low` and `high` around the `expected` number of the year's end; None where it is past."""

    expected: int | None
    low: int | None
    high: int | None
    need: Need | None


def _reckon(seen: Scenario, goal: Target | None) -> YearEnd:
    """The same as before, as long as no fact changed: whoever publishes has looked at it before."""
    smallest = assembly.smallest_of(goal) if goal else None
    # The version of the spans stands for all facts; the rest are edited rows, hence named.
    edited = (repr(seen.rules), repr(seen.closings), repr(seen.seen_until), seen.record.term_years)
    key = (seen.record.kind, seen.as_of, edited, spans.version(), goal and goal.due, smallest)
    if key not in _KEPT:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = _reckon_anew(seen, goal)
    return _KEPT[key]


def _reckon_anew(seen: Scenario, goal: Target | None) -> YearEnd:
    need = None
    if goal is not None:
        # What each year needs is not told, so neither are its batches.
        need = needs.estimate_need(seen, assembly.smallest_of(goal), goal.due, [])
    if seen.as_of >= seen.year_end:
        return YearEnd(None, None, None, need)
    expected = seen.on(seen.year_end)
    return YearEnd(round(expected.mean), *expected.range80, need)


def _row(indicator: Indicator, seen: Scenario, goals: GoalsBoard | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": indicator.code,
        "name": indicator.short_name,
        "stock": seen.stock,
        "in_flight": assembly.flying(indicator.code, seen.as_of),
        "said": [],
    }
    if seen.lacking:
        lacking = "、".join(seen.lacking)
        row["said"] = [f"{indicator.short_name}历史数据不足，暂不预测：缺少{lacking}。"]
        return row
    ahead = Target.objects.filter(indicator=indicator, unit=None, due__gt=seen.as_of)
    goal = ahead.order_by("due").last()
    told = _reckon(seen, goal)
    if told.expected is not None:
        row |= {"year_end": seen.year_end, "goal": _allotted(indicator.code, goals)}
        row |= {"expected": told.expected, "low": told.low, "high": told.high}
        row["said"].append(_year_end_in_words(indicator.short_name, row))
    if goal is not None and told.need is not None:
        row |= {"target_due": goal.due, **_figures_of(told.need)}
        row["said"].append(words.of_need(told.need, seen.has_term))
    return row


def _figures_of(need: Need) -> dict[str, int]:
    """Every number that its sentence tells."""
    balance = need.balance
    return {
        "target": need.goal,
        "needed": need.firms,
        "confident": need.confident,
        "kept": round(balance.kept),
        "coming": round(balance.applied + balance.coming),
        "per_year": round(need.per_year),
        "usual": round(need.usual),
    }


def _allotted(code: str, goals: GoalsBoard | None) -> int | None:
    """The year's goal of the district: what is allotted to its units."""
    if goals is None:
        return None
    numbers = [told.stock for (kind, _), told in goals.allotted.items() if kind == code]
    return sum(numbers) if numbers else None


def _year_end_in_words(name: str, row: dict[str, Any]) -> str:
    """照现有趋势，预计2026年12月31日…约640家，八成把握在608至672家之间；比任务626家多14家."""
    said = (
        f"照现有趋势，预计{chinese_day(row['year_end'])}{name}约{grouped(row['expected'])}家，"
        f"八成把握在{grouped(row['low'])}至{grouped(row['high'])}家之间"
    )
    if row["goal"] is None:
        return f"{said}。"
    gap = row["goal"] - row["expected"]
    if gap > 0:
        return f"{said}；全年任务{grouped(row['goal'])}家，预计还差{grouped(gap)}家。"
    if gap < 0:
        return f"{said}；全年任务{grouped(row['goal'])}家，预计超出{grouped(-gap)}家。"
    return f"{said}；全年任务{grouped(row['goal'])}家，预计正好达到。"
