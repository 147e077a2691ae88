"""What can happen to a firm as it stands today: which changes by hand have a case."""

from __future__ import annotations

from functools import cached_property

from django.utils import timezone

from enterprises.models import (
    Closure,
    DutyDone,
    Enterprise,
    FormerName,
    Placement,
    PoolEntry,
    Qualification,
    YearlyDuty,
)


class FirmCases:
    """Each question is asked of the database once, and only where an act wants to know."""

    def __init__(self, firm: Enterprise) -> None:
        self.firm, self._today = firm, timezone.localdate()

    def always(self) -> bool:
        return True

    @cached_property
    def _closed(self) -> bool:
        return Closure.objects.holding_on(self._today).filter(enterprise=self.firm).exists()

    @cached_property
    def _placed(self) -> bool:
        return Placement.objects.covering(self._today).filter(enterprise=self.firm).exists()

    @cached_property
    def _held(self) -> list[Qualification]:
        return list(Qualification.objects.filter(enterprise=self.firm).select_related("kind"))

    def is_closed(self) -> bool:
        return self._closed

    def is_open(self) -> bool:
        return not self._closed

    def is_here(self) -> bool:
        return self._placed and not self._closed

    def was_placed(self) -> bool:
        return Placement.objects.filter(enterprise=self.firm).exists()

    def was_renamed(self) -> bool:
        return FormerName.objects.filter(enterprise=self.firm).exists()

    def holds_any(self) -> bool:
        """Or held: a qualification that ran out can be corrected, too."""
        return bool(self._held)

    def holds_numbered(self) -> bool:
        return any(held.number for held in self._held)

    def is_reserve(self) -> bool:
        """Here, and without a certificate for which the pool is a reserve."""
        ending = (held for held in self._held if held.kind.ends_reserve)
        return self.is_here() and not any(held.holds_on(self._today) for held in ending)

    def is_pooled(self) -> bool:
        return PoolEntry.objects.live_on(self._today).filter(enterprise=self.firm).exists()

    def owes_duties(self) -> bool:
        kinds = {held.kind_id for held in self._held}
        return YearlyDuty.objects.filter(kind__in=kinds).exists()

    def did_duties(self) -> bool:
        return DutyDone.objects.in_force().filter(enterprise=self.firm).exists()

    def has_incidents(self) -> bool:
        return self.firm.incidents.in_force().exists()

    def owns_rights(self) -> bool:
        return self.firm.ip_items.exists()
