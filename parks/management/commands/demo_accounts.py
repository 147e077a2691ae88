from django.conf import settings
from django.core.management.base import BaseCommand

from parks import demo_accounts


class Command(BaseCommand):
    help = "Creates one account per role with random passwords, when the database has no user yet."

    def handle(self, *args: object, **options: object) -> None:
        record = settings.HOME / "demo-accounts.txt"
        if accounts := demo_accounts.create(record):
            self.stdout.write(f"演示账号（只显示这一次，保存在 {record}）：\n{demo_accounts.table(accounts)}")
