from django.core.management.base import BaseCommand

from targets import seed


class Command(BaseCommand):
    help = "补齐行动计划的单位、基础数据、指标、目标和任务；已修改的内容不变。"

    def handle(self, *, verbosity: int, **options: object) -> None:
        added = seed.seed()
        if verbosity:
            self.stdout.write(f"行动计划基础数据：新增 {added} 项。")
