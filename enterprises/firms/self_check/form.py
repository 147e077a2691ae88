"""For which day an application is supposed."""

from __future__ import annotations

import datetime as dt

from django import forms

from enterprises.eligibility import rule_sets
from parks.filters import StrictForm


class SupposedDayForm(StrictForm):
    on = forms.DateField(
        label="假设申报日",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day is not None and day < rule_sets.first_day():
            raise forms.ValidationError(f"{rule_sets.first_day()}前没有可用的认定条件。")
        return day
