"""Upgrading a portal that holds data: a backup first, then the migrations, then a check."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from jiangjin_portal.safekeeping.backup import make_backup, program_version
from jiangjin_portal.safekeeping.manifest import BackupRefused
from jiangjin_portal.safekeeping.restore import holds_data
from jiangjin_portal.safekeeping.retention import BEFORE_UPGRADE, FORM
from jiangjin_portal.safekeeping.sides import DATABASE_ERRORS
from jiangjin_portal.safekeeping.verification import DERIVED, verify

WAY_BACK = (
    "退回升级前：装回原来的程序，再执行 manage.py restore {folder} --replace"
    "（docs/operations.md，Upgrade）。"
)


def upgrade(migrate: Callable[[], object]) -> None:
    """Bring the database to this program's state; one that holds data is backed up first.

    Raises CommandError, with the way back, where the migrations fail. What the check finds is
    printed: it may have been wrong before, and a portal that does not start helps nobody.
    """
    if not holds_data():
        migrate()
        return
    folder = settings.BACKUP_DIR / f"{timezone.localtime():{FORM}}{BEFORE_UPGRADE}"
    print(f"database: backup before the upgrade to {program_version()}: {folder}", flush=True)
    try:
        # Not encrypted: the key that would open it is not here, and it lies beside the data.
        make_backup(folder)
    except (BackupRefused, OSError, *DATABASE_ERRORS) as error:
        raise CommandError(f"没有升级，数据库没有改动：升级前的备份没有做成：{error}") from None
    print("database: migrate", flush=True)
    try:
        migrate()
    except Exception as error:
        raise CommandError(f"升级失败：{error}\n{WAY_BACK.format(folder=folder)}") from error
    finally:
        connection.close()
    # Spans and judgements are counted anew by the first job of the new program.
    wrong = [
        f"{found.name}：{problem}" for found in verify(but=DERIVED) for problem in found.problems
    ]
    for problem in wrong:
        print(f"✗ {problem}", flush=True)
    result = f"核对发现{len(wrong)}个问题" if wrong else "核对无误"
    print(f"database: 已升级，{result}。{WAY_BACK.format(folder=folder)}", flush=True)
