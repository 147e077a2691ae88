"""The one door that writes facts. Every change, from a list, a page or a command, comes through it.

`apply` takes any number of acts on any number of firms, in order. It writes facts and ledger
entries in one transaction: all of them, or none and every refusal. `apply_all` does so for the acts
of several sources at once. Acts that change nothing write nothing. The number of statements depends
on the kinds of facts touched, not on the number of firms or sources.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, transaction

from enterprises.models import LedgerEntry, LedgerHead, SourceFile
from enterprises.registry.acts import Act
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Change, Doubt, RegistryError
from enterprises.registry.working_copy import WorkingCopy
from parks.models import User


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
    try:
        with transaction.atomic():
            # Before any fact is read: what the acts are judged by must hold until they are written.
            # It also makes the ids of entries visible in their order (docs/adr/0002).
            head = lock_ledger()
            working_copy, reports = _carry_out(batches, by)
            _refuse_without_reason(reports, reason)
            if errors := [error for report in reports for error in report.errors]:
                raise ActsRefused(errors)
            if working_copy.changes:
                changes = [
                    (change, batch.source)
                    for batch, report in zip(batches, reports, strict=True)
                    for change in report.changes
                ]
                entries = working_copy.write(changes, by=by, reason=reason)
                LedgerHead.objects.filter(pk=head.pk).update(last_entry=entries[-1].pk)
                _share_entries(entries, reports)
    # Some errors show only while writing: a value too long, or a rule that the database enforces.
    except RegistryError as error:
        raise ActsRefused([error]) from None
    except IntegrityError as error:
        raise ActsRefused([RegistryError(_constraint_in_words(error))]) from error
    return reports


def _refuse_without_reason(reports: Sequence[WriteReport], reason: str) -> None:
    """What was doubtful and is confirmed stands in the ledger with the reason for it."""
    doubts = [doubt for report in reports for doubt in report.doubts]
    if not doubts or reason.strip():
        return
    errors = [error for report in reports for error in report.errors if error not in doubts]
    words = "确需登记的，请写明理由。"
    missing = Doubt(words, point=words, uscc=doubts[0].uscc, field="reason")
    raise ActsRefused([*errors, *doubts, missing])


def lock_ledger() -> LedgerHead:
    """Lock the ledger: until the transaction ends, nobody else writes facts.

    The same transaction may take the lock again.
    """
    # A new database has no row to lock yet. Of two that insert it at once, one is ignored.
    LedgerHead.objects.bulk_create([LedgerHead(id=1)], ignore_conflicts=True)
    return LedgerHead.objects.select_for_update().get(pk=1)


def _share_entries(entries: list[LedgerEntry], reports: list[WriteReport]) -> None:
    """Give each report its entries; they stand in the order of all changes."""
    start = 0
    for report in reports:
        report.entries = entries[start : start + len(report.changes)]
        start += len(report.changes)


def _carry_out(
    batches: Sequence[Batch], by: User | None = None
) -> tuple[WorkingCopy, list[WriteReport]]:
    # PostgreSQL does not take a NUL even in a query, so garbled acts must not reach the loading.
    garbled = {id(act) for batch in batches for act in batch.acts if _has_controls(act)}
    sound = [act for batch in batches for act in batch.acts if id(act) not in garbled]
    codes = {code for act in sound for code in act.codes}
    working_copy = WorkingCopy(codes, [number for act in sound for number in act.numbers])
    reports = []
    for number, batch in enumerate(batches):
        changes_before, notices_before = len(working_copy.changes), len(working_copy.notices)
        errors: list[RegistryError] = []
        doubts: list[Doubt] = []
        for act in batch.acts:
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
    firms = {act.code_after for act in batch.acts}
    new = {change.enterprise.uscc for change in changes if change.act == LedgerEntry.Act.REGISTERED}
    touched = {change.enterprise.uscc for change in changes}
    return WriteReport(changes, len(firms), len(new), len(touched - new), errors)


def _constraint_in_words(error: IntegrityError) -> str:
    """The Chinese sentence of the violated constraint, whose name the database's message holds."""
    text = str(error)
    for model in apps.get_app_config("enterprises").get_models():
        for constraint in model._meta.constraints:
            if constraint.name in text:
                return str(constraint.violation_error_message)
    # A migration makes these three: Django has no constraint for them, so no model knows them.
    overlaps = ("placement_no_overlap", "pool_no_overlap", "application_no_overlap")
    if any(name in text for name in overlaps):
        return "一家企业在同一天只能有一个所在地、一条后备库记录、每类资质一条申报记录。"
    return "数据与已登记的事实冲突，未写入。"
