"""Forms for what a firm itself is, and for what was answered about it."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django import forms

from enterprises.firms.forms.change_forms import ChangeForm, day_field
from enterprises.models import Enterprise, Incident, TechField
from enterprises.models.enterprise import INDUSTRY_CODE
from enterprises.registry import acts


class DetailsForm(ChangeForm):
    title = "基本信息"
    help = "留空的不变。企业类型照营业执照填写。"
    legal_form = forms.CharField(
        label="企业类型",
        required=False,
        max_length=40,
        help_text="如 有限责任公司（自然人投资或控股）、股份有限公司、合伙企业、分公司。",
    )
    industry_code = forms.CharField(
        label="行业代码", required=False, max_length=5, validators=[INDUSTRY_CODE]
    )
    tech_field = forms.ModelChoiceField(
        TechField.objects.all(),
        label="技术领域",
        required=False,
        to_field_name="code",
        empty_label="不变",
    )
    registered_on = day_field("注册日期", required=False)

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        for name in ("legal_form", "industry_code", "tech_field", "registered_on"):
            self.initial[name] = getattr(firm, name)

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.Amend(
            uscc=uscc,
            legal_form=told["legal_form"],
            industry_code=told["industry_code"],
            tech_field=told["tech_field"].code if told["tech_field"] else "",
            registered_on=told["registered_on"],
        )


class ContactForm(ChangeForm):
    title = "联系人"
    help = "留空的不变。"
    contact_name = forms.CharField(label="联系人", required=False, max_length=40)
    contact_phone = forms.CharField(label="联系电话", required=False, max_length=40)

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        self.initial.update(contact_name=firm.contact_name, contact_phone=firm.contact_phone)

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.Amend(
            uscc=uscc, contact_name=told["contact_name"], contact_phone=told["contact_phone"]
        )


class IncidentForm(ChangeForm):
    title = "重大事故和违法"
    help = "登记一次事故或违法，或某单位关于没有事故和违法的答复；自检据此判断申报前一年内有无。"
    kind = forms.ChoiceField(label="事故或违法", choices=Incident.Kind.choices)
    on = day_field("日期", "事故或违法发生、认定的日期；选“无”的，填答复截至的日期。")
    source = forms.CharField(
        label="答复单位", max_length=120, help_text="由谁说的，如区应急管理局、信用中国查询结果。"
    )

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.RecordIncident(
            uscc=uscc, kind=told["kind"], on=told["on"], source=told["source"]
        )


class WithdrawIncidentForm(ChangeForm):
    title = "撤回事故和违法"
    help = "登记错了的事故、违法或答复：撤回后不再影响自检，记录和理由留存。"
    answer = forms.ModelChoiceField(Incident.objects.none(), label="要撤回的一条")

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        field: Any = self.fields["answer"]
        field.queryset = firm.incidents.in_force()
        field.label_from_instance = attrgetter("in_full")

    def build_act(self, uscc: str) -> acts.Act:
        answer: Incident = self.cleaned_data["answer"]
        return acts.WithdrawIncident(
            uscc=uscc, kind=answer.kind, on=answer.on, source=answer.source
        )
