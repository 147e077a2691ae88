from typing import Any

from django.core.management.base import BaseCommand

from enterprises import demo


class Command(BaseCommand):
    help = "Fills an empty database with an invented district (演示数据); does nothing when any enterprise exists."

    def handle(self, *args: Any, **options: Any) -> None:
        report = demo.create()
        self.stdout.write(f"演示区：{report.new}家企业" if report else "已有企业数据，未生成演示区。")
