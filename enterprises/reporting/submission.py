"""The steps of a version: handing in, taking back, remarks, returning, approving.

Each is a conditional UPDATE.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises import jobs
from enterprises.models import QuarterEvent, Remark, RosterFirm, RosterVersion, VersionState
from enterprises.models.job import JobState
from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from enterprises.reporting import answers, cases, intake, quarters
from parks.models import User

APPLY = "roster_apply"
State = VersionState
Event = QuarterEvent.Kind
NAMED = 3
"""Firms or cases named in a refusal."""


def hand_in(version: RosterVersion, *, by: User) -> None:
    """The unit declares the roster complete.

    Raises Refusal, which names everything that is still open.
    """
    quarters.refuse_when_shut(version.roster.quarter, version.roster.unit)
    with transaction.atomic():
        intake.lock_roster(version.roster)
        # The page may be older than the last check.
        version.refresh_from_db()
        _refuse_unless_latest(version)
        if points := points_open(version):
            raise Refusal("还不能报送：" + "；".join(points) + "。", "unanswered")
        submitted = {"submitted_by": by, "submitted_at": timezone.now()}
        change_state(version, [State.READY], State.SUBMITTED, **submitted)
        QuarterEvent.objects.record(Event.HANDED_IN, version, by=by)
        # In the same transaction: a version under review always has its cases.
        cases.open_cases_for(version)
        notices.tell_bureau(
            f"{version.roster.unit}报送了{version.roster.quarter}名册。", notices.link_to(version)
        )


def points_open(version: RosterVersion) -> list[str]:
    """What keeps a version from being handed in, in words; empty when nothing does."""
    return points_of(version, answers.firms_without_answer(version))


def points_of(version: RosterVersion, firms: Sequence[RosterFirm]) -> list[str]:
    """The same, where the firms that lack an answer are known already."""
    if version.state == State.FAULTY:
        return [f"文件中有{version.summary.get('errors', 0)}个错误"]
    points = []
    if firms:
        names = "、".join(firm.name for firm in firms[:NAMED])
        points.append(f"有{len(firms)}家企业需要说明（{names}等）")
    if groups := answers.groups_without_reason(version):
        points.append(f"有{len(groups)}组提醒需要填写理由")
    return points


def take_back(version: RosterVersion, *, by: User) -> None:
    """Before anybody has decided, the unit may take its roster back and change it."""
    with transaction.atomic():
        intake.lock_roster(version.roster)
        change_state(version, [State.SUBMITTED], State.READY, submitted_by=None, submitted_at=None)
        # After the change of state, so that this version's statements no longer count.
        cases.withdraw_for(version)
        QuarterEvent.objects.record(Event.TAKEN_BACK, version, by=by)
        notices.tell_bureau(
            f"{version.roster.unit}撤回了{version.roster.quarter}名册。", notices.link_to(version)
        )


def add_remark(
    version: RosterVersion, text: str, *, by: User, uscc: str = "", cell: str = ""
) -> Remark:
    """Add a remark on a firm, a cell or the whole roster, and tell the other side."""
    with transaction.atomic():
        remark = _store_remark(version, text, by=by, uscc=uscc, cell=cell)
        sentence = f"对{version.roster.quarter}名册的意见：{remark.text}"
        # A person with a unit speaks for it; people of the bureau have none.
        if by.unit_id:
            notices.tell_bureau(f"{version.roster.unit}{sentence}", notices.link_to(version))
        else:
            notices.tell_unit(version.roster.unit, f"科技局{sentence}", notices.link_to(version))
    return remark


def _store_remark(
    version: RosterVersion, text: str, *, by: User, uscc: str = "", cell: str = ""
) -> Remark:
    text = text.strip()
    if not text:
        raise Refusal("意见不能为空。", "invalid")
    if version.is_draft:
        raise Refusal("这一版尚未报送，还不能提意见。")
    firm_name = ""
    if uscc:
        firm = version.firms.filter(uscc=uscc).first()
        if firm is None:
            raise Refusal("所提企业不在这一版名册中。", "invalid")
        firm_name, cell = firm.name, cell or firm.cell
    return Remark.objects.create(
        version=version,
        uscc=uscc,
        firm_name=firm_name,
        cell=cell[:80],
        text=text[:500],
        by=by,
    )


def return_to_unit(version: RosterVersion, *, by: User, text: str = "") -> None:
    """Send the roster back to its unit. At least one remark of the bureau must say why."""
    with transaction.atomic():
        intake.lock_roster(version.roster)
        # Not add_remark: the unit gets one notice of the return, not two.
        if text.strip():
            _store_remark(version, text, by=by)
        if not version.remarks.filter(by__unit=None).exists():
            raise Refusal("退回前请写明意见。", "reason")
        decided = {"decided_by": by, "decided_at": timezone.now(), "same_person_reason": ""}
        change_state(version, _under_review(version), State.RETURNED, **decided)
        QuarterEvent.objects.record(Event.RETURNED, version, by=by, reason=text)
        cases.withdraw_for(version)
        text = f"{version.roster.quarter}名册被退回，请按意见修改后重新报送。"
        notices.tell_unit(version.roster.unit, text, notices.link_to(version))


def approve_version(version: RosterVersion, *, by: User, same_person_reason: str = "") -> None:
    """Accept the roster and queue its writing. Of two who approve at once, one succeeds.

    Whoever sent it in leaves this to another person, or writes why it must be the same.
    """
    with transaction.atomic():
        intake.lock_roster(version.roster)
        # It may have been taken back and handed in by another person since the page was opened.
        version.refresh_from_db()
        if version.state not in _under_review(version):
            raise _out_of_step(version)
        alone = version.was_sent_by(by)
        reason = same_person_reason.strip()[:200] if alone else ""
        if alone and not reason:
            raise Refusal(_who_else_approves(by), "reason")
        if undecided := cases.undecided_about(version):
            names = "、".join(case.name for case in undecided[:NAMED])
            raise Refusal(
                f"还有{len(undecided)}件归属事项没有决定（{names}等），请先决定。", "cases"
            )
        decided = {"decided_by": by, "decided_at": timezone.now(), "same_person_reason": reason}
        change_state(version, _under_review(version), State.APPROVED, **decided)
        event = Event.APPROVED_ALONE if alone else Event.APPROVED
        QuarterEvent.objects.record(event, version, by=by, reason=reason)
        # In this transaction: an approved version without a job would wait for ever.
        job = jobs.submit(kind=APPLY, params={"version": version.pk}, by=by)
        # The page shows the progress of this job instead of that of the check.
        RosterVersion.objects.filter(pk=version.pk).update(job=job)


def _who_else_approves(user: User) -> str:
    """The refusal of an approval by whoever sent the roster in: who else could, and what if none."""
    others = list(notices.people_of_bureau().exclude(pk=user.pk).order_by("pk"))
    names = "、".join(str(other) for other in others[:NAMED])
    by_whom = (
        f"请由{names}{'等' if len(others) > NAMED else ''}审核" if others else "没有其他人可审核"
    )
    return (
        "这一版由您上传或报送，应由另一人审核："
        f"{by_whom}。确实只能由您审核的，请填写“经办与审核为同一人的说明”。"
    )


def _under_review(version: RosterVersion) -> list[str]:
    """States in which the bureau may decide: approved ones too, once their writing has failed."""
    states: list[str] = [State.SUBMITTED]
    if has_given_up(version):
        states.append(State.APPROVED)
    return states


def has_given_up(version: RosterVersion) -> bool:
    """Whether the job that should write the approved roster has failed for good."""
    return RosterVersion.objects.filter(
        pk=version.pk, job__kind=APPLY, job__state=JobState.FAILED
    ).exists()


def change_state(
    version: RosterVersion, before: Collection[str], after: str, **values: Any
) -> None:
    """Change the state, and set the values, if the state still is one of `before`.

    Raises Refusal otherwise.
    """
    in_time = RosterVersion.objects.filter(pk=version.pk, state__in=before)
    # One conditional statement decides: between a read and a write somebody else could act.
    changed = in_time.update(state=after, **values)
    version.refresh_from_db()
    if not changed:
        raise _out_of_step(version)


def _out_of_step(version: RosterVersion) -> Refusal:
    return Refusal(
        f"这一版现在的状态是“{version.get_state_display()}”，不能进行这一步。请刷新页面。"
    )


def _refuse_unless_latest(version: RosterVersion) -> None:
    # An older version lacks what the unit has corrected since.
    latest = version.roster.latest
    if latest and latest.pk != version.pk:
        raise Refusal(f"已有更新的第{latest.number}版，请报送最新的一版。")
