"""Figures that others publish: what is known of each year, and entering one more.

A revision never replaces a row: it is a further row with a later day of publication.
"""

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
    """`counts`: it was in force on the day; if not, a later publication had revised it by then."""

    figure: ReportedFigure
    counts: bool


@dataclass(frozen=True)
class IndicatorFigures:
    indicator: Indicator
    target: Target | None
    publications: list[Publication]


@dataclass(frozen=True)
class Overview:
    """Every reported indicator as it was known on a day.

    The last year comes first, and within a year the last publication. `later`: how many
    publications came after the day.
    """

    day: dt.date
    indicators: list[IndicatorFigures]
    later: int


def overview(day: dt.date) -> Overview:
    """Five queries."""
    published = ReportedFigure.objects.published_by(day).select_related("by")
    # Asked once for all: the rule which publication counts stands in the queryset alone.
    in_force = set(ReportedFigure.objects.in_force(day).values_list("pk", flat=True))
    publications: dict[int, list[Publication]] = {}
    for figure in published.order_by("-year", "-published_on"):
        of_indicator = publications.setdefault(figure.indicator_id, [])
        of_indicator.append(Publication(figure, counts=figure.pk in in_force))
    rows = []
    indicators = Indicator.objects.filter(kind=Indicator.Kind.REPORTED).prefetch_related("targets")
    for indicator in indicators:
        target = next(iter(indicator.targets.all()), None)
        rows.append(IndicatorFigures(indicator, target, publications.get(indicator.pk, [])))
    # Told as a number: a reader who looks back must not take the page for all that is known.
    later = ReportedFigure.objects.filter(published_on__gt=day).count()
    return Overview(day, rows, later)


def published_then(indicator: Indicator, year: int, published_on: dt.date) -> ReportedFigure | None:
    """What is registered of the year as published on the day."""
    return ReportedFigure.objects.filter(
        indicator=indicator, year=year, published_on=published_on
    ).first()


def add_figure(columns: Mapping[str, Any], *, by: User) -> ReportedFigure:
    """Register one more figure; `columns`: indicator, year, value, published_on, source.

    Raises Refusal when somebody was faster.
    """
    try:
        # In a transaction of its own: after an error PostgreSQL would refuse all further queries.
        with transaction.atomic():
            return ReportedFigure.objects.create(by=by, **columns)
    except IntegrityError:
        raise Refusal("该指标该年度同一发布日的数值已登记。", "state") from None
