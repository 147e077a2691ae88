"""Which columns of a table belong to which firm of a row, and what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from enterprises.announcements.reading.document import Row
from enterprises.announcements.reading.firm_names import is_whole_name
from enterprises.announcements.reading.titles import Field, field_of, plain

Groups = Sequence[Mapping[int, Field]]
"""Columns of firms side by side: for each firm of a row its columns."""
_CODE = re.compile(r"^[0-9A-Z]{18}$")
_CERTIFICATE = re.compile(r"^G[RF]\d{9,13}$")


def continues_header(cells: Sequence[str]) -> bool:
    """A second row of titles, below those that stand above several of its own."""
    filled = [cell for cell in cells if plain(cell)]
    return bool(filled) and all(field_of(cell) for cell in filled)


def header_of(rows: Sequence[Row], at: int) -> tuple[Groups, int]:
    """(columns of the header that begins in this row, how many rows it takes)."""
    cells = rows[at].cells
    below = rows[at + 1].cells if at + 1 < len(rows) else ()
    if continues_header(below):
        return groups_of(cells, below), 2
    # A title that is merged over both rows of a header stands in the upper one alone.
    above = rows[at - 1].cells if at else ()
    merged = [
        told if at >= len(cells) or not plain(cells[at]) else "" for at, told in enumerate(above)
    ]
    return groups_of(merged, cells), 1


def groups_of(cells: Sequence[str], below: Sequence[str]) -> Groups:
    groups: list[dict[int, Field]] = [{}]
    for at in range(max(len(cells), len(below))):
        upper = cells[at] if at < len(cells) else ""
        lower = below[at] if at < len(below) else ""
        found = field_of(lower) or field_of(upper)
        if found is None:
            continue
        # A title that comes again belongs to a further firm of the same row.
        if found in groups[-1].values():
            groups.append({})
        groups[-1][at] = found
    return [group for group in groups if Field.NAME in group.values()]


def groups_by_values(rows: Sequence[Row]) -> Groups:
    """Of a table without titles: the first column of names, and those of codes and numbers."""
    columns = list(zip(*(row.cells for row in rows), strict=False)) if rows else []
    found: dict[int, Field] = {}
    for at, cells in enumerate(columns):
        filled = [told for cell in cells if (told := plain(cell))]
        for name, fits in _SHAPES.items():
            if filled and name not in found.values() and 2 * sum(map(fits, filled)) > len(filled):
                found[at] = name
    return [found] if Field.NAME in found.values() else []


_SHAPES = {
    Field.NAME: is_whole_name,
    Field.CODE: lambda text: bool(_CODE.match(text)),
    Field.NUMBER: lambda text: bool(_CERTIFICATE.match(text)),
    Field.NUMBER_IN_LIST: lambda text: text.isdigit() and len(text) < 5,
}
