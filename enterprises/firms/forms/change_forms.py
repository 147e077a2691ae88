"""Forms for what the bureau registers by hand: one form for each act, with just its fields."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from enterprises.models import (
    Closure,
    Enterprise,
    LedgerEntry,
    Placement,
    Qualification,
    QualificationKind,
)
from enterprises.registry import ActsRefused, acts
from enterprises.registry.acts.base import YEARS, YEARS_IN_WORDS
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cells import CellSource, certificate_number
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.uscc import normalise
from parks.district import DISTRICT
from parks.filters import styled
from parks.models import Unit

UNCHANGED = "没有变化：所填内容与登记一致。"


def _within_years(day: dt.date) -> None:
    if day.year not in YEARS:
        raise ValidationError(f"日期不在{YEARS_IN_WORDS}。")


def _not_to_come(day: dt.date) -> None:
    if day > timezone.localdate():
        raise ValidationError("日期不得晚于今天。")


def day_field(
    label: str, help_text: str = "", *, may_come: bool = False, required: bool = True
) -> forms.DateField:
    """A day; one in the future only where it `may_come`."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        # What has not happened yet is no fact. Last days and deadlines may lie ahead.
        validators=[_within_years] if may_come else [_within_years, _not_to_come],
    )


def add_objections(form: forms.Form, refused: ActsRefused) -> None:
    """Put the registry's objections at their fields, or at the form's head."""
    for error in refused.errors:
        form.add_error(error.field if error.field in form.fields else None, error.message)


def readable_number(form: forms.Form, name: str, kind: QualificationKind, number: str) -> str:
    """The number as its kind writes it; what is none is told at the field of this name."""
    # Certificates have a number of a fixed shape; other kinds number as they like.
    if kind.code == CERTIFIED_KIND:
        try:
            number, _ = certificate_number(number, CellSource(Vocabulary()))
        except Unreadable as unreadable:
            form.add_error(name, f"{unreadable.reason}。")
    return number


class Reconsidered(forms.Form):
    """A form whose doubtful entries are shown once more before they count.

    `confirmed` is for what was shown: `looked_at` tells which entries that were.
    """

    second_look: ClassVar[tuple[str, ...]] = ("confirmed", "looked_at")
    """Fields that stand beside the doubts only."""
    confirmed = forms.BooleanField(label="已核对，确认登记", required=False)
    looked_at = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def entries(self) -> list[forms.BoundField]:
        """The fields that are always shown."""
        return [field for field in self.visible_fields() if field.name not in self.second_look]

    @property
    def fingerprint(self) -> str:
        """Another for other entries; the reason may be put in other words."""
        entered = [(field.name, str(field.value() or "")) for field in self.entries]
        told = repr([entry for entry in entered if entry[0] != "reason"])
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def is_confirmed(self) -> bool:
        """These very entries were shown with what is doubtful about them, and confirmed."""
        cleaned = self.cleaned_data
        return bool(cleaned["confirmed"]) and cleaned["looked_at"] == self.fingerprint


class ChangeForm(Reconsidered):
    """A form for one act on the firm; its fields are named as in the registry's refusals."""

    title = ""
    help = ""
    reason = forms.CharField(
        label="说明", max_length=200, help_text="写明依据，如批文或来函，200字以内；记入变更账簿。"
    )

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.firm = firm
        # Fields that are not named come last:
        # so does the reason, which the base class declares first.
        last = ("reason", *self.second_look)
        self.order_fields([name for name in self.fields if name not in last])
        styled(self)
        self.fields["confirmed"].widget.attrs["class"] = "form-check-input"

    @property
    def codes(self) -> list[str]:
        """Of the firms about which a valid form is."""
        return [self.firm.uscc]

    @property
    def fingerprint(self) -> str:
        """Another once somebody changes the firm: what was shown may have become something else."""
        entries = LedgerEntry.objects.filter(enterprise__uscc__in=self.codes)
        told = f"{super().fingerprint} {entries.aggregate(last=Max('pk'))['last']}"
        return hashlib.sha256(told.encode()).hexdigest()

    def build_act(self, uscc: str) -> acts.Act:
        """The act of a valid form."""
        raise NotImplementedError


class RenameForm(ChangeForm):
    title = "更名"
    help = "信用代码不变，原名称记为曾用名，仍可查到。"
    name = forms.CharField(label="新名称", max_length=120)
    on = day_field("更名日期", "从这一天起使用新名称。")

    def build_act(self, uscc: str) -> acts.Act:
        return acts.Rename(uscc=uscc, name=self.cleaned_data["name"], on=self.cleaned_data["on"])


class CorrectCodeForm(ChangeForm):
    title = "更正信用代码"
    help = "登记的信用代码有误时用。企业的资质、所在地和历史不变，原代码仍可查到。"
    code = forms.CharField(label="正确的信用代码", max_length=18)

    def clean_code(self) -> str:
        return normalise(self.cleaned_data["code"])

    def build_act(self, uscc: str) -> acts.Act:
        return acts.CorrectCode(uscc=uscc, code=self.cleaned_data["code"])


class MoveForm(ChangeForm):
    title = "迁移"
    help = f"企业在{DISTRICT.name}内迁到另一园区或镇街。"
    park = forms.ModelChoiceField(
        Unit.objects.parks(),
        label="迁入园区平台（没有则选“园区外”）",
        required=False,
        empty_label="园区外",
        to_field_name="code",
    )
    town = forms.ModelChoiceField(Unit.objects.towns(), label="迁入镇街", to_field_name="code")
    on = day_field("迁移日期", "从这一天起计入新的园区和镇街。")

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        here = (
            Placement.objects.filter(enterprise=firm, until=None)
            .select_related("park", "town")
            .first()
        )
        if here:
            self.initial.update(park=here.park, town=here.town)

    def build_act(self, uscc: str) -> acts.Act:
        park = self.cleaned_data["park"]
        town, on = self.cleaned_data["town"], self.cleaned_data["on"]
        return acts.Move(uscc=uscc, park=park.code if park else "", town=town.code, on=on)


class LeaveForm(ChangeForm):
    title = f"迁出{DISTRICT.short_name}"
    help = f"企业迁到{DISTRICT.name}以外。"
    on = day_field("迁出日期", f"从这一天起不再计入{DISTRICT.short_name}。")

    def build_act(self, uscc: str) -> acts.Act:
        return acts.Leave(uscc=uscc, on=self.cleaned_data["on"])


class CloseForm(ChangeForm):
    title = "注销"
    help = "从注销日起，不论证书是否有效都不再计入。"
    on = day_field("注销日期")
    cause = forms.ChoiceField(label="情形", choices=Closure.Cause.choices)

    def build_act(self, uscc: str) -> acts.Act:
        return acts.Close(uscc=uscc, on=self.cleaned_data["on"], cause=self.cleaned_data["cause"])


class ReopenForm(ChangeForm):
    title = "恢复"
    help = "结束注销状态。"
    on = day_field("恢复日期", "注销登记有误的，填写原注销日期，即撤销该次注销。")

    def build_act(self, uscc: str) -> acts.Act:
        return acts.Reopen(uscc=uscc, on=self.cleaned_data["on"])


class HeldField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        until = f"，有效期至 {obj.valid_until}" if obj.valid_until else ""
        return f"{obj}{until}"


class HeldForm(ChangeForm):
    """About one qualification the firm has."""

    qualification = HeldField(Qualification.objects.none(), label="资质", empty_label="请选择")

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        self.held = Qualification.objects.filter(enterprise=firm).select_related("kind")
        cast(HeldField, self.fields["qualification"]).queryset = self.held

    def clean_qualification(self) -> Qualification:
        """An act names a qualification without a number by its day, which must not mean two."""
        chosen = self.cleaned_data["qualification"]
        alike = self.held.filter(kind=chosen.kind, valid_from=chosen.valid_from)
        if not chosen.number and alike.count() > 1:
            raise ValidationError(
                "企业有多条同类、同日（或同无日期）的资质，无法区分，请联系管理员。"
            )
        return chosen

    def qualification_key(self) -> dict[str, Any]:
        """The arguments by which an act names the chosen qualification."""
        chosen = self.cleaned_data["qualification"]
        return {"kind": chosen.kind.code, "number": chosen.number, "valid_from": chosen.valid_from}


class ExtendForm(HeldForm):
    title = "变更有效期"
    help = "把一项资质的有效期至改为另一天。"
    valid_until = day_field("新的有效期至", "当日仍有效。", may_come=True)

    def build_act(self, uscc: str) -> acts.Act:
        valid_until = self.cleaned_data["valid_until"]
        return acts.Extend(uscc=uscc, valid_until=valid_until, **self.qualification_key())


class CorrectNumberForm(HeldForm):
    title = "更正证书编号"
    help = "登记的编号有误时用。证书的日期不变，原编号仍可在变更账簿中查到。"
    corrected = forms.CharField(label="正确的编号", max_length=40)

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        self.held = self.held.exclude(number="")
        cast(HeldField, self.fields["qualification"]).queryset = self.held

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        chosen, corrected = values.get("qualification"), values.get("corrected")
        if chosen and corrected:
            values["corrected"] = readable_number(self, "corrected", chosen.kind, corrected)
        return values

    def build_act(self, uscc: str) -> acts.Act:
        chosen, corrected = self.cleaned_data["qualification"], self.cleaned_data["corrected"]
        return acts.CorrectNumber(
            uscc=uscc, kind=chosen.kind.code, number=chosen.number, corrected=corrected
        )


class RevokeForm(HeldForm):
    title = "取消资质"
    help = "资质被取消，或企业退出该名单。已登记过取消日期的，按新的日期更正。"
    on = day_field("取消日期", "从这一天起不再有效。")

    def build_act(self, uscc: str) -> acts.Act:
        return acts.Revoke(uscc=uscc, on=self.cleaned_data["on"], **self.qualification_key())
