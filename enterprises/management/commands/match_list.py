from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from enterprises import registry
from enterprises.announcements import proposal
from enterprises.announcements.meaning import kinds_of_lists
from enterprises.announcements.safe_reading import read_safely
from enterprises.loading import command_line, storage
from enterprises.models import SourceFile
from enterprises.rosters.definition.problems import FileRefused
from parks import arguments
from parks.models import User


class Command(BaseCommand):
    help = "把一份官方名单与登记比对，列出每行的企业和将做的事；加 --apply 写入已认定的行。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="文件")
        parser.add_argument("--kind", choices=kinds_of_lists(), metavar="种类", help="名单的种类")
        parser.add_argument(
            "--on", type=arguments.day, metavar="日期", help="发布日期，如 2026-11-05"
        )
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument("--apply", action="store_true", help="写入已认定的行")
        parser.add_argument("--by", metavar="用户名", help="以哪位科技局用户的名义")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        arguments.require_file(path)
        by = arguments.bureau_member(options["by"])
        try:
            found = proposal.propose(
                read_safely(path, path.name),
                path.name,
                kind=options["kind"] or "",
                on=options["on"],
            )
        except (FileRefused, proposal.NoKind) as refused:
            self._refuse(path, refused, as_json=options["json"])
            return
        told = found.told
        if options["apply"]:
            told["written"] = self._write(path, found, by)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder))
        else:
            self.stdout.writelines(f"{line}\n" for line in found.in_words())
            if options["apply"]:
                self.stdout.write(f"已写入：记账{told['written']}条")

    def _refuse(self, path: Path, refused: Exception, *, as_json: bool) -> None:
        reason = str(refused)
        if isinstance(refused, FileRefused):
            reason = f"{refused.problem.reason}。{refused.problem.fix}"
        if not as_json:
            raise CommandError(reason)
        told = {"file": path.name, "readable": False, "refuse": reason, "lines": []}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))

    def _write(self, path: Path, found: proposal.ListProposal, by: User | None) -> int:
        if not found.acts:
            return 0
        kind = SourceFile.Kind.ANNOUNCEMENT
        try:
            return len(command_line.write_acts(found.acts, path, kind, by=by).entries)
        except storage.StorageError as error:
            raise CommandError(str(error)) from None
        except registry.ActsRefused as refused:
            lines = (f"{error.cell}：{error.message}" for error in refused.errors)
            raise CommandError("\n".join(["未写入任何内容：", *lines])) from None
