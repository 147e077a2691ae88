"""The form of one step of a decision: what it asks depends on the kind of step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from parks.filters import styled
from targets.key_tasks.evidence import EvidenceForm
from targets.meetings.forms import DAY, NO_DAY, DecisionUnitField
from targets.meetings.steps import NewStep
from targets.models import DecisionStep

Kind = DecisionStep.Kind
DEEDS = {
    Kind.PROGRESS: ("报进度", "进度"),
    Kind.ASKED: ("申请办结", "办理结果"),
    Kind.CLOSED: ("同意办结", "意见"),
    Kind.SENT_BACK: ("退回", "退回原因"),
    Kind.REASSIGNED: ("改派", "改派原因"),
    Kind.DUE_MOVED: ("改期", "改期原因"),
}
"""Kind → what its button says, and what its text is."""


class StepForm(EvidenceForm):
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(
        self,
        kind: str,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        seen: int,
    ) -> None:
        super().__init__(data, files, initial={"seen": seen}, auto_id=f"id_{kind}_%s")
        self.kind = kind
        self.deed, what = DEEDS[Kind(kind)]
        is_needed = kind != Kind.CLOSED
        if kind == Kind.REASSIGNED:
            self.fields["lead"] = DecisionUnitField("新的牵头单位")
        if kind == Kind.DUE_MOVED:
            self.fields["due"] = forms.DateField(
                label="新的期限", widget=DAY, error_messages=NO_DAY
            )
        self.fields["text"] = forms.CharField(
            label=what,
            required=is_needed,
            max_length=2000,
            error_messages={"required": f"请写明{what}。"},
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        if kind in (Kind.PROGRESS, Kind.ASKED):
            needed = "没有佐证材料不能申请办结。" if kind == Kind.ASKED else "可不填。"
            self.add_uploads(needed)
        styled(self)

    def step(self) -> NewStep:
        """What a valid form says. `receive` must have been called before."""
        said = self.cleaned_data
        return NewStep(
            self.kind, said["text"], self.received, lead=said.get("lead"), due=said.get("due")
        )
