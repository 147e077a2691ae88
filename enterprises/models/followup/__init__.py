"""Who sees to a firm, what was said, and by which days one calls."""

from enterprises.models.followup.owner import FirmOwner
from enterprises.models.followup.rule import FollowUpRule, UnitContact
from enterprises.models.followup.talk import Talk, TalkKind

__all__ = ["FirmOwner", "FollowUpRule", "Talk", "TalkKind", "UnitContact"]
