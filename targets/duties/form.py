"""What a viewer asks of the page of yearly duties: which duty, of which year, in which state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone

from enterprises.models import DutyState, QualificationKind, YearlyDuty
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from parks.filters import ListForm
from parks.models import Unit, User
from targets.duties import rules
from targets.duties.rules import DutyRow, DutyYear

ALL, TODO, RISK = "all", "todo", "risk"
GROUPS: Mapping[str, str] = {TODO: "待办", ALL: "全部", RISK: "可能失去资格"}
"""State in the address that is none of a row → its words."""
STATES = [*GROUPS.items(), *DutyState.choices]
MEANING = {
    ALL: lambda row: True,
    TODO: lambda row: row.is_open,
    RISK: lambda row: row.at_risk,
}


def is_in(row: DutyRow, state: str) -> bool:
    return MEANING[state](row) if state in MEANING else row.state == state


@dataclass(frozen=True)
class DutiesQuestion:
    duty: YearlyDuty
    year: int
    on: dt.date
    unit: Unit | None = None
    state: str = TODO
    usual: YearlyDuty | None = None
    """The duty that goes without saying in an address."""

    @property
    def kind(self) -> QualificationKind:
        return self.duty.kind

    @property
    def due_on(self) -> dt.date:
        return self.duty.due_on(self.year)

    @property
    def state_label(self) -> str:
        return str(dict(STATES)[self.state])

    @property
    def years(self) -> list[int]:
        """That can be asked for, newest first."""
        return self.duty.years_by(self.on) or [self.duty.first_year]

    def query(self, **changes: str | None) -> str:
        """The part of the address that asks this, with changes (None leaves out)."""
        usual_year = rules.usual_year(self.duty, self.on)
        query: dict[str, str | None] = {
            "duty": None if self.duty == self.usual else self.duty.code,
            "year": None if self.year == usual_year else str(self.year),
            "unit": self.unit.code if self.unit else None,
            "state": None if self.state == TODO else self.state,
        }
        query |= changes
        return urlencode({name: value for name, value in query.items() if value is not None})

    def address(self, **changes: str | None) -> str:
        return f"{reverse('duties')}?{self.query(**changes)}".rstrip("?")

    def found(self, user: User) -> DutyYear:
        """In every state, for the counts; `listed` chooses those asked for."""
        return rules.duty_year(self.duty, self.year, on=self.on, user=user, unit=self.unit)

    def listed(self, rows: Sequence[DutyRow]) -> list[DutyRow]:
        return [row for row in rows if is_in(row, self.state)]


class DutiesForm(ListForm):
    """A query string of the page; every part may be left out."""

    duty = forms.ModelChoiceField(
        YearlyDuty.objects.select_related("kind"),
        label="义务",
        required=False,
        to_field_name="code",
        error_messages={"invalid_choice": "没有这一年度义务。"},
    )
    year = forms.IntegerField(
        label="年度", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    unit = forms.CharField(label="单位", required=False, max_length=20)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=STATES,
        error_messages={"invalid_choice": "没有这一状态。"},
    )

    def __init__(
        self,
        data: Mapping[str, str],
        *,
        user: User,
        beside: frozenset[str] = frozenset(),
        usual_state: str = TODO,
    ) -> None:
        super().__init__(data, user=user, beside=beside)
        self.usual_state = usual_state

    @cached_property
    def usual_duty(self) -> YearlyDuty | None:
        return YearlyDuty.objects.select_related("kind").first()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        duty, year = cleaned.get("duty") or self.usual_duty, cleaned.get("year")
        if duty and year and "duty" not in self.errors:
            years = duty.years_by(timezone.localdate()) or [duty.first_year]
            if year not in years:
                self.add_error("year", f"{duty}的年度应在{years[-1]}至{years[0]}之间。")
        return cleaned

    def question(self) -> DutiesQuestion | None:
        """What is asked. Where that is not understood, the default; the form carries the errors.

        None where no duty is kept.
        """
        told = self.cleaned_data if self.is_valid() else {}
        duty = told.get("duty") or self.usual_duty
        if duty is None:
            return None
        today = timezone.localdate()
        return DutiesQuestion(
            duty=duty,
            year=told.get("year") or rules.usual_year(duty, today),
            on=today,
            unit=told.get("unit"),
            state=told.get("state") or self.usual_state,
            usual=self.usual_duty,
        )
