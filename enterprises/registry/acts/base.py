"""What all acts have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.origins import Listing

YEARS = range(1949, 2101)
"""A year outside is a mistyped one. With a term added it may even lie outside the calendar."""
YEARS_IN_WORDS = f"{YEARS[0]}至{YEARS[-1]}年之间"


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something to be done to the firm with this code.

    With a `listing` it is what a list says, and gives way to what is registered, in each act's own
    way. Without one it is the decision of the person who applies it.
    """

    uscc: str
    cells: Mapping[str, str] = field(default_factory=dict)
    listing: Listing | None = None
    confirmed: bool = False
    """The person who decides has looked at what is doubtful, and means it."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Of all firms that the act needs to look at."""
        return (self.uscc,)

    @property
    def code_after(self) -> str:
        """The firm's code once the act is carried out."""
        return self.uscc

    @property
    def numbers(self) -> tuple[str, ...]:
        """Numbers of certificates that the act claims for its firm."""
        return ()

    @property
    def rights(self) -> tuple[str, ...]:
        """Numbers of intellectual property rights that the act tells of."""
        return ()

    def carry_out(self, firm: FirmFacts) -> None:
        """Note the change in the firm's notebook, or nothing when nothing differs.

        Raise RegistryError to refuse.
        """
        raise NotImplementedError
