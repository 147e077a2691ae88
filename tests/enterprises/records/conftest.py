import datetime as dt
import io

import openpyxl
import pytest

from enterprises import jobs
from enterprises.loading import storage
from enterprises.models import Job, RecordKind, SourceFile
from enterprises.records import kinds, loading
from tests.firms import firm


@pytest.fixture
def platform(plan) -> RecordKind:
    return kinds.kind_coded("platform")


def workbook(titles, *rows) -> bytes:
    return saved(book_of(titles, *rows))


def book_of(*rows) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def holders(plan):
    """Two firms that a register's rows may be of."""
    return [firm(), firm()]


@pytest.fixture
def load(people):
    """Load a file into a register, or only look at it; the result of the job."""

    def loaded(kind, content, *, name="台账.xlsx", apply=True, mapping=None):
        source = storage.keep_as(SourceFile.Kind.RECORDS, [content], name, by=people["小石"])
        job = loading.submit(kind, source, apply=apply, mapping=mapping, by=people["小石"])
        jobs.run_inline(job)
        return Job.objects.get(pk=job.pk).result

    return loaded


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
