"""The firm behind a code that leads to another: corrected, or of a record that was merged."""

from __future__ import annotations

from django.db.models import QuerySet

from enterprises.models import Enterprise, LedgerEntry


def firm_that_bore(code: str, among: QuerySet[Enterprise]) -> Enterprise | None:
    """The last one; None where the code was never corrected, and no record of it merged."""
    merged = among.filter(merged_records__uscc=code).first()
    if merged:
        return merged
    corrected = LedgerEntry.objects.in_force().filter(
        act=LedgerEntry.Act.RECODED, before__uscc=code, enterprise__in=among
    )
    entry = corrected.select_related("enterprise").order_by("-pk").first()
    return entry.enterprise if entry else None
