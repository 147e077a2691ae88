from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiangjin_portal.safekeeping.backup import MadeBackup, make_backup
from jiangjin_portal.safekeeping.manifest import BackupRefused
from jiangjin_portal.safekeeping.sealed_file import recipients_of
from jiangjin_portal.safekeeping.sides import DATABASE_ERRORS
from parks.models import SecurityEvent
from parks.security import record_event


class Command(BaseCommand):
    help = (
        "把数据库、上传文件和密钥备份到一个新文件夹，并在临时库中恢复核对；运行中也可使用。"
        "给出 --encrypt-to 时备份是一个加密文件（文件夹名.tar.gz.age）。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="文件夹", help="备份文件夹，尚不存在")
        parser.add_argument(
            "--encrypt-to",
            action="append",
            default=[],
            metavar="公钥",
            help="加密给这个公钥（age1…）；可多次给出，任一私钥都能解开",
        )

    def handle(self, *args: Any, folder: Path, encrypt_to: list[str], **options: Any) -> None:
        try:
            made = make_backup(folder, recipients=recipients_of(encrypt_to))
        except BackupRefused as refused:
            raise CommandError(f"没有备份：{refused}") from None
        except DATABASE_ERRORS as error:
            reason = str(error).strip()
            raise CommandError(f"没有备份，数据库：{reason}") from None
        except OSError as error:
            raise CommandError(f"没有备份：{error.filename or folder} {error.strerror}。") from None
        self._tell(made)

    def _tell(self, made: MadeBackup) -> None:
        manifest = made.manifest
        uploads = sum(name.startswith("uploads/") for name in manifest.parts)
        self.stdout.write(
            f"已备份到 {made.path}：数据表{len(manifest.contents.tables)}张、"
            f"{manifest.contents.rows}行，上传文件{uploads}个；"
            "已在临时库中恢复，行数和内容与备份时一致。"
        )
        if manifest.key_in_environment:
            self.stdout.write("密钥在环境变量 SECRET_KEY 中，不在备份里，请另行保管。")
        told = {"rows": manifest.contents.rows, "bytes": made.size}
        try:
            record_event(SecurityEvent.Action.BACKED_UP, about=made.path.name, details=told)
        except DATABASE_ERRORS as error:
            # An older database has no such log; the backup is as good.
            self.stdout.write(f"没有记入安全日志：{str(error).strip()}")
