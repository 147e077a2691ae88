from django.conf import settings
from django.core.management.base import BaseCommand

from parks import demo_accounts


class Command(BaseCommand):
    help = "尚无用户时，为每种角色创建一个演示账号，密码随机。"

    def handle(self, *args: object, **options: object) -> None:
        record = settings.HOME / "demo-accounts.txt"
        if accounts := demo_accounts.create_accounts(record):
            table = demo_accounts.account_table(accounts)
            self.stdout.write(f"演示账号（只显示这一次，保存在 {record}）：\n{table}")
