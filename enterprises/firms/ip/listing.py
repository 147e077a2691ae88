"""A firm's rights as pages list them: of which class, and whether an application may use them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from enterprises.marks import Mark, Tone
from enterprises.models import Enterprise, IpClass, IpItem

USABLE = Mark(Tone.GOOD, "check-circle")
USED = Mark(Tone.WATCH, "exclamation-triangle")
NOT_COUNTED = Mark(Tone.NONE)
CLASSES = (IpClass.FIRST, IpClass.SECOND)


@dataclass(frozen=True)
class RightLine:
    """`item` was judged for an application on a day; `says`: whether it counts for it, or why not."""

    item: Any
    says: str
    mark: Mark

    @property
    def ip_class(self) -> IpClass:
        return IpClass(self.item.ip_class)

    @property
    def counts(self) -> bool:
        """The firm owns it on the day, and it is of a class."""
        return bool(self.item.owned) and self.ip_class in CLASSES

    @property
    def used_in(self) -> str:
        """Years of the applications that named it."""
        first, last = self.item.used_first, self.item.used_last
        return "、".join(str(year) for year in dict.fromkeys((first, last)) if year)


@dataclass(frozen=True)
class FirmRights:
    """`lines`: the newest grants first, those that count before the others."""

    lines: list[RightLine]

    @property
    def counted(self) -> list[RightLine]:
        return [line for line in self.lines if line.counts]

    @property
    def in_words(self) -> str:
        """Such as Ⅰ类 2 件，Ⅱ类 5 件（其中已用于以前年度申报 1 件）."""
        told = []
        for ip_class in CLASSES:
            lines = [line for line in self.counted if line.ip_class is ip_class]
            told.append(f"{ip_class.label} {len(lines)} 件")
        used = sum(line.mark is USED for line in self.lines)
        return "，".join(told) + (f"（其中已用于以前年度申报 {used} 件）" if used else "")


def rights_of(firm: Enterprise, on: dt.date) -> FirmRights:
    """For an application on the day; one query."""
    items = IpItem.objects.judged_on(on).filter(enterprise=firm).select_related("kind")
    lines = lines_of(items.order_by("-granted_on", "-pk"), on)
    return FirmRights(sorted(lines, key=lambda line: not line.counts))


def lines_of(judged: Iterable[Any], on: dt.date) -> Iterator[RightLine]:
    """`judged`: by `judged_on` the day."""
    for item in judged:
        yield RightLine(item, *_told(item, on))


def _told(item: Any, on: dt.date) -> tuple[str, Mark]:
    if not item.owned:
        return _why_not(item, on), NOT_COUNTED
    if item.ip_class == IpClass.NONE:
        return "不计入", NOT_COUNTED
    if item.ip_class == IpClass.SECOND and item.was_used:
        return "已用过", USED
    return "可用", USABLE


def _why_not(item: IpItem, on: dt.date) -> str:
    if item.since > on:
        return "尚未取得"
    if item.validity.is_over(on):
        return f"{item.until} {item.get_ending_display()}"
    return f"保护期至 {item.ends_on}"
