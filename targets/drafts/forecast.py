"""The forecast that a bulletin tells: the year's end, and what the plan's next target takes.

By what was known on the quarter's last day, in the words of the forecast's own page.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from parks.numbers import grouped
from targets.figures import known
from targets.goals.page import GoalsBoard
from targets.models import ApplicationBatch, Indicator, Target
from targets.outlook import assembly, words
from targets.outlook.model import known_forecasts, needs
from targets.outlook.model.scenario import Scenario
from targets.output.chart_parts import chinese_day


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
    if seen.as_of < seen.year_end:
        row |= _year_end(seen, _allotted(indicator.code, goals))
        row["said"].append(_year_end_in_words(indicator.short_name, row))
    goal = Target.objects.filter(indicator=indicator, unit=None, due__gt=seen.as_of).last()
    if goal is not None:
        batches = list(ApplicationBatch.objects.closing().filter(kind__code=indicator.code))
        need = needs.estimate_need(seen, assembly.smallest_of(goal), goal.due, batches)
        row |= {"target_due": goal.due, "target": need.goal, "needed": need.firms}
        row["said"].append(words.of_need(need, seen.has_term))
    return row


def _allotted(code: str, goals: GoalsBoard | None) -> int | None:
    """The year's goal of the district: what is allotted to its units."""
    if goals is None:
        return None
    numbers = [told.stock for (kind, _), told in goals.allotted.items() if kind == code]
    return sum(numbers) if numbers else None


def _year_end(seen: Scenario, goal: int | None) -> dict[str, Any]:
    expected = seen.on(seen.year_end)
    low, high = expected.range80
    return {
        "year_end": seen.year_end,
        "expected": round(expected.mean),
        "low": low,
        "high": high,
        "goal": goal,
        "said": [],
    }


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
