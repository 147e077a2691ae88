from typing import Any

from django.core.management.base import BaseCommand

from enterprises import jobs
from enterprises.models import Job


class Command(BaseCommand):
    help = "在本进程中补扫并依次执行所有未结束的后台任务（没有 worker 时使用）。"

    def handle(self, *args: Any, **options: Any) -> None:
        jobs.sweep()
        while job := Job.objects.unfinished().order_by("id").first():
            self.stdout.write(str(jobs.run_inline(job)))
