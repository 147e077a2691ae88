"""The form in which a person tells where a firm's application stands."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from enterprises.applications.rules import (
    ApplicationStanding,
    owners_for,
    resulting_certificates,
)
from enterprises.firms.forms.change_forms import Reconsidered, day_field
from enterprises.firms.owners.standing import in_words
from enterprises.models import (
    Application,
    Enterprise,
    IpItem,
    Qualification,
    QualificationKind,
    RejectionReason,
)
from enterprises.models.application import MOST_BATCHES
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts
from enterprises.registry.acts.application import NEXT_STEP
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from parks.filters import StrictForm, styled
from parks.models import User


class UsableItemsField(forms.ModelMultipleChoiceField):
    """Items that an application may name."""

    def label_from_instance(self, obj: IpItem) -> str:  # type: ignore[override]
        used = f"（已用于{obj.used_last}年申报）" if obj.used_last else ""
        return f"{obj.in_full}{used}"


class ApplicationForm(Reconsidered):
    """Fields are named as in the registry's refusals; `seen` is the state the person decided on."""

    stage = forms.ChoiceField(label="申报状态", choices=Application.Stage.choices)
    on = day_field("状态起始日", "从这一天起。状态不变、只改其他各项的，原日期不变。")
    year = forms.IntegerField(
        label="申报年度",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="申报哪一年度的认定。",
    )
    batch = forms.IntegerField(label="批次", required=False, min_value=1, max_value=MOST_BATCHES)
    agency = forms.CharField(
        label="辅导机构",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "agencies"}),
    )
    rejected_for = forms.ModelChoiceField(
        RejectionReason.objects.all(),
        label="未通过原因",
        required=False,
        empty_label="不是未通过，或原因未知",
        to_field_name="code",
    )
    note = forms.CharField(
        label="备注",
        required=False,
        max_length=200,
        help_text="放弃的必须写明原因；未通过的请写明原因。",
    )
    next_action = forms.CharField(
        label="下一步",
        required=False,
        max_length=60,
        help_text="要做的事，如“催齐材料”；没有则不填。",
    )
    next_on = forms.DateField(
        label="下一步日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    owner = forms.ChoiceField(label="责任人", required=False, choices=[])
    items = UsableItemsField(
        IpItem.objects.none(),
        label="申报所用的知识产权",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="转为“已申报”时勾选，记入各项的使用年度；申报未通过的也保留。Ⅱ类只能用一次。",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    second_look = (*Reconsidered.second_look, "reason")
    reason = forms.CharField(label="理由", required=False, max_length=200)

    def __init__(
        self,
        data: Any,
        *,
        firm: Enterprise,
        kind: QualificationKind,
        standing: ApplicationStanding,
        user: User,
    ) -> None:
        super().__init__(data)
        self.firm, self.kind = firm, kind
        self.doubts: list[str] = []
        """What the registry asks to look at once more."""
        last, today = self._unfinished(standing), timezone.localdate()
        self.initial = {
            "stage": "preparing",
            "year": today.year,
            "on": today,
            "seen": standing.seen,
        }
        if last:
            for name in ("stage", "year", "batch", "agency", "note", *NEXT_STEP):
                self.initial[name] = getattr(last, name)
            self.initial["rejected_for"] = last.rejected_for and last.rejected_for.code
        self._offer_owners(user, last)
        self._offer_items()
        styled(self)
        self.fields["confirmed"].widget.attrs["class"] = "form-check-input"

    def _offer_owners(self, user: User, last: Application | None) -> None:
        offered = {person.username: in_words(person) for person in owners_for(user)}
        if last and last.owner:
            # Whoever was told before stays, also where the account has gone.
            offered.setdefault(last.owner, last.owner)
        field = cast(forms.ChoiceField, self.fields["owner"])
        field.choices = [("", "未定"), *offered.items()]

    def _offer_items(self) -> None:
        """Only an application for the certificate uses them up."""
        owned = IpItem.objects.owned_on(timezone.localdate()).filter(enterprise=self.firm)
        if self.kind.code != CERTIFIED_KIND or not owned.exists():
            del self.fields["items"]
            return
        cast(UsableItemsField, self.fields["items"]).queryset = owned.select_related("kind")

    def _unfinished(self, standing: ApplicationStanding) -> Application | None:
        """The application that stands, unless a certificate came of it."""
        last = standing.last
        if last is None or self._resulting_certificate(last.year):
            return None
        return last

    def _resulting_certificate(self, year: int) -> Qualification | None:
        """The certificate of an application's year, or of a later one."""
        found = resulting_certificates(self.kind, year, [self.firm.pk])
        return found.get(self.firm.pk)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if certificate := self._resulting_certificate(year):
            raise ValidationError(
                f"该企业已有{certificate.class_year}年度的证书（{certificate}），申报年度须晚于它。"
            )
        return year

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("stage") == Application.Stage.GIVEN_UP and not cleaned.get("note"):
            self.add_error("note", "放弃申报须写明原因。")
        if cleaned.get("rejected_for") and cleaned.get("stage") != Application.Stage.REJECTED:
            self.add_error("rejected_for", "只有未通过的申报才填未通过原因。")
        if cleaned.get("items") and cleaned.get("stage") != Application.Stage.FILED:
            self.add_error("items", "只有转为“已申报”的才登记所用的知识产权。")
        return cleaned

    def build_acts(self) -> list[acts.Act]:
        """The acts of a valid form: where it stands, what comes next, which rights it uses."""
        of_firm: dict[str, Any] = {"uscc": self.firm.uscc, "kind": self.kind.code}
        beside = ("seen", "items", *self.second_look, *NEXT_STEP)
        values = {name: value for name, value in self.cleaned_data.items() if name not in beside}
        reason: RejectionReason | None = values.pop("rejected_for")
        values["rejected_for"] = reason.code if reason else ""
        step: dict[str, Any] = {name: self.cleaned_data[name] for name in NEXT_STEP}
        return [
            acts.Apply(**of_firm, confirmed=self.is_confirmed, **values),
            acts.NextStep(**of_firm, **step),
            *self._uses(),
        ]

    def _uses(self) -> list[acts.Act]:
        told = self.cleaned_data
        return [
            acts.UseIpItem(
                uscc=self.firm.uscc,
                right=item.kind_id,
                number=item.number,
                year=told["year"],
                on=told["on"],
                confirmed=self.is_confirmed,
            )
            for item in told.get("items") or ()
        ]

    def decide_on(self, standing: ApplicationStanding) -> None:
        """Keep all that was entered and its errors, but on the state as it stands now."""
        if hasattr(self.data, "dict"):
            # A copy of its kind: of several ticks none is lost.
            data = cast(QueryDict, self.data).copy()
            data["seen"] = str(standing.seen)
            self.data = data


class ApplicationPageForm(StrictForm):
    """`kind`: the qualification applied for; `next`: the page to go back to."""

    kind = forms.ModelChoiceField(
        QualificationKind.objects.all(), label="资质类别", required=False, to_field_name="code"
    )
    next = forms.CharField(label="返回地址", required=False, max_length=500)
