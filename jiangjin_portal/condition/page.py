"""What 运行状况 shows: one line for each thing that an administrator has to see to."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from enterprises.marks import Mark, Tone
from enterprises.models import Job
from enterprises.models.job import JobState
from jiangjin_portal.condition import backups
from jiangjin_portal.condition.backups import Action, BackupState, Outcome
from jiangjin_portal.safekeeping.backup import program_version, size_of
from jiangjin_portal.safekeeping.manifest import VENDORS
from jiangjin_portal.safekeeping.retention import KeptBackup, by_names, reasons_to_keep
from jiangjin_portal.sealed_books import BOOKS
from parks.models import SecurityEvent
from parks.sealing.chain import last_seal

WAITS_LONG = 300
"""Seconds; a job that waits longer finds no worker (docs/operations.md, Health)."""
LITTLE = 0.1
"""Of a disk free: less is a warning."""
LOOKED_BACK = dt.timedelta(days=7)

GOOD = Mark(Tone.GOOD, "check-circle")
BAD = Mark(Tone.BAD, "exclamation-triangle")
WATCH = Mark(Tone.WATCH, "exclamation-triangle")


@dataclass(frozen=True)
class StandingLine:
    """`told`: sentences beside the state; `route`: a page that tells more."""

    title: str
    mark: Mark
    word: str
    told: list[str] = field(default_factory=list)
    route: str = ""


@dataclass(frozen=True)
class BackupLine:
    """A backup on the disk; `reason`: the rule by which it stays, "" where it goes next."""

    backup: KeptBackup
    size: int
    is_encrypted: bool
    reason: str


def lines() -> list[StandingLine]:
    return [_backup(), _check(), _seals(), _jobs(), *_disks(), _program()]


def backups_on_disk() -> list[BackupLine]:
    folder = settings.BACKUP_DIR
    found = by_names(path.name for path in folder.iterdir()) if folder.is_dir() else []
    reasons = reasons_to_keep(found, settings.BACKUP_KEEP)
    return [
        BackupLine(
            backup,
            size_of(folder / backup.name),
            (folder / backup.name).is_file(),
            reasons.get(backup.name, ""),
        )
        for backup in found
    ]


def running() -> list[Job]:
    """Backups and checks that have not ended."""
    return list(Job.objects.unfinished().filter(kind__in=("backup", "verify")).order_by("pk"))


def _backup() -> StandingLine:
    last = backups.last_backup()
    told = []
    if last.event:
        sizes = filesizeformat(last.event.details.get("bytes", 0))
        told.append(f"{_moment(last.event.at)}，{last.event.about}，{sizes}，已恢复核对")
        if complaint := last.event.details.get("complaint"):
            told.append(f"没有送出：{complaint}")
        elif last.event.details.get("sent"):
            told.append("已送到别处")
    if failed := backups.last_failure_since(last.event):
        told.append(f"{_moment(failed.at)} 没有做成：{failed.details.get('reason', '')}")
    if not settings.BACKUP_NIGHTLY:
        told.append("每夜备份已关闭（BACKUP_NIGHTLY=0）")
    elif last.state is BackupState.NONE:
        told.append("每夜自动备份；也可以现在备份")
    if not settings.BACKUP_HOOK:
        told.append("备份只在本机：请设置 BACKUP_HOOK，送到另一台机器")
    return StandingLine("备份", last.state.mark, str(last.state.label), told)


def _check() -> StandingLine:
    event = backups.last_check()
    if event is None:
        return StandingLine("数据核对", WATCH, "尚无", ["每夜随备份一起核对；也可以现在核对"])
    if event.result == Outcome.OK:
        return StandingLine("数据核对", GOOD, "正常", [f"{_moment(event.at)}，核对无误"])
    told = [f"{_moment(event.at)}，{event.details.get('number', 0)}个问题"]
    told += event.details.get("problems", [event.details.get("reason", "")])
    return StandingLine("数据核对", BAD, "有问题", told)


def _seals() -> StandingLine:
    sealed = [seal.at for seal in map(last_seal, BOOKS) if seal.pk]
    if not sealed:
        return StandingLine("账本封存", WATCH, "尚无")
    told = [f"最近一次 {_moment(max(sealed))}"]
    nightly = SecurityEvent.objects.filter(action=Action.SEALED).order_by("-pk").first()
    if nightly:
        told.append(f"每日封存 {_moment(nightly.at)}")
    return StandingLine("账本封存", GOOD, "正常", told)


def _jobs() -> StandingLine:
    waiting, seconds = Job.objects.claimable().count(), Job.objects.longest_wait()
    since = timezone.now() - LOOKED_BACK
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gte=since).count()
    told = [
        f"{waiting}项在等，最久的等了{seconds}秒",
        f"近{LOOKED_BACK.days}天失败{failed}项",
    ]
    if seconds > WAITS_LONG:
        return StandingLine("后台任务", BAD, "停滞", told, "jobs")
    if failed:
        return StandingLine("后台任务", WATCH, "有失败", told, "jobs")
    return StandingLine("后台任务", GOOD, "正常", told, "jobs")


def _disks() -> Iterator[StandingLine]:
    places = {"数据所在磁盘": settings.HOME, "备份所在磁盘": settings.BACKUP_DIR}
    for title, place in places.items():
        if place.exists():
            disk = shutil.disk_usage(place)
            told = [f"{place}：可用{filesizeformat(disk.free)}，共{filesizeformat(disk.total)}"]
            if disk.free < disk.total * LITTLE:
                yield StandingLine(title, WATCH, "快满", told)
            else:
                yield StandingLine(title, GOOD, "正常", told)


def _program() -> StandingLine:
    database = VENDORS[connection.vendor]
    mode = "单机" if settings.EMBEDDED else "服务器"
    told = [f"版本 {program_version()}，{mode}方式，数据库 {database}"]
    return StandingLine("程序", GOOD, "运行中", told)


def _moment(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
