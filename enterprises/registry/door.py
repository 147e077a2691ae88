"""The one door that writes facts. Every change, from a list, a page or a command, comes through it.

`apply` takes any number of acts on any number of firms, in order. It writes facts and ledger
entries in one transaction: all of them, or none and every refusal. `apply_all` does so for the acts
of several sources at once. Acts that change nothing write nothing. The number of statements depends
on the kinds of facts touched, not on the number of firms or sources.

Acts are carried out on a copy of the facts before the ledger is locked; under the lock it is proved
that nothing has moved by which they were judged, and then only written (`Prepared`).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, connection, transaction

from enterprises.jobs.overtaken import Overtaken, until_it_holds
from enterprises.models import LedgerEntry, SourceFile
from enterprises.registry.acts import Act
from enterprises.registry.fact_rows import FactRows
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Change, Doubt, RegistryError
from enterprises.registry.pool_ends import settle
from enterprises.registry.watermark import Watermark, lock_ledger
from enterprises.registry.wording import constraint_in_words
from enterprises.registry.working_copy import WorkingCopy
from parks.beat import Beat, silent
from parks.models import User

MOST_TRIES = 3
"""How often acts are prepared outside the transaction before the ledger is kept locked for them."""


class ActsRefused(Exception):
    """Nothing was written. `errors` lists every act that was refused."""

    def __init__(self, errors: Sequence[RegistryError]) -> None:
        super().__init__("\n".join(error.message for error in errors))
        self.errors = list(errors)

    @property
    def asks(self) -> bool:
        """Nothing is wrong: a person is only asked to look once more, and to confirm."""
        return len(self.doubts) == len(self.errors)

    @property
    def doubts(self) -> list[Doubt]:
        return [error for error in self.errors if isinstance(error, Doubt)]


@dataclass
class WriteReport:
    """What a call changed, or would change (preview): numbers of firms, and each change.

    `notices`: what a source says otherwise than registered, and was left out. `entries`: the
    ledger's, in the order of the changes, once they are written. `facts`: the firms of all acts of
    the call, by code, as these leave them.
    """

    changes: list[Change] = field(default_factory=list)
    firms: int = 0
    new: int = 0
    changed: int = 0
    errors: list[RegistryError] = field(default_factory=list)
    notices: list[RegistryError] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    """What a person was asked to look at once more, also where it was confirmed."""
    facts: Mapping[str, FirmFacts] = field(default_factory=dict)

    @property
    def unchanged(self) -> int:
        return self.firms - self.new - self.changed

    @property
    def acts(self) -> Counter[str]:
        return Counter(change.act for change in self.changes)


@dataclass(frozen=True)
class Batch:
    """Acts that come from one source."""

    acts: Sequence[Act]
    source: SourceFile | None = None


def preview(acts: Iterable[Act], *, by: User | None = None) -> WriteReport:
    """What `apply` would do with these acts now; writes nothing, never raises for a refused act."""
    return _carry_out([Batch(list(acts))], by)[1][0]


def preview_all(batches: Sequence[Batch]) -> list[WriteReport]:
    """A report per batch; each batch meets the facts as those before it leave them."""
    return _carry_out(batches)[1]


def foreseen(acts: Iterable[Act]) -> dict[str, FirmFacts]:
    """The firms of these acts, by code, with their facts as `apply` would leave them.

    Writes nothing.
    """
    return _carry_out([Batch(list(acts))])[0].firms


def apply(
    acts: Iterable[Act], *, by: User | None, source: SourceFile | None = None, reason: str = ""
) -> WriteReport:
    """Carry out the acts in order, in one transaction.

    Raises ActsRefused, with every error, having written nothing. What a person decides by hand and
    is out of the ordinary is refused, too, until the act is `confirmed` and a reason given.
    """
    return apply_all([Batch(list(acts), source)], by=by, reason=reason)[0]


def apply_all(batches: Sequence[Batch], *, by: User | None, reason: str = "") -> list[WriteReport]:
    """As `apply`, batch after batch, all in one transaction; a report per batch."""
    return until_it_holds(Prepared(lambda: batches, by=by, reason=reason).write)


class Prepared:
    """Acts carried out on a copy of the facts, with the rows that follow from them.

    `find_batches` is called after the watermark was read, and again when the acts are prepared
    again: what it reads of the registry is covered as the facts are. What else it goes by is told
    by `watched`: a value that is asked for each time. Made within a transaction, the acts are
    prepared under the lock.
    """

    def __init__(
        self,
        find_batches: Callable[[], Sequence[Batch]],
        *,
        by: User | None,
        reason: str = "",
        watched: Callable[[], object] = lambda: None,
        beat: Beat = silent,
    ) -> None:
        self._find_batches, self._by, self._reason = find_batches, by, reason
        self._watched, self._beat = watched, beat
        self._tries = 0
        self._locked_before = connection.in_atomic_block
        if not self._locked_before:
            self._prepare()

    def write(self) -> list[WriteReport]:
        """Write, in the caller's transaction or one of its own; a report per batch.

        Raises ActsRefused as `apply` does. Raises Overtaken when the facts have moved, and the
        transaction is to be left: see `until_it_holds`.
        """
        try:
            with transaction.atomic():
                # What the acts are judged by must hold until they are written. It also makes the
                # ids of entries visible in their order (docs/adr/0002).
                head = lock_ledger()
                if not self._holds():
                    if not self._locked_before and self._tries < MOST_TRIES:
                        raise Overtaken(self._prepare)
                    self._prepare()
                if self._refused:
                    raise self._refused
                self._rows.write(head)
                _share_entries(self._rows.entries, self._reports)
        # Some errors show only while writing, such as a rule that the database enforces.
        except IntegrityError as error:
            raise ActsRefused([RegistryError(constraint_in_words(error))]) from error
        return self._reports

    def _holds(self) -> bool:
        if self._locked_before or self._seen != self._watched():
            return False
        return self._watermark.holds_for(self._working_copy)

    def _prepare(self) -> None:
        self._tries += 1
        # Before any fact is read. Under the lock nothing can move any more.
        if not self._locked_before:
            self._watermark, self._seen = Watermark.now(), self._watched()
        batches = self._find_batches()
        self._working_copy, self._reports = _carry_out(batches, self._by, self._beat)
        self._refused: ActsRefused | None = None
        try:
            _refuse_without_reason(self._reports, self._reason)
            if errors := [error for report in self._reports for error in report.errors]:
                raise ActsRefused(errors)
            changes = [
                (change, batch.source)
                for batch, report in zip(batches, self._reports, strict=True)
                for change in report.changes
            ]
            self._rows = FactRows(
                self._working_copy, changes, by=self._by, reason=self._reason, beat=self._beat
            )
        except ActsRefused as refused:
            self._refused = refused
        # Some errors show only in the rows: a value too long.
        except RegistryError as error:
            self._refused = ActsRefused([error])


def _refuse_without_reason(reports: Sequence[WriteReport], reason: str) -> None:
    """What was doubtful and is confirmed stands in the ledger with the reason for it."""
    doubts = [doubt for report in reports for doubt in report.doubts]
    if not doubts or reason.strip():
        return
    errors = [error for report in reports for error in report.errors if error not in doubts]
    words = "确需登记的，请写明理由。"
    missing = Doubt(words, point=words, uscc=doubts[0].uscc, field="reason")
    raise ActsRefused([*errors, *doubts, missing])


def _share_entries(entries: list[LedgerEntry], reports: list[WriteReport]) -> None:
    """Give each report its entries; they stand in the order of all changes."""
    start = 0
    for report in reports:
        report.entries = entries[start : start + len(report.changes)]
        start += len(report.changes)


def _carry_out(
    batches: Sequence[Batch], by: User | None = None, beat: Beat = silent
) -> tuple[WorkingCopy, list[WriteReport]]:
    # PostgreSQL does not take a NUL even in a query, so garbled acts must not reach the loading.
    garbled = {id(act) for batch in batches for act in batch.acts if _has_controls(act)}
    sound = [act for batch in batches for act in batch.acts if id(act) not in garbled]
    codes = {code for act in sound for code in act.codes}
    working_copy = WorkingCopy(
        codes,
        [number for act in sound for number in act.numbers],
        [number for act in sound for number in act.rights],
    )
    reports = []
    for number, batch in enumerate(batches):
        changes_before, notices_before = len(working_copy.changes), len(working_copy.notices)
        errors: list[RegistryError] = []
        doubts: list[Doubt] = []
        for act in batch.acts:
            beat()
            try:
                if id(act) in garbled:
                    raise RegistryError("含有控制字符或乱码，请重新输入。")
                # What notes a change knows the firm but not the act,
                # and needs the list for the origin.
                working_copy.listing = act.listing
                # Nobody can be asked where a command writes, and a list speaks for itself.
                working_copy.by_hand = bool(by and not batch.source and not act.listing)
                working_copy.doubts = []
                act.carry_out(working_copy.firms[act.uscc])
                # At once: a later act of the call may ask whether the firm is still in the pool.
                for code in act.codes:
                    settle(working_copy.firms[code])
                doubts += working_copy.doubts
                if not act.confirmed:
                    errors += working_copy.doubts
            except RegistryError as error:
                error.uscc = error.uscc or act.uscc
                error.cell = error.cell or next(iter(act.cells.values()), "")
                error.batch = number
                errors.append(error)
        report = _make_report(batch, working_copy.changes[changes_before:], errors)
        report.notices = working_copy.notices[notices_before:]
        report.doubts = doubts
        report.facts = working_copy.firms
        reports.append(report)
    return working_copy, reports


def _has_controls(act: Act) -> bool:
    """A text of the act contains control characters or halves of surrogate pairs."""
    # `isprintable` is fast and clears nearly every text; it also refuses some harmless spaces.
    texts = (
        value for value in vars(act).values() if isinstance(value, str) and not value.isprintable()
    )
    return any(
        unicodedata.category(character) in ("Cc", "Cs") for text in texts for character in text
    )


def _make_report(batch: Batch, changes: list[Change], errors: list[RegistryError]) -> WriteReport:
    new = {change.enterprise.uscc for change in changes if change.act == LedgerEntry.Act.REGISTERED}
    touched = {change.enterprise.uscc for change in changes}
    # A right that is transferred leaves a firm that no act names.
    firms = {act.code_after for act in batch.acts} | touched
    return WriteReport(changes, len(firms), len(new), len(touched - new), errors)
