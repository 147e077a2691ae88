"""The acts by which facts change. Plain data with one rule each.

`carry_out(firm)` notes the change or refuses it. Units, kinds and technology fields are named by
their codes, days are dates, `cells` maps a field to its address in a file.
"""

from enterprises.registry.acts.advice import DeclineAdvice
from enterprises.registry.acts.application import Apply, NextStep
from enterprises.registry.acts.base import Act
from enterprises.registry.acts.correction import CorrectCode, CorrectNumber
from enterprises.registry.acts.duty import RecordDuty, WithdrawDuty
from enterprises.registry.acts.figures import RecordFigures
from enterprises.registry.acts.firm import (
    Amend,
    Close,
    Leave,
    Move,
    Place,
    Register,
    Rename,
    Reopen,
)
from enterprises.registry.acts.incident import RecordIncident, WithdrawIncident
from enterprises.registry.acts.ip_item import EndIpItem, RecordIpItem, UseIpItem
from enterprises.registry.acts.merging import Merge
from enterprises.registry.acts.owner import AssignOwner
from enterprises.registry.acts.pool import EnterPool, LeavePool
from enterprises.registry.acts.qualification import Extend, Grant, Revoke
from enterprises.registry.acts.redating import (
    CorrectCertificate,
    CorrectPlacement,
    CorrectRenaming,
)
from enterprises.registry.acts.reported_stage import ReportedStage
from enterprises.registry.acts.undo import DoneAct, Undo
from enterprises.registry.acts.unmerging import Unmerge
from enterprises.registry.origins import Listing

__all__ = [
    "Act",
    "Amend",
    "Apply",
    "AssignOwner",
    "Close",
    "CorrectCertificate",
    "CorrectCode",
    "CorrectNumber",
    "CorrectPlacement",
    "CorrectRenaming",
    "DeclineAdvice",
    "DoneAct",
    "EndIpItem",
    "EnterPool",
    "Extend",
    "Grant",
    "Leave",
    "LeavePool",
    "Listing",
    "Merge",
    "Move",
    "NextStep",
    "Place",
    "RecordDuty",
    "RecordFigures",
    "RecordIncident",
    "RecordIpItem",
    "Register",
    "Rename",
    "Reopen",
    "ReportedStage",
    "Revoke",
    "Undo",
    "Unmerge",
    "UseIpItem",
    "WithdrawDuty",
    "WithdrawIncident",
]
