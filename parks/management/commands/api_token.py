from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from knox.models import AuthToken

from parks.models import SecurityEvent, User
from parks.security import record_event


class Command(BaseCommand):
    help = "为用户签发 API 令牌（只显示一次）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument("--days", type=int, default=90, help="有效天数，默认90")

    def handle(self, *args: Any, username: str, days: int, **options: Any) -> None:
        if not 1 <= days <= 3650:
            raise CommandError("有效天数应在1至3650之间。")
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"没有可用的用户“{username}”。")
        with transaction.atomic():
            _, token = AuthToken.objects.create(user=user, expiry=timedelta(days=days))
            record_event(SecurityEvent.Action.KEY_MADE, about=user, details={"days": days})
        self.stdout.write(token)
