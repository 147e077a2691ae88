"""What a viewer asks of the plan: the year, and perhaps one unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone

from enterprises.eligibility.model.condition_answer import GRAVEST_FIRST
from parks.filters import ListForm
from parks.models import Unit
from targets.application_plan.applicants import PlanRole

CHECKS = [(state.name.lower(), state.value) for state in GRAVEST_FIRST]
"""Outcomes of the self-check as they stand in the address."""


@dataclass(frozen=True)
class PlanQuestion:
    """`on`: today, on which everything is judged. `unit`: whose firms are listed; None: all.

    `role` and `check` (an outcome of the self-check) narrow the list alone, never what is summed.
    """

    year: int
    on: dt.date
    unit: Unit | None
    role: str = ""
    check: str = ""

    @property
    def year_end(self) -> dt.date:
        return dt.date(self.year, 12, 31)

    @property
    def is_next(self) -> bool:
        """The year has not begun: what this year still brings comes before it."""
        return self.year > self.on.year

    @property
    def first_lapse(self) -> dt.date:
        """From when on a certificate that lapses is missing from what the plan starts with."""
        return dt.date(self.year, 1, 1) if self.is_next else self.on + dt.timedelta(days=1)

    def query(self) -> str:
        asked = {"year": str(self.year)} if self.year != usual_year() else {}
        if self.unit:
            asked["unit"] = self.unit.code
        narrowed = {"role": self.role, "check": self.check}
        return urlencode(asked | {name: value for name, value in narrowed.items() if value})

    def narrowed(self, *, role: str = "", check: str = "") -> PlanQuestion:
        return replace(self, role=role, check=check)

    def address(self) -> str:
        return f"{reverse('pool-plan')}?{self.query()}".rstrip("?")

    @property
    def narrowed_in_words(self) -> str:
        """What narrows the list; empty where all are listed."""
        told = [PlanRole(self.role).label if self.role else "", dict(CHECKS).get(self.check, "")]
        return "、".join(filter(None, map(str, told)))


def usual_year() -> int:
    return timezone.localdate().year + 1


def years() -> list[int]:
    """This year and the next: for a later one nobody knows what will stand by then."""
    return [usual_year() - 1, usual_year()]


class PlanForm(ListForm):
    """By default next year, all that the viewer may see."""

    year = forms.IntegerField(
        label="年度", required=False, error_messages={"invalid": "请填四位年份，如 2027。"}
    )
    unit = forms.CharField(label="单位", required=False, max_length=20)
    role = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *PlanRole.choices]
    )
    check = forms.ChoiceField(label="自检", required=False, choices=[("", "全部"), *CHECKS])

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year is not None and year not in years():
            first, last = years()
            raise forms.ValidationError(f"只有{first}年和{last}年有申报计划。")
        return year

    def question(self) -> PlanQuestion:
        """What is asked; the default where that is not understood: the form then has errors."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        unit = cleaned.get("unit")
        if not self.user.sees_whole_district:
            unit = self.user.unit
        return PlanQuestion(
            year=cleaned.get("year") or usual_year(),
            on=timezone.localdate(),
            unit=unit,
            role=cleaned.get("role", ""),
            check=cleaned.get("check", ""),
        )
