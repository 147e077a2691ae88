"""Who may do what with a roster; what one may see is said by the querysets' `visible_to`."""

from __future__ import annotations

from enterprises.models import RosterVersion
from parks.models import Unit, User


def reports_for(user: User, unit: Unit) -> bool:
    """May send, answer, hand in and take back: the unit's own staff, and the bureau in its stead."""
    return user.in_bureau or user.unit_id == unit.pk


def reads_whole(user: User, version: RosterVersion) -> bool:
    """May see the file and what was typed into it, contact persons too: the unit itself and the bureau."""
    return reports_for(user, version.roster.unit)
