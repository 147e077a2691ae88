"""What can be done to many applications at once: a further stage, a next step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from enterprises.applications.rules import (
    NO_SUCH_KIND,
    owners_for,
    resulting_certificates,
)
from enterprises.bulk.desk import BulkAct, BulkForm
from enterprises.firms.forms.change_forms import day_field
from enterprises.firms.owners.standing import in_words
from enterprises.models import (
    Application,
    Enterprise,
    QualificationKind,
    RejectionReason,
)
from enterprises.models.application import MOST_BATCHES
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts
from enterprises.registry.acts import Act
from enterprises.rosters.definition.columns import CERTIFIED_KIND

Stage = Application.Stage
FORWARD = (Stage.PREPARING, Stage.FILED, Stage.PUBLICITY)
"""In the order in which an application goes on."""


class OfKind(BulkForm):
    """`kind`: the list's; without one, the one with the usual course."""

    kind = forms.ModelChoiceField(
        QualificationKind.objects.all(),
        required=False,
        to_field_name="code",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": NO_SUCH_KIND},
    )

    def clean_kind(self) -> QualificationKind:
        kind: QualificationKind | None = self.cleaned_data["kind"]
        return kind or QualificationKind.objects.get(code=CERTIFIED_KIND)


class StageForm(OfKind):
    on = day_field("自", "从这一天起处于该状态。")
    year = forms.IntegerField(
        label="申报年度", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR,
        help_text="不填为起始日所在年度。",
    )  # fmt: skip
    batch = forms.IntegerField(
        label="批次", required=False, min_value=1, max_value=MOST_BATCHES, help_text="不填则不变。"
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        on: dt.date | None = cleaned.get("on")
        if on and not cleaned.get("year") and "year" not in self.errors:
            cleaned["year"] = on.year
        return cleaned


class RejectedForm(StageForm):
    rejected_for = forms.ModelChoiceField(
        RejectionReason.objects.all(),
        label="未通过原因",
        required=False,
        empty_label="未知",
        to_field_name="code",
    )
    note = forms.CharField(label="备注", required=False, max_length=200)


class GivenUpForm(StageForm):
    note = forms.CharField(label="放弃的原因", max_length=200)


class ToStage(BulkAct):
    """The applications of the year go on to a stage; what was told of them stays."""

    def __init__(self, stage: Stage, form: type[StageForm], *, begins: bool = False) -> None:
        self.code, self.label, self.form = stage.value, f"转为{stage.label}", form
        self._stage, self._begins = stage, begins

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        kind, year = values["kind"], values["year"]
        ids = [firm.pk for firm in firms]
        present = _present_applications(ids, kind)
        certified = resulting_certificates(kind, year, ids)
        return {
            firm.uscc: self._of_firm(firm, present.get(firm.pk), firm.pk in certified, values)
            for firm in firms
        }

    def _of_firm(
        self,
        firm: Enterprise,
        last: Application | None,
        is_certified: bool,
        values: Mapping[str, Any],
    ) -> list[Act] | str:
        year = values["year"]
        if is_certified:
            return f"已有{year}年度或以后的证书"
        if last is not None and last.year > year:
            return f"已登记{last.year}年的申报"
        goes_on = last is not None and last.year == year
        if not goes_on and not self._begins:
            return f"没有{year}年的申报记录"
        if last is not None and goes_on and _goes_back(last.stage, self._stage):
            return f"已是“{last.get_stage_display()}”，不退回{self._stage.label}"
        reason = values.get("rejected_for")
        told = {
            "batch": values["batch"] or (last.batch if last and goes_on else None),
            "agency": last.agency if last and goes_on else "",
            "note": values.get("note", ""),
            "rejected_for": reason.code if reason else "",
        }
        return [
            acts.Apply(
                uscc=firm.uscc,
                kind=values["kind"].code,
                year=year,
                stage=self._stage.value,
                on=values["on"],
                **told,
            )
        ]


def _goes_back(before: str, after: Stage) -> bool:
    """All of a filter are never taken back by the way: who was told wrong is put right one by one."""
    forward = [stage.value for stage in FORWARD]
    if before not in forward or after not in forward:
        return False
    return forward.index(after) < forward.index(before)


class NextStepForm(OfKind):
    next_action = forms.CharField(label="下一步", required=False, max_length=60)
    next_on = forms.DateField(
        label="日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    owner = forms.ChoiceField(label="责任人", required=False, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(person.username, in_words(person)) for person in owners_for(self.user)]
        self.fields["owner"].choices = [("", "不变"), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        action, on = cleaned.get("next_action"), cleaned.get("next_on")
        if action and not on and "next_on" not in self.errors:
            self.add_error("next_on", "下一步须写明日期。")
        if on and not action:
            self.add_error("next_action", "请写明下一步做什么。")
        if on and on < timezone.localdate():
            self.add_error("next_on", "下一步的日期不得早于今天。")
        if not action and not on and not cleaned.get("owner") and not self.errors:
            self.add_error("next_action", "请写明下一步，或选责任人。")
        return cleaned


class ToNextStep(BulkAct):
    """What comes next, or only who answers for it."""

    code, label, form = "next_step", "登记下一步", NextStepForm

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        kind = values["kind"]
        present = _present_applications([firm.pk for firm in firms], kind)
        certified = _already_certified(present, kind)
        told: dict[str, list[Act] | str] = {}
        for firm in firms:
            last = present.get(firm.pk)
            if last is None:
                told[firm.uscc] = "没有申报记录"
                continue
            # The stage stays on record after the certificate: nothing comes next of it.
            if firm.pk in certified:
                told[firm.uscc] = f"{last.year}年的申报已取得证书"
                continue
            told[firm.uscc] = [next_step(firm, last, values)]
        return told


def next_step(firm: Enterprise, last: Application | None, values: Mapping[str, Any]) -> Act:
    """The step of a NextStepForm's values. Only the owner is told: the step that stands stays."""
    action, on = values["next_action"], values["next_on"]
    if last and not action:
        action, on = last.next_action, last.next_on
    return acts.NextStep(
        uscc=firm.uscc,
        kind=values["kind"].code,
        next_action=action,
        next_on=on,
        owner=values["owner"] or (last.owner if last else ""),
    )


def _present_applications(
    firm_ids: Sequence[int], kind: QualificationKind
) -> dict[int, Application]:
    """Firm → its application that stands; one query."""
    rows = Application.objects.filter(enterprise__in=firm_ids, kind=kind, until=None)
    return {row.enterprise_id: row for row in rows}


def _already_certified(present: Mapping[int, Application], kind: QualificationKind) -> set[int]:
    """Firms whose application has brought a certificate; a query for each year applied for."""
    found: set[int] = set()
    for year in {row.year for row in present.values()}:
        ids = [firm for firm, row in present.items() if row.year == year]
        found |= set(resulting_certificates(kind, year, ids))
    return found


ACTS: tuple[BulkAct, ...] = (
    ToStage(Stage.PUBLICITY, StageForm),
    ToStage(Stage.FILED, StageForm, begins=True),
    ToStage(Stage.PREPARING, StageForm, begins=True),
    ToStage(Stage.REJECTED, RejectedForm),
    ToStage(Stage.GIVEN_UP, GivenUpForm),
    ToNextStep(),
)
