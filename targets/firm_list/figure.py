"""What a list of firms is the list of: a counted figure, and the holders that it leaves out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, TextChoices

from enterprises.models import Enterprise, Placement, Qualification
from enterprises.models.announcements import claims
from enterprises.models.enterprise import PlacementQuerySet
from enterprises.models.standing import (
    OF_HOLDERS,
    NotCounted,
    last_places,
    out_of_count,
    reason_column,
)
from parks.models import User
from targets import in_flight
from targets.figures import counting
from targets.in_flight import Flying
from targets.models import Definition, Scope, Span
from targets.models.derived import in_scope


class Confirmation(TextChoices):
    """Who of a figure's firms has a certificate that more than a roster tells of."""

    CONFIRMED = "confirmed", "只计名单确认或登记在册的"
    CLAIMED = "claimed", "只有名册自报的"


ALL = "all"
COUNTED_CHOICES = [
    *((reason.value, f"持有资质，{reason.label}未计") for reason in OF_HOLDERS),
    (ALL, "持有资质的全部企业，不论是否计入"),
    (Flying.ALL.value, "在途：当年已申报或公示中，当日未计入"),
    (Flying.NEVER_COUNTED.value, "在途，从未计入：取得证书即为首次认定"),
    *Confirmation.choices,
]
"""Values of the parameter `counted`; left out, those that count."""


@dataclass(frozen=True)
class LeftOut:
    """Firms that hold the qualification on the day and do not count, for one reason."""

    reason: NotCounted
    firms: int
    link: str = ""


@dataclass(frozen=True)
class FilteredFigure:
    """A counted figure by its parameters: the stock on a day, or what lapses in [since, until).

    `indicator`: its code; empty where a kind is asked for, which no indicator need count. `kind`:
    the code of the qualification.
    """

    kind: str
    indicator: str = ""
    scope: str = Scope.DISTRICT
    definition: str = Definition.CERTIFICATE
    on: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    def spans(self, user: User) -> QuerySet[Span]:
        """The spans it was counted from; a reporter sees those of the own unit only."""
        if not self.indicator:
            assert self.on is not None
            of_kind = counting.holding(kind=self.kind, day=self.on, definition=self.definition)
            return of_kind.visible_to(user)
        whole = {"indicator": self.indicator, "scope": self.scope, "definition": self.definition}
        if self.on:
            return counting.listed(day=self.on, **whole).visible_to(user)
        assert self.since is not None
        assert self.until is not None
        return counting.lapsing(since=self.since, until=self.until, **whole).visible_to(user)

    @property
    def tells_left_out(self) -> bool:
        """Whether it can say whom it leaves out: the stock of a day, by the dates of certificates.

        By class years firms count that hold nothing on the day, and the rest is another question.
        """
        return self.on is not None and self.definition == Definition.CERTIFICATE

    def holders(self) -> QuerySet[Qualification]:
        """The qualifications of the kind that hold on the day."""
        assert self.on is not None
        return Qualification.objects.filter(kind__code=self.kind).holding_on(self.on)

    def confirmed_in(self, spans: QuerySet[Span], which: Confirmation) -> QuerySet[Span]:
        """Of the spans that count on the day those with, or without, a certificate in force that
        something besides rosters tells of."""
        official = claims.official(self.holders()).values("enterprise")
        if which == Confirmation.CONFIRMED:
            return spans.filter(enterprise__in=official)
        return spans.exclude(enterprise__in=official)

    def uncounted(self, firms: QuerySet[Enterprise], place: Q, user: User) -> QuerySet[Enterprise]:
        """Those of the firms that hold the kind on the day and count nowhere, with their `reason`.

        They belong where they stood last: `place` is a condition on that.
        """
        assert self.on is not None
        out = self.held_in(firms, place, user).filter(out_of_count(self.on))
        return out.annotate(reason=reason_column(self.on))

    def held_in(self, firms: QuerySet[Enterprise], place: Q, user: User) -> QuerySet[Enterprise]:
        """All of the firms that hold the kind on the day, whether they count or not."""
        here = self._last_here(place, user)
        held = self.holders().values("enterprise")
        return firms.filter(pk__in=held).filter(pk__in=here.values("enterprise"))

    def flying_in(
        self, firms: QuerySet[Enterprise], which: Flying, place: Q, user: User
    ) -> QuerySet[Enterprise]:
        """Those of the firms in flight on the day that stand in the figure's scope on it."""
        here = self.places().filter(place & in_scope(self.scope)).visible_to(user)
        assert self.on is not None
        flying = in_flight.listed(self.kind, self.on, which).values("enterprise")
        return firms.filter(pk__in=flying).filter(pk__in=here.values("enterprise"))

    def places(self) -> PlacementQuerySet:
        """Where firms stand on the day."""
        assert self.on is not None
        return Placement.objects.covering(self.on)

    def _last_here(self, place: Q, user: User) -> PlacementQuerySet:
        """Last places in the figure's scope, of a reporter in the own unit."""
        here = self.last_place().filter(place & in_scope(self.scope))
        return here if user.sees_whole_district else here.in_unit(user.unit_id)

    def last_place(self) -> PlacementQuerySet:
        assert self.on is not None
        return last_places(self.on)


def count_reasons(uncounted: QuerySet[Enterprise]) -> list[LeftOut]:
    """By reason, in the order in which they are judged; reasons without firms are left out."""
    rows: Any = uncounted.order_by()
    firms = dict(rows.values_list("reason").annotate(Count("pk")))
    return [LeftOut(reason, firms[reason]) for reason in OF_HOLDERS if firms.get(reason)]
