"""Figures that others publish: what is known of each year, and entering one more. A revision never replaces a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import IntegrityError, transaction

from enterprises.reporting.refusal import Refusal
from parks.models import User
from targets.models import Indicator, ReportedFigure, Target


@dataclass(frozen=True)
class Year:
    """The figure that counts for a year, and what was published before it, the newest first."""

    figure: ReportedFigure
    earlier: list[ReportedFigure]


@dataclass(frozen=True)
class IndicatorYears:
    indicator: Indicator
    target: Target | None
    years: list[Year]


def overview() -> list[IndicatorYears]:
    """Every reported indicator with its years, the last first; three queries."""
    indicators = Indicator.objects.filter(kind=Indicator.Kind.REPORTED).prefetch_related("targets")
    rows: dict[int, list[ReportedFigure]] = {}
    for row in ReportedFigure.objects.select_related("by").order_by("-year", "-published_on"):
        rows.setdefault(row.indicator_id, []).append(row)
    return [
        IndicatorYears(one, next(iter(one.targets.all()), None), _years(rows.get(one.pk, []))) for one in indicators
    ]


def _years(rows: list[ReportedFigure]) -> list[Year]:
    grouped = [list(own) for _, own in groupby(rows, key=lambda row: row.year)]
    return [Year(own[0], own[1:]) for own in grouped]


def published_then(indicator: Indicator, year: int, published_on: dt.date) -> ReportedFigure | None:
    return ReportedFigure.objects.filter(indicator=indicator, year=year, published_on=published_on).first()


def add(said: Mapping[str, Any], *, by: User) -> ReportedFigure:
    """One more figure: indicator, year, value, published_on, source. Raises Refusal when somebody was faster."""
    try:
        with transaction.atomic():
            return ReportedFigure.objects.create(by=by, **said)
    except IntegrityError:
        raise Refusal("该指标该年度同一发布日的数值已登记。", "state") from None
