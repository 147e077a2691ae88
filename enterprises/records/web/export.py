"""A register as .xlsx or .csv with all its columns, as it can be loaded again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from enterprises.models import Record, RecordKind
from enterprises.records.kinds import spec_of
from enterprises.records.wording import cell_of
from enterprises.rosters.definition.records.layouts import NUMBER_FIELD, layout_of
from enterprises.rosters.writing.list_file import Columns, download
from parks.district import DISTRICT
from parks.models import User


def columns_of(kind: RecordKind) -> Columns:
    columns = layout_of(spec_of(kind)).columns
    return [
        (column.title, max(int(column.look.width), 2 * len(column.title) + 2))
        for column in columns
        if column.field != NUMBER_FIELD
    ]


def export(
    kind: RecordKind, rows: Iterable[Record], form_at: str, *, said: Sequence[str], user: User
) -> FileResponse:
    """`said`: what was asked, in words. `form_at` is xlsx or csv."""
    return download(
        f"{kind.name}_{timezone.localtime():%Y%m%d_%H%M}",
        form_at,
        title=f"{DISTRICT.name}{kind.name}台账",
        said=said,
        user=user,
        columns=columns_of(kind),
        rows=_rows(kind, rows),
    )


def _rows(kind: RecordKind, rows: Iterable[Record]) -> Iterator[list[Any]]:
    for record in rows:
        yield [cell_of(column, record) for column in kind.columns]


def attachment(name: str) -> str:
    """The header that names a file in Chinese."""
    return content_disposition_header(True, name) or ""
