"""The list of yearly duties as a place of bulk changes: done, or recorded wrongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from enterprises.applications.desk import may_write
from enterprises.bulk.desk import BulkAct, BulkDesk, BulkForm, understood
from enterprises.firms.forms.change_forms import day_field
from enterprises.models import DutyDone, Enterprise, YearlyDuty
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts
from enterprises.registry.acts import Act
from parks.district import DISTRICT
from parks.models import User
from targets.duties.form import DutiesForm
from targets.duties.rules import with_firms


class OfDuty(BulkForm):
    """`duty` and `year`: the list's."""

    duty = forms.ModelChoiceField(
        YearlyDuty.objects.all(),
        label="义务",
        to_field_name="code",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "没有这一年度义务。", "required": "没有说明义务。"},
    )
    year = forms.IntegerField(
        label="年度", min_value=FIRST_YEAR, max_value=LAST_YEAR, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # Said at the head: nobody sees an error at a hidden field.
        for name in {"duty", "year"} & self.errors.keys():
            self.add_error(None, f"{self.fields[name].label}：{self.errors[name][0]}")
        return cleaned


class DoneForm(OfDuty):
    on = day_field("办理日期", "企业提交的日期；名单没有写明的，填名单的日期。")
    source = forms.CharField(
        label="由谁确认", required=False, max_length=120, help_text="不填为您的单位。"
    )

    def clean_source(self) -> str:
        told: str = self.cleaned_data["source"].strip()
        unit = self.user.unit
        return told or (unit.name if unit else DISTRICT.bureau)


class ToDone(BulkAct):
    code, label, form = "done", "登记已办", DoneForm

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        done = _done_of(firms, values)
        duty, year = values["duty"].code, values["year"]
        told: dict[str, list[Act] | str] = {}
        for firm in firms:
            row = done.get(firm.pk)
            if row:
                # Who was told wrong is put right one by one, never by the way.
                told[firm.uscc] = f"已登记{row.done_on}办理（{row.source}）"
                continue
            act = acts.RecordDuty(
                uscc=firm.uscc, duty=duty, year=year, on=values["on"], source=values["source"]
            )
            told[firm.uscc] = [act]
        return told


class ToWithdrawn(BulkAct):
    code, label, form = "withdraw", "撤回登记", OfDuty

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        done = _done_of(firms, values)
        duty, year = values["duty"].code, values["year"]
        return {
            firm.uscc: [acts.WithdrawDuty(uscc=firm.uscc, duty=duty, year=year)]
            if firm.pk in done
            else "没有登记过"
            for firm in firms
        }


def _done_of(firms: Sequence[Enterprise], values: Mapping[str, Any]) -> dict[int, DutyDone]:
    """Firm → that it was done; one query."""
    rows = DutyDone.objects.in_force().filter(
        enterprise__in=[firm.pk for firm in firms], duty=values["duty"], year=values["year"]
    )
    return {row.enterprise_id: row for row in rows}


def filtered(query: str, user: User) -> Sequence[str]:
    form = understood(DutiesForm(QueryDict(query), user=user))
    question = form.question()
    if question is None:
        return []
    rows = question.listed(question.found(user).rows)
    return [row.span.enterprise.uscc for row in with_firms(rows)]


DESK = BulkDesk(
    code="duties",
    title="年度义务",
    home="duties",
    acts=(ToDone(), ToWithdrawn()),
    filtered=filtered,
    may_write=may_write,
    refusal="只有科技局和园区、镇街的人员可以登记年度义务。",
    day_label="办理日期",
)
