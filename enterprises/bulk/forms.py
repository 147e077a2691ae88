"""What comes from a list: which firms, which act; and what is confirmed on the preview."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from enterprises.bulk.desk import BulkDesk


def plain_text(text: str) -> str:
    """PostgreSQL takes no NUL in a text."""
    return text.replace("\x00", "")


def values_posted(data: Mapping[str, str], beside: Collection[str]) -> dict[str, str]:
    """What was entered for an act: all but the names beside it."""
    return {plain_text(name): plain_text(data[name]) for name in data if name not in beside}


class StartForm(forms.Form):
    """Ticked, all of the filter, or pasted; the act's own fields are read beside it."""

    scope = forms.ChoiceField(
        choices=[("ticked", "所选"), ("filtered", "本次筛选全部"), ("pasted", "粘贴")],
        error_messages={"invalid_choice": "没有这个范围。", "required": "请说明范围。"},
    )
    act = forms.ChoiceField(
        error_messages={"invalid_choice": "没有这个动作。", "required": "请选择动作。"}
    )
    filter = forms.CharField(required=False, max_length=2000)
    back = forms.CharField(required=False, max_length=500)
    pasted = forms.CharField(required=False, max_length=300_000)
    file = forms.FileField(required=False, error_messages={"empty": "文件为空。"})

    own = frozenset({"scope", "act", "filter", "back", "pasted", "file", "firm"})
    """Names that are not the act's."""

    def __init__(self, *args: Any, desk: BulkDesk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = desk.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("scope") == "ticked" and not self.ticked:
            raise forms.ValidationError("还没有选企业。请勾选，或选“本次筛选全部”。")
        if cleaned.get("scope") == "pasted" and not (cleaned.get("pasted") or cleaned.get("file")):
            raise forms.ValidationError("请粘贴名称或信用代码，或选一个文件。")
        return cleaned

    @property
    def ticked(self) -> list[str]:
        posted: Any = self.data
        return list(dict.fromkeys(map(plain_text, posted.getlist("firm"))))

    @property
    def act_values(self) -> dict[str, str]:
        """What was entered for the act."""
        beside = self.own | {"csrfmiddlewaretoken"}
        return values_posted(self.data, beside)


class ConfirmForm(forms.Form):
    with_doubtful = forms.BooleanField(required=False, label="一并写入须再核对的企业")
    reason = forms.CharField(required=False, max_length=200, label="理由")
    looked_at = forms.CharField(required=False, max_length=64)
