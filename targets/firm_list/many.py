"""What can be done to many firms of the list at once: their field, their place in the reserve pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from enterprises.bulk.desk import BulkAct, BulkForm
from enterprises.bulk.stays import EndStay, SetStage
from enterprises.firms.forms.change_forms import day_field
from enterprises.models import Enterprise, PoolEntry, TechField
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts
from enterprises.registry.acts import Act


class FieldForm(BulkForm):
    tech_field = forms.ModelChoiceField(
        TechField.objects.all(), label="技术领域", to_field_name="code", empty_label="请选择"
    )


class ToField(BulkAct):
    code, label, form, asks_reason = "tech_field", "改技术领域", FieldForm, True

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        field = values["tech_field"].code
        return {firm.uscc: [acts.Amend(uscc=firm.uscc, tech_field=field)] for firm in firms}


class PoolForm(BulkForm):
    on = day_field("自", "从这一天起在该层级。")
    stage = forms.ChoiceField(
        label="层级", choices=[("", "不变"), *PoolEntry.Stage.choices], required=False
    )
    target_year = forms.IntegerField(
        label="拟申报年度",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="不填则不变。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("stage") and not cleaned.get("target_year") and not self.errors:
            self.add_error("stage", "请选层级，或填拟申报年度。")
        return cleaned


class IntoPool(SetStage):
    code, label, form, asks_reason = "enter_pool", "进入后备库、改层级或拟申报年度", PoolForm, True


class OutOfPoolForm(BulkForm):
    on = day_field("自", "从这一天起不在库。")
    because = forms.CharField(label="退库原因", max_length=200)


class OutOfPool(EndStay):
    code, label, form, asks_reason = "leave_pool", "退出后备库", OutOfPoolForm, True


ACTS: tuple[BulkAct, ...] = (IntoPool(), OutOfPool(), ToField())
