"""Who sees a unit's sheet, and who objects to it."""

from __future__ import annotations

from parks.models import Unit, User
from targets.models import AssessmentScheme

ONLY_BUREAU = "考核方案、评分和答复由科技局办理。"
ONLY_OWN = "只有本单位的人员可以对本单位的得分提出异议。"


def may_see(user: User, unit: Unit) -> bool:
    return user.sees_whole_district or user.unit_id == unit.pk


def sees_ranking(user: User, scheme: AssessmentScheme) -> bool:
    """A unit sees places and totals of all where the sheet says so."""
    return user.sees_whole_district or scheme.shows_ranking


def may_object(user: User, unit: Unit, scheme: AssessmentScheme) -> bool:
    """While the scores are not final."""
    return user.unit_id == unit.pk and not scheme.is_frozen
