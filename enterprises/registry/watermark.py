"""Whether what acts were judged by outside the transaction still holds under the ledger's lock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils import timezone

from enterprises.models import KindTerm, LedgerEntry, LedgerHead
from enterprises.registry.notebook import REFERENCE_MODELS
from enterprises.registry.working_copy import WorkingCopy

RULES: tuple[type[Model], ...] = (*REFERENCE_MODELS, KindTerm)


def lock_ledger() -> LedgerHead:
    """Lock the ledger: until the transaction ends, nobody else writes facts.

    The same transaction may take the lock again.
    """
    # A new database has no row to lock yet. Of two that insert it at once, one is ignored.
    LedgerHead.objects.bulk_create([LedgerHead(id=1)], ignore_conflicts=True)
    return LedgerHead.objects.select_for_update().get(pk=1)


@dataclass(frozen=True)
class Watermark:
    """How far everything was that acts are judged by; read before the first fact is."""

    last_entry: int
    today: dt.date
    reference: tuple[Any, ...]
    """Units, kinds with their terms, technology fields: every column of every row."""

    @classmethod
    def now(cls) -> Watermark:
        return cls(
            LedgerHead.newest_entry(),
            timezone.localdate(),
            tuple(tuple(model._default_manager.order_by("pk").values_list()) for model in RULES),
        )

    def holds_for(self, working_copy: WorkingCopy) -> bool:
        """Nothing has moved that these firms are judged by; call it with the ledger locked.

        Entries about other firms change nothing for them, but where a certificate's number went
        from hand to hand.
        """
        now = Watermark.now()
        if (now.today, now.reference) != (self.today, self.reference):
            return False
        if now.last_entry == self.last_entry:
            return True
        return not self._touches(working_copy) and not working_copy.numbers_moved()

    def _touches(self, working_copy: WorkingCopy) -> bool:
        # By code and by key: a firm may have got another code, or one of these codes another firm.
        codes = set(working_copy.firms)
        keys = {firm.enterprise.pk for firm in working_copy.firms.values() if firm.enterprise}
        since = LedgerEntry.objects.since(self.last_entry).order_by()
        touched = since.values_list("enterprise_id", "enterprise__uscc").distinct()
        return any(key in keys or code in codes for key, code in touched)
