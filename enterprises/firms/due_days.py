"""How far a day is, in words."""

from __future__ import annotations


def days_in_words(left: int | None) -> str:
    """还有3天, 今天, 已过2天; nothing where there is no day."""
    if left is None:
        return ""
    if left > 0:
        return f"还有{left}天"
    return f"已过{-left}天" if left else "今天"
