import datetime as dt
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from parks import arguments
from targets.outlook import summary


class Command(BaseCommand):
    help = "推算某日全区各项家数：只用起算日及以前的事实，给出期望、80%区间和目标达到的概率。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", type=arguments.day, default=None, help="起算日，如 2026-06-30，默认今天"
        )
        parser.add_argument(
            "--until", type=arguments.day, default=None, help="推算到哪一天，默认起算日当年年底"
        )
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, **options: Any) -> None:
        as_of: dt.date = options["as_of"] or timezone.localdate()
        until: dt.date = options["until"] or as_of.replace(month=12, day=31)
        try:
            told = summary.summarise(as_of, until)
        except summary.OutOfReach as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self.stdout.write(f"{told['as_of']} → {told['until']}")
        for code, row in told["indicators"].items():
            values = " ".join(f"{name}={_shown(value)}" for name, value in row.items())
            self.stdout.write(f"{code:14} {values}")


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"
