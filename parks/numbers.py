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


def plain(number: Decimal) -> str:
    """Without zeros at the end: 700, 94.36; never with an exponent or as minus zero."""
    return format(number.normalize() + 0, "f")


def trimmed(number: Decimal | int) -> Decimal:
    """To two places at most, without zeros at the end."""
    return Decimal(plain(round(Decimal(number), 2)))


def amount(money: Decimal | int) -> str:
    """In 万元, to the hundred yuan that records keep: 1250.60, 12,345; whole amounts without places."""
    return grouped(round(Decimal(money), 2)).removesuffix(".00")


def signed(change: Decimal | int) -> str:
    """+3, −5, 0."""
    return f"+{grouped(change)}" if change > 0 else grouped(change)
