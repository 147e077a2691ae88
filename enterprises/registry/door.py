"""The one door that writes facts. Every change, from a list, a page or a command, comes through here.

`apply` takes any number of acts on any number of firms, in order, and writes facts and ledger entries in one
transaction: all of them, or none and every refusal. `apply_all` does so for the acts of several sources at once. Acts
that change nothing write nothing. The number of statements depends on the kinds of facts touched, not on the number
of firms or sources.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, transaction

from enterprises.models import LedgerEntry, LedgerHead, SourceFile
from enterprises.registry.acts import Act, Grant
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Change, RegistryError
from enterprises.registry.working_copy import WorkingCopy
from parks.models import User


class ActsRefused(Exception):
    """Nothing was written. `errors` lists every act that was refused."""

    def __init__(self, errors: Sequence[RegistryError]) -> None:
        super().__init__("\n".join(error.message for error in errors))
        self.errors = list(errors)


@dataclass
class WriteReport:
    """What a call changed, or (preview) would change: counts of firms, and each change.

    `notices` tell of what was said otherwise than registered and left out; `entries` are the ledger's, once written.
    """

    changes: list[Change] = field(default_factory=list)
    firms: int = 0
    new: int = 0
    changed: int = 0
    errors: list[RegistryError] = field(default_factory=list)
    notices: list[RegistryError] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)

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


def preview(acts: Iterable[Act]) -> WriteReport:
    """What `apply` would do with these acts now; writes nothing and never raises for a refused act."""
    return preview_all([Batch(list(acts))])[0]


def preview_all(batches: Sequence[Batch]) -> list[WriteReport]:
    """A report per batch; each batch meets the facts as those before it leave them."""
    return _carry_out(batches)[1]


def foreseen(acts: Iterable[Act]) -> dict[str, FirmFacts]:
    """The firms of these acts, by code, with their facts as `apply` would leave them; writes nothing."""
    return _carry_out([Batch(list(acts))])[0].firms


def apply(
    acts: Iterable[Act], *, by: User | None, source: SourceFile | None = None, reason: str = ""
) -> WriteReport:
    """Carry out the acts in order, in one transaction. Raises Refused, with every error, having written nothing."""
    return apply_all([Batch(list(acts), source)], by=by, reason=reason)[0]


def apply_all(batches: Sequence[Batch], *, by: User | None, reason: str = "") -> list[WriteReport]:
    """As `apply`, batch after batch, all in one transaction; a report per batch."""
    try:
        with transaction.atomic():
            head = lock_ledger()
            book, reports = _carry_out(batches)
            if errors := [error for report in reports for error in report.errors]:
                raise ActsRefused(errors)
            if book.changes:
                changes = [
                    (change, batch.source)
                    for batch, report in zip(batches, reports, strict=True)
                    for change in report.changes
                ]
                entries = book.write(changes, by=by, reason=reason)
                LedgerHead.objects.filter(pk=head.pk).update(last_entry=entries[-1].pk)
                _share_out(entries, reports)
    except RegistryError as error:
        raise ActsRefused([error]) from None
    except IntegrityError as error:
        raise ActsRefused([RegistryError(_said_by_database(error))]) from error
    return reports


def lock_ledger() -> LedgerHead:
    """Whoever holds it is the only writer until the transaction ends. May be taken again by the same transaction."""
    LedgerHead.objects.bulk_create([LedgerHead(id=1)], ignore_conflicts=True)
    return LedgerHead.objects.select_for_update().get(pk=1)


def _share_out(entries: list[LedgerEntry], reports: list[WriteReport]) -> None:
    start = 0
    for report in reports:
        report.entries = entries[start : start + len(report.changes)]
        start += len(report.changes)


def _carry_out(batches: Sequence[Batch]) -> tuple[WorkingCopy, list[WriteReport]]:
    acts = [act for batch in batches for act in batch.acts]
    sound = [act for act in acts if not _has_controls(act)]
    book = WorkingCopy(
        {act.uscc for act in sound}, (act.number for act in sound if isinstance(act, Grant))
    )
    reports = []
    for number, batch in enumerate(batches):
        before, told = len(book.changes), len(book.notices)
        errors = [error for act in batch.acts if (error := _refused(act, book, number))]
        report = _report(book.changes[before:], len({act.uscc for act in batch.acts}), errors)
        report.notices = book.notices[told:]
        reports.append(report)
    return book, reports


def _refused(act: Act, book: WorkingCopy, batch: int) -> RegistryError | None:
    """Carry out one act; the error when it is refused."""
    book.listing = act.listing
    try:
        if _has_controls(act):
            raise RegistryError("含有控制字符或乱码，请重新输入。")
        act.change(book.firms[act.uscc])
    except RegistryError as error:
        error.uscc = error.uscc or act.uscc
        error.cell = error.cell or next(iter(act.cells.values()), "")
        error.batch = batch
        return error
    return None


def _has_controls(act: Act) -> bool:
    """No database should hold these, and PostgreSQL does not even take a NUL in a question."""
    texts = (
        value for value in vars(act).values() if isinstance(value, str) and not value.isprintable()
    )
    return any(
        unicodedata.category(character) in ("Cc", "Cs") for text in texts for character in text
    )


def _report(changes: list[Change], firms: int, errors: list[RegistryError]) -> WriteReport:
    new = {change.enterprise.uscc for change in changes if change.act == LedgerEntry.Act.REGISTERED}
    touched = {change.enterprise.uscc for change in changes}
    return WriteReport(changes, firms, len(new), len(touched - new), errors)


def _said_by_database(error: IntegrityError) -> str:
    """The Chinese sentence of the violated constraint, found by its name in the database's message."""
    text = str(error)
    for model in apps.get_app_config("enterprises").get_models():
        for constraint in model._meta.constraints:
            if constraint.name in text:
                return str(constraint.violation_error_message)
    if any(
        name in text
        for name in ("placement_no_overlap", "pool_no_overlap", "application_no_overlap")
    ):
        return "一家企业在同一天只能有一个所在地、一条后备库记录、每类资质一条申报记录。"
    return "数据与已登记的事实冲突，未写入。"
