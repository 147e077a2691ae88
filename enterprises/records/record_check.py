"""Whether every record is what its entries say."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from enterprises.models import Record, RecordEntry, RecordLevel
from enterprises.models.chunks import chunks
from enterprises.records.folding import SINGLE, fold
from enterprises.records.telling import known

OTHERS = ("extra", "level", "identity", "is_void")


def hold_against_entries() -> tuple[int, list[int]]:
    """How many records there are, and the numbers of those that say something else."""
    keys = list(Record.objects.values_list("pk", flat=True))
    different: list[int] = []
    for portion in chunks(keys):
        different += _different(portion)
    return len(keys), different


def _different(keys: list[int]) -> list[int]:
    entries: dict[int, list[RecordEntry]] = defaultdict(list)
    for entry in RecordEntry.objects.in_force().filter(record__in=keys).order_by("pk"):
        entries[entry.record_id].append(entry)
    levels: dict[int, list[Any]] = defaultdict(list)
    for level in RecordLevel.objects.filter(record__in=keys).order_by("since"):
        levels[level.record_id].append(_as_told(level))
    found = []
    for record in Record.objects.filter(pk__in=keys).select_related("kind").order_by("pk"):
        kept = _said(record)
        folded = [_as_told(level) for level in fold(record, entries[record.pk])]
        if kept != _said(record) or folded != levels[record.pk]:
            found.append(record.pk)
    return found


def _as_told(level: RecordLevel) -> tuple[Any, ...]:
    return level.level, level.since, level.until


def _said(record: Record) -> dict[str, Any]:
    return {name: known(record, name) for name in SINGLE} | {
        name: getattr(record, name) for name in OTHERS
    }
