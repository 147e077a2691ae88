"""Values that commands take on their command line."""

import datetime as dt
from argparse import ArgumentTypeError
from pathlib import Path

from django.core.management.base import CommandError

from parks.models import User


def day(text: str) -> dt.date:
    """An argparse type."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("日期应写成 2026-06-30 的样子") from None


def require_file(path: Path, *, returncode: int = 1) -> None:
    if not path.is_file():
        raise CommandError(f"没有这个文件：{path}", returncode=returncode)


def bureau_member(username: str | None) -> User | None:
    """In whose name a command works; None where nobody is named."""
    if username is None:
        return None
    user = User.objects.filter(username=username).first()
    if user is None or not user.in_bureau:
        raise CommandError(f"没有名为“{username}”的科技局用户。")
    return user
