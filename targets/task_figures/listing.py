"""The list behind a figure of a task: the records or the firms that it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.utils import timezone

from enterprises.models import Enterprise, Placement, Record
from parks.filters import ListForm
from parks.models import Unit, User
from targets.models import TaskFigure
from targets.task_figures.reckoning import Reckoned, Reckoner

ROWS_PER_PAGE = 50


class FigureListForm(ListForm):
    """`part`: of a ratio those that it leaves out, instead of those that it counts."""

    on = forms.DateField(label="统计日", required=False)
    unit = forms.CharField(label="单位", required=False, max_length=20)
    part = forms.ChoiceField(label="部分", required=False, choices=[("rest", "未计入的")])

    def __init__(self, data: Mapping[str, str], *, user: User) -> None:
        super().__init__(data, user=user, beside=frozenset({"page"}))


@dataclass(frozen=True)
class FigureList:
    """`records` or `firms` is the page of rows; the other is None. `units`: firm → its unit."""

    reckoned: Reckoned
    on: dt.date
    unit: Unit | None
    rest: bool
    records: Page[Record] | None
    firms: Page[Enterprise] | None
    units: Mapping[int, str]

    @property
    def page(self) -> Any:
        return self.records if self.records is not None else self.firms

    @property
    def query(self) -> str:
        """The address of this list, without the page."""
        told = {
            "on": self.on.isoformat(),
            "unit": self.unit and self.unit.code,
            "part": self.rest and "rest",
        }
        return urlencode({name: value for name, value in told.items() if value})

    @property
    def other_query(self) -> str:
        """Of the other part of a ratio."""
        return replace(self, rest=not self.rest).query

    @property
    def total(self) -> int:
        return int(self.page.paginator.count)


def build_list(figure: TaskFigure, form: FigureListForm, number: str | None) -> FigureList:
    """What counts for the figure; a reporter sees the own unit's."""
    told: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() else {}
    on = told.get("on") or timezone.localdate()
    unit = form.user.narrowed_to(told.get("unit"))
    reckoner = Reckoner(on, unit)
    rest = bool(told.get("part"))
    if figure.way == TaskFigure.Way.RECORDS:
        rows, _ = reckoner.records(figure)
        ordered = rows.select_related("kind", "enterprise", "unit").order_by("-since", "-pk")
        page = Paginator(ordered, ROWS_PER_PAGE).get_page(number)
        return FigureList(reckoner.reckon(figure), on, unit, False, page, None, {})
    found = reckoner.firms(figure)
    firms = found.counted
    if rest and found.whole is not None:
        firms = found.whole.exclude(pk__in=found.counted.values("pk"))
    shown = Paginator(firms.order_by("name", "pk"), ROWS_PER_PAGE).get_page(number)
    return FigureList(reckoner.reckon(figure), on, unit, rest, None, shown, _units(shown, on))


def _units(firms: Page[Enterprise], on: dt.date) -> dict[int, str]:
    names = dict(Unit.objects.reporting().values_list("pk", "short_name"))
    here = Placement.objects.covering(on).filter(enterprise__in=[firm.pk for firm in firms])
    return {firm: names[unit] for firm, unit in here.answering_units().items()}
