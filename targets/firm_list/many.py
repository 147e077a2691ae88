"""What can be done to many firms of the list at once: their field, their place in the reserve pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from enterprises.bulk.desk import BulkAct, BulkForm
from enterprises.firms.forms.change_forms import day_field
from enterprises.models import (
    Closure,
    Enterprise,
    Placement,
    PoolEntry,
    Qualification,
    TechField,
)
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts
from enterprises.registry.acts import Act
from parks.district import DISTRICT
from parks.filters import styled

NOT_POOLED = "不在后备库中"


class StyledForm(BulkForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)


class FieldForm(StyledForm):
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


class PoolForm(StyledForm):
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


class IntoPool(BulkAct):
    """The firms stand at a stage from a day on, or are to apply in another year; the rest stays."""

    code, label, form, asks_reason = "enter_pool", "进入后备库、改层级或拟申报年度", PoolForm, True

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        ids, on = [firm.pk for firm in firms], values["on"]
        out = _out_of_pool(ids, on)
        present = _open_entries(ids)
        return {
            firm.uscc: out.get(firm.pk) or self._of_firm(firm, present.get(firm.pk), values)
            for firm in firms
        }

    def _of_firm(
        self, firm: Enterprise, last: PoolEntry | None, values: Mapping[str, Any]
    ) -> list[Act] | str:
        stage = values["stage"] or (last.stage if last else "")
        if not stage:
            return NOT_POOLED
        year = values["target_year"] or (last.target_year if last else None)
        told = {"stage": stage, "target_year": year, "on": values["on"]}
        return [acts.EnterPool(uscc=firm.uscc, **told)]


class OutOfPoolForm(StyledForm):
    on = day_field("自", "从这一天起不在库。")
    because = forms.CharField(label="退库原因", max_length=200)


class OutOfPool(BulkAct):
    code, label, form, asks_reason = "leave_pool", "退出后备库", OutOfPoolForm, True

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        present = _open_entries([firm.pk for firm in firms])
        told: dict[str, list[Act] | str] = {}
        for firm in firms:
            if firm.pk not in present:
                told[firm.uscc] = NOT_POOLED
                continue
            on, because = values["on"], values["because"]
            told[firm.uscc] = [acts.LeavePool(uscc=firm.uscc, on=on, because=because)]
        return told


def _open_entries(firm_ids: Sequence[int]) -> dict[int, PoolEntry]:
    """Firm → where it stands in the pool; one query."""
    rows = PoolEntry.objects.filter(enterprise__in=firm_ids, until=None)
    return {row.enterprise_id: row for row in rows}


def _out_of_pool(firm_ids: Sequence[int], on: dt.date) -> dict[int, str]:
    """Firm → why it is none to be fostered on the day; three queries."""
    closed = _firms_of(Closure.objects.holding_on(on), firm_ids)
    placed = _firms_of(Placement.objects.covering(on), firm_ids)
    held = Qualification.objects.filter(kind__ends_reserve=True, enterprise__in=firm_ids)
    certified = held.holding_on(on).values_list("enterprise_id", "kind__short_name")
    why = {pk: f"{on}不在{DISTRICT.short_name}" for pk in firm_ids if pk not in placed}
    why |= {pk: f"{on}已持有有效的{kind}" for pk, kind in certified}
    return why | {pk: f"{on}已注销" for pk in closed}


def _firms_of(rows: Any, firm_ids: Sequence[int]) -> set[int]:
    return set(rows.filter(enterprise__in=firm_ids).values_list("enterprise_id", flat=True))


ACTS: tuple[BulkAct, ...] = (IntoPool(), OutOfPool(), ToField())
