"""The pool's lists as a place of bulk changes: proposals, stages, reviews, leaving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.http import QueryDict
from django.utils import timezone

from enterprises.bulk.desk import BulkAct, BulkDesk, BulkForm, understood
from enterprises.bulk.stays import NOT_POOLED, EndStay, SetStage, StayAct, before_its_stay
from enterprises.firms.forms.change_forms import day_field
from enterprises.firms.forms.pool_forms import TOLD_ENDINGS
from enterprises.models import Advice, Enterprise, PoolEntry
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts
from enterprises.registry.acts import Act
from parks.models import User
from targets.pool.question import PoolListForm
from targets.pool.reading import PoolRow, read_pool, rows_of
from targets.pool.rules import PoolProposal, rules_on

REFUSAL = "您不能在这里办理后备库。"
Source = PoolEntry.Source


class PoolActForm(BulkForm):
    on = day_field("自", "从这一天起生效。")


class AdoptAdviceForm(PoolActForm):
    target_year = forms.IntegerField(
        label="拟申报年度",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="入库、升级的企业；不填的，已有的不变，没有的按下一申报年度。",
    )


class PoolStageForm(AdoptAdviceForm):
    stage = forms.ChoiceField(label="层级", choices=PoolEntry.Stage.choices)
    source = forms.ChoiceField(
        label="入库来源", required=False, choices=[("", "不填"), *Source.choices]
    )
    why = forms.CharField(label="理由", max_length=200)


class StayReviewForm(PoolActForm):
    next_review = day_field("下次复核", may_come=True)
    why = forms.CharField(label="复核意见", max_length=200)


class PoolLeavingForm(PoolActForm):
    exit_kind = forms.ChoiceField(label="退库情形", choices=TOLD_ENDINGS)
    because = forms.CharField(label="退库原因", max_length=200)


class DeclineAdviceForm(PoolActForm):
    why = forms.CharField(label="不采用的理由", max_length=200)


class ProposalAct(BulkAct):
    """An act that follows, or does not follow, what is proposed for each firm."""

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        rows = rows_of(firms, timezone.localdate())
        return {firm.uscc: self._act_of(rows[firm.pk], values) for firm in firms}

    def _act_of(self, row: PoolRow, values: Mapping[str, Any]) -> list[Act] | str:
        if row.proposal is None:
            return "没有建议"
        return self.of_proposal(row, row.proposal, values)

    def of_proposal(
        self, row: PoolRow, proposal: PoolProposal, values: Mapping[str, Any]
    ) -> list[Act] | str:
        raise NotImplementedError


class AdoptAdvice(ProposalAct):
    code, label, form = "adopt", "采用建议", AdoptAdviceForm

    def of_proposal(
        self, row: PoolRow, proposal: PoolProposal, values: Mapping[str, Any]
    ) -> list[Act] | str:
        stay, on = row.stay, values["on"]
        if too_early := before_its_stay(stay, on):
            return too_early
        why = f"自检：符合{row.met}项，不符合{row.failed}项，缺数据{row.missing}项"
        if proposal.advice is Advice.LEAVE:
            unfit = PoolEntry.Ending.UNFIT.value
            return [acts.LeavePool(uscc=row.uscc, on=on, because=why, exit_kind=unfit)]
        known = stay.target_year if stay else None
        return [
            acts.EnterPool(
                uscc=row.uscc,
                stage=proposal.stage,
                target_year=values["target_year"] or known or usual_year(on),
                on=on,
                source="" if stay else Source.SELF_CHECK.value,
                reason=why,
            )
        ]


class ToPoolStage(SetStage):
    code, label, form = "stage", "入库或转入层级", PoolStageForm

    def usual_year(self, on: dt.date) -> int | None:
        return usual_year(on)


class ReviewStay(StayAct):
    code, label, form = "review", "复核，维持现层级", StayReviewForm

    def of_stay(
        self, firm: Enterprise, stay: PoolEntry | None, values: Mapping[str, Any]
    ) -> list[Act] | str:
        if stay is None:
            return NOT_POOLED
        if values["next_review"] <= values["on"]:
            return "下次复核须晚于本次"
        return [
            acts.EnterPool(
                uscc=firm.uscc,
                stage=stay.stage,
                target_year=stay.target_year,
                on=values["on"],
                reason=values["why"],
                next_review=values["next_review"],
            )
        ]


class LeaveTold(EndStay):
    code, label, form = "leave", "退库", PoolLeavingForm


class DeclineProposal(ProposalAct):
    code, label, form = "decline", "不采用建议", DeclineAdviceForm

    def of_proposal(
        self, row: PoolRow, proposal: PoolProposal, values: Mapping[str, Any]
    ) -> list[Act] | str:
        on: dt.date = values["on"]
        until = on + relativedelta(months=rules_on(on).decline_months)
        if until <= timezone.localdate():
            return f"按{on}计，不再提示的期限到{until}已过"
        return [
            acts.DeclineAdvice(
                uscc=row.uscc,
                advice=proposal.advice.value,
                stage=proposal.stage,
                on=on,
                until=until,
                why=values["why"],
            )
        ]


def usual_year(on: dt.date) -> int:
    return rules_on(on).year_to_aim_at(on)


def may_write(user: User) -> bool:
    return rules_on(timezone.localdate()).may_decide(user)


def filtered(query: str, user: User) -> Sequence[str]:
    form = understood(PoolListForm(QueryDict(query), user=user))
    question = form.question()
    reading = read_pool(question.on, user, question.unit)
    return [row.uscc for row in question.listed(reading)]


DESK = BulkDesk(
    code="pool",
    title="后备库",
    home="pool",
    acts=(AdoptAdvice(), ToPoolStage(), ReviewStay(), LeaveTold(), DeclineProposal()),
    filtered=filtered,
    may_write=may_write,
    refusal=REFUSAL,
)
