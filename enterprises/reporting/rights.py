"""Who may do what with a roster.

Which rosters a person sees is decided by the querysets' `visible_to`.
"""

from __future__ import annotations

from enterprises.models import RosterVersion
from parks.models import Unit, User


def reports_for(user: User, unit: Unit) -> bool:
    """May send, answer, hand in and take back: the unit's own staff, or the bureau in its place."""
    return user.in_bureau or user.unit_id == unit.pk


def reads_whole(user: User, version: RosterVersion) -> bool:
    """May see the file and its contact persons: the unit itself and the bureau."""
    return reports_for(user, version.roster.unit)
