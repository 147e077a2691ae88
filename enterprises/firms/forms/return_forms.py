"""Forms for what a firm returns of a year; the fields follow from the columns of the lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from django.utils import timezone

from enterprises.firms.forms.change_forms import ChangeForm
from enterprises.models import YearlyFigures
from enterprises.models.yearly import FIRST_YEAR
from enterprises.registry import acts
from enterprises.rosters.definition.registers import year_is_over
from enterprises.rosters.definition.years import figure_columns

FIGURES = [column.field for column in figure_columns()]


class FiguresForm(ChangeForm):
    title = "年度数据"
    help = "只填要登记或更正的项目；留空的不变。金额以万元计。"
    year = forms.IntegerField(label="年度", min_value=FIRST_YEAR)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not year_is_over(year, timezone.localdate()):
            raise ValidationError(f"{year}年度还没有结束。")
        return year

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        told = [name for name in FIGURES if values.get(name) is not None]
        if not told and not any(name in self.errors for name in FIGURES):
            raise ValidationError("没有填写任何项目。")
        return values

    def build_act(self, uscc: str) -> acts.Act:
        values = {name: self.cleaned_data.get(name) for name in FIGURES}
        return acts.RecordFigures(uscc=uscc, year=self.cleaned_data["year"], values=values)


# A form finds its fields here. These are those of the model, which has all limits.
FiguresForm.base_fields |= fields_for_model(YearlyFigures, fields=FIGURES)
