"""From which day to which day something holds.

The facts write an end in two ways. A certificate prints its last day, and on that day it is still
valid. A withdrawal, a move or a closure names the first day on which the old state is over.
`Validity` turns both into one value. So the rule "the printed last day counts" is written here
only: in `Validity` for one row, in `valid_on` for a query.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import OuterRef, Q

FAR = dt.date.max
"""Stands for "no end". A day, not None, so that two ends can always be compared."""
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Validity:
    """Valid from `first_day` to before `first_day_not_valid`; FAR where no end is known."""

    first_day: dt.date
    first_day_not_valid: dt.date = FAR

    @classmethod
    def from_printed_days(
        cls, first_day: dt.date, last_day: dt.date | None, revoked_on: dt.date | None = None
    ) -> Validity:
        """Of a certificate: valid on its `last_day`, not on `revoked_on`; None: no such day."""
        # There is no day after the last one of the calendar.
        if last_day is None or last_day >= FAR:
            unrevoked = cls(first_day)
        else:
            unrevoked = cls(first_day, last_day + DAY)
        return unrevoked.cut_short(revoked_on)

    def cut_short(self, day: dt.date | None) -> Validity:
        """The same, but over on `day` at the latest; None cuts nothing."""
        if day is None or day >= self.first_day_not_valid:
            return self
        return replace(self, first_day_not_valid=day)

    def covers(self, day: dt.date) -> bool:
        return self.first_day <= day and (self.is_open or day < self.first_day_not_valid)

    def is_over(self, day: dt.date) -> bool:
        return not self.is_open and day >= self.first_day_not_valid

    def outlasts(self, rival: Validity) -> bool:
        """It ends later. Of two without an end, or with the same end, neither outlasts."""
        return self.first_day_not_valid > rival.first_day_not_valid

    @property
    def is_open(self) -> bool:
        """No end is known."""
        return self.first_day_not_valid >= FAR

    @property
    def is_empty(self) -> bool:
        """It covers no day, such as a certificate that was withdrawn on its first day."""
        return self.first_day_not_valid <= self.first_day

    @property
    def last_day(self) -> dt.date | None:
        """The last day it covers; None where no end is known."""
        return None if self.is_open else self.first_day_not_valid - DAY


def in_force(day: dt.date | OuterRef, first_day: str, first_day_not_valid: str) -> Q:
    """`Validity.covers` as a condition of a query, from two columns; null in the second: no end."""
    unended = Q(**{f"{first_day_not_valid}__isnull": True})
    return Q(**{f"{first_day}__lte": day}) & (unended | Q(**{f"{first_day_not_valid}__gt": day}))


def valid_on(day: dt.date | OuterRef, prefix: str = "") -> Q:
    """`Qualification.validity` covers the day, as a condition of a query.

    `prefix` leads from the queried model to the qualification, such as "qualifications__".
    """
    last_day = f"{prefix}valid_until"
    # Here a certificate differs from all other facts: its last day still belongs to it.
    unexpired = Q(**{f"{last_day}__isnull": True}) | Q(**{f"{last_day}__gte": day})
    return in_force(day, f"{prefix}valid_from", f"{prefix}revoked_on") & unexpired
