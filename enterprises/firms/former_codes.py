"""The firm that was registered under a code before the code was corrected."""

from __future__ import annotations

from django.db.models import QuerySet

from enterprises.models import Enterprise, LedgerEntry


def firm_that_bore(code: str, among: QuerySet[Enterprise]) -> Enterprise | None:
    """The last one; None where the code was never corrected."""
    corrected = LedgerEntry.objects.in_force().filter(
        act=LedgerEntry.Act.RECODED, before__uscc=code, enterprise__in=among
    )
    entry = corrected.select_related("enterprise").order_by("-pk").first()
    return entry.enterprise if entry else None
