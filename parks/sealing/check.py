"""Whether the rows of a book are those that were sealed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from parks.models import Seal
from parks.sealing.books import PassingRows, SealedTable
from parks.sealing.chain import CHUNK, beginning
from parks.sealing.digest import digest_of


def broken_seals(book: SealedTable) -> Iterator[str]:
    """A sentence for each seal that its rows do not match, and for rows that no seal covers."""
    before = beginning(book)
    for seal in Seal.objects.filter(book=book.name).order_by("last").iterator():
        yield from _broken(book, seal, before)
        # Each seal is judged from the one that stands before it: one change is told once.
        before = seal
    unsealed = book.model._default_manager.filter(pk__gt=before.last).count()
    if unsealed:
        yield f"{book.title}末尾有{unsealed}条没有封存。"


def _broken(book: SealedTable, seal: Seal, before: Seal) -> Iterator[str]:
    found = book.rows(seal.form, after=before.last, until=seal.last)
    rows = PassingRows(found.iterator(chunk_size=CHUNK))
    digest = digest_of(before.digest, rows, seal.algorithm)
    if digest == seal.digest and rows.count == seal.count:
        return
    what = _what(seal, rows.count)
    yield f"{book.title}第{seal.first}至{seal.last}条（{_moment(seal)}封存）{what}。"


def _what(seal: Seal, found: int) -> str:
    if found < seal.count:
        return f"缺{seal.count - found}条：封存时{seal.count}条，现有{found}条"
    if found > seal.count:
        return f"多{found - seal.count}条：封存时{seal.count}条，现有{found}条"
    return "内容与封存时不同，或其前的封存被改动"


def _moment(seal: Seal) -> str:
    return f"{timezone.localtime(seal.at):%Y-%m-%d %H:%M:%S}"
