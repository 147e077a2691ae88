"""What is asked of the pages of assessment: which year, parks or towns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from parks.filters import StrictForm, problems
from parks.models import Unit, User
from targets.models import AssessmentScheme

KINDS = [(Unit.Kind.PARK.value, "园区平台"), (Unit.Kind.TOWN.value, "镇街")]


class AssessmentForm(StrictForm):
    """By default this year's sheet of the parks, or of the kind of the viewer's own unit."""

    year = forms.IntegerField(
        label="年度", required=False, error_messages={"invalid": "请填四位年份，如 2027。"}
    )
    kind = forms.ChoiceField(
        label="考核对象",
        required=False,
        choices=KINDS,
        error_messages={"invalid_choice": "只考核园区平台和镇街。"},
    )

    def __init__(self, data: Any, *, user: User, beside: frozenset[str] = frozenset()) -> None:
        super().__init__(data)
        self.user, self.beside = user, beside
        # One query: few sheets, and the page names the years there are.
        self.schemes: Sequence[AssessmentScheme] = list(
            AssessmentScheme.objects.visible_to(user).select_related(
                "proposed_by", "decreed_by", "freeze_asked_by", "frozen_by"
            )
        )

    @property
    def problems(self) -> list[str]:
        return problems(self)

    @property
    def years(self) -> list[int]:
        return sorted({scheme.year for scheme in self.schemes}, reverse=True)

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year is not None and year not in self.years:
            raise forms.ValidationError(f"没有{year}年的考核方案，或尚未下达。")
        return year

    def asked_year(self) -> int:
        told = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate().year
        begun = [year for year in self.years if year <= today]
        return told.get("year") or next(iter([*begun, *reversed(self.years)]), today)

    def asked_kind(self, unit: Unit | None = None) -> str:
        """A unit's own kind, where one is looked at."""
        if unit:
            return str(unit.kind)
        told = self.cleaned_data if self.is_valid() else {}
        own = self.user.reporting_unit
        return told.get("kind") or (str(own.kind) if own else Unit.Kind.PARK.value)

    def scheme(self, unit: Unit | None = None) -> AssessmentScheme | None:
        """None where there is none to see."""
        year, kind = self.asked_year(), self.asked_kind(unit)
        return next((one for one in self.schemes if (one.year, one.kind) == (year, kind)), None)
