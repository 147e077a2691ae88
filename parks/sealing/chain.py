"""Sealing: each transaction adds one digest over the rows that it wrote, read back."""

from __future__ import annotations

import datetime as dt

from parks.models import Seal, SealedBook
from parks.sealing.books import PassingRows, SealedTable
from parks.sealing.digest import ALGORITHM, digest_of

CHUNK = 2_000


def lock_book(book: SealedTable) -> None:
    """Until the transaction ends, nobody else adds to the book. It may be locked again."""
    locking = SealedBook.objects.filter(pk=book.name)
    # Written as it is: the row is locked as by SELECT FOR UPDATE, in one statement.
    if not locking.update(name=book.name):
        # A new database has no row to lock yet. Of two that insert it at once, one is ignored.
        SealedBook.objects.bulk_create([SealedBook(name=book.name)], ignore_conflicts=True)
        locking.update(name=book.name)


def last_seal(book: SealedTable) -> Seal:
    """The newest seal; of a book that has none, one that ends before the first row."""
    return Seal.objects.filter(book=book.name).order_by("-last").first() or beginning(book)


def seal_at(book: SealedTable, moment: dt.datetime) -> Seal | None:
    """The newest seal of that moment; None where there was none yet."""
    return Seal.objects.filter(book=book.name, at__lte=moment).order_by("-last").first()


def beginning(book: SealedTable) -> Seal:
    return Seal(book_id=book.name, last=0, digest="")


def seal_new(book: SealedTable, first: int) -> Seal | None:
    """Seal the rows that this transaction has written, from the key `first` on.

    Call it at its end, under the lock that gave them numbers in their order. What stands between
    the last seal and them, nobody has sealed: it stays without, and the check tells of it.
    """
    lock_book(book)
    before = last_seal(book)
    # Read back: a database may keep a value otherwise than it was given.
    rows = PassingRows(book.rows(book.form, after=first - 1).iterator(chunk_size=CHUNK))
    digest = digest_of(before.digest, rows, ALGORITHM)
    if not rows.count:
        return None
    return Seal.objects.create(
        book_id=book.name,
        first=first,
        last=rows.last,
        count=rows.count,
        form=book.form,
        algorithm=ALGORITHM,
        digest=digest,
    )
