from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from enterprises import registry
from enterprises.announcements import intake, writing
from enterprises.announcements.meaning import Said, kinds_of_lists
from enterprises.announcements.proposal import NoKind
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.safe_reading import read_safely
from enterprises.loading import command_line, storage
from enterprises.refusal import Refusal
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
        said = Said(kind=options["kind"] or "", published_on=options["on"])
        try:
            contents = read_safely(path, path.name)
            known = intake.known(storage.blocks_of(path))
            plan = writing.plan_of_contents(contents, path.name, said, known)
        except (FileRefused, NoKind) as refused:
            self._refuse(path, refused, as_json=options["json"])
            return
        told = plan.told
        if options["apply"]:
            told["written"] = self._write(path, contents, said, by)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder))
        else:
            self.stdout.writelines(f"{line}\n" for line in plan.proposal.in_words())
            if options["apply"]:
                self.stdout.write(f"已写入：记账{told['written']}条")

    def _refuse(self, path: Path, refused: Exception, *, as_json: bool) -> None:
        reason = intake.in_words(refused) if isinstance(refused, FileRefused) else str(refused)
        if not as_json:
            raise CommandError(reason)
        told = {"file": path.name, "readable": False, "refuse": reason, "lines": []}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))

    def _write(self, path: Path, contents: DocumentLists, said: Said, by: User | None) -> int:
        """The number of ledger entries; the file is kept as an announcement, as on its page."""
        try:
            with transaction.atomic():
                announcement = intake.receive_read(
                    storage.blocks_of(path), path.name, contents, by=by
                )
                intake.note_said(announcement, said, by=by)
                entries = writing.write_plan(announcement, writing.plan_of(announcement), by=by)
        except (storage.StorageError, Refusal) as refused:
            raise CommandError(str(refused)) from None
        except registry.ActsRefused as refused:
            lines = (f"{error.cell}：{error.message}" for error in refused.errors)
            raise CommandError("\n".join(["未写入任何内容：", *lines])) from None
        command_line.run_follow_ups()
        return entries
