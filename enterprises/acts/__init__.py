"""The acts by which facts change. Plain data with one rule each: `change(firm)` notes the change or refuses.

Units, kinds and technology fields are named by their codes; days are dates; `cells` maps a field to its address.
"""

from enterprises.acts.application import Apply
from enterprises.acts.base import Act
from enterprises.acts.firm import Close, Leave, Move, Place, Register, Rename, Reopen
from enterprises.acts.holding import EnterPool, LeavePool, RecordFigures
from enterprises.acts.qualification import Extend, Grant, Revoke
from enterprises.acts.undo import Done, Undo
from enterprises.origins import Listing

__all__ = [
    "Act",
    "Apply",
    "Close",
    "Done",
    "EnterPool",
    "Extend",
    "Grant",
    "Leave",
    "LeavePool",
    "Listing",
    "Move",
    "Place",
    "RecordFigures",
    "Register",
    "Rename",
    "Reopen",
    "Revoke",
    "Undo",
]
