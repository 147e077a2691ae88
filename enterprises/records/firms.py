"""Which firm of the register a row of a register names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from enterprises.models import Enterprise
from enterprises.models.chunks import chunks
from enterprises.uscc import normalise


@dataclass
class FirmsNamed:
    """`by_code`: of every code that is registered. `by_name`: firms that bear the name now."""

    by_code: dict[str, Enterprise] = field(default_factory=dict)
    by_name: dict[str, list[Enterprise]] = field(default_factory=lambda: defaultdict(list))

    def named(self, name: str) -> Enterprise | None:
        """The one firm of the name; None for none and for several."""
        found = self.by_name.get(normalise(name), [])
        return found[0] if len(found) == 1 else None


def known_firms(codes: Iterable[str], names: Iterable[str]) -> FirmsNamed:
    """The firms of these codes and names; a merged record stands for the firm it went into."""
    known = FirmsNamed()
    for portion in chunks({code for code in codes if code}):
        for firm in Enterprise.objects.registered_or_merged().filter(uscc__in=portion):
            known.by_code[firm.uscc] = firm.current
    for portion in chunks({normalise(name) for name in names if name}):
        for firm in Enterprise.objects.registered().filter(name_key__in=portion):
            known.by_name[firm.name_key].append(firm)
    return known
