"""Entering a figure that others publish."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from enterprises.firms.forms.change_forms import day_field
from parks.filters import StrictForm, styled
from targets.models import Indicator
from targets.reported import rules

EARLIEST = 2010
"""The first year of which figures can be entered."""


class KnownForm(StrictForm):
    """`on`: what was known on which day, by default today.

    `indicator` is chosen in the form for a further figure.
    """

    on = forms.DateField(
        label="截至",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"invalid": "应写成“2026-06-30”的样子，且是存在的日子。"},
    )
    indicator = forms.SlugField(label="指标", required=False, max_length=40)

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day and not dt.date(EARLIEST, 1, 1) <= day <= timezone.localdate():
            raise ValidationError(f"应在{EARLIEST}年至今天之间。")
        return day

    @property
    def day(self) -> dt.date:
        """The day asked for; today where that is not understood: the form then has errors."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        return cleaned.get("on") or timezone.localdate()


class ReportedForm(forms.Form):
    indicator = forms.ModelChoiceField(
        Indicator.objects.filter(kind=Indicator.Kind.REPORTED),
        label="指标",
        empty_label="请选择",
        to_field_name="code",
        error_messages={"required": "请选择指标。", "invalid_choice": "没有这项填报指标。"},
    )
    year = forms.IntegerField(label="数据年度", help_text="数值是哪一年的，不是发布的那一年。")
    value = forms.DecimalField(
        label="数值", max_digits=12, decimal_places=2, help_text="占比和强度填百分数，如 2.68。"
    )
    published_on = day_field("发布日期", "统计部门对外公布的日期；从这一天起用于判断目标。")
    source = forms.CharField(
        label="来源", max_length=200, help_text="公报或文件的名称，以及在其中的位置。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not EARLIEST <= year <= timezone.localdate().year:
            raise ValidationError(f"数据年度应在{EARLIEST}至{timezone.localdate().year}之间。")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        indicator, value = cleaned.get("indicator"), cleaned.get("value")
        year, published = cleaned.get("year"), cleaned.get("published_on")
        if value is not None and value < 0:
            self.add_error("value", "数值不得为负。")
        # Percent are entered as percent; a value above 100 is a slip in all of the plan's ratios.
        elif value is not None and indicator and indicator.unit_label == "%" and value > 100:
            self.add_error("value", "百分数不得大于100。")
        # A year's figure cannot be out before the year has begun: one of the two is mistyped.
        if published and year and published.year < year:
            self.add_error("published_on", f"发布日期早于{year}年，请核对年度和发布日期。")
        if indicator and year and published and not self.errors:
            self._refuse_twin(indicator, year, published)
        return cleaned

    def _refuse_twin(self, indicator: Indicator, year: int, published: dt.date) -> None:
        """A day has one publication of a year: a revision is published on another day."""
        twin = rules.published_then(indicator, year, published)
        if twin:
            self.add_error(
                "published_on",
                f"{indicator.short_name}{year}年的数在这一天已登记为{twin.shown}。"
                "更正后重新发布的，请填新的发布日期；登记错了的，请系统管理员删除后重新登记。",
            )
