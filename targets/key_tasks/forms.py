"""What the task pages ask: which quarter, in what order; and a body's report on a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from enterprises.models import Period
from parks.filters import StrictForm, styled
from targets.key_tasks import board, entries
from targets.key_tasks.entries import TaskReport
from targets.key_tasks.evidence import EvidenceForm
from targets.models import TaskFile, TaskProgress, TaskState
from targets.models.tasks import FIGURES_AT_MOST


class TaskQuarterForm(StrictForm):
    """`quarter` such as 2026Q3, by default the one that ended last."""

    quarter = forms.CharField(label="季度", required=False, max_length=6)

    def clean_quarter(self) -> Period | None:
        code = self.cleaned_data["quarter"]
        period = Period.coded(code)
        if code and period not in entries.periods():
            raise ValidationError("应写成“2026Q3”的样子，且是计划实施以来已结束的季度。")
        return period

    @property
    def period(self) -> Period:
        """What was asked; the last one where that is not understood: the form then has errors."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        return cleaned.get("quarter") or entries.periods()[0]


class TaskBoardForm(TaskQuarterForm):
    by = forms.ChoiceField(label="排列", required=False, choices=[("body", "按单位")])
    standing = forms.ChoiceField(label="进展", required=False, choices=list(board.GROUPS.items()))


class ExportForm(TaskQuarterForm):
    by = forms.ChoiceField(
        label="排列", required=False, choices=[("body", "按单位"), ("entry", "填报明细")]
    )


class TaskFigureForm(forms.Form):
    label = forms.CharField(label="名称", max_length=30, required=False)
    value = forms.DecimalField(label="数值", max_digits=14, decimal_places=2, required=False)
    unit = forms.CharField(label="单位", max_length=10, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)
        # The formset's prefix ends in the row's number: figures-0, figures-1 …
        place = int((self.prefix or "0").rpartition("-")[2]) + 1
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"第{place}项{field.label}"

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        label, value = cleaned.get("label"), cleaned.get("value")
        if value is not None and not label:
            self.add_error("label", "请写明这个数是什么。")
        # A number that was not understood has its own error already.
        if label and value is None and "value" not in self.errors:
            self.add_error("value", "请填数值。")
        if cleaned.get("unit") and not label and value is None:
            self.add_error("label", "请写明名称和数值，或清空单位。")
        return cleaned


FigureForms = forms.formset_factory(
    TaskFigureForm, extra=FIGURES_AT_MOST, max_num=FIGURES_AT_MOST, absolute_max=FIGURES_AT_MOST
)


class ReportForm(EvidenceForm):
    """A body's report; `last` is the version it corrects, whose files may be kept."""

    state = forms.ChoiceField(
        label="进展状态",
        choices=TaskState.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择状态。"},
    )
    text = forms.CharField(
        label="进展说明",
        error_messages={"required": "请写明进展。"},
        max_length=2000,
        help_text="本季度做了什么、有什么结果；滞后的写明原因和下一步，2000字以内。",
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    kept = forms.MultipleChoiceField(
        label="保留上一版的附件",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "要保留的附件不在上一版中，请重新打开本页再选。"},
    )
    beside = "已有的"
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        last: TaskProgress | None,
    ) -> None:
        super().__init__(data, files)
        files_of_last = last.files.all() if last else []
        self.files_before: dict[str, TaskFile] = {str(file.pk): file for file in files_of_last}
        self.figures = FigureForms(data, prefix="figures", initial=last.figures if last else None)
        self.add_uploads("可不填。", label="添加附件")
        self.initial = {"seen": 0}
        if last:
            self.initial = {
                "state": last.state,
                "text": last.text,
                "seen": last.version,
                "kept": list(self.files_before),
            }
        styled(self)
        for name in ("state", "kept"):
            self.fields[name].widget.attrs["class"] = "form-check-input"
        kept: Any = self.fields["kept"]
        kept.choices = [(pk, file.name) for pk, file in self.files_before.items()]

    def is_valid(self) -> bool:
        # Not `and`: both have to be checked, so that all errors are shown at once.
        return super().is_valid() & self.figures.is_valid()

    def kept_before(self, cleaned: Mapping[str, Any]) -> int:
        return len(cleaned.get("kept") or [])

    def report(self) -> TaskReport:
        """The report that a valid form holds. `receive` must have been called before."""
        cleaned = self.cleaned_data
        figures = []
        for row in self.figures:
            figure = row.cleaned_data
            if figure.get("label"):
                figures.append(entries.figure(figure["label"], figure["value"], figure["unit"]))
        kept = [self.files_before[pk] for pk in cleaned["kept"]]
        return TaskReport(cleaned["state"], cleaned["text"], figures, [*kept, *self.received])
