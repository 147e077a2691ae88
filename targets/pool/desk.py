"""The pool's lists as a place of bulk changes: proposals, stages, reviews, leaving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.http import QueryDict
from django.utils import timezone

from enterprises.bulk.desk import BulkAct, BulkDesk, BulkForm
from enterprises.firms.forms.change_forms import day_field
from enterprises.firms.forms.pool_forms import TOLD_ENDINGS
from enterprises.models import Advice, Enterprise, PoolEntry
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.refusal import Refusal
from enterprises.registry import acts
from enterprises.registry.acts import Act
from parks.filters import styled
from parks.models import User
from targets.pool.question import PoolListForm
from targets.pool.reading import PoolRow, read_pool, rows_of
from targets.pool.rules import rules_on

REFUSAL = "您不能在这里办理后备库。"
Source = PoolEntry.Source


class PoolActForm(BulkForm):
    on = day_field("自", "从这一天起生效。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)


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
    why = forms.CharField(label="退库原因", max_length=200)


class DeclineAdviceForm(PoolActForm):
    why = forms.CharField(label="不采用的理由", max_length=200)


class PoolAct(BulkAct):
    """An act that looks at the firm's present stay and at what is proposed for it."""

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        rows = rows_of(firms, timezone.localdate())
        return {firm.uscc: self.of_row(rows[firm.pk], values) for firm in firms}

    def of_row(self, row: PoolRow, values: Mapping[str, Any]) -> list[Act] | str:
        raise NotImplementedError


class AdoptAdvice(PoolAct):
    code, label, form = "adopt", "采用建议", AdoptAdviceForm

    def of_row(self, row: PoolRow, values: Mapping[str, Any]) -> list[Act] | str:
        if row.proposal is None:
            return "没有建议"
        why = f"自检：符合{row.met}项，不符合{row.failed}项，缺数据{row.missing}项"
        if row.proposal.advice is Advice.LEAVE:
            return [
                acts.LeavePool(
                    uscc=row.uscc,
                    on=values["on"],
                    because=why,
                    exit_kind=PoolEntry.Ending.UNFIT.value,
                )
            ]
        told = {"source": Source.SELF_CHECK.value} if row.stay is None else {}
        return [enter(row, row.proposal.stage, values, reason=why, **told)]


class ToPoolStage(PoolAct):
    code, label, form = "stage", "入库或转入层级", PoolStageForm

    def of_row(self, row: PoolRow, values: Mapping[str, Any]) -> list[Act] | str:
        return [enter(row, values["stage"], values, reason=values["why"], source=values["source"])]


class ReviewStay(PoolAct):
    code, label, form = "review", "复核，维持现层级", StayReviewForm

    def of_row(self, row: PoolRow, values: Mapping[str, Any]) -> list[Act] | str:
        if row.stay is None:
            return "不在库"
        if values["next_review"] <= values["on"]:
            return "下次复核须晚于本次"
        return [
            acts.EnterPool(
                uscc=row.uscc,
                stage=row.stay.stage,
                target_year=row.stay.target_year,
                on=values["on"],
                reason=values["why"],
                next_review=values["next_review"],
            )
        ]


class EndStay(PoolAct):
    code, label, form = "leave", "退库", PoolLeavingForm

    def of_row(self, row: PoolRow, values: Mapping[str, Any]) -> list[Act] | str:
        if row.stay is None:
            return "不在库"
        return [
            acts.LeavePool(
                uscc=row.uscc,
                on=values["on"],
                because=values["why"],
                exit_kind=values["exit_kind"],
            )
        ]


class DeclineProposal(PoolAct):
    code, label, form = "decline", "不采用建议", DeclineAdviceForm

    def of_row(self, row: PoolRow, values: Mapping[str, Any]) -> list[Act] | str:
        if row.proposal is None:
            return "没有建议"
        on: dt.date = values["on"]
        return [
            acts.DeclineAdvice(
                uscc=row.uscc,
                advice=row.proposal.advice.value,
                stage=row.proposal.stage,
                on=on,
                until=on + relativedelta(months=rules_on(on).decline_months),
                why=values["why"],
            )
        ]


def enter(row: PoolRow, stage: str, values: Mapping[str, Any], **told: Any) -> Act:
    known = row.stay.target_year if row.stay else None
    year = values["target_year"] or known or rules_on(values["on"]).year_to_aim_at(values["on"])
    return acts.EnterPool(uscc=row.uscc, stage=stage, target_year=year, on=values["on"], **told)


def may_write(user: User) -> bool:
    return rules_on(timezone.localdate()).may_decide(user)


def filtered(query: str, user: User) -> Sequence[str]:
    form = PoolListForm(QueryDict(query), user=user)
    if not form.is_valid():
        raise Refusal(" ".join(form.problems), "invalid")
    question = form.question()
    reading = read_pool(question.on, user, question.unit)
    return [row.uscc for row in question.listed(reading)]


DESK = BulkDesk(
    code="pool",
    title="后备库",
    home="pool",
    acts=(AdoptAdvice(), ToPoolStage(), ReviewStay(), EndStay(), DeclineProposal()),
    filtered=filtered,
    may_write=may_write,
    refusal=REFUSAL,
)
