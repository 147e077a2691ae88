import dataclasses
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiangjin_portal.safekeeping.verification import SHOWN, CheckResult, verify
from parks.sealing.marks import DaySeal, MarksRefused, read_file


class Command(BaseCommand):
    help = (
        "核对本系统的数据：数据库和约束、账簿和封存、来源文件、计数区间、密钥和权限；不作任何改动。"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument(
            "--against", type=Path, metavar="文件", help="另行保存的封存文件：数据库须与之相符"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = verify(marks_in(options["against"]) if options["against"] else ())
        number = sum(len(finding.problems) for finding in findings)
        if options["json"]:
            checks = [dataclasses.asdict(finding) for finding in findings]
            reply = {"home": str(settings.HOME), "sound": not number, "checks": checks}
            self.stdout.write(json.dumps(reply, ensure_ascii=False))
        else:
            for finding in findings:
                self.tell(finding)
        if number:
            raise CommandError(f"{settings.HOME} 有{number}个问题。")
        if not options["json"]:
            self.stdout.write(f"{settings.HOME} 核对无误。")

    def tell(self, finding: CheckResult) -> None:
        mark = "✗" if finding.problems else "✓"
        self.stdout.write(f"{mark} {finding.name}：{finding.told}")
        for problem in finding.problems[:SHOWN]:
            self.stdout.write(f"    {problem}")
        if (more := len(finding.problems) - SHOWN) > 0:
            self.stdout.write(f"    另有{more}个")


def marks_in(path: Path) -> list[DaySeal]:
    try:
        return read_file(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CommandError(f"无法读取 {path}：{error.strerror}。") from None
    except ValueError:
        raise CommandError(f"{path} 不是封存文件。") from None
    except MarksRefused as refused:
        raise CommandError(f"{path}：{refused}") from None
