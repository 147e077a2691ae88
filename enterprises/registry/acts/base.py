from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.origins import Listing

YEARS = range(1949, 2101)
"""A year outside is a slip of the pen, and with a term added it may leave the calendar."""
YEARS_SAID = f"{YEARS[0]}至{YEARS[-1]}年之间"


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something to be done to the firm with this code. Said by a list it yields to what is registered, in each act's
    own way; with no `listing` it is a decision of the person who applies it."""

    uscc: str
    cells: Mapping[str, str] = field(default_factory=dict)
    listing: Listing | None = None

    def change(self, firm: FirmFacts) -> None:
        """Note the change in the firm's book; note nothing when nothing differs; raise RegistryError to refuse."""
        raise NotImplementedError
