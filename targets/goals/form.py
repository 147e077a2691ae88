"""What is asked of the goals page, and the form in which the bureau allots a year's goals to all units at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from parks.district import PLAN
from parks.filters import StrictForm, problems
from parks.models import Unit
from targets.figures import indicators
from targets.figures.indicators import first_of, latest_day, offer_headlines
from targets.goals.completion import Measure
from targets.goals.revisions import Key, Wanted
from targets.models import Indicator, Target

MOST = 99_999


@dataclass(frozen=True)
class GoalsQuestion:
    """`day`: up to which the year is counted, the latest of the data within it."""

    year: int
    day: dt.date
    kind: str
    measure: Measure = Measure.STOCK
    sort: str = ""

    def query(self, **changes: str) -> str:
        """The address that asks this, with changes."""
        asked = {
            "year": str(self.year),
            "kind": self.kind,
            "measure": str(self.measure.value),
            "sort": self.sort,
        }
        return urlencode({name: value for name, value in (asked | changes).items() if value})


def last_year() -> int:
    """The year of the last target that counts firms; today's while there is none."""
    due = (
        Target.objects.filter(unit=None, indicator__headline=True)
        .order_by("-due")
        .values_list("due", flat=True)
    )
    return due[0].year if due else timezone.localdate().year


class GoalsForm(StrictForm):
    """Every part may be left out: the year of the latest data, the first indicator, stock, the plan's order."""

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
        choices=[("", "单位顺序"), ("rate", "完成率"), ("gap", "缺口")],
        error_messages={"invalid_choice": "只能按完成率（rate）或缺口（gap）排序。"},
    )

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.indicators = indicators.live().headlines
        offer_headlines(self.fields["kind"], self.indicators, "有任务分解")

    @cached_property
    def last_year(self) -> int:
        return last_year()

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year is not None and year not in self.years:
            raise forms.ValidationError(f"只有{PLAN.first_year}年至{self.last_year}年有任务分解。")
        return year

    def asked(self) -> GoalsQuestion:
        """What was asked; where that is not understood, the default (the form then carries the errors)."""
        given: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        reach = latest_day()
        year = given.get("year") or min(max(reach.year, PLAN.first_year), self.last_year)
        return GoalsQuestion(
            year=year,
            day=min(reach, dt.date(year, 12, 31)),
            kind=given.get("kind") or first_of(self.indicators),
            measure=Measure(given.get("measure") or Measure.STOCK),
            sort=given.get("sort") or "",
        )

    @property
    def problems(self) -> list[str]:
        return problems(self)

    @property
    def years(self) -> list[int]:
        return list(range(PLAN.first_year, self.last_year + 1))


class AllocationForm(forms.Form):
    """Two numbers for every unit and indicator, a reason, and the number of the revision that was worked on.

    Fields are named `<indicator>-<unit>-stock` and `-first`.
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
                    self.fields[f"{indicator.code}-{unit.code}-{part}"] = _whole_number(
                        f"{unit.short_name}{indicator.short_name}{label}"
                    )

    def wanted(self) -> dict[Key, Wanted]:
        """What is entered, for a valid form."""
        given = self.cleaned_data
        return {
            (kind, unit.pk): Wanted(
                given[f"{kind}-{unit.code}-stock"], given[f"{kind}-{unit.code}-first"]
            )
            for kind in self.kinds
            for unit in self.units
        }

    def worked_on(self, number: int) -> AllocationForm:
        """This form with all that was entered, its errors, and the revision in force as the one worked on."""
        self.data = (
            {**self.data.dict(), "seen": str(number)} if hasattr(self.data, "dict") else self.data
        )
        return self

    def sums(self) -> dict[str, tuple[int, int, int]]:
        """Kind → (sum of all stocks, of those outside the parks, of first recognitions); what is no number counts 0."""
        found = {}
        for kind in self.kinds:
            stock = {unit: self._number(f"{kind}-{unit.code}-stock") for unit in self.units}
            outside = sum(number for unit, number in stock.items() if unit.kind != Unit.Kind.PARK)
            first = sum(self._number(f"{kind}-{unit.code}-first") for unit in self.units)
            found[kind] = (sum(stock.values()), outside, first)
        return found

    def _number(self, name: str) -> int:
        value = self[name].value()
        try:
            return int(value)
        except (TypeError, ValueError):
            return 0

    @property
    def wrong_cells(self) -> int:
        return sum(name in self.errors for name in self.fields if "-" in name)


def _whole_number(label: str) -> forms.IntegerField:
    said = {
        "required": "不能空，没有任务填0。",
        "invalid": "须为整数。",
        "min_value": "不能为负。",
        "max_value": f"不能大于{MOST}。",
    }
    look = {
        "inputmode": "numeric",
        "class": "form-control form-control-sm goal-cell",
        "aria-label": label,
    }
    widget = forms.TextInput(attrs=look)
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST, error_messages=said, widget=widget
    )
