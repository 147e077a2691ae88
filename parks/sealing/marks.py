"""The marks of a day: the last seal of each book. Kept elsewhere, they show what is changed here.

Whoever owns the database may change rows and seal them anew; then a mark that has left the house
no longer fits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Max
from django.db.models.functions import TruncDate

from parks.models import Seal
from parks.sealing.books import SealedTable

FORMAT = "jiangjin-portal-seals"
FORMAT_VERSION = 1
SHORT = 16
"""Digits that are printed on paper."""


@dataclass(frozen=True)
class DaySeal:
    """The seal that ended a day of a book: its last row and the digest of all up to it."""

    book: str
    day: str
    last: int
    digest: str
    algorithm: str


class MarksRefused(Exception):
    """The file holds no marks; the message is a Chinese sentence."""


def marks_of_days(books: Sequence[SealedTable]) -> list[DaySeal]:
    """The last seal of each book on each day that had one, in the order of days."""
    ends = (
        Seal.objects.filter(book__in=[book.name for book in books])
        .annotate(day=TruncDate("at"))
        .values("book", "day")
        .annotate(newest=Max("id"))
        .values_list("newest", "day")
    )
    days: dict[int, dt.date] = dict(ends)
    seals = Seal.objects.in_bulk(days)
    marks = [
        DaySeal(seal.book_id, days[key].isoformat(), seal.last, seal.digest, seal.algorithm)
        for key, seal in seals.items()
    ]
    return sorted(marks, key=lambda mark: (mark.day, mark.book))


def file_of(marks: Iterable[DaySeal]) -> dict[str, Any]:
    """What the auditor keeps elsewhere, as JSON."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "marks": [asdict(mark) for mark in marks],
    }


def read_file(body: Any) -> list[DaySeal]:
    """Raises MarksRefused unless the body is one that `file_of` has made."""
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise MarksRefused("这不是本系统的封存文件。")
    if body.get("format_version") != FORMAT_VERSION:
        raise MarksRefused("封存文件由更新的程序所做，请先升级程序。")
    try:
        return [DaySeal(**mark) for mark in body["marks"]]
    except (KeyError, TypeError):
        raise MarksRefused("封存文件不完整。") from None


def not_as_marked(marks: Iterable[DaySeal], books: Sequence[SealedTable]) -> Iterator[str]:
    """A sentence for each mark that this database no longer answers to."""
    titles = {book.name: book.title for book in books}
    for mark in marks:
        title = titles.get(mark.book, mark.book)
        seal = Seal.objects.filter(book=mark.book, last=mark.last).first()
        if seal is None:
            yield f"{title}：封存文件中{mark.day}封存到第{mark.last}条，数据库中没有这次封存。"
        elif (seal.digest, seal.algorithm) != (mark.digest, mark.algorithm):
            yield f"{title}：{mark.day}封存到第{mark.last}条的摘要与封存文件不同。"
