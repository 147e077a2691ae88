from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enterprises import registry
from enterprises.loading import acts_file, command_line, storage
from enterprises.models import LedgerEntry, SourceFile
from enterprises.registry import WriteReport
from parks import arguments


class Command(BaseCommand):
    help = "检查一份登记事项（每行一个 JSON 对象）；加 --apply 写入，全部写入或全不写入。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="文件", help="如 history.ndjson")
        parser.add_argument("--apply", action="store_true", help="检查无误后写入")
        parser.add_argument("--by", metavar="用户名", help="以哪位科技局用户的名义")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        arguments.require_file(path)
        by = arguments.bureau_member(options["by"])
        if loaded := storage.loaded_before(storage.blocks_of(path)):
            day = timezone.localdate(loaded.received_at)
            self.stdout.write(f"这份文件已于{day}写入，不再重复写入。")
            return
        with path.open("rb") as lines:
            found = acts_file.read_acts(lines)
        report = registry.preview(found.acts_of_sound_firms)
        self._refuse([*found.faults, *map(acts_file.fault_of, report.errors)])
        self._tell(path, found, report)
        if not report.changes:
            self.stdout.write("登记已是如此，没有要写入的变化。")
            return
        if not options["apply"]:
            self.stdout.write("以上为检查结果，未写入。确认后加 --apply 写入。")
            return
        try:
            kind = SourceFile.Kind.ACTS
            written = command_line.write_acts(found.acts, path, kind, by=by)
        except storage.StorageError as error:
            raise CommandError(str(error)) from None
        except registry.ActsRefused as refused:
            self._refuse(map(acts_file.fault_of, refused.errors))
            raise
        self.stdout.write(f"已写入：记账{len(written.entries)}条")

    def _tell(self, path: Path, found: acts_file.ActsFile, report: WriteReport) -> None:
        self.stdout.write(f"== {path.name}：{found.lines}行")
        self.stdout.write(
            f"   新增{report.new}家，变更{report.changed}家，不变{report.unchanged}家"
        )
        if report.acts:
            counts = [
                f"{LedgerEntry.Act(act).label}{count}" for act, count in sorted(report.acts.items())
            ]
            self.stdout.write("   " + "，".join(counts))
        for key, lines in sorted(found.remarks.items()):
            self.stdout.write(f"   略过 {key}：{lines}行的附注，不写入")
        for notice in report.notices:
            self.stdout.write(f"   提醒 {acts_file.fault_of(notice)}")

    def _refuse(self, faults: Iterable[acts_file.Fault]) -> None:
        ordered = sorted(faults)
        if not ordered:
            return
        self.stdout.writelines(f"{fault}\n" for fault in ordered)
        raise CommandError(f"有{len(ordered)}处问题需要更正，未写入任何内容。", returncode=1)
