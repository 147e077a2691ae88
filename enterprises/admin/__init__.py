"""The admin. Facts and rosters are only shown; the reference data they are read with is edited."""

from enterprises.admin import (
    announcements,
    duties,
    facts,
    followup,
    ip,
    judgements,
    records,
    reporting,
    rule_sets,
)

__all__ = [
    "announcements",
    "duties",
    "facts",
    "followup",
    "ip",
    "judgements",
    "records",
    "reporting",
    "rule_sets",
]
