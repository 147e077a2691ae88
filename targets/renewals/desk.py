"""The list of renewals as a place of bulk changes: stages, next steps with day and owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from enterprises.applications.desk import REFUSAL, may_write
from enterprises.applications.many import (
    GivenUpForm,
    NextStepForm,
    RejectedForm,
    StageForm,
    ToStage,
    next_step,
)
from enterprises.applications.rules import resulting_certificates
from enterprises.bulk.desk import BulkAct, BulkDesk, understood
from enterprises.models import Application, Enterprise, Qualification, QualificationKind
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts
from enterprises.registry.acts import Act
from parks.models import User
from targets.renewals import rules
from targets.renewals.form import RenewalsForm

Stage = Application.Stage


class RenewalStepForm(NextStepForm):
    begins = forms.BooleanField(
        label="未启动的一并转为准备中",
        required=False,
        help_text="下一步记在申报上；未启动的还没有申报，不勾选则不写。",
    )
    year = forms.IntegerField(
        label="申报年度",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="转为准备中的申报哪一年度；不填为今年。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["begins"].widget.attrs["class"] = "form-check-input"

    def clean_year(self) -> int:
        year: int | None = self.cleaned_data["year"]
        return year or timezone.localdate().year


class ToRenewalStep(BulkAct):
    """What comes next for a renewal, also for one that nobody has begun."""

    code, label, form = "next_step", "登记下一步", RenewalStepForm

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        ids, kind, year = [firm.pk for firm in firms], values["kind"], values["year"]
        standing, certified = _unfinished(ids, kind), resulting_certificates(kind, year, ids)
        told: dict[str, list[Act] | str] = {}
        for firm in firms:
            if firm.pk in certified:
                told[firm.uscc] = f"已有{year}年度或以后的证书"
            else:
                told[firm.uscc] = self._of_firm(firm, standing.get(firm.pk), values)
        return told

    def _of_firm(
        self, firm: Enterprise, last: Application | None, values: Mapping[str, Any]
    ) -> list[Act] | str:
        if last is None and not values["begins"]:
            return "未启动，还没有申报记录"
        begun: list[Act] = []
        if last is None:
            begun = [
                acts.Apply(
                    uscc=firm.uscc,
                    kind=values["kind"].code,
                    year=values["year"],
                    stage=Stage.PREPARING.value,
                    on=timezone.localdate(),
                )
            ]
        return [*begun, next_step(firm, last, values)]


def _unfinished(firm_ids: Sequence[int], kind: QualificationKind) -> dict[int, Application]:
    """Firm → the application for what comes after its last certificate; four queries."""
    today = timezone.localdate()
    open_rows = Application.objects.filter(enterprise__in=firm_ids, kind=kind, until=None)
    found = {row.enterprise_id: row for row in open_rows}
    held = Qualification.objects.filter(
        enterprise__in=firm_ids, kind=kind, revoked_on=None, valid_from__lte=today
    )
    last = {each.enterprise_id: each for each in held.order_by("valid_until", "pk")}
    # The row of which the certificate itself came stands, too: it is not the one to go on with.
    standings = rules.standings(list(last.values()), today)
    for firm, certificate in last.items():
        if certificate.pk in standings and standings[certificate.pk].application is None:
            found.pop(firm, None)
    return found


def filtered(query: str, user: User) -> Sequence[str]:
    form = understood(RenewalsForm(QueryDict(query), user=user))
    question = form.question()
    rows = rules.most_urgent_first(question.listed(question.rows(user)))
    # A firm may have two certificates that lapse.
    return list(dict.fromkeys(row.certificate.enterprise.uscc for row in rows))


DESK = BulkDesk(
    code="renewals",
    title="续证",
    home="renewals",
    acts=(
        ToStage(Stage.PREPARING, StageForm, begins=True),
        ToStage(Stage.FILED, StageForm, begins=True),
        ToRenewalStep(),
        ToStage(Stage.PUBLICITY, StageForm),
        ToStage(Stage.REJECTED, RejectedForm),
        # Who never began may give up as well: nobody calls again.
        ToStage(Stage.GIVEN_UP, GivenUpForm, begins=True),
    ),
    filtered=filtered,
    may_write=may_write,
    refusal=REFUSAL,
)
