from typing import Any

from django.core.management.base import BaseCommand

from targets.demo import reports as demo_reports


class Command(BaseCommand):
    help = (
        "为演示区生成虚构的任务进展、填报指标和年度任务；已有填报或没有科技局账号时不作任何改动。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = demo_reports.create()
        if count is not None:
            self.stdout.write(f"演示区：{count}条任务进展")
