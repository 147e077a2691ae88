"""What the bureau does to an agency: a form for each."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from enterprises.applications import agencies
from enterprises.firms.forms.change_forms import day_field
from enterprises.models import Agency
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from parks.filters import StrictForm, styled
from parks.models import User


class AgencyForm(forms.Form):
    """`act` names it in the address; `button` is what the person presses."""

    act: ClassVar[str] = ""
    button: ClassVar[str] = "登记"

    def __init__(self, data: Any = None, *, agency: Agency) -> None:
        # Several stand on one page.
        super().__init__(data, auto_id=f"{self.act}_%s")
        self.agency = agency
        styled(self)

    def carry_out(self, by: User) -> None:
        raise NotImplementedError


class RenameAgencyForm(AgencyForm):
    act, button = "rename", "改名"
    name = forms.CharField(label="名称", max_length=60)

    def __init__(self, data: Any = None, *, agency: Agency) -> None:
        super().__init__(data, agency=agency)
        self.initial["name"] = agency.name

    def carry_out(self, by: User) -> None:
        agencies.rename(self.agency, self.cleaned_data["name"], by=by)


class SpellingForm(AgencyForm):
    act, button = "spelling", "增加写法"
    text = forms.CharField(label="写法", max_length=60)

    def carry_out(self, by: User) -> None:
        agencies.assign(self.cleaned_data["text"], self.agency, by=by)


class MergeForm(AgencyForm):
    act, button = "merge", "并入"
    into = forms.ModelChoiceField(
        Agency.objects.none(),
        label="并入哪一家",
        to_field_name="code",
        empty_label="请选择",
        error_messages={"invalid_choice": "没有这家机构。"},
    )

    def __init__(self, data: Any = None, *, agency: Agency) -> None:
        super().__init__(data, agency=agency)
        others = Agency.objects.filter(merged_into=None).exclude(pk=agency.pk)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]

    def carry_out(self, by: User) -> None:
        agencies.merge(self.agency, self.cleaned_data["into"], by=by)


class PartForm(AgencyForm):
    act, button = "part", "拆出"

    def carry_out(self, by: User) -> None:
        agencies.part(self.agency, by=by)


class ReplyForm(AgencyForm):
    act, button = "reply", "登记回复"
    year = forms.IntegerField(label="申报年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    replied_on = day_field("回复日期")
    words = forms.CharField(
        label="回复内容", max_length=300, help_text="机构对该年度通过率的意见；登记后通过率公开。"
    )

    def __init__(self, data: Any = None, *, agency: Agency) -> None:
        super().__init__(data, agency=agency)
        self.initial["year"] = timezone.localdate().year

    def carry_out(self, by: User) -> None:
        told = self.cleaned_data
        agencies.record_reply(self.agency, told["year"], told["replied_on"], told["words"], by=by)


FORMS: dict[str, type[AgencyForm]] = {
    form.act: form for form in (RenameAgencyForm, SpellingForm, MergeForm, PartForm, ReplyForm)
}


class AgenciesForm(StrictForm):
    year = forms.IntegerField(
        label="年度", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )

    @property
    def asked_year(self) -> int:
        told = self.cleaned_data if self.is_valid() else {}
        return told.get("year") or timezone.localdate().year


class NewNamesForm(forms.Form):
    """Names that are nobody's spelling yet: agencies of their own, or one of those there are."""

    name = forms.CharField(max_length=60)
    agency = forms.ModelChoiceField(
        Agency.objects.filter(merged_into=None), required=False, to_field_name="code"
    )
