"""Applications for qualifications, the agencies that help with them, and changes of many at once."""

from enterprises.models.application.agency import (
    Agency,
    AgencyEvent,
    AgencyReply,
    AgencySpelling,
)
from enterprises.models.application.bulk import BulkRun
from enterprises.models.application.course import MOST_BATCHES, Application
from enterprises.models.application.rejection import RejectionReason

__all__ = [
    "MOST_BATCHES",
    "Agency",
    "AgencyEvent",
    "AgencyReply",
    "AgencySpelling",
    "Application",
    "BulkRun",
    "RejectionReason",
]
