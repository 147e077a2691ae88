from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises import jobs
from enterprises.models.job import JobState


class Command(BaseCommand):
    help = "立即在本进程中重算月度序列。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="清除全部计数区间后重新计算")

    def handle(self, **options: Any) -> None:
        params = {"rebuild": True} if options["rebuild"] else {}
        # As a job all the same: what it did is recorded, and fenced like that of any other.
        job = jobs.run_inline(jobs.submit(kind="recompute", params=params))
        if job.state != JobState.DONE:
            raise CommandError(f"重算未完成：{job.get_state_display()} {job.error}")
        result = job.result or {}
        self.stdout.write(f"已重算：{result['firms']}家企业，{result['series']}条序列")
