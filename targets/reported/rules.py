"""Figures that others publish: what is known of each year, and entering one more. A revision never replaces a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from enterprises.refusal import Refusal
from parks.models import User
from targets.models import Indicator, ReportedFigure, Target


@dataclass(frozen=True)
class Publication:
    figure: ReportedFigure
    counts: bool
    """Or a later publication had revised it by the day."""


@dataclass(frozen=True)
class IndicatorFigures:
    indicator: Indicator
    target: Target | None
    publications: list[Publication]


@dataclass(frozen=True)
class Overview:
    """Every reported indicator as it was known on a day, the last year first, within a year the last publication.
    `later`: how many publications came after the day."""

    day: dt.date
    indicators: list[IndicatorFigures]
    later: int


def overview(day: dt.date) -> Overview:
    """Five queries."""
    figures = (
        ReportedFigure.objects.published_by(day)
        .select_related("by")
        .order_by("-year", "-published_on")
    )
    counting = set(ReportedFigure.objects.in_force(day).values_list("pk", flat=True))
    rows: dict[int, list[Publication]] = {}
    for figure in figures:
        rows.setdefault(figure.indicator_id, []).append(Publication(figure, figure.pk in counting))
    indicators = Indicator.objects.filter(kind=Indicator.Kind.REPORTED).prefetch_related("targets")
    later = ReportedFigure.objects.filter(published_on__gt=day).count()
    return Overview(
        day,
        [
            IndicatorFigures(one, next(iter(one.targets.all()), None), rows.get(one.pk, []))
            for one in indicators
        ],
        later,
    )


def published_then(indicator: Indicator, year: int, published_on: dt.date) -> ReportedFigure | None:
    return ReportedFigure.objects.filter(
        indicator=indicator, year=year, published_on=published_on
    ).first()


def add(said: Mapping[str, Any], *, by: User) -> ReportedFigure:
    """One more figure: indicator, year, value, published_on, source. Raises Refusal when somebody was faster."""
    try:
        with transaction.atomic():
            return ReportedFigure.objects.create(by=by, **said)
    except IntegrityError:
        raise Refusal("该指标该年度同一发布日的数值已登记。", "state") from None
