from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from enterprises.rosters import rulebook
from enterprises.rosters.planning import PLAN_RULES


class Command(BaseCommand):
    help = "打印全部检查规则（Markdown 表格），供手册引用。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(rulebook.markdown(PLAN_RULES), ending="")
