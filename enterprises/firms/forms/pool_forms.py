"""Forms for a firm's way through the reserve pool, one firm at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from enterprises.firms.forms.change_forms import ChangeForm, day_field
from enterprises.models import Enterprise, PoolEntry
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts

TOLD_ENDINGS = [(ending.value, ending.label) for ending in PoolEntry.TOLD_ENDINGS]


class EnterPoolForm(ChangeForm):
    title = "后备库入库、调整"
    help = (
        "企业入库、转入其他层级，或改拟申报年度、下次复核日期。已认定、注销、迁出的企业自动出库。"
    )
    stage = forms.ChoiceField(label="层级", choices=PoolEntry.Stage.choices)
    target_year = forms.IntegerField(
        label="拟申报年度", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    on = day_field("自何日起", "从这一天起在该层级；只改年度或复核日期的，填今天。")
    source = forms.ChoiceField(
        label="入库来源", required=False, choices=[("", "不填"), *PoolEntry.Source.choices]
    )
    next_review = day_field(
        "下次复核", "到期提醒复核；不填的按期限推算。", may_come=True, required=False
    )

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        today = timezone.localdate()
        self.initial["on"] = today
        here = PoolEntry.objects.live_on(today).filter(enterprise=firm).first()
        if here:
            self.initial.update(
                stage=here.stage, target_year=here.target_year, next_review=here.next_review
            )

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.EnterPool(
            uscc=uscc,
            stage=told["stage"],
            target_year=told["target_year"],
            on=told["on"],
            source=told["source"],
            reason=told["reason"],
            next_review=told["next_review"],
        )


class LeavePoolForm(ChangeForm):
    title = "退出后备库"
    help = "企业不再作为后备库企业培育。"
    on = day_field("退库日期", "从这一天起不在库。")
    exit_kind = forms.ChoiceField(
        label="退库情形", required=False, choices=[("", "不填"), *TOLD_ENDINGS]
    )
    because = forms.CharField(label="退库原因", max_length=200)

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.LeavePool(
            uscc=uscc, on=told["on"], because=told["because"], exit_kind=told["exit_kind"]
        )
