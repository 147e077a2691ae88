"""The form by which another record of the same firm is merged into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from enterprises import registry
from enterprises.firms.forms.change_forms import ChangeForm
from enterprises.models import Enterprise
from enterprises.registry import acts
from enterprises.registry.acts.merge_conflicts import Conflict, conflicts_of
from enterprises.uscc import normalise, problem

PREFIX = "keep-"


class MergeRecordForm(ChangeForm):
    """First whose record; then, where the two contradict each other, which one holds."""

    title = "并入另一条登记"
    help = (
        "同一家企业登记了两次时用：填另一条登记的信用代码，它的证书、申报、所在地、后备库、年度数据、"
        "事故和违法的登记都转入这一家，它的代码、名称和网址此后都指向这一家。这一家没有的基本信息从它补入。"
    )
    other = forms.CharField(label="并入的登记的信用代码", max_length=30)
    # How the API tells all choices in one field.
    keep = forms.Field(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="说明", max_length=170, help_text="写明依据，170字以内；记入变更账簿。"
    )

    def __init__(self, data: Any = None, *, firm: Enterprise, **kwargs: Any) -> None:
        if data is not None and isinstance(data.get("keep"), Mapping):
            data = {**data, **{f"{PREFIX}{key}": kept for key, kept in data["keep"].items()}}
        super().__init__(data, firm=firm, **kwargs)
        self.conflicts = self._find_conflicts(data or {})
        for conflict in self.conflicts:
            self.fields[PREFIX + conflict.key] = forms.ChoiceField(
                label=f"{conflict.title}以哪一家为准",
                choices=conflict.choices,
                widget=forms.RadioSelect,
                error_messages={"required": "请选定以哪一家为准。"},
            )
        last = [name for name in ("reason", *self.second_look) if name in self.fields]
        self.order_fields([name for name in self.fields if name not in last])

    def _find_conflicts(self, data: Mapping[str, Any]) -> list[Conflict]:
        code = normalise(str(data.get("other", "")))
        if code == self.firm.uscc or not self._registered(code):
            return []
        # Acts that change nothing: the facts of both as they are.
        codes = (self.firm.uscc, code)
        found = registry.foreseen([acts.Amend(uscc=each) for each in codes])
        return conflicts_of(found[self.firm.uscc], found[code])

    def _registered(self, code: str) -> bool:
        # What cannot be a code is not asked for: PostgreSQL takes no NUL in a text.
        is_code = problem(code) is None
        return is_code and Enterprise.objects.registered().filter(uscc=code).exists()

    @property
    def codes(self) -> list[str]:
        return [self.firm.uscc, self.cleaned_data["other"]]

    def clean_other(self) -> str:
        code = normalise(self.cleaned_data["other"])
        if not self._registered(code):
            raise ValidationError("没有登记这个信用代码的企业。")
        return code

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        keep = {one.key: told[PREFIX + one.key] for one in self.conflicts}
        return acts.Merge(uscc=uscc, other=told["other"], keep=keep)
