"""Handing in, taking back, remarking, returning, approving: the steps of a version, each a conditional UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises import jobs
from enterprises.models import Remark, RosterFirm, RosterVersion, VersionState
from enterprises.models.job import JobState
from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from enterprises.reporting import answers, cases, intake, quarters
from parks.models import User

APPLY = "roster_apply"
State = VersionState


def hand_in(version: RosterVersion, *, by: User) -> None:
    """The unit declares the roster complete. Raises Refusal naming everything that is still open."""
    quarters.refuse_when_shut(version.roster.quarter, version.roster.unit)
    with transaction.atomic():
        intake.lock(version.roster)
        version.refresh_from_db()
        _refuse_unless_latest(version)
        if open_points := points_open(version):
            raise Refusal("还不能报送：" + "；".join(open_points) + "。", "unanswered")
        advance(
            version, [State.READY], State.SUBMITTED, submitted_by=by, submitted_at=timezone.now()
        )
        cases.raise_for(version)
        notices.tell_bureau(
            f"{version.roster.unit}报送了{version.roster.quarter}名册。", notices.link_to(version)
        )


def points_open(version: RosterVersion) -> list[str]:
    """What keeps a version from being handed in, in words; empty when nothing."""
    return points_of(version, [] if version.state == State.FAULTY else answers.unanswered(version))


def points_of(version: RosterVersion, firms: Sequence[RosterFirm]) -> list[str]:
    """The same, where the firms that lack an answer are known already."""
    if version.state == State.FAULTY:
        return [f"文件中有{version.summary.get('errors', 0)}个错误"]
    open_points = []
    if firms:
        open_points.append(
            f"有{len(firms)}家企业需要说明（{'、'.join(firm.name for firm in firms[:3])}等）"
        )
    if groups := answers.unexplained(version):
        open_points.append(f"有{len(groups)}组提醒需要填写理由")
    return open_points


def take_back(version: RosterVersion, *, by: User) -> None:
    """Before anybody has decided, the unit may take its roster back and change it."""
    with transaction.atomic():
        intake.lock(version.roster)
        advance(version, [State.SUBMITTED], State.READY, submitted_by=None, submitted_at=None)
        cases.withdraw_for(version)
        notices.tell_bureau(
            f"{version.roster.unit}撤回了{version.roster.quarter}名册。", notices.link_to(version)
        )


def remark(
    version: RosterVersion, text: str, *, by: User, uscc: str = "", cell: str = ""
) -> Remark:
    """Add to the thread of the roster, about a firm or cell or the whole, and tell the other side."""
    with transaction.atomic():
        added = _add_remark(version, text, by=by, uscc=uscc, cell=cell)
        said = f"对{version.roster.quarter}名册的意见：{added.text}"
        if by.unit_id:
            notices.tell_bureau(f"{version.roster.unit}{said}", notices.link_to(version))
        else:
            notices.tell_unit(version.roster.unit, f"科技局{said}", notices.link_to(version))
    return added


def _add_remark(
    version: RosterVersion, text: str, *, by: User, uscc: str = "", cell: str = ""
) -> Remark:
    said = text.strip()
    if not said:
        raise Refusal("意见不能为空。", "invalid")
    if version.is_draft:
        raise Refusal("这一版尚未报送，还不能提意见。")
    firm = version.firms.filter(uscc=uscc).first() if uscc else None
    if uscc and firm is None:
        raise Refusal("所提企业不在这一版名册中。", "invalid")
    return Remark.objects.create(
        version=version,
        uscc=uscc,
        firm_name=firm.name if firm else "",
        cell=(cell or (firm.cell if firm else ""))[:80],
        text=said[:500],
        by=by,
    )


def return_to_unit(version: RosterVersion, *, by: User, text: str = "") -> None:
    """Send the roster back; there must be at least one remark of the bureau's that says why."""
    with transaction.atomic():
        intake.lock(version.roster)
        if text.strip():
            _add_remark(version, text, by=by)
        if not version.remarks.filter(by__unit=None).exists():
            raise Refusal("退回前请写明意见。", "reason")
        advance(
            version,
            _under_review(version),
            State.RETURNED,
            decided_by=by,
            decided_at=timezone.now(),
        )
        cases.withdraw_for(version)
        text = f"{version.roster.quarter}名册被退回，请按意见修改后重新报送。"
        notices.tell_unit(version.roster.unit, text, notices.link_to(version))


def approve(version: RosterVersion, *, by: User) -> None:
    """Accept the roster and queue its writing. Of two who approve at once, one succeeds."""
    with transaction.atomic():
        intake.lock(version.roster)
        if undecided := cases.unanswered_by(version):
            named = "、".join(case.name for case in undecided[:3])
            raise Refusal(
                f"还有{len(undecided)}件归属事项没有决定（{named}等），请先决定。", "cases"
            )
        advance(
            version,
            _under_review(version),
            State.APPROVED,
            decided_by=by,
            decided_at=timezone.now(),
        )
        job = jobs.submit(kind=APPLY, params={"version": version.pk}, by=by)
        RosterVersion.objects.filter(pk=version.pk).update(job=job)


def _under_review(version: RosterVersion) -> list[str]:
    """States in which the bureau may decide. Also once approved, when the job that was to write it has given up."""
    return [State.SUBMITTED, State.APPROVED] if has_given_up(version) else [State.SUBMITTED]


def has_given_up(version: RosterVersion) -> bool:
    """The job that was to write the approved roster has failed for good."""
    return RosterVersion.objects.filter(
        pk=version.pk, job__kind=APPLY, job__state=JobState.FAILED
    ).exists()


def advance(version: RosterVersion, before: Collection[str], after: str, **values: Any) -> None:
    """Change the state if it still is one of `before`; raise Refusal otherwise."""
    if not RosterVersion.objects.filter(pk=version.pk, state__in=before).update(
        state=after, **values
    ):
        version.refresh_from_db()
        raise Refusal(
            f"这一版现在的状态是“{version.get_state_display()}”，不能进行这一步。请刷新页面。"
        )
    version.refresh_from_db()


def _refuse_unless_latest(version: RosterVersion) -> None:
    latest = version.roster.latest
    if latest and latest.pk != version.pk:
        raise Refusal(f"已有更新的第{latest.number}版，请报送最新的一版。")
