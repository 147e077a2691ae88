"""The page of one record: what it says, its levels in time, and every word that was told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises.models import Record, RecordEntry
from enterprises.models.records import FieldRole
from enterprises.records import by_hand, reviews
from enterprises.records.wording import Detail, text_of, wording_for
from parks.models import User


@dataclass(frozen=True)
class EntryLine:
    """`cells`: where in its file it stands. `may_be_taken_back`: it is in force."""

    entry: RecordEntry
    details: list[Detail]
    cells: str
    undone_by: RecordEntry | None
    may_be_taken_back: bool


def record_context(record: Record, user: User) -> dict[str, Any]:
    """The number of queries does not depend on how much was told."""
    kind, today = record.kind, timezone.localdate()
    may_write = kind.may_be_written_by(user)
    names = {each["code"]: each["name"] for each in kind.levels}
    acts = by_hand.acts_for(record) * may_write
    due_on = reviews.due_on(record, kind)
    return {
        "record": record,
        "kind": kind,
        "firm": record.firm,
        "facts": [
            (column.title, text_of(column, record, today))
            for column in kind.columns
            if column.role != FieldRole.FIRM_CODE
        ],
        "levels": [(names.get(row.level, row.level), row) for row in record.levels.all()],
        "due_on": due_on,
        "is_due": due_on is not None and due_on <= today and record.until is None,
        "entries": _entries(record, may_write),
        "acts": acts,
        "may_write": may_write,
    }


def entries_since(record: Record, seen: int | None) -> list[EntryLine]:
    """What was told after the entry that the person has looked at."""
    lines = _entries(record, may_write=False)
    return [line for line in lines if seen is not None and line.entry.pk > seen]


def _entries(record: Record, may_write: bool) -> list[EntryLine]:
    rows = record.entries.select_related("source", "by", "undone_by__by", "undoes")
    entries = list(rows.order_by("-pk"))
    wording = wording_for(record.kind, entries)
    lines = []
    for entry in entries:
        undone_by = getattr(entry, "undone_by", None)
        in_force = undone_by is None and entry.undoes is None
        details = wording.details(entry.before, entry.after)
        lines.append(EntryLine(entry, details, _cells(entry), undone_by, in_force and may_write))
    return lines


def _cells(entry: RecordEntry) -> str:
    """Its cells, the name of the sheet once: 创新平台!A9、B9."""
    told, sheets = [], set()
    for address in dict.fromkeys(entry.cells.values()):
        sheet, _, cell = address.rpartition("!")
        told.append(address if sheet not in sheets else cell)
        sheets.add(sheet)
    return "、".join(told)
