"""The one door that writes records: all that is told is written with its entries, or nothing.

Entries are written under the lock of the firms' ledger, so that their numbers become visible in
their order. The number of statements does not depend on how much is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from enterprises.models import Record, RecordEntry, RecordKind, RecordLevel, SourceFile
from enterprises.models.chunks import chunks
from enterprises.models.records.entry import RECORDS
from enterprises.records.book import Heeded, OpenRecord, RecordBook
from enterprises.records.folding import fold
from enterprises.records.telling import RecordWord, Telling
from enterprises.refusal import Refusal
from enterprises.registry.watermark import lock_ledger
from parks.models import User
from parks.sealing import seal_new

Act = RecordEntry.Act
PORTION = 500


@dataclass
class Hearing:
    """What tellings would write, or have written, in their order."""

    heeded: list[Heeded] = field(default_factory=list)
    entries: list[RecordEntry] = field(default_factory=list)

    @property
    def new(self) -> int:
        return sum(each.is_new for each in self.heeded)

    @property
    def changed(self) -> int:
        return sum(each.is_changed and not each.is_new for each in self.heeded)

    @property
    def unchanged(self) -> int:
        return len(self.heeded) - self.new - self.changed


def preview(kind: RecordKind, tellings: Sequence[Telling]) -> Hearing:
    """What `tell` would write now; writes nothing."""
    book = RecordBook(kind, tellings)
    return Hearing([book.hear(telling) for telling in tellings])


def tell(
    kind: RecordKind,
    tellings: Sequence[Telling],
    *,
    by: User | None,
    source: SourceFile | None = None,
    reason: str = "",
) -> Hearing:
    """Write what is new of these, in one transaction."""
    with transaction.atomic():
        lock_ledger()
        book = RecordBook(kind, tellings)
        hearing = Hearing([book.hear(telling) for telling in tellings])
        hearing.entries = _write(book.spoken_of, by=by, source=source, reason=reason)
    return hearing


def change(
    record: Record, words: Sequence[RecordWord], *, by: User, reason: str, seen: int
) -> list[RecordEntry]:
    """A person's words on one record. `seen`: the last entry that the person has looked at."""
    with transaction.atomic():
        lock_ledger()
        standing = _opened(record)
        if last_entry_of(record) != seen:
            raise Refusal("这条记录刚被别人改过，您填的内容还在，请核对后再登记。", "state")
        said = [word for word in words if dict(word.before) != dict(word.after)]
        telling = Telling({}, said[0].on) if said else Telling({}, record.since)
        standing.take(said, telling)
        return _write([standing] if said else [], by=by, source=None, reason=reason)


def last_entry_of(record: Record) -> int:
    """The number of the last word on it, those that take others back included."""
    last: int | None = record.entries.aggregate(last=Max("pk"))["last"]
    return last or 0


def _opened(record: Record) -> OpenRecord:
    fresh = Record.objects.select_related("kind").get(pk=record.pk)
    if fresh.is_void:
        raise Refusal("这条记录已撤销。", "state")
    entries = list(fresh.entries.in_force().order_by("pk"))
    return OpenRecord(fresh, entries, list(fresh.levels.order_by("since")))


def _write(
    spoken_of: Sequence[OpenRecord], *, by: User | None, source: SourceFile | None, reason: str
) -> list[RecordEntry]:
    if not spoken_of:
        return []
    new = [each.record for each in spoken_of if each.is_new]
    known = [each.record for each in spoken_of if not each.is_new]
    for record in [*new, *known]:
        _refuse_unfit(record)
    _refuse_twins(known)
    Record.objects.bulk_create(new, PORTION)
    _update(known)
    _write_levels((each.record, each.levels) for each in spoken_of)
    entries = [
        RecordEntry(
            record=each.record,
            act=word.act,
            on=word.on,
            before=dict(word.before),
            after=dict(word.after),
            cells={name: telling.cells[name] for name in _names(word) if name in telling.cells},
            source=source,
            reason=reason,
            by=by,
        )
        for each in spoken_of
        for word, telling in each.words
    ]
    written = RecordEntry.objects.bulk_create(entries, PORTION)
    seal_new(RECORDS, written[0].pk)
    return written


def _names(word: RecordWord) -> Iterable[str]:
    """The fields that a word is about."""
    yield from (name for name in word.after if name != "extra")
    yield from word.after.get("extra", {})


def _update(records: Sequence[Record]) -> None:
    names = [field.name for field in Record._meta.fields if field.name not in ("id", "kind")]
    Record.objects.bulk_update(records, names, PORTION)


def _write_levels(levels_of: Iterable[tuple[Record, list[RecordLevel]]]) -> None:
    pairs = list(levels_of)
    RecordLevel.objects.filter(record__in=[record.pk for record, _ in pairs]).delete()
    rows = []
    for record, levels in pairs:
        for level in levels:
            level.pk, level.record = None, record
            rows.append(level)
    RecordLevel.objects.bulk_create(rows, PORTION)


def _refuse_unfit(record: Record) -> None:
    """What the columns of the table do not take, as a sentence."""
    if record.until and record.until < record.since:
        raise Refusal(f"“{record}”的结束日期{record.until}早于开始日期{record.since}。", "invalid")
    too_much = record.returned is not None and record.amount is not None
    if too_much and record.returned > record.amount:  # type: ignore[operator]
        raise Refusal(f"“{record}”的收回金额多于原金额。", "invalid")


def _refuse_twins(records: Sequence[Record]) -> None:
    """Two records would be told apart by nothing: the second is refused before the table does."""
    own = {record.pk for record in records}
    by_kind: dict[int, dict[str, Record]] = {}
    for record in records:
        if record.is_void:
            continue
        twins = by_kind.setdefault(record.kind_id, {})
        if record.identity in twins:
            raise Refusal(f"“{record}”与另一条记录相同，没有可以区分的内容。", "blocked")
        twins[record.identity] = record
    for kind, twins in by_kind.items():
        for portion in chunks(list(twins)):
            rows = Record.objects.standing().filter(kind=kind, identity__in=portion)
            for other in rows.exclude(pk__in=own):
                name = twins[other.identity]
                raise Refusal(f"“{name}”与已登记的另一条记录相同，请到那一条变更。", "blocked")


# --- taking back ---
def take_back(entries: Collection[RecordEntry], *, by: User, reason: str) -> list[RecordEntry]:
    """Take these entries back, and put their records together from what remains.

    Raises Refusal where a later entry builds on one of them: it says the same field, or the record
    would no longer be entered.
    """
    with transaction.atomic():
        lock_ledger()
        keys = {entry.pk for entry in entries}
        standing = _opened_to_undo({entry.record_id for entry in entries})
        if keys - {entry.pk for each in standing.values() for entry in each.entries}:
            raise Refusal("这条账目已撤销，或本身就是撤销。", "state")
        _refuse_built_on(standing.values(), keys)
        undone = []
        for each in standing.values():
            gone = [entry for entry in each.entries if entry.pk in keys]
            each.entries = [entry for entry in each.entries if entry.pk not in keys]
            each.levels = fold(each.record, each.entries)
            if not each.record.is_void:
                _refuse_unfit(each.record)
            undone += [
                RecordEntry(
                    record=each.record,
                    act=Act.UNDONE,
                    on=entry.on,
                    reason=reason,
                    by=by,
                    undoes=entry,
                )
                for entry in gone
            ]
        _refuse_twins([each.record for each in standing.values()])
        _update([each.record for each in standing.values()])
        _write_levels((each.record, each.levels) for each in standing.values())
        written = RecordEntry.objects.bulk_create(undone, PORTION)
        seal_new(RECORDS, written[0].pk)
        return written


def _opened_to_undo(keys: Collection[int]) -> dict[int, OpenRecord]:
    standing: dict[int, OpenRecord] = {}
    for portion in chunks(list(keys)):
        for record in Record.objects.filter(pk__in=portion).select_related("kind"):
            standing[record.pk] = OpenRecord(record)
        for entry in RecordEntry.objects.in_force().filter(record__in=portion).order_by("pk"):
            standing[entry.record_id].entries.append(entry)
    return standing


def _refuse_built_on(standing: Iterable[OpenRecord], keys: Collection[int]) -> None:
    blocked = []
    for each in standing:
        gone = [entry for entry in each.entries if entry.pk in keys]
        for later in each.entries:
            if later.pk in keys or not any(_builds_on(later, entry) for entry in gone):
                continue
            blocked.append(f"{each.record}（{later.get_act_display()}，{later.on}）")
            break
    if blocked:
        more = f"等{len(blocked)}条" if len(blocked) > 3 else ""
        named = "；".join(blocked[:3])
        raise Refusal(
            f"不能撤销：之后又有变更以它为基础：{named}{more}。请先撤销这些变更。", "blocked"
        )


def _builds_on(later: RecordEntry, earlier: RecordEntry) -> bool:
    if later.pk < earlier.pk:
        return False
    if earlier.act == Act.ENTERED:
        return True
    return not set(_all_names(later)).isdisjoint(_all_names(earlier))


def _all_names(entry: RecordEntry) -> Iterable[str]:
    yield from (name for name in entry.after if name != "extra")
    yield from (f"extra.{code}" for code in entry.after.get("extra", {}))
