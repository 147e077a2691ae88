"""How numbers are written: alike in pages, sentences and charts."""

from __future__ import annotations

from decimal import Decimal

GROUPED_FROM = 10_000
"""Below it a number is read at a glance; from it on thousands are set apart."""


def grouped(number: Decimal | int) -> str:
    """2760, 12,345, −5: with a real minus, which is as wide as the plus beside it."""
    size = -number if number < 0 else number
    text = f"{size:,}" if size >= GROUPED_FROM else f"{size}"
    return f"−{text}" if number < 0 else text


def signed(change: int) -> str:
    """+3, −5, 0."""
    return f"+{grouped(change)}" if change > 0 else grouped(change)
