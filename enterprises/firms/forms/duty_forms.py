"""Forms for what a firm's qualifications ask of it each year."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django import forms

from enterprises.firms.forms.change_forms import ChangeForm, day_field
from enterprises.models import DutyDone, Enterprise, YearlyDuty
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts


class DutyForm(ChangeForm):
    title = "年度义务"
    help = "登记企业某年度的年报、更新等已经办理；已登记过的，按这次填写的更正。"
    duty = forms.ModelChoiceField(
        YearlyDuty.objects.all(), label="义务", to_field_name="code", empty_label="请选择"
    )
    year = forms.IntegerField(
        label="年度",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="所报的年度：次年办理的，填上一年。",
    )
    on = day_field("办理日期", "企业提交的日期。")
    source = forms.CharField(
        label="由谁确认", max_length=120, help_text="由谁说的，如系统导出的已报名单、企业来电。"
    )

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.RecordDuty(
            uscc=uscc,
            duty=told["duty"].code,
            year=told["year"],
            on=told["on"],
            source=told["source"],
        )


class WithdrawDutyForm(ChangeForm):
    title = "撤回年度义务"
    help = "登记错了的：撤回后按没有办理计，记录和理由留存。"
    done = forms.ModelChoiceField(DutyDone.objects.none(), label="要撤回的一条")

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        field: Any = self.fields["done"]
        field.queryset = DutyDone.objects.in_force().filter(enterprise=firm).select_related("duty")
        field.label_from_instance = attrgetter("in_full")

    def build_act(self, uscc: str) -> acts.Act:
        done: DutyDone = self.cleaned_data["done"]
        return acts.WithdrawDuty(uscc=uscc, duty=done.duty.code, year=done.year)
