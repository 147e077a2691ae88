"""For which day an application is supposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django import forms

from enterprises.eligibility.rule_sets import NO_RULES, RuleBook
from parks.filters import StrictForm


class SupposedDayForm(StrictForm):
    on = forms.DateField(
        label="假设申报日",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Mapping[str, str], *, book: RuleBook) -> None:
        super().__init__(data)
        self._book = book

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day is None:
            return None
        first = self._book.first_day()
        if day < first:
            raise forms.ValidationError(f"{first}前{NO_RULES}")
        return day
