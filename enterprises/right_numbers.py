"""The numbers of intellectual property rights: one spelling for each, whoever writes it."""

from __future__ import annotations

import re

from enterprises.uscc import normalise

LONGEST = 40
_PATENT = re.compile(r"(?:ZL|CN)?((?:19|20)\d{2}[1-9]\d{7})\.?([\dX])")
"""Twelve digits that begin with the year, and a check digit; lists leave out letters and point."""
_OLD_PATENT = re.compile(r"(?:ZL|CN)(\d{8})\.?([\dX])")
"""Of before 2003: eight digits, told from other numbers by the letters alone."""
_LABEL = re.compile(r"^(?:专利号|登记号|授权号|证书号)[::]?")


def canonical(text: str) -> str:
    """Upper case without spaces; patents as certificates print them: ZL202310123456.7."""
    number = _LABEL.sub("", normalise(text)).strip("\"'“”‘’`＂＇=")
    patent = _PATENT.fullmatch(number) or _OLD_PATENT.fullmatch(number)
    return f"ZL{patent[1]}.{patent[2]}" if patent else number
