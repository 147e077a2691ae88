"""Receiving a roster: the file is stored, a version is written, and a job will check it.

Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from enterprises import jobs
from enterprises.loading import storage, title_memory
from enterprises.models import (
    Job,
    Quarter,
    Roster,
    RosterVersion,
    SourceFile,
    VersionState,
)
from enterprises.models.job import JobState
from enterprises.refusal import Refusal
from enterprises.reporting import quarters
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.years import figure_columns
from parks.models import Unit, User

CHECK = "roster_check"


def receive_file(
    quarter: Quarter,
    unit: Unit,
    chunks: Iterable[bytes],
    filename: str,
    *,
    by: User,
    reason: str = "",
) -> RosterVersion:
    """Keep a file as the next version and queue its check.

    Raises Refusal, or storage.StorageError.
    """
    # Before any bytes are taken in: nothing is kept of what may not be handed in.
    quarters.refuse_when_shut(quarter, unit)
    # Outside the transaction: a large file must not hold locks while it is being written.
    source = storage.keep(chunks, filename, by=by)
    with transaction.atomic():
        roster = _lock_owed(quarter, unit)
        _refuse_identical(roster, source)
        return _add_version(
            roster, by=by, reason=reason, source=source, filename=storage.clean_name(filename)
        )


def declare_nil(quarter: Quarter, unit: Unit, *, by: User, reason: str = "") -> RosterVersion:
    """A nil return (零报告): the unit has no firm to report.

    Firms that are registered there must still be explained. Raises Refusal.
    """
    quarters.refuse_when_shut(quarter, unit)
    with transaction.atomic():
        roster = _lock_owed(quarter, unit)
        latest = roster.latest
        # There is no file to compare, so a second nil return in a row counts as identical.
        if latest and latest.is_nil and latest.is_draft:
            raise Refusal(
                f"零报告已登记为第{latest.number}版，没有重复登记。请打开这一版继续报送。",
                "identical",
            )
        return _add_version(roster, by=by, reason=reason)


def recheck_version(version: RosterVersion, *, by: User) -> None:
    """Check a draft once more, after a column was explained or the registry has changed.

    Raises Refusal.
    """
    with transaction.atomic():
        roster = lock_roster(version.roster)
        mapping = mapping_of(roster.unit)
        # The job is queued in the same transaction: where the state is refused, it goes too.
        job = _queue_check(version, by)
        # A check whose job has failed would otherwise stay in “检查中” for ever.
        broken_off = Q(state=VersionState.CHECKING, job__state=JobState.FAILED)
        checked = Q(state__in=(VersionState.FAULTY, VersionState.READY))
        drafts = RosterVersion.objects.filter(broken_off | checked, pk=version.pk)
        if not drafts.update(state=VersionState.CHECKING, mapping=mapping, job=job):
            raise Refusal("这一版已报送或正在检查，不能重新检查。")


def store_mapping(version: RosterVersion, fields: Mapping[str, str], *, by: User) -> None:
    """Remember what the unit's own titles mean (title → field, or "" for none), and check again."""
    known = {column.field for column in (*ROSTER.columns, *figure_columns())}
    title_memory.refuse_unknown(fields.values(), known)
    with transaction.atomic():
        for title, field in fields.items():
            title_memory.remember(version.roster.unit, title, field, by=by)
        recheck_version(version, by=by)


def mapping_of(unit: Unit) -> dict[str, str]:
    return dict(unit.column_mappings.values_list("key", "field"))


def lock_roster(roster: Roster) -> Roster:
    """The roster's row, locked until the transaction ends.

    Whatever people or the applying job do to a version, they take this lock first.
    """
    return _for_update().get(pk=roster.pk)


def _lock_owed(quarter: Quarter, unit: Unit) -> Roster:
    """The unit's roster of the quarter, created where there is none yet, and locked."""
    # Two uploads at once: the row of the first is used by both.
    Roster.objects.bulk_create([Roster(quarter=quarter, unit=unit)], ignore_conflicts=True)
    return _for_update().get(quarter=quarter, unit=unit)


def _for_update() -> QuerySet[Roster]:
    return Roster.objects.select_for_update(of=("self",)).select_related("quarter", "unit")


def _refuse_identical(roster: Roster, source: SourceFile) -> None:
    same = (
        roster.versions.filter(source=source)
        # After an undoing the same file may be handed in again.
        .exclude(state=VersionState.UNDONE)
        .order_by("-number")
        .first()
    )
    if same:
        raise Refusal(
            f"这个文件与第{same.number}版（{timezone.localtime(same.created_at):%m月%d日 %H:%M}上传，"
            f"{same.get_state_display()}）完全相同，没有重复登记。改正后请保存再上传。",
            "identical",
        )


def _add_version(
    roster: Roster, *, by: User, reason: str, source: SourceFile | None = None, filename: str = ""
) -> RosterVersion:
    latest = roster.latest
    if latest and latest.state in (VersionState.SUBMITTED, VersionState.APPROVED):
        raise Refusal(f"第{latest.number}版已报送，正在审核。需要更换的，请先撤回。")
    # From now on every version is a correction of the one in force.
    if roster.versions.filter(state=VersionState.APPLIED).exists() and not reason.strip():
        raise Refusal("本季度名册已入库。更正须写明理由。", "reason")
    version = RosterVersion.objects.create(
        roster=roster,
        number=latest.number + 1 if latest else 1,
        source=source,
        filename=filename,
        # As it is now: a later explanation of columns does not change how this file was read.
        mapping=mapping_of(roster.unit),
        reason=reason.strip()[:500],
        created_by=by,
    )
    # The job's parameters name the version, so the version must exist first.
    version.job = _queue_check(version, by)
    RosterVersion.objects.filter(pk=version.pk).update(job=version.job)
    return version


def _queue_check(version: RosterVersion, by: User) -> Job:
    return jobs.submit(kind=CHECK, params={"version": version.pk}, by=by)
