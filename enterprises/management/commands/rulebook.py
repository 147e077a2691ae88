from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from enterprises.reporting import cross_rules


class Command(BaseCommand):
    help = "打印全部检查规则（Markdown 表格），供手册引用。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(cross_rules.rulebook(), ending="")
