"""Forms of the pages of official lists: what comes in, and what a list is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from enterprises.announcements.meaning import lists_in_words
from enterprises.announcements.safe_reading import MAX_BYTES
from enterprises.firms.forms.change_forms import day_field
from enterprises.loading.forms import FilesField, SeveralFiles
from enterprises.models import Announcement
from enterprises.models.announcements.announcement import AnnouncementQuerySet
from enterprises.models.application import MOST_BATCHES
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from parks.filters import styled
from parks.models import User

ACCEPTED = (".pdf", ".docx", ".xlsx", ".xls", ".ods", ".csv", ".txt", ".html", ".htm")
LONGEST_TEXT = 500_000


def too_large(name: str, size: int) -> str | None:
    """Whatever cannot be read is refused by its content, with a way out; only size is tried here."""
    if size > MAX_BYTES:
        return f"“{name}”超过{MAX_BYTES // 1_000_000} MB，请拆分后上传。"
    return None


class ReceiveForm(forms.Form):
    """Files, or names that were pasted."""

    lists = FilesField(
        label="名单文件（可多选）",
        required=False,
        objection=too_large,
        widget=SeveralFiles(
            attrs={
                "accept": ",".join(ACCEPTED),
                "class": "form-control",
                "data-max-bytes": MAX_BYTES,
                "data-max-total": settings.MAX_UPLOAD_BYTES,
            }
        ),
        help_text=(
            "Word（.docx）、有文字的 PDF、Excel、CSV、网页都可以，"
            f"每个不超过 {MAX_BYTES // 1_000_000} MB；扫描件请向发文单位要电子版。"
        ),
        error_messages={"empty": "文件为空。"},
    )
    pasted = forms.CharField(
        label="或粘贴名单",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        help_text="第一行写标题（如“2026年第三批高新技术企业公示”），以下每行一家企业。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["lists"] and not cleaned.get("pasted", "").strip():
            raise ValidationError("请选择文件，或粘贴名单。")
        return cleaned


class MeaningForm(forms.Form):
    """What the list is, as its title says and a person confirms."""

    kind = forms.ChoiceField()
    published_on = day_field("公告日期")
    document_number = forms.CharField(label="文号", required=False, max_length=60)
    year = forms.IntegerField(
        label="年度", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    batch = forms.IntegerField(label="批次", required=False, min_value=1, max_value=MOST_BATCHES)
    issued_on = day_field("发证日期", "证书日期不在名单上时填写。", required=False)
    corrects = forms.ModelChoiceField(Announcement.objects.none())

    def __init__(self, data: Any = None, *, announcement: Announcement) -> None:
        super().__init__(data)
        self.initial = {name: getattr(announcement, name) for name in self.fields}
        self.fields["kind"] = forms.ChoiceField(
            label="名单种类", choices=[("", "请选择"), *lists_in_words()]
        )
        self.fields["corrects"] = forms.ModelChoiceField(
            earlier_editions(announcement),
            label="更正哪一份",
            required=False,
            empty_label="不是更正",
        )
        styled(self)

    def note(self, announcement: Announcement, by: User) -> None:
        """Put what a valid form says on record."""
        for name, value in self.cleaned_data.items():
            setattr(announcement, name, value)
        announcement.confirmed_by = by
        announcement.save()


def earlier_editions(announcement: Announcement) -> AnnouncementQuerySet:
    """Lists in force of the same kind, other than this one."""
    same = Announcement.objects.in_force().filter(kind=announcement.kind)
    return same.exclude(pk=announcement.pk).select_related("source").defer("contents")
