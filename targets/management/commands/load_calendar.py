import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from parks import arguments
from targets.calendar import csv_file, registering


class Command(BaseCommand):
    help = (
        "载入申报日历（CSV：year, batch, opens, closes, district_deadline, publicity, "
        "certificates），全部写入或全不写入。"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="文件", help="如 calendar.csv")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument("--by", metavar="用户名", help="以哪位科技局用户的名义")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        arguments.require_file(path)
        by = arguments.bureau_member(options["by"])
        found = csv_file.read_calendar(path.read_bytes())
        report = registering.load_file(found, source=f"申报日历文件 {path.name}"[:200], by=by)
        if options["json"]:
            self.stdout.write(json.dumps({"file": path.name, **report.told}, ensure_ascii=False))
        else:
            self.stdout.writelines(f"{fault}\n" for fault in report.faults)
        if report.faults:
            raise CommandError(f"有{len(report.faults)}处问题需要更正，未写入任何内容。")
        if not options["json"]:
            self.stdout.write(
                f"新增{len(report.added)}批，变更{len(report.changed)}批，"
                f"不变{len(report.unchanged)}批。"
            )
