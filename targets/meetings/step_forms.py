"""The form of one step of a decision: what it asks depends on the kind of step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from parks.filters import styled
from targets.key_tasks import files as task_files
from targets.key_tasks.forms import AttachmentsField, objection_to
from targets.meetings.forms import DAY, NO_DAY, DecisionUnitField
from targets.meetings.steps import NewStep
from targets.models import DecisionStep, TaskFile

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


class StepForm(forms.Form):
    """A browser cannot choose a file again by itself: files that came with a refused form are
    stored, and the next form claims them (`received`).
    """

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
        self.received: list[TaskFile] = []
        self.fit: list[UploadedFile] = []
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
            self._add_uploads(kind)
        styled(self)

    def _add_uploads(self, kind: str) -> None:
        most = settings.MAX_ATTACHMENT_BYTES // 1_000_000
        needed = "没有佐证材料不能申请办结。" if kind == Kind.ASKED else "可不填。"
        told = f"{task_files.KINDS}，每个不超过{most} MB，最多{task_files.AT_MOST}个。"
        field = AttachmentsField(label="佐证材料", required=False, help_text=needed + told)
        field.widget.attrs |= {
            "accept": ",".join(task_files.BEGINNINGS),
            "data-max-bytes": settings.MAX_ATTACHMENT_BYTES,
            "data-max-total": settings.MAX_UPLOAD_BYTES,
        }
        self.fields["uploads"] = field

    def clean_uploads(self) -> list[UploadedFile]:
        """All objections at once; what is fit stays."""
        files: list[UploadedFile] = self.cleaned_data["uploads"]
        errors = []
        for file in files:
            if objection := objection_to(file):
                errors.append(ValidationError(objection))
            else:
                self.fit.append(file)
        if errors:
            raise ValidationError(errors)
        return files

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "uploads" not in self.fields:
            return cleaned
        claims = self.data.getlist("received") if isinstance(self.data, MultiValueDict) else []
        claimed = [task_files.claimed(claim) for claim in claims[: task_files.AT_MOST]]
        self.received = [file for file in claimed if file]
        if len(self.received) < len(claims):
            self.add_error("uploads", "先前收到的附件已过期，请重新选择。")
        if len(self.received) + len(self.fit) > task_files.AT_MOST:
            self.add_error("uploads", f"连同已收到的，附件最多{task_files.AT_MOST}个。")
        return cleaned

    def receive(self) -> None:
        """Store the files that are fit. Raises StorageError."""
        # Taken out one by one: after an error those already stored are not stored again.
        while self.fit:
            self.received.append(task_files.keep(self.fit.pop(0)))

    @property
    def claims(self) -> list[tuple[str, str]]:
        """Claim and name of each file received with an earlier try."""
        return [(task_files.claim_on(file), file.name) for file in self.received]

    def step(self) -> NewStep:
        """What a valid form says. `receive` must have been called before."""
        said = self.cleaned_data
        return NewStep(
            self.kind, said["text"], self.received, lead=said.get("lead"), due=said.get("due")
        )
