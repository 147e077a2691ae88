"""What a cell's number format makes of its number: a percentage, or a number shown smaller."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from xml.etree import ElementTree

from enterprises.rosters.definition import catalogue
from enterprises.rosters.reading.formats import days

GENERAL, PERCENTAGE = "General", "0%"
BUILT_IN = {
    9: PERCENTAGE, 10: "0.00%",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "m/d/yy h:mm",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
}  # fmt: skip
"""Formats of which a file gives only the number, those that show a number as it is left out."""
# Built-in formats of Chinese, Japanese and Korean editions; files give only their numbers.
_EAST_ASIAN_DAYS = frozenset((*range(27, 32), 36, *range(50, 55), 57, 58))
# Literal text, one escaped or skipped character, and a colour, condition or language in brackets.
_LITERAL = re.compile(r"\"[^\"]*\"?|\\.|_.|\*.|\[[^\]]*\]", re.DOTALL)
# A comma behind the last digit place divides what is shown by a thousand.
_DIVIDES = re.compile(r"[0#?],+(?![0#?,])")


class Broken(NamedTuple):
    """A cell without a value that can be taken: the rule it breaks, and what stands in it."""

    rule: catalogue.Rule
    seen: object = ""


def sections(code: str) -> list[str]:
    """For positive, negative and zero, without literal text; there may be fewer of them."""
    return _LITERAL.sub("", code).split(";")


def changes_size(code: str) -> bool:
    """Whether a number in this format looks larger or smaller than it is."""
    plain = _LITERAL.sub("", code)
    return "%" in plain or _DIVIDES.search(plain) is not None


def as_shown(value: object, code: str) -> object:
    """The percentage as text, such as "67.8%", for a number that is shown as one.

    Any other value comes back as it is, but Broken for a number that is shown divided.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    parts = sections(code)
    part = parts[0]
    if value < 0 and len(parts) > 1:
        part = parts[1]
    elif value == 0 and len(parts) > 2:
        part = parts[2]
    if "%" in part:
        # A float knows 15 digits; what stands behind them is noise of the calculation.
        exact = Decimal(f"{value:.15g}").scaleb(2 * part.count("%"))
        return f"{exact.normalize():f}%"
    return Broken(catalogue.SHOWN_DIVIDED, value) if _DIVIDES.search(part) and value else value


@dataclass(slots=True)
class Formats:
    """The number formats of a workbook, by the index that its cells give.

    `special`: index → code of formats that fast readers do not apply: those that make a number
    look larger or smaller, and the days of East Asian editions.
    `dates`, `durations`: the indices whose numbers are days, and those that are spans of time.
    """

    special: dict[int, str] = field(default_factory=dict)
    dates: set[int] = field(default_factory=set)
    durations: set[int] = field(default_factory=set)

    def add(self, index: int, number: int, code: str) -> None:
        """Note the format of one index; `number`: of the format, among the built-in ones or not."""
        if changes_size(code):
            self.special[index] = code
        if number in _EAST_ASIAN_DAYS and code == GENERAL:
            self.special[index] = code
            self.dates.add(index)
        elif days.is_of_days(code):
            self.dates.add(index)
            if days.is_of_durations(code):
                self.durations.add(index)

    def value_of(self, number: float, index: int, epoch: int) -> object:
        """A number as its cell shows it: a day, a span of time, a percentage, or the number.

        Broken where what is shown cannot be the value.
        """
        if index in self.dates:
            try:
                if index in self.durations:
                    return days.duration_of_number(number)
                return days.day_of_number(number, epoch)
            except (OverflowError, ValueError):
                return "#VALUE!"
        return as_shown(number, self.special.get(index, GENERAL))


def formats_of_styles(styles: bytes) -> Formats:
    """The formats of an .xlsx, from its styles part; fills and fonts are not looked at."""
    codes, formats = dict(BUILT_IN), Formats()
    root = ElementTree.fromstring(styles)
    for element in root.iter():
        if _name(element) == "numFmt" and (number := element.get("numFmtId", "")).isdecimal():
            codes[int(number)] = element.get("formatCode", GENERAL)
    for table in root:
        if _name(table) == "cellXfs":
            for index, cell_format in enumerate(table):
                written = cell_format.get("numFmtId", "0")
                format_number = int(written) if written.isdecimal() else 0
                formats.add(index, format_number, codes.get(format_number, GENERAL))
    return formats


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
