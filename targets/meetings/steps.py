"""A decision and what is done about it: one step after another, each under the decision's lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from parks.models import Unit, User
from targets.models import (
    AgendaItem,
    Decision,
    DecisionState,
    DecisionStep,
    Indicator,
    Meeting,
    StepFile,
    TaskFile,
)

Kind = DecisionStep.Kind


@dataclass(frozen=True)
class DecisionMeasure:
    """The columns of a decision that is measured. `began_at`: what the figure is when the decision is made, None where it cannot be told."""

    quantity: str
    indicator: Indicator
    unit: Unit
    value: int
    began_at: int | None


@dataclass(frozen=True)
class NewDecision:
    words: str
    lead: Unit
    due: dt.date
    item: AgendaItem | None = None
    supporting: Sequence[Unit] = ()
    measure: DecisionMeasure | None = None


@dataclass(frozen=True)
class NewStep:
    """`lead` of a re-assignment, `due` of a moved day. `files`: stored as
    those of key tasks are, rows not saved."""

    kind: str
    text: str = ""
    files: Sequence[TaskFile] = ()
    lead: Unit | None = None
    due: dt.date | None = None


def decide(meeting: Meeting, new: NewDecision, *, by: User) -> Decision:
    """Record what a meeting decided, and tell those who have to see to it."""
    if new.due < meeting.day:
        raise Refusal("办结期限早于会议日期。", "invalid")
    with transaction.atomic():
        locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if not locked.is_held:
            raise Refusal("会议还没有召开，不能记决定。请先登记为已召开。")
        last = locked.decisions.aggregate(last=Max("number"))["last"] or 0
        decision = Decision.objects.create(
            meeting=locked,
            item=new.item,
            number=last + 1,
            words=new.words,
            **(vars(new.measure) if new.measure else {}),
        )
        supporting = [unit for unit in new.supporting if unit != new.lead]
        decision.supporting.set(supporting)
        DecisionStep.objects.create(
            decision=decision,
            number=1,
            kind=Kind.MADE,
            lead=new.lead,
            due=new.due,
            state=DecisionState.OPEN,
            by=by,
            at=timezone.now(),
        )
        due = f"限{new.due:%Y年%m月%d日}办结"
        for unit in (new.lead, *supporting):
            role = "牵头" if unit == new.lead else "配合"
            tell(unit, f"联席会议决定{decision.code}由您单位{role}，{due}：{new.words}", decision)
    return decision


def take(decision: Decision, new: NewStep, *, by: User, seen: int) -> DecisionStep:
    """The next step. `seen`: number of the last step that its writer saw.

    Raises Refusal where a rule is against it. Whether the person may take such a step at all is
    `rights.may_take`.
    """
    with transaction.atomic():
        Decision.objects.select_for_update().get(pk=decision.pk)
        steps = DecisionStep.objects.filter(decision=decision).select_related("lead", "by")
        history = list(steps.order_by("number"))
        last = history[-1]
        # Sent twice: the same words of the same person after the same step.
        if last.number == seen + 1 and (last.kind, last.text, last.by) == (new.kind, new.text, by):
            return last
        if last.number != seen:
            told = f"{last.by}刚办理过这一项（{last.get_kind_display()}）"
            raise Refusal(f"{told}。您的内容还在，请核对后再登记。", "changed")
        if last.state == DecisionState.CLOSED:
            raise Refusal("这一决定已办结，不再办理。")
        step = DecisionStep(
            decision=decision, number=last.number + 1, kind=new.kind, text=new.text,
            lead=last.lead, due=last.due, state=last.state, by=by, at=timezone.now(),
        )  # fmt: skip
        RULES[new.kind](step, history, new)
        step.save()
        StepFile.objects.bulk_create(
            StepFile(step=step, name=file.name, sha256=file.sha256, size=file.size)
            for file in new.files
        )
        _tell_of(decision, step, last)
    return step


# --- one rule each: changes the step, or refuses it ---
def _progress(step: DecisionStep, history: Sequence[DecisionStep], new: NewStep) -> None:
    _refuse_without_words(new, "请写明进度。")
    if step.state != DecisionState.OPEN:
        raise Refusal("已申请办结，待区科技局核对；退回后才能再报进度。")


def _ask(step: DecisionStep, history: Sequence[DecisionStep], new: NewStep) -> None:
    _refuse_without_words(new, "请写明办理结果。")
    if step.state == DecisionState.ASKED:
        raise Refusal("已申请办结，待区科技局核对。", "identical")
    if not new.files and not _has_evidence(history):
        raise Refusal("没有佐证材料，不能申请办结。请附上文件。", "evidence")
    step.state = DecisionState.ASKED


def _close(step: DecisionStep, history: Sequence[DecisionStep], new: NewStep) -> None:
    asked = _asked(step, history)
    if asked.by == step.by:
        raise Refusal("申请办结和同意办结不能是同一个人，请由科技局另一人核对。", "same_person")
    if not _has_evidence(history):
        raise Refusal("没有佐证材料，不能办结。", "evidence")
    step.state = DecisionState.CLOSED


def _send_back(step: DecisionStep, history: Sequence[DecisionStep], new: NewStep) -> None:
    _asked(step, history)
    _refuse_without_words(new, "退回须写明原因。")
    step.state = DecisionState.OPEN


def _reassign(step: DecisionStep, history: Sequence[DecisionStep], new: NewStep) -> None:
    _refuse_without_words(new, "改派须写明原因。")
    if new.lead is None or new.lead == step.lead:
        raise Refusal("请选择另一个牵头单位。", "invalid")
    # What another body asked for, the new lead has not.
    step.lead, step.state = new.lead, DecisionState.OPEN


def _move_due(step: DecisionStep, history: Sequence[DecisionStep], new: NewStep) -> None:
    _refuse_without_words(new, "改期须写明原因。")
    if new.due is None or new.due == step.due:
        raise Refusal("请填与现在不同的办结期限。", "invalid")
    if new.due < step.decision.meeting.day:
        raise Refusal("办结期限早于会议日期。", "invalid")
    step.due = new.due


RULES: dict[str, Callable[[DecisionStep, Sequence[DecisionStep], NewStep], None]] = {
    Kind.PROGRESS: _progress,
    Kind.ASKED: _ask,
    Kind.CLOSED: _close,
    Kind.SENT_BACK: _send_back,
    Kind.REASSIGNED: _reassign,
    Kind.DUE_MOVED: _move_due,
}


def _refuse_without_words(new: NewStep, sentence: str) -> None:
    if not new.text:
        raise Refusal(sentence, "reason")


def _asked(step: DecisionStep, history: Sequence[DecisionStep]) -> DecisionStep:
    """The step that asks to close."""
    if step.state != DecisionState.ASKED:
        raise Refusal("牵头单位还没有申请办结。")
    return next(one for one in reversed(history) if one.kind == Kind.ASKED)


def _has_evidence(history: Sequence[DecisionStep]) -> bool:
    return StepFile.objects.filter(step__in=[step.pk for step in history]).exists()


# --- telling ---
def address_of(decision: Decision) -> str:
    return reverse("decision", args=[decision.pk])


def tell(unit: Unit, text: str, decision: Decision) -> None:
    """The people of a unit; the bureau's belong to no unit."""
    if unit.code == Unit.BUREAU_CODE:
        notices.tell_bureau(text, address_of(decision))
    else:
        notices.tell_unit(unit, text, address_of(decision))


def _tell_of(decision: Decision, step: DecisionStep, before: DecisionStep) -> None:
    head = f"联席会议决定{decision.code}"
    if step.kind == Kind.ASKED:
        notices.tell_bureau(f"{head}：{step.lead}申请办结，请核对。", address_of(decision))
    elif step.kind == Kind.CLOSED:
        tell(step.lead, f"{head}已同意办结。", decision)
    elif step.kind == Kind.SENT_BACK:
        tell(step.lead, f"{head}的办结申请被退回：{step.text}", decision)
    elif step.kind == Kind.REASSIGNED:
        for unit in (step.lead, before.lead):
            tell(unit, f"{head}改由{step.lead}牵头：{step.text}", decision)
    elif step.kind == Kind.DUE_MOVED:
        tell(step.lead, f"{head}的期限由{before.due}改为{step.due}：{step.text}", decision)
