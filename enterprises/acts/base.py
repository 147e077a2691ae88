from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from enterprises.book import Firm


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something to be done to the firm with this code."""

    uscc: str
    cells: Mapping[str, str] = field(default_factory=dict)

    def change(self, firm: Firm) -> None:
        """Note the change in the firm's book; note nothing when nothing differs; raise RegistryError to refuse."""
        raise NotImplementedError
