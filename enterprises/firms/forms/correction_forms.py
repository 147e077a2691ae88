"""Forms for what was registered wrongly of the past, and for a certificate that no list tells of."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from enterprises.firms.filters import OUTSIDE
from enterprises.firms.forms.change_forms import ChangeForm, HeldForm, day_field, readable_number
from enterprises.models import Enterprise, FormerName, Placement, Qualification, QualificationKind
from enterprises.registry import acts
from enterprises.registry.acts.base import YEARS
from parks.district import DISTRICT
from parks.models import Unit

RECOGNITIONS = [("", "不填"), *Qualification.Recognition.choices]


class GrantForm(ChangeForm):
    title = "取得资质"
    help = "名单和名册没有列入的证书或入库，凭原件登记。有效期至不填的，按该类资质的期限推算。"
    kind = forms.ModelChoiceField(
        QualificationKind.objects.all(),
        label="资质类别",
        to_field_name="code",
        empty_label="请选择",
    )
    number = forms.CharField(
        label="编号", required=False, max_length=40, help_text="没有编号的入库名单留空。"
    )
    valid_from = day_field("发证或入库日期")
    valid_until = day_field("有效期至", "当日仍有效。", may_come=True, required=False)
    recognition = forms.ChoiceField(label="认定类型", choices=RECOGNITIONS, required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("kind") and values.get("number"):
            values["number"] = readable_number(self, "number", values["kind"], values["number"])
        return values

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.Grant(
            uscc=uscc,
            kind=told["kind"].code,
            number=told["number"],
            valid_from=told["valid_from"],
            valid_until=told["valid_until"],
            recognition=told["recognition"],
        )


class CorrectCertificateForm(HeldForm):
    title = "更正证书日期"
    help = "登记的日期、年度或类型有误时用，留空的不变。推算的有效期至随发证日期重新推算。"
    issued_on = day_field("正确的发证或入库日期", required=False)
    valid_until = day_field("正确的有效期至", "当日仍有效。", may_come=True, required=False)
    class_year = forms.IntegerField(
        label="正确的认定年度", required=False, min_value=YEARS[0], max_value=YEARS[-1]
    )
    recognition = forms.ChoiceField(
        label="正确的认定类型",
        choices=[("", "不变"), *Qualification.Recognition.choices],
        required=False,
    )

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        names = ("issued_on", "valid_until", "class_year", "recognition")
        values = {name: told[name] for name in names}
        return acts.CorrectCertificate(uscc=uscc, **self.qualification_key(), **values)


class StayField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        until = f"，{obj.until}前" if obj.until else ""
        return f"{obj.since}起{until}：{obj.park or '园区外'}，{obj.town}"


def _parks() -> list[tuple[str, str]]:
    parks = Unit.objects.parks().values_list("code", "name")
    return [("", "不变"), (OUTSIDE, "园区外"), *parks]


class CorrectPlacementForm(ChangeForm):
    title = "更正所在地"
    help = (
        "登记的迁移日期、起始日、园区、镇街或迁出日期有误时用，留空的不变。"
        "更正迁移日期的，选迁移后的一段，前一段随之顺延或提前结束。"
    )
    stay = StayField(
        Placement.objects.none(), label="哪一段", to_field_name="since", empty_label="请选择"
    )
    begins_on = day_field("正确的起始日或迁移日期", required=False)
    park = forms.ChoiceField(label="正确的园区平台", choices=_parks, required=False)
    town = forms.ModelChoiceField(
        Unit.objects.towns(),
        label="正确的镇街",
        required=False,
        to_field_name="code",
        empty_label="不变",
    )
    until = day_field("正确的迁出日期", f"从这一天起不在{DISTRICT.short_name}。", required=False)
    stays = forms.BooleanField(
        label="没有迁出", required=False, help_text="迁出登记有误、企业仍在本区的勾选。"
    )

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        stays = Placement.objects.filter(enterprise=firm).select_related("park", "town")
        cast(StayField, self.fields["stay"]).queryset = stays.order_by("-since")
        self.fields["stays"].widget.attrs["class"] = "form-check-input"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("until") and values.get("stays"):
            raise ValidationError("没有迁出的，不填迁出日期。")
        return values

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        park = "" if told["park"] == OUTSIDE else told["park"] or None
        return acts.CorrectPlacement(
            uscc=uscc,
            since=told["stay"].since,
            begins_on=told["begins_on"],
            park=park,
            town=told["town"].code if told["town"] else None,
            until=told["until"],
            stays=told["stays"],
        )


class FormerField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.until}由“{obj.name}”更名"


class CorrectRenamingForm(ChangeForm):
    title = "更正更名日期"
    help = "登记的更名日期有误时用；更名后的名称有误的，撤销那次更名后重新登记。"
    former = FormerField(
        FormerName.objects.none(), label="哪次更名", to_field_name="until", empty_label="请选择"
    )
    on = day_field("正确的更名日期", "从这一天起使用新名称。")

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        names = FormerName.objects.filter(enterprise=firm).order_by("-until")
        cast(FormerField, self.fields["former"]).queryset = names

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.CorrectRenaming(uscc=uscc, until=told["former"].until, on=told["on"])
