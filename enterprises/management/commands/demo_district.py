from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from enterprises.demo import district as demo_district


class Command(BaseCommand):
    help = "在没有企业的数据库中生成虚构的演示区；已有企业时不作任何改动。"

    def handle(self, *args: Any, **options: Any) -> None:
        report = demo_district.create()
        if report:
            demo_district.open_quarter(timezone.localdate())
        self.stdout.write(
            f"演示区：{report.new}家企业" if report else "已有企业数据，未生成演示区。"
        )
