"""Forms of the loading page: the files, and the day of the moves they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from enterprises.loading import storage
from enterprises.loading.offices import TitleQuestion, column_choices
from enterprises.models import Office
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.rosters.definition.registers import RETURNS, year_is_over

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


class OfficeForm(forms.Form):
    """Whose lists the files are, where another office made them."""

    office = forms.ModelChoiceField(
        Office.objects.all(),
        label="名单来源",
        required=False,
        to_field_name="code",
        empty_label="园区、镇街名册，证书名单，或标准的年度数据表",
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text="税务、统计等部门按自己的列名给的名单，选来源部门；列名说明一次，以后自动识别。",
        error_messages={"invalid_choice": "没有这个来源部门。"},
    )


class TitlesForm(forms.Form):
    """What the titles of an office's list mean, and of which year a list is that does not say it."""

    year = forms.IntegerField(
        label="这些名单是哪一年度的数据",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
        help_text="名单没有“年度”列，列名也没有写明年度时填写；几份名单年度不同的，分开上传。",
        error_messages={"invalid": "年度应为四位数字，如上一年。"},
    )

    def __init__(
        self, questions: Sequence[TitleQuestion], *args: Any, wants_year: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.wants_year = wants_year
        for number, question in enumerate(questions):
            self.fields[f"title-{number}"] = forms.ChoiceField(
                label=f"“{question.title}”对应哪一列",
                required=False,
                choices=column_choices(),
                initial=question.field,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    @property
    def lines(self) -> Iterator[tuple[TitleQuestion, Any]]:
        for number, question in enumerate(self.questions):
            yield question, self[f"title-{number}"]

    @property
    def asked(self) -> list[tuple[TitleQuestion, Any]]:
        return [line for line in self.lines if not line[0].known_as]

    @property
    def explained(self) -> list[tuple[TitleQuestion, Any]]:
        return [line for line in self.lines if line[0].known_as]

    @property
    def told(self) -> dict[TitleQuestion, str]:
        return {question: self.cleaned_data[field.name] for question, field in self.lines}

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year and not year_is_over(year, timezone.localdate()):
            raise ValidationError(f"{year}年度还没有结束，全年的数据在年度结束后才有。")
        return year

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        columns = {values.get(name) for name in self.fields if name != "year"}
        has_year = values.get("year") or "year" in self.errors or RETURNS.key_with in columns
        if self.wants_year and not has_year:
            self.add_error("year", "请填写年度，或指明哪一列是年度。")
        return values


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
