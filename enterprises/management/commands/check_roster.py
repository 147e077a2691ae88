from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from enterprises.models import Quarter
from enterprises.reporting import file_check
from parks import arguments
from parks.models import Unit


class Command(BaseCommand):
    help = "检查一份季度名册，与上传页面的检查相同；不写入任何内容。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="文件", help="名册文件")
        parser.add_argument("--unit", required=True, metavar="代码", help="报送单位的代码")
        parser.add_argument("--quarter", required=True, metavar="季度", help="如 2026Q3")
        parser.add_argument("--json", action="store_true", help="输出 JSON，供程序读取")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        arguments.require_file(path, returncode=2)
        unit = Unit.objects.reporting().filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"没有代码为“{options['unit']}”的园区平台或镇街。", returncode=2)
        quarter = Quarter.objects.coded(options["quarter"]).first()
        if quarter is None:
            raise CommandError(f"没有开放过的季度“{options['quarter']}”。", returncode=2)
        findings = file_check.check_file(path, unit, quarter)
        if options["json"]:
            checked = file_check.as_dict(findings)
            text = json.dumps(checked, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
            self.stdout.write(text)
        else:
            self.stdout.writelines(f"{line}\n" for line in file_check.summary_lines(findings))
