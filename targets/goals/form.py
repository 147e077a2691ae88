"""What is asked of the goals page, and the form in which the bureau allots a year's goals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone

from parks.district import PLAN
from parks.filters import StrictForm, problems
from parks.models import Unit
from targets.figures import indicators, known
from targets.figures.indicators import first_of, offer_headlines
from targets.goals.reached import Measure
from targets.goals.revisions import Key, Wanted
from targets.models import Indicator, Target

MOST = 99_999
"""The largest number that a cell takes."""


@dataclass(frozen=True)
class GoalsQuestion:
    """`day`: up to which the year is counted; today, or the end of an earlier year."""

    year: int
    day: dt.date
    kind: str
    measure: Measure = Measure.STOCK
    sort: str = ""

    @property
    def beside_stock(self) -> Measure | None:
        """The measure asked; None where it is the stock, which is always told."""
        return None if self.measure is Measure.STOCK else self.measure

    @property
    def by_rate(self) -> bool:
        return self.sort == "rate"

    def query(self, **changes: str) -> str:
        """The query string that asks this, with changes."""
        asked = {
            "year": str(self.year),
            "kind": self.kind,
            "measure": str(self.measure.value),
            "sort": self.sort,
        }
        return urlencode({name: value for name, value in (asked | changes).items() if value})


def last_year() -> int:
    """The year of the last target of a headline indicator; today's while there is none."""
    targets = Target.objects.filter(unit=None, indicator__headline=True).order_by("due")
    last = targets.last()
    # After the plan's last target nothing can be derived from it any more.
    return last.due.year if last else timezone.localdate().year


def goal_years() -> range:
    """The years that have goals, or can be given some: from the plan's first to that of its last target."""
    return range(PLAN.first_year, max(PLAN.first_year, last_year()) + 1)


class GoalsForm(StrictForm):
    """Every part may be left out.

    By default: the year of the latest data, the first headline, stock, units by 仍缺.
    """

    year = forms.IntegerField(
        label="年度", required=False, error_messages={"invalid": "请填四位年份，如 2027。"}
    )
    kind = forms.ChoiceField(label="指标", required=False)
    measure = forms.ChoiceField(
        label="考核项",
        required=False,
        choices=Measure.choices,
        error_messages={
            "invalid_choice": "考核项只能是年末存量（stock）、净增（net）、首次认定（first）。"
        },
    )
    sort = forms.ChoiceField(
        label="排序",
        required=False,
        choices=[("", "仍缺"), ("gap", "全年还差"), ("rate", "完成率"), ("unit", "单位顺序")],
        error_messages={
            "invalid_choice": "只能按完成率（rate）、全年还差（gap）或单位顺序（unit）排序。"
        },
    )

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.indicators = indicators.live().headlines
        offer_headlines(self.fields["kind"], self.indicators, "有任务分解")

    def clean_year(self) -> int | None:
        # Not a ChoiceField: the last year depends on targets, and the error names the range.
        year: int | None = self.cleaned_data["year"]
        if year is not None and year not in self.years:
            # The year of the baseline is not among them: growth counts from its end on.
            raise forms.ValidationError(f"只有{self.years[0]}年至{self.years[-1]}年有任务分解。")
        return year

    def asked(self) -> GoalsQuestion:
        """What was asked; the default where that is not understood: the form then has errors."""
        cleaned: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        usual_year = min(max(known.usual_day().year, self.years[0]), self.years[-1])
        year = cleaned.get("year") or usual_year
        return GoalsQuestion(
            year=year,
            # An earlier year is looked at as it ended.
            day=min(timezone.localdate(), dt.date(year, 12, 31)),
            kind=cleaned.get("kind") or first_of(self.indicators),
            measure=Measure(cleaned.get("measure") or Measure.STOCK),
            sort=cleaned.get("sort") or "",
        )

    @property
    def problems(self) -> list[str]:
        return problems(self)

    @cached_property
    def years(self) -> range:
        return goal_years()


@dataclass(frozen=True)
class EnteredSums:
    """What the cells of an indicator add up to: all stocks, those of towns, first recognitions."""

    stock: int
    outside: int
    first: int


def cell_name(kind: str, unit: str, part: str) -> str:
    """Name of a field: code of the indicator, code of the unit, and `stock` or `first`."""
    return f"{kind}-{unit}-{part}"


class AllocationForm(forms.Form):
    """Two numbers for every unit and indicator, and the reason of a revision.

    `seen` is the number of the revision that was worked on, so that nobody overwrites another's.
    The cells are named by `cell_name`.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="修订原因", required=False, max_length=300)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        units: Iterable[Unit],
        indicators: Iterable[Indicator],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.units, self.kinds = list(units), []
        for indicator in indicators:
            self.kinds.append(indicator.code)
            for unit in self.units:
                for part, label in (("stock", "年末存量"), ("first", "首次认定")):
                    name = cell_name(indicator.code, unit.code, part)
                    self.fields[name] = _whole_number(
                        f"{unit.short_name}{indicator.short_name}{label}"
                    )

    def wanted(self) -> dict[Key, Wanted]:
        """What is entered, for a valid form."""
        wanted = {}
        for kind in self.kinds:
            for unit in self.units:
                wanted[kind, unit.pk] = Wanted(
                    stock=self.cleaned_data[cell_name(kind, unit.code, "stock")],
                    first=self.cleaned_data[cell_name(kind, unit.code, "first")],
                )
        return wanted

    def worked_on(self, number: int) -> AllocationForm:
        """This form with its entries and errors, and `number` as the revision worked on."""
        # The data of a request cannot be changed, so it is replaced.
        if isinstance(self.data, QueryDict):
            self.data = {**self.data.dict(), "seen": str(number)}
        return self

    def sums(self) -> dict[str, EnteredSums]:
        """By kind; what is no number counts 0, so that also a form with errors has sums."""
        sums = {}
        for kind in self.kinds:
            stock = outside = first = 0
            for unit in self.units:
                firms = self._number(cell_name(kind, unit.code, "stock"))
                stock += firms
                if unit.kind != Unit.Kind.PARK:
                    outside += firms
                first += self._number(cell_name(kind, unit.code, "first"))
            sums[kind] = EnteredSums(stock, outside, first)
        return sums

    def _number(self, name: str) -> int:
        value = self[name].value()
        # The cell may hold anything that was typed, since sums are shown of wrong forms too.
        try:
            return int(value)
        except (TypeError, ValueError):
            return 0

    @property
    def wrong_cells(self) -> int:
        """How many cells have an error. Only names of cells contain a hyphen."""
        return sum(name in self.errors for name in self.fields if "-" in name)


def _whole_number(label: str) -> forms.IntegerField:
    messages = {
        "required": "不能空，没有任务填0。",
        "invalid": "须为整数。",
        "min_value": "不能为负。",
        "max_value": f"不能大于{MOST}。",
    }
    # A text field: a number field sends nothing for what is no number, and no error could show it.
    attributes = {
        "inputmode": "numeric",
        "class": "form-control form-control-sm goal-cell",
        "aria-label": label,
    }
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=MOST,
        error_messages=messages,
        # Each cell names its unit and measure for screen readers: its column's head is far away.
        widget=forms.TextInput(attrs=attributes),
    )
