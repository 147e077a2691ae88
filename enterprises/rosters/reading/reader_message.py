"""A reading on its way out of the sandbox: plain tuples, of which the parent makes its own objects.

The parent must be safe even when a hostile file has taken over the child. So nothing is unpickled
but containers, numbers, texts and days. What a text may stand for (a layout, a severity) is looked
up here.
"""

from __future__ import annotations

import datetime as dt
import io
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.problems import (
    FileRefused,
    Note,
    Problem,
    Severity,
    UnknownTitle,
)
from enterprises.rosters.definition.quarter_words import NamedQuarter
from enterprises.rosters.definition.registers import LAYOUTS
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.definition.years import with_years
from enterprises.rosters.reading.sheet import Reading

_ALLOWED = {
    (kind.__module__, kind.__name__): kind
    for kind in (dt.date, dt.datetime, dt.time, dt.timedelta, Decimal, frozenset)
}
LONGEST_SEEN = 200
"""Characters kept of a cell's raw text."""
READING, REFUSED = "reading", "refused"

Packed = tuple[Any, ...]


class _Unpickler(pickle.Unpickler):
    """Builds no object of a class that is not listed above."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"{module}.{name} does not belong into a reading"
            ) from None


def pack_outcome(outcome: Reading | FileRefused) -> bytes:
    parts = _pack_reading(outcome) if isinstance(outcome, Reading) else _pack_refusal(outcome)
    return pickle.dumps(parts, pickle.HIGHEST_PROTOCOL)


def unpack_outcome(data: bytes, layouts: Sequence[Layout] = LAYOUTS) -> Reading | FileRefused:
    """Raises whatever a broken message provokes; never runs code that the message names.

    Layouts hold parsers, which are code: only the name of one of `layouts` travels.
    """
    kind, *parts = _Unpickler(io.BytesIO(data)).load()
    if kind != READING:
        return _unpack_refusal(*parts)
    return _unpack_reading({layout.name: layout for layout in layouts}, *parts)


# --- in the child ---
def _pack_reading(reading: Reading) -> Packed:
    """All rows have the same fields and columns, so these are sent once and not with every row."""
    names = [column.field for column in reading.layout.columns]
    years = [column.field for column in reading.layout.columns_of_years]
    sheet, at = "", dict[str, int]()
    if reading.rows:
        sheet, at = reading.rows[0].sheet, dict(reading.rows[0].at)
    rows = []
    for row in reading.rows:
        values = [row.values[name] for name in names]
        seen = [_cut_text(row.seen[name]) for name in at]
        rows.append((row.number, values, seen, tuple(row.unread)))
    return (
        READING,
        (reading.filename, reading.layout.name, reading.reporting_unit, reading.as_of, years),
        (sheet, at),
        rows,
        (reading.extra_titles, reading.notes, reading.sealed, list(map(tuple, reading.quarters))),
        _pack_entries(reading.problems),
        _pack_entries(reading.normalised),
        _pack_entries(reading.ignored),
        _pack_entries(reading.unknown_titles),
    )


def _cut_text(value: object) -> object:
    """Raw values are only shown, and shown cut; they must not fill the parent's memory."""
    if isinstance(value, str) and len(value) > LONGEST_SEEN:
        return value[:LONGEST_SEEN]
    return value


def _pack_refusal(refusal: FileRefused) -> Packed:
    (problem,) = _pack_entries([refusal.problem])
    titles = _pack_entries(refusal.unknown_titles)
    return (REFUSED, problem, refusal.layout, titles, refusal.missing)


def _pack_entries(entries: Iterable[Note | Problem | UnknownTitle]) -> list[Packed]:
    """The values of each entry in the order of its class."""
    packed = []
    for entry in entries:
        values = [getattr(entry, field.name) for field in fields(entry)]
        packed.append(
            # An enum member would name its class in the pickle, and the parent refuses that.
            tuple(str(value) if isinstance(value, Severity) else value for value in values)
        )
    return packed


# --- in the parent ---
def _unpack_reading(
    layouts: Mapping[str, Layout],
    facts: Packed,
    place: Packed,
    rows: list[Packed],
    lists: Packed,
    *entries: list[Packed],
) -> Reading:
    filename, layout_name, unit, as_of, years = facts
    layout, (sheet, at) = with_years(layouts[layout_name], years), place
    extra_titles, notes, sealed, quarters = lists
    problems, normalised, ignored, unknown_titles = entries
    names = [column.field for column in layout.columns]
    roster_rows = []
    for number, values, seen, unread in rows:
        values_by_field = dict(zip(names, values, strict=True))
        seen_by_field = dict(zip(at, seen, strict=True))
        row = RosterRow(sheet, number, values_by_field, at, seen_by_field, frozenset(unread))
        roster_rows.append(row)
    return Reading(
        filename,
        layout,
        unit,
        as_of,
        roster_rows,
        [_unpack_problem(*values) for values in problems],
        [Note(*values) for values in normalised],
        [Note(*values) for values in ignored],
        extra_titles,
        notes,
        [UnknownTitle(*values) for values in unknown_titles],
        sealed,
        tuple(NamedQuarter(*named) for named in quarters),
    )


def _unpack_refusal(
    problem: Packed, layout: str, unknown: list[Packed], missing: Packed
) -> FileRefused:
    titles = [UnknownTitle(*values) for values in unknown]
    return FileRefused(_unpack_problem(*problem), layout, titles, missing)


def _unpack_problem(code: str, severity: str, *rest: str) -> Problem:
    return Problem(code, Severity(severity), *rest)
