from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises.rosters import front
from enterprises.rosters.loading import Document, examine
from enterprises.rosters.storage import StorageError
from parks.models import User


class Command(BaseCommand):
    help = "Reads district lists and rosters and shows what they would change; --apply writes, all files or none."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--apply", action="store_true", help="write what the dry run shows")
        parser.add_argument("--moves-on", type=dt.date.fromisoformat, metavar="DAY", help="day of moves the lists show")
        parser.add_argument("--by", metavar="USER", help="on whose behalf")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            if not path.is_file():
                raise CommandError(f"没有这个文件：{path}")
        by = self._user(options["by"])
        plan = examine([Document(path, path.name) for path in options["files"]], moves_on=options["moves_on"])
        self.stdout.writelines(f"{line}\n" for line in front.report(plan.files))
        if plan.blocked:
            raise CommandError("有问题需要更正，未写入任何内容。", returncode=1)
        if not options["apply"]:
            self.stdout.write("以上为检查结果，未写入。确认后加 --apply 入库。")
            return
        try:
            job = front.load(options["files"], moves_on=options["moves_on"], by=by)
        except StorageError as error:
            raise CommandError(str(error)) from None
        if not job.result or not job.result["applied"]:
            raise CommandError(job.error or "入库时登记已有变化，未写入，请重新检查。")
        self.stdout.write(front.said_of_load(job))

    def _user(self, username: str | None) -> User | None:
        if username is None:
            return None
        user = User.objects.filter(username=username).first()
        if user is None or not user.in_bureau:
            raise CommandError(f"没有名为“{username}”的科技局用户。")
        return user
