"""The nightly backup: made, checked whole, sent elsewhere; then old ones go by the rule."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from enterprises.jobs import Commit, JobContext, Result, UserError, kept_alive
from enterprises.notices.sending import send_notices
from jiangjin_portal.safekeeping.backup import DRAFT, MadeBackup, make_backup
from jiangjin_portal.safekeeping.manifest import BackupRefused
from jiangjin_portal.safekeeping.retention import FORM, by_names, reasons_to_keep
from jiangjin_portal.safekeeping.sealed_file import recipients_of
from jiangjin_portal.safekeeping.sides import DATABASE_ERRORS
from parks.models import SecurityEvent, User
from parks.security import record_event

Action, Outcome = SecurityEvent.Action, SecurityEvent.Result
HOOK_SECONDS = 6 * 3600
KEPT_COMPLAINT = 500
TOLD = 5
"""Problems of a check that stand in the log and in a notice."""
LEFT_BEHIND = dt.timedelta(days=2)
"""A draft as old as this belongs to a process that was killed."""
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSH_AUTH_SOCK")
"""What the hook sees of our environment; keys and passwords stay here."""
DRAFTS = (f".*{DRAFT}*", ".restoring-*", ".decrypted-*", ".checking-*")

log = logging.getLogger("portal.backup")


def run(job: JobContext) -> Result | Commit:
    """Job handler, each night and by hand."""
    if not settings.BACKUP_NIGHTLY and job.slot:
        return {"skipped": "BACKUP_NIGHTLY=0"}
    folder = settings.BACKUP_DIR / f"{timezone.localtime():{FORM}}"
    started = timezone.now()
    try:
        with kept_alive(job, "备份"):
            recipients = recipients_of(settings.BACKUP_RECIPIENTS)
            made = make_backup(folder, recipients=recipients, verified=True)
            complaint = send_elsewhere(made.path)
            removed = remove_old()
    except (BackupRefused, OSError, *DATABASE_ERRORS) as error:
        raise UserError(_tell_failure(Action.BACKED_UP, f"备份没有做成：{error}")) from error
    seconds = (timezone.now() - started).total_seconds()
    return partial(_tell_backup, job.created_by, made, complaint, removed, round(seconds))


def check(job: JobContext) -> Commit:
    """Job handler: the home as it stands, looked at in a copy, so that nobody has to wait."""
    try:
        with kept_alive(job, "核对"), tempfile.TemporaryDirectory(**_beside()) as name:
            made = make_backup(Path(name) / "copy", verified=True)
    except (BackupRefused, OSError, *DATABASE_ERRORS) as error:
        raise UserError(_tell_failure(Action.VERIFIED, f"核对没有做成：{error}")) from error
    return partial(_tell_check, job.created_by, made.problems)


def send_elsewhere(path: Path) -> str:
    """Run settings.BACKUP_HOOK with the backup as its last argument; what it complained of."""
    if not settings.BACKUP_HOOK:
        return ""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            [*shlex.split(settings.BACKUP_HOOK), str(path)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=HOOK_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return str(error)[-KEPT_COMPLAINT:]
    if not done.returncode:
        return ""
    said = (done.stderr or done.stdout).strip()[-KEPT_COMPLAINT:]
    return f"退出码 {done.returncode} {said}".strip()


def remove_old() -> list[str]:
    """Take away what the rule does not keep, and drafts of processes that were killed.

    Called after a new backup has been proved, so never the only one goes.
    """
    backups = by_names(path.name for path in settings.BACKUP_DIR.iterdir())
    kept = reasons_to_keep(backups, settings.BACKUP_KEEP)
    removed = [backup.name for backup in backups if backup.name not in kept]
    for path in [*(settings.BACKUP_DIR / name for name in removed), *_left_behind()]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return removed


def _left_behind() -> Iterator[Path]:
    before = (timezone.now() - LEFT_BEHIND).timestamp()
    for place in {settings.BACKUP_DIR, settings.HOME}:
        for pattern in DRAFTS:
            for path in place.glob(pattern):
                if path.stat().st_mtime < before:
                    yield path


def _tell_backup(
    by: User | None, made: MadeBackup, complaint: str, removed: Sequence[str], seconds: int
) -> Result:
    """In the transaction that ends the job: the entry by which everybody knows of the backup."""
    told: dict[str, Any] = {
        "rows": made.manifest.contents.rows,
        "bytes": made.size,
        "seconds": seconds,
        "removed": list(removed),
    }
    if settings.BACKUP_HOOK:
        told["sent"] = not complaint
    if complaint:
        told["complaint"] = complaint
        _warn(f"备份 {made.path.name} 没有送出：{complaint}")
    _tell_check(by, made.problems)
    record_event(Action.BACKED_UP, person=by, about=made.path.name, details=told)
    log.info("backup %s made, %d bytes in %d s", made.path.name, made.size, seconds)
    return {"name": made.path.name, "problems": list(made.problems)[:TOLD], **told}


def _tell_check(by: User | None, problems: Sequence[str]) -> Result:
    if problems:
        _warn(f"核对数据发现{len(problems)}个问题：{problems[0]}")
    record_event(
        Action.VERIFIED,
        person=by,
        about="数据核对",
        result=Outcome.FAILED if problems else Outcome.OK,
        details={"problems": list(problems[:TOLD]), "number": len(problems)},
    )
    return {"problems": len(problems)}


def _tell_failure(action: SecurityEvent.Action, sentence: str) -> str:
    log.error(sentence)
    _warn(sentence)
    record_event(action, result=Outcome.FAILED, details={"reason": sentence[:KEPT_COMPLAINT]})
    return sentence


def _warn(sentence: str) -> None:
    administrators = User.objects.filter(role=User.Role.BUREAU_ADMIN, is_active=True)
    send_notices(administrators, sentence, reverse("condition"))


def _beside() -> dict[str, Any]:
    return {"dir": settings.HOME, "prefix": ".checking-"}
