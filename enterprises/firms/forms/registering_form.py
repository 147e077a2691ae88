"""The form by which the bureau registers a firm by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from enterprises.firms.forms.change_forms import Reconsidered, day_field
from enterprises.models import Enterprise, TechField
from enterprises.models.enterprise import INDUSTRY_CODE
from enterprises.registry import acts
from enterprises.uscc import normalise, problem
from parks.district import DISTRICT
from parks.filters import styled
from parks.models import Unit


class RegisterForm(Reconsidered):
    """Fields are named as in the registry's refusals.

    `look_alikes`: codes of the registered firms that were shown beside the entries; who confirms,
    confirms against these.
    """

    uscc = forms.CharField(label="统一社会信用代码", max_length=30)
    name = forms.CharField(label="企业名称", max_length=120, help_text="照营业执照填写。")
    park = forms.ModelChoiceField(
        Unit.objects.parks(),
        label="园区平台",
        required=False,
        empty_label="园区外",
        to_field_name="code",
    )
    town = forms.ModelChoiceField(Unit.objects.towns(), label="镇街", to_field_name="code")
    since = day_field(
        "自哪天起在本区",
        f"从这一天起计入{DISTRICT.short_name}：本区注册的填注册日期，区外迁入的填迁入日期。",
    )
    from_outside = forms.BooleanField(
        label="从区外迁入", required=False, help_text="勾选的，统计中计为区外迁入。"
    )
    registered_on = day_field("注册日期", required=False)
    tech_field = forms.ModelChoiceField(
        TechField.objects.all(),
        label="技术领域",
        required=False,
        to_field_name="code",
        empty_label="暂不填",
    )
    industry_code = forms.CharField(
        label="行业代码", required=False, max_length=5, validators=[INDUSTRY_CODE]
    )
    legal_form = forms.CharField(
        label="企业类型", required=False, max_length=40, help_text="照营业执照填写。"
    )
    contact_name = forms.CharField(label="联系人", required=False, max_length=40)
    contact_phone = forms.CharField(label="联系电话", required=False, max_length=40)
    reason = forms.CharField(
        label="说明", max_length=200, help_text="写明依据，如来函或走访，200字以内；记入变更账簿。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look_alikes: Sequence[str] = ()
        self.bearer: Enterprise | None = None
        """The registered firm that bears the code already."""
        # The base class declares its fields first.
        self.order_fields([name for name in self.fields if name not in self.second_look])
        styled(self)
        for name in ("from_outside", "confirmed"):
            self.fields[name].widget.attrs["class"] = "form-check-input"

    @property
    def fingerprint(self) -> str:
        shown = [super().fingerprint, *sorted(self.look_alikes)]
        return hashlib.sha256(",".join(shown).encode()).hexdigest()

    def clean_uscc(self) -> str:
        code = normalise(self.cleaned_data["uscc"])
        if reason := problem(code):
            raise ValidationError(f"{reason.rstrip('。')}。")
        found = Enterprise.objects.registered_or_merged().filter(uscc=code).first()
        self.bearer = found.current if found else None
        if found and self.bearer:
            told = "已登记为" if found == self.bearer else "的登记已并入"
            raise ValidationError(f"该代码{told}“{self.bearer.name}”。")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, registered_on = cleaned.get("since"), cleaned.get("registered_on")
        if since and registered_on and since < registered_on:
            self.add_error("since", f"不得早于注册日期（{registered_on}）。")
        return cleaned

    def build_acts(self) -> list[acts.Act]:
        """The acts of a valid form."""
        told = self.cleaned_data
        code, field, park = told["uscc"], told["tech_field"], told["park"]
        texts = ("industry_code", "legal_form", "contact_name", "contact_phone")
        return [
            acts.Register(
                uscc=code,
                name=told["name"],
                registered_on=told["registered_on"],
                tech_field=field.code if field else "",
                **{name: told[name] for name in texts},
            ),
            acts.Place(
                uscc=code,
                park=park.code if park else "",
                town=told["town"].code,
                since=told["since"],
                from_outside=told["from_outside"],
            ),
        ]
