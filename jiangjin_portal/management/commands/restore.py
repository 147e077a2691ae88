from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiangjin_portal.running.lock import AlreadyRunning, single_instance
from jiangjin_portal.safekeeping.manifest import BackupRefused
from jiangjin_portal.safekeeping.restore import restore
from jiangjin_portal.safekeeping.sealed_file import ENDING, opened
from jiangjin_portal.safekeeping.sides import DATABASE_ERRORS
from parks.models import SecurityEvent
from parks.security import record_event


class Command(BaseCommand):
    help = "把 manage.py backup 所做的备份恢复到本系统；先核对备份，有疑问时不作任何改动。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, metavar="备份", help="备份文件夹，或加密的备份文件（.tar.gz.age）"
        )
        parser.add_argument(
            "--identity", type=Path, metavar="文件", help="私钥文件，解开加密的备份"
        )
        parser.add_argument(
            "--replace", action="store_true", help="本系统已有数据也恢复，原有数据移到一旁"
        )

    def handle(
        self, *args: Any, folder: Path, replace: bool, identity: Path | None, **options: Any
    ) -> None:
        try:
            with (
                single_instance(settings.HOME / "portal.lock"),
                as_folder(folder, identity) as backup,
            ):
                manifest, set_aside = restore(backup, replace=replace)
        except AlreadyRunning:
            raise CommandError(f"没有恢复：本系统正在运行（{settings.HOME}），请先停止。") from None
        except BackupRefused as refused:
            raise CommandError(f"没有恢复：{refused}") from None
        except DATABASE_ERRORS as error:
            reason = str(error).strip()
            raise CommandError(f"没有恢复，数据库：{reason}") from None
        except OSError as error:
            raise CommandError(f"没有恢复：{error.filename or folder} {error.strerror}。") from None
        self.stdout.write(
            f"已恢复{manifest.made_at}的备份：数据表{len(manifest.contents.tables)}张、"
            f"{manifest.contents.rows}行，行数和内容与备份一致。"
        )
        for place in set_aside:
            self.stdout.write(f"原有数据在 {place}，确认无误后可自行删除。")
        # Its own log ends with the backup: that it was put back stands there from now on.
        told = {"made_at": manifest.made_at, "rows": manifest.contents.rows}
        record_event(SecurityEvent.Action.RESTORED, about=folder.name, details=told)


@contextmanager
def as_folder(backup: Path, identity: Path | None) -> Iterator[Path]:
    if backup.name.endswith(ENDING):
        with opened(backup, identity) as folder:
            yield folder
    else:
        yield backup
