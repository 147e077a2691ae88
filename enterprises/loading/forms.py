"""Forms of the loading page: the files, and the day of the moves they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from enterprises.loading import storage

MOST_FILES = 60


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files. The error lists the objections to all of them at once.

    `objection`: why a file of a name and size (bytes) is not taken, in Chinese.
    """

    widget = SeveralFiles

    def __init__(
        self, *, objection: Callable[[str, int], str | None] = storage.objection, **options: Any
    ) -> None:
        super().__init__(**options)
        self.objection = objection

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads = data if isinstance(data, list | tuple) else [data]
        # An empty list is checked as a missing file, which gives the field's "required" error.
        files = [super(FilesField, self).clean(upload, initial) for upload in uploads or [None]]
        files = [file for file in files if file]
        if len(files) > MOST_FILES:
            raise ValidationError(f"一次最多上传{MOST_FILES}个文件。")
        errors = []
        for file in files:
            if reason := self.objection(file.name, file.size):
                errors.append(ValidationError(reason))
        if errors:
            raise ValidationError(errors)
        return files


class UploadForm(forms.Form):
    registers = FilesField(
        label="名册或名单文件",
        widget=SeveralFiles(
            attrs={
                "accept": ",".join(storage.EXTENSIONS),
                "class": "form-control",
                "data-max-bytes": settings.MAX_REGISTER_BYTES,
                "data-max-total": settings.MAX_UPLOAD_BYTES,
            }
        ),
        error_messages={"required": "请选择文件。", "empty": "文件为空。"},
    )


class MovesForm(forms.Form):
    """The day on which firms moved that the lists show at another place."""

    moves_on = forms.DateField(
        label="迁移日期",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}),
        error_messages={"required": "请填写迁移日期。", "invalid": "日期无效。"},
    )

    def clean_moves_on(self) -> Any:
        day = self.cleaned_data["moves_on"]
        if day > timezone.localdate():
            raise ValidationError("迁移日期不得晚于今天。")
        return day
