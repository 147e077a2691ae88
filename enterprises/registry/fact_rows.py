"""A working copy's changes as rows that only have to be written, with their ledger entries.

At most three statements per model and portion. They are made ready before the ledger is locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model

from enterprises.models import LedgerEntry, LedgerHead, SourceFile
from enterprises.models.chunks import chunks
from enterprises.models.ledger import LEDGER
from enterprises.registry.notebook import Change, RegistryError
from enterprises.registry.working_copy import FACT_MODELS, WRITE_ORDER, WorkingCopy
from parks import ready_rows, table_statistics
from parks.beat import Beat
from parks.models import User
from parks.ready_rows import Statement
from parks.sealing import seal_new


class FactRows:
    """Raises RegistryError for a value that its column does not take."""

    def __init__(
        self,
        working_copy: WorkingCopy,
        changes: Sequence[tuple[Change, SourceFile | None]],
        *,
        by: User | None,
        reason: str,
        beat: Beat,
    ) -> None:
        self._gone = {
            model: [fact.pk for fact in working_copy.dropped.values() if type(fact) is model]
            for model in FACT_MODELS
        }
        self._statements: list[Statement] = []
        for model in WRITE_ORDER:
            facts = list(working_copy.touched[model].values())
            _refuse_unfit(model, facts, beat)
            self._statements += _statements(model, facts, beat)
        # After the facts: an entry names its fact by the key that it has just been given.
        self.entries = [change.to_entry(by, source, reason) for change, source in changes]
        # Their own keys are given as they are written: they must be visible in their order.
        self._statements += ready_rows.insertions(LedgerEntry, self.entries, keyed=False, beat=beat)

    def write(self, head: LedgerHead) -> None:
        """Write all of it; the ledger, whose head this is, is locked."""
        if not self.entries:
            return
        # Deleted first: a fact taken back may have the day or number of one that takes its place.
        for model, keys in self._gone.items():
            for portion in chunks(key for key in keys if key):
                model._default_manager.filter(pk__in=portion).delete()
        # What is newer is ours: nobody else can write meanwhile.
        keys_of_entries = LedgerEntry.objects.values_list("pk", flat=True)
        last = keys_of_entries.order_by("-pk").first() or 0
        ready_rows.carry_out(self._statements)
        written = keys_of_entries.filter(pk__gt=last).order_by("pk")
        for entry, key in zip(self.entries, written, strict=True):
            entry.pk = key
            _mark_stored(entry)
        LedgerHead.objects.filter(pk=head.pk).update(last_entry=self.entries[-1].pk)
        seal_new(LEDGER, self.entries[0].pk)
        # What follows in the same transaction, such as counting, reads what was just written.
        if len(self.entries) > table_statistics.MANY_ROWS:
            table_statistics.refresh([*WRITE_ORDER, LedgerEntry])


def _refuse_unfit(model: type[Model], facts: Sequence[Model], beat: Beat) -> None:
    # Bulk writing skips validation. Relations were looked up by code, so they exist.
    relations = [field.name for field in model._meta.fields if field.is_relation]
    for fact in facts:
        beat()
        try:
            fact.clean_fields(exclude=[*relations, "id"])
        except ValidationError as error:
            field_name, messages = next(iter(error.message_dict.items()))
            title = getattr(model._meta.get_field(field_name), "verbose_name", field_name)
            # All facts but the firm itself hang on a firm.
            firm: Any = getattr(fact, "enterprise", fact)
            message = f"{firm.uscc}：{title}：{messages[0]}"
            raise RegistryError(message, uscc=firm.uscc, field=field_name) from None


def _statements(model: type[Model], facts: Sequence[Model], beat: Beat) -> list[Statement]:
    old = [fact for fact in facts if fact.pk]
    new = [fact for fact in facts if not fact.pk]
    for fact, key in zip(new, ready_rows.reserve_keys(model, len(new)), strict=True):
        fact.pk = key
        _mark_stored(fact)
    for fact in facts:
        # A new firm had no key yet when its facts were hung on it.
        if firm := getattr(fact, "enterprise", None):
            fact.enterprise = firm  # type: ignore[attr-defined]
    # Rewritten rows first: the end of an open placement must be stored before the next one opens.
    return [
        *ready_rows.rewritings(model, old, beat=beat),
        *ready_rows.insertions(model, new, keyed=True, beat=beat),
    ]


def _mark_stored(row: Model) -> None:
    row._state.adding, row._state.db = False, connection.alias
