from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enterprises import jobs
from enterprises.models.job import JobState


class Command(BaseCommand):
    help = "Recompute the monthly series now, in this process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="throw all counted spans away and make them anew")

    def handle(self, **options: Any) -> None:
        params = {"rebuild": True} if options["rebuild"] else {}
        job = jobs.run_inline(jobs.submit(kind="recompute", params=params))
        if job.state != JobState.DONE:
            raise CommandError(f"重算未完成：{job.get_state_display()} {job.error}")
        self.stdout.write(f"已重算：{job.result}")
