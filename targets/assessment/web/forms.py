"""What the bureau writes of a sheet, what a unit objects to: each a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from enterprises.records.counting import FIRMS, RECORDS
from parks.filters import styled
from parks.models import Unit
from parks.numbers import plain
from targets.assessment import keeping
from targets.key_tasks.evidence import EvidenceForm
from targets.meetings.forms import SeenForm
from targets.models import (
    AssessmentAnswer,
    AssessmentEntry,
    AssessmentItem,
    AssessmentScheme,
    Indicator,
    TaskFigure,
)

ADDED = 2
"""Blank items below those there are."""
Source = AssessmentItem.Source
NUMBERS = ("weight", "cap", "floor", "full")
MAIN = ("title", "source", "weight", "cap", "floor", "full")


class ProposeForm(SeenForm):
    document = forms.CharField(
        label="下达文号",
        max_length=120,
        help_text="如 府办发〔2026〕12号；没有文号的写文件名称和日期。",
        error_messages={"required": "请写明下达考核任务的文号。"},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_propose_%s", **kwargs)
        styled(self)


class ReopenSheetForm(SeenForm):
    reason = forms.CharField(
        label="原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "退回草案须写明原因。"},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_reopen_%s", **kwargs)
        styled(self)


class FreezeForm(SeenForm):
    checked = forms.BooleanField(
        label="已核对全部得分；定分后不能更改",
        error_messages={"required": "请核对后勾选。"},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_freeze_%s", **kwargs)
        self.fields["checked"].widget.attrs["class"] = "form-check-input"


class HeadForm(forms.ModelForm):
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = AssessmentScheme
        fields = ["title", "basis", "total", "shows_ranking", "open_to_units"]
        widgets = {"basis": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.version
        self.initial["total"] = plain(self.instance.total)
        styled(self)
        for name in ("shows_ranking", "open_to_units"):
            self.fields[name].widget.attrs["class"] = "form-check-input"

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self["shows_ranking"], self["open_to_units"]]

    @property
    def head(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ItemForm(forms.ModelForm):
    class Meta:
        model = AssessmentItem
        fields = [
            "title", "order", "source", "indicator", "measure", "figure", "weight", "cap",
            "floor", "full", "no_case", "needs_evidence", "note",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NUMBERS:
            if self.instance.pk:
                self.initial[name] = plain(getattr(self.instance, name))
        styled(self)
        self.fields["needs_evidence"].widget.attrs["class"] = "form-check-input"

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        source = told.get("source")
        if source == Source.GOAL:
            self._needs("indicator", "measure")
            indicator = told.get("indicator")
            if indicator and not indicator.headline:
                self.add_error("indicator", "只有重点指标分解任务，请选择其中之一。")
        if source in (Source.RENEWAL, Source.POOL):
            self._needs("indicator")
        if source == Source.REGISTER:
            self._needs("figure")
        # What another source would ask is of no meaning here.
        if source != Source.GOAL:
            told["measure"] = ""
        if source not in (Source.GOAL, Source.RENEWAL, Source.POOL):
            told["indicator"] = None
        if source != Source.REGISTER:
            told["figure"] = None
        return told

    @property
    def main(self) -> list[forms.BoundField]:
        """What is changed most, in one line."""
        return [self[name] for name in MAIN]

    @property
    def rest(self) -> list[forms.BoundField]:
        """All else but what is ticked."""
        return [self[name] for name in self.Meta.fields if name not in (*MAIN, "needs_evidence")]

    def _needs(self, *names: str) -> None:
        for name in names:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, f"请选择{self.fields[name].label}。")


class ItemFormSet(forms.BaseModelFormSet):
    """All items together: no title twice."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["indicator"].choices = self.indicator_choices
        form.fields["figure"].choices = self.figure_choices
        form.fields["DELETE"].widget.attrs["class"] = "form-check-input"

    @property
    def indicator_choices(self) -> list[tuple[Any, str]]:
        if not hasattr(self, "_indicators"):
            rows = Indicator.objects.filter(kind=Indicator.Kind.COUNTED).order_by("order")
            self._indicators = [("", "—"), *((row.pk, row.short_name) for row in rows)]
        return self._indicators

    @property
    def figure_choices(self) -> list[tuple[Any, str]]:
        """Figures of registers that count records or firms; amounts are no points."""
        if not hasattr(self, "_figures"):
            rows = TaskFigure.objects.filter(way=TaskFigure.Way.RECORDS).select_related("task")
            self._figures = [
                ("", "—"),
                *(
                    (row.pk, f"{row.task}：{row.label}")
                    for row in rows
                    if row.reckoning.get("of", RECORDS) in (RECORDS, FIRMS)
                ),
            ]
        return self._figures

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            title = (getattr(form, "cleaned_data", None) or {}).get("title")
            if not title or form in self.deleted_forms:
                continue
            if title in seen:
                form.add_error("title", "项目名称重复。")
            seen.add(title)

    @property
    def items(self) -> list[AssessmentItem]:
        """As they are filled in, in their order; not saved."""
        kept = [
            form.instance
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        return sorted(kept, key=lambda item: item.order)

    @property
    def dropped(self) -> list[AssessmentItem]:
        return [form.instance for form in self.deleted_forms if form.instance.pk]


ItemForms = forms.modelformset_factory(
    AssessmentItem, form=ItemForm, formset=ItemFormSet, extra=ADDED, can_delete=True, max_num=30
)


def sum_problem(
    scheme: AssessmentScheme, head: Mapping[str, Any], items: Sequence[AssessmentItem]
) -> str:
    """What is wrong with the weights as they are filled in; a draft may be saved with it."""
    asked = AssessmentScheme(total=head.get("total", scheme.total))
    return keeping.wrong_sum(asked, items)


class EntryForm(EvidenceForm):
    """Points of every unit for an item that is entered by hand."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        item: AssessmentItem,
        units: Sequence[Unit],
        now: Mapping[int, AssessmentEntry],
        seen: int,
    ) -> None:
        super().__init__(data, files, initial={"seen": seen})
        self.units, self.now = units, now
        for unit in units:
            entry = now.get(unit.pk)
            self.fields[f"points-{unit.code}"] = forms.DecimalField(
                label=unit.told_apart,
                required=False,
                min_value=Decimal(0),
                max_value=item.cap,
                max_digits=6,
                decimal_places=2,
                initial=plain(entry.points) if entry else None,
                error_messages={
                    "max_value": f"不能超过封顶分{plain(item.cap)}。",
                    "min_value": "得分不能为负。",
                    "invalid": "请填数字，如 4.5。",
                },
            )
        self.fields["reason"] = forms.CharField(
            label="评分理由",
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": "请写明评分理由。"},
        )
        needed = "须附佐证材料。" if item.needs_evidence else "可不填。"
        self.add_uploads(needed)
        styled(self)

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        for unit in self.units:
            name = f"points-{unit.code}"
            # What was given once cannot be made undone, only changed.
            if unit.pk in self.now and told.get(name) is None and name not in self.errors:
                self.add_error(name, "已有得分，只能改为别的分数。")
        return told

    @property
    def rows(self) -> list[tuple[Unit, AssessmentEntry | None, Any]]:
        return [(unit, self.now.get(unit.pk), self[f"points-{unit.code}"]) for unit in self.units]

    @property
    def points(self) -> dict[Unit, Decimal]:
        told = {unit: self.cleaned_data[f"points-{unit.code}"] for unit in self.units}
        return {unit: points for unit, points in told.items() if points is not None}


class ObjectionForm(EvidenceForm):
    item = forms.ModelChoiceField(
        AssessmentItem.objects.none(),
        label="项目",
        required=False,
        empty_label="总分或其他",
        error_messages={"invalid_choice": "没有这个项目。"},
    )
    words = forms.CharField(
        label="异议和理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明异议和理由。"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, scheme: AssessmentScheme) -> None:
        super().__init__(data, files, auto_id="id_objection_%s")
        item: Any = self.fields["item"]
        item.queryset = scheme.items.all()
        self.add_uploads("可不填。")
        styled(self)


class ObjectionAnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label="结论",
        choices=AssessmentAnswer.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择采纳或不采纳。"},
    )
    words = forms.CharField(
        label="答复",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明答复。"},
    )

    def __init__(self, data: Any = None, *, pk: int) -> None:
        super().__init__(data, auto_id=f"id_answer_{pk}_%s")
        styled(self)
        self.fields["outcome"].widget.attrs["class"] = "form-check-input"

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"].strip()
        if not words:
            raise ValidationError("请写明答复。")
        return words
