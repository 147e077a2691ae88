"""A drafted paragraph, and the numbers that lines of an official text bear: （一）, （二） …"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NUMERALS = "一二三四五六七八九"
MOST_NAMED = 40
"""A bulletin names everybody. Of more than so many the first, and how many there are."""
_NUMBER = re.compile(r"^（[一二三四五六七八九十]{1,3}）")


@dataclass(frozen=True)
class DraftParagraph:
    """`key`: what it is about, the same each time. `figures`: every number of it, by what it says.

    Days are no figures: the same matter told on another day is no other matter.
    """

    key: str
    text: str
    figures: Mapping[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> dict[str, Any]:
        return {"key": self.key, "text": self.text, "figures": dict(self.figures)}

    @property
    def lead(self) -> str:
        """Its first words, which say what it is about."""
        return self.text.partition("。")[0]


def read_paragraphs(kept: Iterable[Mapping[str, Any]]) -> list[DraftParagraph]:
    return [DraftParagraph(row["key"], row["text"], row["figures"]) for row in kept]


def numeral(number: int) -> str:
    """1 to 99: 一, 十, 十二, 二十, 二十三."""
    tens, ones = divmod(number, 10)
    words = ""
    if tens:
        words = "十"
    if tens > 1:
        words = NUMERALS[tens - 1] + words
    if ones:
        words += NUMERALS[ones - 1]
    return words


def without_number(line: str) -> str:
    return _NUMBER.sub("", line, count=1)


def lines_of(text: str) -> list[str]:
    """A paragraph a line; blank ones are none."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def numbered(lines: Iterable[str]) -> list[str]:
    """Lines that bear a number get the next one; others stay as they are."""
    told, count = [], 0
    for line in lines:
        if _NUMBER.match(line):
            count += 1
            told.append(f"（{numeral(count)}）{without_number(line)}")
        else:
            told.append(line)
    return told


def as_lines(paragraphs: Sequence[DraftParagraph]) -> list[str]:
    """Numbered, unless there is one alone."""
    if len(paragraphs) == 1:
        return [paragraphs[0].text]
    return numbered(f"（一）{paragraph.text}" for paragraph in paragraphs)


def named(firms_by_unit: Mapping[str, int], measure: str = "家") -> str:
    """双福12家、德感3家; the most first."""
    ordered = sorted(firms_by_unit.items(), key=lambda pair: -pair[1])
    told = "、".join(f"{name}{number}{measure}" for name, number in ordered[:MOST_NAMED])
    return told + f"等{len(ordered)}个单位" * (len(ordered) > MOST_NAMED)


def listed(names: Sequence[str], what: str = "个单位") -> str:
    told = "、".join(names[:MOST_NAMED])
    return told + f"等{len(names)}{what}" * (len(names) > MOST_NAMED)
