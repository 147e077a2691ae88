"""What a figure of a task comes to on a day, and the list behind it.

`TaskFigure.reckoning` of each way:
records: a `RecordMeasure` of a register by its field names, and `units`, codes of the only units counted.
indicator: `indicator`, the code of a counted one, over the whole district or the unit asked for.
firms: `name` of a set of `firm_sets`, `kind` of qualification where it needs one, `units`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Record, RecordKind
from enterprises.models.records.record import RecordQuerySet
from enterprises.records import counting as record_counting
from enterprises.records.counting import RecordMeasure
from parks import numbers
from parks.models import Unit
from targets.figures import counting, links
from targets.figures.counting import Counts, percent
from targets.figures.question import Question
from targets.models import Indicator, Scope, TaskFigure
from targets.task_figures import firm_sets
from targets.task_figures.firm_sets import Asked, FirmSet

Way = TaskFigure.Way
MEASURE_NAMES = {field.name for field in fields(RecordMeasure)}


@dataclass(frozen=True)
class Reckoned:
    """`value`: None for a ratio over nothing. `counted` of `whole`, where it is a ratio.

    `is_of_year`: it begins with the year at nothing.
    """

    figure: TaskFigure
    on: dt.date
    unit: Unit | None
    value: int | Decimal | None
    link: str
    counted: int | None = None
    whole: int | None = None
    is_of_year: bool = False

    @property
    def decimal(self) -> Decimal:
        """The value, where there is one."""
        return Decimal(self.value or 0)

    @property
    def in_words(self) -> str:
        """Such as 47.50% or 1,250.6万元; a dash over nothing."""
        if self.value is None:
            return "—"
        return f"{numbers.grouped(numbers.trimmed(self.value))}{self.figure.unit_label}"

    @property
    def parts(self) -> str:
        """Of a ratio its two numbers."""
        return f"{self.counted}/{self.whole}" if self.whole is not None else ""


class Reckoner:
    """Figures on one day, for the district or one unit; what several need is read once."""

    def __init__(self, on: dt.date, unit: Unit | None = None) -> None:
        self.on, self.unit = on, unit
        self._units = {unit.code: unit for unit in Unit.objects.reporting()}
        of_kind = Record.objects.filter(kind=OuterRef("pk"))
        kinds = RecordKind.objects.annotate(is_told_of=Exists(of_kind))
        told = list(kinds.values_list("code", "happens", "is_told_of"))
        self._happens = {code: happens for code, happens, _ in told}
        self._empty = {code for code, _, is_told_of in told if not is_told_of}
        self._counts: Counts | None = None

    def reckon(self, figure: TaskFigure) -> Reckoned:
        return self.reckon_all([figure])[0]

    def reckon_all(self, figures: Sequence[TaskFigure]) -> list[Reckoned]:
        """In the order asked: a few queries, however many figures there are."""
        totals = self._totals([figure for figure in figures if figure.way == Way.RECORDS])
        of_firms = {
            figure.code: self.firms(figure) for figure in figures if figure.way == Way.FIRMS
        }
        counts = firm_sets.count_all(of_firms)
        found = []
        for figure in figures:
            if figure.way == Way.RECORDS:
                found.append(self._of_records(figure, totals[figure.code]))
            elif figure.way == Way.FIRMS:
                found.append(self._of_firms(figure, *counts[figure.code]))
            else:
                link = self._stock_link(figure)
                found.append(self._reckoned(figure, self._stock(figure), link))
        return found

    def _reckoned(self, figure: TaskFigure, value: Any, link: str, **more: Any) -> Reckoned:
        return Reckoned(figure, self.on, self.unit, value, link, **more)

    # --- registers ---
    def _totals(self, figures: Sequence[TaskFigure]) -> dict[str, Decimal | int]:
        """By the figure's code. Of a register without records nothing is asked."""
        asked, found = {}, {}
        for figure in figures:
            measure = measure_of(figure)
            if measure.kind in self._empty:
                found[figure.code] = record_counting.nothing(measure)
            else:
                asked[figure.code] = (measure, self.records(figure)[0])
        return found | record_counting.totals(asked, self.on)

    def records(self, figure: TaskFigure) -> tuple[RecordQuerySet, RecordMeasure]:
        """The records behind a figure, and how they are added up."""
        measure = measure_of(figure)
        happens = self._happens.get(measure.kind, False)
        rows = record_counting.records_of(
            measure, self.on, since=dt.date(self.on.year, 1, 1), happens=happens
        )
        for unit in self._narrowed_to(figure):
            rows = rows.in_unit(unit, self.on)
        return rows, measure

    def _of_records(self, figure: TaskFigure, value: Decimal | int) -> Reckoned:
        happens = self._happens.get(measure_of(figure).kind, False)
        return self._reckoned(figure, value, self._list_link(figure), is_of_year=happens)

    def _narrowed_to(self, figure: TaskFigure) -> list[Unit]:
        """The figure's own unit and the one asked for: of two different ones nothing is in both."""
        units = [self._units[code] for code in figure.reckoning.get("units", ())]
        return [*units, self.unit] if self.unit else units

    def _list_link(self, figure: TaskFigure) -> str:
        return f"{reverse('task_figure', args=[figure.code])}?{urlencode(self._query)}"

    @property
    def _query(self) -> dict[str, str]:
        query = {"on": self.on.isoformat()}
        return query | {"unit": self.unit.code} if self.unit else query

    # --- indicators ---
    def _stock(self, figure: TaskFigure) -> Any:
        if self._counts is None:
            self._counts = counting.count([self.on])
        scope = self.unit.code if self.unit else Scope.DISTRICT
        return self._counts.value(self.on, scope, figure.reckoning["indicator"])

    def _stock_link(self, figure: TaskFigure) -> str:
        return self.link_of_stock(figure, self.on, self.unit)

    @staticmethod
    def link_of_stock(figure: TaskFigure, on: dt.date | None, unit: Unit | None) -> str:
        """The firms of a counted indicator, on the day or today."""
        scope = unit.code if unit else str(Scope.DISTRICT)
        question = Question(on or timezone.localdate())
        return links.figure(question, figure.reckoning["indicator"], scope)

    # --- sets of firms ---
    def firms(self, figure: TaskFigure) -> FirmSet:
        asked = Asked(self.on, figure.reckoning.get("kind", ""))
        found = firm_sets.MAKERS[figure.reckoning["name"]](asked)
        for unit in self._narrowed_to(figure):
            counted = firm_sets.in_unit(found.counted, unit, self.on)
            whole = found.whole
            if whole is not None:
                whole = firm_sets.in_unit(whole, unit, self.on)
            found = FirmSet(counted, whole)
        return found

    def _of_firms(self, figure: TaskFigure, counted: int, whole: int | None) -> Reckoned:
        link = self._list_link(figure)
        if whole is None:
            is_of_year = figure.reckoning["name"] in firm_sets.OF_THE_YEAR
            return self._reckoned(figure, counted, link, is_of_year=is_of_year)
        value = percent(counted, whole)
        return self._reckoned(figure, value, link, counted=counted, whole=whole)


def measure_of(figure: TaskFigure) -> RecordMeasure:
    told: dict[str, Any] = {}
    for name, value in figure.reckoning.items():
        if name in MEASURE_NAMES:
            # A measure is compared and kept: its lists are tuples.
            told[name] = tuple(value) if isinstance(value, list) else value
    return RecordMeasure(**told)


def validate(figure: TaskFigure) -> None:
    """Raises ValidationError where the reckoning cannot be carried out."""
    told = figure.reckoning
    if not isinstance(told, dict):
        raise ValidationError({"reckoning": "应为键值对。"})
    known: dict[str, tuple[bool, str]] = {
        Way.RECORDS: (
            RecordKind.objects.filter(code=told.get("kind")).exists(),
            "kind 应为一种台账的代码。",
        ),
        Way.INDICATOR: (
            Indicator.objects.filter(code=told.get("indicator")).exists(),
            "indicator 应为一个指标的代码。",
        ),
        Way.FIRMS: (
            told.get("name") in firm_sets.MAKERS,
            f"name 应为：{'、'.join(firm_sets.MAKERS)}。",
        ),
    }
    is_known, sentence = known[figure.way]
    if not is_known:
        raise ValidationError({"reckoning": sentence})
    units = told.get("units", [])
    if Unit.objects.reporting().filter(code__in=units).count() != len(set(units)):
        raise ValidationError({"reckoning": "units 应为园区平台或镇街的代码。"})
