from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises.loading import command_line
from enterprises.loading.register_job import Document, examine
from enterprises.loading.storage import StorageError
from parks import arguments


class Command(BaseCommand):
    help = "检查名单和名册，列出将带来的变更；加 --apply 入库，多个文件同进同退。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="文件", help="名单或名册文件")
        parser.add_argument("--apply", action="store_true", help="检查无误后入库")
        parser.add_argument(
            "--moves-on",
            type=arguments.day,
            metavar="日期",
            help="名册所示迁移的日期，如 2026-06-30",
        )
        parser.add_argument("--by", metavar="用户名", help="以哪位科技局用户的名义")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            arguments.require_file(path)
        by = arguments.bureau_member(options["by"])
        # The job examines the files once more: between report and writing the registry may change.
        plan = examine(
            [Document(path, path.name) for path in options["files"]], moves_on=options["moves_on"]
        )
        self.stdout.writelines(f"{line}\n" for line in command_line.report_lines(plan.files))
        if plan.blocked:
            raise CommandError("有问题需要更正，未写入任何内容。", returncode=1)
        if not options["apply"]:
            self.stdout.write("以上为检查结果，未写入。确认后加 --apply 入库。")
            return
        try:
            job = command_line.load_files(options["files"], moves_on=options["moves_on"], by=by)
        except StorageError as error:
            raise CommandError(str(error)) from None
        if not job.result or not job.result["applied"]:
            raise CommandError(job.error or "入库时登记已有变化，未写入，请重新检查。")
        self.stdout.write(command_line.load_summary(job))
