"""What the registry holds of the firms of a list."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from enterprises.announcements.meaning import Meaning
from enterprises.models import Closure, Enterprise, Placement, Qualification
from enterprises.models.chunks import chunks


@dataclass(slots=True)
class FirmHoldings:
    """What the registry holds of one firm: its certificates of the list's kind, oldest first."""

    held: list[Qualification] = field(default_factory=list)
    gone: str = ""
    """closed or left, on the day of the announcement."""

    def numbered(self, number: str) -> Qualification | None:
        """The certificate of that number; none where the line has no number."""
        return next((one for one in self.held if number and one.number == number), None)

    @property
    def unrevoked(self) -> Qualification | None:
        return next((one for one in self.held if one.revoked_on is None), None)

    def of_the_same_issue(self, issued: dt.date | None, year: int | None) -> Qualification | None:
        """A numbered certificate of that day; where no day is known, of that year."""
        for one in self.held:
            same_day = issued is not None and one.valid_from == issued
            same_year = issued is None and year is not None and one.class_year == year
            if one.number and (same_day or same_year):
                return one
        return None


def holdings_of(
    firms: Iterable[Enterprise], meaning: Meaning, day: dt.date
) -> defaultdict[int, FirmHoldings]:
    """By firm; three queries a portion."""
    found: defaultdict[int, FirmHoldings] = defaultdict(FirmHoldings)
    for ids in chunks(firm.pk for firm in firms):
        held = Qualification.objects.filter(kind__code=meaning.kind, enterprise__in=ids)
        for one in held.order_by("valid_from", "pk"):
            found[one.enterprise_id].held.append(one)
        for place in Placement.objects.filter(enterprise__in=ids).order_by("since"):
            ended = place.until is not None and place.until <= day
            found[place.enterprise_id].gone = "left" if ended else ""
        closed = Closure.objects.filter(enterprise__in=ids).holding_on(day)
        for firm_id in closed.values_list("enterprise_id", flat=True):
            found[firm_id].gone = "closed"
    return found
