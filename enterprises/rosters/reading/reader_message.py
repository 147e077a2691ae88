"""A reading on its way out of the jail: plain tuples, so that the parent builds its own objects.

The parent must be able to take a message from a child that a hostile file has taken over. So nothing is unpickled but
containers, numbers, texts and days, and what a text may stand for (a layout, a severity) is looked up here.
"""

from __future__ import annotations

import datetime as dt
import io
import pickle
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from typing import Any, TypeVar

from enterprises.rosters.definition.columns import LAYOUTS
from enterprises.rosters.definition.problems import (
    FileRefused,
    Note,
    Problem,
    Severity,
    UnknownTitle,
)
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.reading.sheet import Reading

_ALLOWED = {
    (kind.__module__, kind.__name__): kind
    for kind in (dt.date, dt.datetime, dt.time, dt.timedelta, Decimal, frozenset)
}
_LAYOUTS = {layout.name: layout for layout in LAYOUTS}
LONGEST_SEEN = 200
READING, REFUSED = "reading", "refused"

Entry = TypeVar("Entry", Note, Problem, UnknownTitle)
Packed = tuple[Any, ...]


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"{module}.{name} does not belong into a reading"
            ) from None


def packed(outcome: Reading | FileRefused) -> bytes:
    parts = _reading(outcome) if isinstance(outcome, Reading) else _refusal(outcome)
    return pickle.dumps(parts, pickle.HIGHEST_PROTOCOL)


def unpacked(data: bytes) -> Reading | FileRefused:
    """Raises whatever a broken message provokes; never runs anything out of it."""
    kind, *parts = _Unpickler(io.BytesIO(data)).load()
    return _as_reading(*parts) if kind == READING else _as_refusal(*parts)


# --- out --------------------------------------------------------------------------------------------------------
def _reading(reading: Reading) -> Packed:
    names = [column.field for column in reading.layout.columns]
    first = reading.rows[0] if reading.rows else None
    places = list(first.at) if first else []
    rows = [
        (
            row.number,
            [row.values[name] for name in names],
            [_short(row.seen[name]) for name in places],
            tuple(row.unread),
        )
        for row in reading.rows
    ]
    facts = (reading.filename, reading.layout.name, reading.reporting_unit, reading.as_of)
    lists = (reading.extra_titles, reading.notes, reading.sealed)
    told = (
        _told(reading.problems),
        _told(reading.normalised),
        _told(reading.ignored),
        _told(reading.unknown_titles),
    )
    return (
        READING,
        facts,
        (first.sheet, dict(first.at)) if first else ("", {}),
        rows,
        lists,
        *told,
    )


def _short(seen: object) -> object:
    """Raw values are only ever shown, and shown cut; a file must not fill the parent's memory with them."""
    return seen[:LONGEST_SEEN] if isinstance(seen, str) and len(seen) > LONGEST_SEEN else seen


def _refusal(refusal: FileRefused) -> Packed:
    return (REFUSED, _told([refusal.problem])[0], refusal.layout, _told(refusal.unknown_titles))


def _told(entries: Iterable[Note | Problem | UnknownTitle]) -> list[Packed]:
    return [
        tuple(str(value) if isinstance(value, Severity) else value for value in _values(entry))
        for entry in entries
    ]


def _values(entry: Note | Problem | UnknownTitle) -> Iterable[Any]:
    return (getattr(entry, each.name) for each in fields(entry))


# --- in ---------------------------------------------------------------------------------------------------------
def _as_reading(
    facts: Packed, place: Packed, rows: list[Packed], lists: Packed, *told: list[Packed]
) -> Reading:
    filename, layout_name, unit, as_of = facts
    layout, (sheet, at) = _LAYOUTS[layout_name], place
    extra_titles, notes, sealed = lists
    names = [column.field for column in layout.columns]
    places = list(at)
    found = [
        RosterRow(
            sheet,
            number,
            dict(zip(names, values, strict=True)),
            at,
            dict(zip(places, seen, strict=True)),
            frozenset(unread),
        )
        for number, values, seen, unread in rows
    ]
    problems, normalised, ignored, unknown = told
    return Reading(
        filename,
        layout,
        unit,
        as_of,
        found,
        [_problem(*each) for each in problems],
        [Note(*each) for each in normalised],
        [Note(*each) for each in ignored],
        extra_titles,
        notes,
        [UnknownTitle(*each) for each in unknown],
        sealed,
    )


def _as_refusal(problem: Packed, layout: str, unknown: list[Packed]) -> FileRefused:
    return FileRefused(_problem(*problem), layout, [UnknownTitle(*each) for each in unknown])


def _problem(code: str, severity: str, *rest: str) -> Problem:
    return Problem(code, Severity(severity), *rest)
