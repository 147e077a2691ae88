"""The records of a kind that are spoken of, in memory, as they become by what is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from enterprises.models import Enterprise, Record, RecordEntry, RecordKind, RecordLevel
from enterprises.models.chunks import chunks
from enterprises.records.folding import fold, identity_of
from enterprises.records.telling import Heard, RecordWord, Telling, hear_known, hear_new


@dataclass
class OpenRecord:
    """A record with its entries in force and its levels; `words`: what was said of it just now."""

    record: Record
    entries: list[RecordEntry] = field(default_factory=list)
    levels: list[RecordLevel] = field(default_factory=list)
    words: list[tuple[RecordWord, Telling]] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.record.pk is None

    def take(self, words: Sequence[RecordWord], telling: Telling) -> None:
        """The record becomes what it is with these words, too."""
        if not words:
            return
        self.words += [(word, telling) for word in words]
        said = [RecordEntry(act=word.act, on=word.on, after=dict(word.after)) for word in words]
        self.entries += said
        self.levels = fold(self.record, self.entries)


@dataclass(frozen=True)
class Heeded:
    """One telling, the record that it is about, and what came of it."""

    telling: Telling
    record: Record
    heard: Heard
    is_new: bool

    @property
    def is_changed(self) -> bool:
        return bool(self.heard.words)


class RecordBook:
    """Those of the kind's records that the tellings may be about; the queries do not grow with them."""

    def __init__(self, kind: RecordKind, tellings: Sequence[Telling]) -> None:
        self.kind = kind
        self._holders = _holders(telling.values.get("enterprise") for telling in tellings)
        self._open: dict[str, OpenRecord] = {}
        wanted = {key for telling in tellings for key in self._identities(telling)}
        for portion in chunks(wanted):
            for record in Record.objects.standing().filter(kind=kind, identity__in=portion):
                record.kind = kind
                self._open[record.identity] = OpenRecord(record)
        self._load()

    def _identities(self, telling: Telling) -> list[str]:
        """With its firm, and by the firm's name alone, under which it may have been told before."""
        told = dict(telling.values)
        firm = self._holders.get(told.get("enterprise") or 0)
        return [identity_of(self.kind, told | {"firm": key}) for key in (firm, None)]

    def _load(self) -> None:
        by_key = {each.record.pk: each for each in self._open.values()}
        for portion in chunks(list(by_key)):
            rows = RecordEntry.objects.in_force().filter(record__in=portion)
            for entry in rows.order_by("pk"):
                by_key[entry.record_id].entries.append(entry)
            for level in RecordLevel.objects.filter(record__in=portion).order_by("since"):
                by_key[level.record_id].levels.append(level)

    def hear(self, telling: Telling) -> Heeded:
        """Hold it against what is known, together with all that was heard before it."""
        found = [self._open[key] for key in self._identities(telling) if key in self._open]
        if found:
            known = found[0]
            is_new, heard = False, hear_known(known.record, known.levels, telling)
        else:
            known = OpenRecord(Record(kind=self.kind))
            is_new, heard = True, hear_new(telling)
        known.take(heard.words, telling)
        self._open[known.record.identity] = known
        return Heeded(telling, known.record, heard, is_new)

    @property
    def spoken_of(self) -> list[OpenRecord]:
        """Records of which something new was said, each once."""
        by_record = {id(each.record): each for each in self._open.values() if each.words}
        return list(by_record.values())


def _holders(keys: Iterable[Any]) -> dict[int, int]:
    """Firm → the firm that stands for it: another where it was merged."""
    found: dict[int, int] = {}
    for portion in chunks({key for key in keys if key}):
        rows = Enterprise.objects.filter(pk__in=portion).values_list("pk", "merged_into")
        found |= {key: other or key for key, other in rows}
    return found
