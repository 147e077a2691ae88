"""The one door that writes facts. Every change, from a roster, a page, the API or the admin, comes through here.

`apply` takes any number of acts on any number of firms, in order, and writes facts and ledger entries in one
transaction: all of them, or none and every refusal. Acts that change nothing write nothing. The number of statements
depends on the kinds of facts touched, not on the number of firms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, transaction

from enterprises.acts import Act, Grant
from enterprises.book import Book, Change, RegistryError
from enterprises.models import LedgerEntry, LedgerHead, SourceFile
from parks.models import User


class Refused(Exception):
    """Nothing was written. `errors` lists every act that was refused."""

    def __init__(self, errors: Sequence[RegistryError]) -> None:
        super().__init__("\n".join(error.message for error in errors))
        self.errors = list(errors)


@dataclass
class Report:
    """What a call changed, or (preview) would change: counts of firms, and each change."""

    changes: list[Change] = field(default_factory=list)
    firms: int = 0
    new: int = 0
    changed: int = 0
    errors: list[RegistryError] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        return self.firms - self.new - self.changed

    @property
    def acts(self) -> Counter[str]:
        return Counter(change.act for change in self.changes)


def preview(acts: Iterable[Act]) -> Report:
    """What `apply` would do with these acts now; writes nothing and never raises for a refused act."""
    book, errors = _carry_out(list(acts))
    return _report(book, errors)


def apply(acts: Iterable[Act], *, by: User | None, source: SourceFile | None = None, reason: str = "") -> Report:
    """Carry out the acts in order, in one transaction. Raises Refused, with every error, having written nothing."""
    todo = list(acts)
    try:
        with transaction.atomic():
            head = _lock_ledger()
            book, errors = _carry_out(todo)
            if errors:
                raise Refused(errors)
            if book.changes:
                entries = book.write(by=by, source=source, reason=reason)
                LedgerHead.objects.filter(pk=head.pk).update(last_entry=entries[-1].pk)
    except RegistryError as error:
        raise Refused([error]) from None
    except IntegrityError as error:
        raise Refused([RegistryError(_said_by_database(error))]) from error
    return _report(book, [])


def _lock_ledger() -> LedgerHead:
    LedgerHead.objects.bulk_create([LedgerHead(id=1)], ignore_conflicts=True)
    return LedgerHead.objects.select_for_update().get(pk=1)


def _carry_out(acts: list[Act]) -> tuple[Book, list[RegistryError]]:
    book = Book({act.uscc for act in acts}, (act.number for act in acts if isinstance(act, Grant)))
    errors = []
    for act in acts:
        try:
            act.change(book.firms[act.uscc])
        except RegistryError as error:
            error.uscc = error.uscc or act.uscc
            error.cell = error.cell or next(iter(act.cells.values()), "")
            errors.append(error)
    return book, errors


def _report(book: Book, errors: list[RegistryError]) -> Report:
    new = {change.firm.uscc for change in book.changes if change.act == LedgerEntry.Act.REGISTERED}
    touched = {change.firm.uscc for change in book.changes}
    return Report(book.changes, len(book.firms), len(new), len(touched - new), errors)


def _said_by_database(error: IntegrityError) -> str:
    """The Chinese sentence of the violated constraint, found by its name in the database's message."""
    text = str(error)
    for model in apps.get_app_config("enterprises").get_models():
        for constraint in model._meta.constraints:
            if constraint.name in text:
                return str(constraint.violation_error_message)
    if "placement_no_overlap" in text or "pool_no_overlap" in text:
        return "一家企业在同一天只能有一个所在地、一条后备库记录。"
    return "数据与已登记的事实冲突，未写入。"
