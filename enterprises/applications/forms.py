"""The form in which a person tells where a firm's application stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from enterprises.applications.rules import ApplicationStanding, resulting_certificates
from enterprises.firms.change_forms import Reconsidered, day_field
from enterprises.models import Application, Enterprise, Qualification, QualificationKind
from enterprises.models.application import MOST_BATCHES
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts
from parks.filters import StrictForm, styled


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
    agency = forms.CharField(label="辅导机构", required=False, max_length=60)
    note = forms.CharField(
        label="备注",
        required=False,
        max_length=200,
        help_text="放弃的必须写明原因；未通过的请写明原因。",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    second_look = (*Reconsidered.second_look, "reason")
    reason = forms.CharField(label="理由", required=False, max_length=200)

    def __init__(
        self, data: Any, *, firm: Enterprise, kind: QualificationKind, standing: ApplicationStanding
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
            for name in ("stage", "year", "batch", "agency", "note"):
                self.initial[name] = getattr(last, name)
        styled(self)
        self.fields["confirmed"].widget.attrs["class"] = "form-check-input"

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
        return cleaned

    def build_act(self) -> acts.Apply:
        """The act of a valid form."""
        beside = ("seen", *self.second_look)
        values = {name: value for name, value in self.cleaned_data.items() if name not in beside}
        return acts.Apply(
            uscc=self.firm.uscc, kind=self.kind.code, confirmed=self.is_confirmed, **values
        )

    def decide_on(self, standing: ApplicationStanding) -> None:
        """Keep all that was entered and its errors, but on the state as it stands now."""
        if hasattr(self.data, "dict"):
            self.data = {**self.data.dict(), "seen": str(standing.seen)}


class ApplicationPageForm(StrictForm):
    """`kind`: the qualification applied for; `next`: the page to go back to."""

    kind = forms.ModelChoiceField(
        QualificationKind.objects.all(), label="资质类别", required=False, to_field_name="code"
    )
    next = forms.CharField(label="返回地址", required=False, max_length=500)
