from django.core.management.base import BaseCommand

from targets import seed


class Command(BaseCommand):
    help = "Add the plan's units, reference data, indicators, targets and tasks that are missing. Edits stay."

    def handle(self, *, verbosity: int, **options: object) -> None:
        added = seed.seed()
        if verbosity:
            self.stdout.write(f"行动计划基础数据：新增 {added} 项。")
