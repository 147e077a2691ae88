import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from parks import arguments
from targets.figures import counting, freshness
from targets.figures.question import Question
from targets.figures.serializers import FiguresReply
from targets.models import Definition


class Command(BaseCommand):
    help = "输出某日的全部统计数字：全区、园区合计、园区以外和各单位。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", type=arguments.day, default=None, help="统计日期，如 2026-06-30，默认今天"
        )
        parser.add_argument(
            "--definition",
            choices=Definition.values,
            default=Definition.CERTIFICATE.value,
            help="统计口径",
        )
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, **options: Any) -> None:
        question = Question(options["as_of"] or timezone.localdate(), options["definition"])
        figures = counting.count([question.on], question.definition).figures(question.on)
        if options["json"]:
            # The shape of the API, so that a program may read either.
            reply = FiguresReply(
                {"freshness": freshness.build_freshness(question), "figures": figures}
            ).data
            self.stdout.write(json.dumps(reply, ensure_ascii=False))
            return
        for figure in figures:
            value = "—" if figure["value"] is None else figure["value"]
            self.stdout.write(f"{figure['scope']:12} {figure['indicator']:18} {value}")
