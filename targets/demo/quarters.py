"""The demo's past quarters: rosters of all units, two releases by two persons, and the quarter in progress."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from enterprises.demo import past_rosters, rosters
from enterprises.demo.clock import told_at, working_hour
from enterprises.demo.rosters import Hands
from enterprises.models import Enterprise, Period, Quarter
from parks.models import Unit, User
from targets.models import Release
from targets.releases import preview, proposals

MISSING = {0: "500116115", 1: "500116118"}
"""Of each past quarter, the first or the second, the unit that has handed in nothing."""
LATE = {0: ("baisha", "500116104", "500116110"), 1: ("500116105", "500116112")}
NEWEST = {
    "agri": "newcomer",
    "binjiang": "faulty",
    "500116001": "newcomer",
    "500116006": "approved",
    "500116004": "approved",
    "500116101": "submitted",
    "500116103": "returned",
    "500116106": "approved",
    "500116107": "asked",
    "500116109": "submitted",
    "500116112": "submitted",
}
"""Of the quarter in progress: unit → how far its roster has come. The others have not begun."""
PUBLISHED_AFTER = dt.timedelta(days=12)


def tell(today: dt.date, of_unit: Callable[[Unit], User], bureau: list[User]) -> None:
    """Nothing without firms, and nothing where only one person could approve and publish."""
    if len(bureau) < 2 or not Enterprise.objects.exists():
        return
    hands = Hands(of_unit, bureau)
    last = Period.before(today)
    before = Period.before(last.first_day)
    for number, period in enumerate((Period.before(before.first_day), before)):
        if Quarter.objects.filter(year=period.year, number=period.number).exists():
            continue
        missing = MISSING[number]
        quarter = past_rosters.tell_quarter(period, hands, missing=missing, late=LATE[number])
        publish(quarter, quarter.due_on + PUBLISHED_AFTER, bureau)
    # Where nobody has opened it, it is left for whoever tries the portal.
    newest = Quarter.objects.filter(year=last.year, number=last.number).first()
    if newest:
        rosters.tell_newest(newest, hands, today, NEWEST)


def publish(quarter: Quarter, on: dt.date, bureau: list[User]) -> Release:
    """One asks, another confirms the day after what both have seen."""
    first, second = bureau[:2]
    with told_at(working_hour(on, 3)):
        seen = preview.build_preview(quarter, first, "").mark
        proposal = proposals.ask(quarter, by=first, seen=seen)
    with told_at(working_hour(on + dt.timedelta(days=1), 7)):
        return proposals.confirm(proposal, by=second, seen=proposal.mark)
