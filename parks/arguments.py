"""Values that commands take on their command line."""

import datetime as dt
from argparse import ArgumentTypeError


def day(text: str) -> dt.date:
    """An argparse type."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("日期应写成 2026-06-30 的样子") from None
