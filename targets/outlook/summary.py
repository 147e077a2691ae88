"""The forecast of every counted indicator with targets, as plain values for programs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from targets.figures import known, spans
from targets.models import Indicator, Target
from targets.outlook import assembly
from targets.outlook.model import known_forecasts
from targets.outlook.model.scenario import Scenario


class OutOfReach(Exception):
    """Two days between which nothing can be forecast; the text is in Chinese."""


def summarise(as_of: dt.date, until: dt.date) -> dict[str, Any]:
    """From what was known on a day, for a later one; the district alone."""
    if as_of > timezone.localdate():
        raise OutOfReach(f"起算日{as_of}晚于今天：预测从已知的事实出发。")
    if until <= as_of:
        raise OutOfReach(f"推算到的日期{until}须晚于起算日{as_of}。")
    spans.refresh()
    of_district = Target.objects.filter(unit=None)
    counted = Indicator.objects.stocks().filter(targets__in=of_district)
    rows = counted.distinct().order_by("order", "code").select_related("qualification_kind")
    found = list(rows.prefetch_related("qualification_kind__terms"))
    kinds = [one.qualification_kind for one in found if one.qualification_kind]
    seen = known_forecasts.read_scenarios(kinds, as_of, known.read())
    indicators = {one.code: _row(one, seen[one.code], until) for one in found}
    return {
        "as_of": as_of.isoformat(),
        "until": until.isoformat(),
        "indicators": indicators,
    }


def _row(indicator: Indicator, seen: Scenario, until: dt.date) -> dict[str, Any]:
    row: dict[str, Any] = {
        "stock": seen.stock,
        "in_flight": assembly.flying(indicator.code, seen.as_of),
        "mean": None,
        "low80": None,
        "high80": None,
        "probability": None,
    }
    if seen.lacking:
        return row
    expected = seen.on(until)
    row["mean"] = round(expected.mean, 4)
    row["low80"], row["high80"] = expected.range80
    # The last target that falls due between the two days, on its own day.
    due = Target.objects.filter(indicator=indicator, unit=None, due__gt=seen.as_of, due__lte=until)
    goal = due.order_by("due").last()
    if goal is not None:
        smallest = assembly.smallest_of(goal)
        row["probability"] = round(seen.on(goal.due).at_least(smallest), 6)
    return row
