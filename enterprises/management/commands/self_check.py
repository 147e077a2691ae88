from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises.eligibility import rule_sets
from enterprises.eligibility.cases import outcome, read_cases
from enterprises.eligibility.model.conditions import check_certificate
from enterprises.eligibility.model.small_firms import check_small_firm
from enterprises.refusal import Refusal
from enterprises.seed import shipped_field_names
from parks import arguments

NO_VERDICT = "自检结果，不代表认定结论。"


class Command(BaseCommand):
    help = "按认定条件自检文件中的企业，逐条列出符合、不符合、缺数据或待评。" + NO_VERDICT

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--csv", type=Path, required=True, metavar="文件", dest="file")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        arguments.require_file(path)
        try:
            found = self._check(path)
        except UnicodeDecodeError:
            raise CommandError("文件不是 UTF-8 编码的文本。") from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for case in found:
            self.stdout.write(f"{case['case']} {case['overall']}")
        self.stdout.write(NO_VERDICT)

    def _check(self, path: Path) -> list[dict[str, str]]:
        # The file says all there is to know: no database is asked, there may be none yet.
        fields, book = shipped_field_names(), rule_sets.shipped_book()
        found = []
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for case, data in read_cases(lines):
                day = data.applied_on
                certificate = check_certificate(data, book.certificate_on(day), fields)
                small_firm = check_small_firm(data, book.small_firm_on(day))
                found.append({"case": case, **outcome(certificate, small_firm)})
        return found
