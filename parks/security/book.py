"""The security log as a sealed book."""

from parks.models import SecurityEvent
from parks.sealing import SealedTable

SECURITY = SealedTable(
    name="security",
    title="安全日志",
    model=SecurityEvent,
    forms={
        1: (
            *("id", "at", "person_id", "name", "role", "address", "request_id", "action"),
            *("about", "result", "rows", "purpose", "details"),
        )
    },
)
