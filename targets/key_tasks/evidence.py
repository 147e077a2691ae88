"""A form with files that go with what it says: what came with a refused form need not be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from enterprises.loading.forms import SeveralFiles
from targets.key_tasks import files as task_files
from targets.models import TaskFile


class AttachmentsField(forms.FileField):
    """Any number of files up to the most."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > task_files.AT_MOST:
            raise ValidationError(f"附件最多{task_files.AT_MOST}个。")
        return files


def objection_to(file: UploadedFile) -> str | None:
    return task_files.objection_to(file) if file.size else f"“{file.name}”是空文件。"


class EvidenceForm(forms.Form):
    """A browser cannot choose a file again by itself: files that came with a refused form are
    stored, and the next form claims them (`received`).

    `beside`: what else counts towards the most, in words.
    """

    beside = "已收到的"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received: list[TaskFile] = []
        self.fit: list[UploadedFile] = []

    def add_uploads(self, needed: str, label: str = "佐证材料") -> None:
        """`needed`: in a sentence, whether they may be left out."""
        most = settings.MAX_ATTACHMENT_BYTES // 1_000_000
        told = f"{task_files.KINDS}，每个不超过{most} MB，最多{task_files.AT_MOST}个。"
        field = AttachmentsField(label=label, required=False, help_text=needed + told)
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
        # A claim that is too old, or beyond the number allowed: the file has to be chosen again.
        if len(self.received) < len(claims):
            self.add_error("uploads", "先前收到的附件已过期，请重新选择。")
        together = len(self.received) + len(self.fit) + self.kept_before(cleaned)
        if together > task_files.AT_MOST:
            self.add_error("uploads", f"连同{self.beside}，附件最多{task_files.AT_MOST}个。")
        return cleaned

    def kept_before(self, cleaned: Mapping[str, Any]) -> int:
        """Files of an earlier version that stay."""
        return 0

    def receive(self) -> None:
        """Store the files that are fit. Raises StorageError."""
        # Taken out one by one: after an error those already stored are not stored again.
        while self.fit:
            self.received.append(task_files.keep(self.fit.pop(0)))

    @property
    def claims(self) -> list[tuple[str, str]]:
        """Claim and name of each file received with an earlier try."""
        return [(task_files.claim_on(file), file.name) for file in self.received]
