"""The seal on a template: for whom and when the portal made it.

Apart from `marks`, for the process that reads a file has no key and is spared the start of Django.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

EDITION = 2
"""Edition of the roster's columns, raised when they change, to recognise older templates."""
OLDEST_TAKEN = 1
"""Templates since this edition lack optional columns at most; older ones are refused."""

# Keeps a seal of the portal's other signatures from being taken for a stamp.
_SALT = "roster-template"


@dataclass(frozen=True, slots=True)
class Stamp:
    """For whom and when a template was made: unit code, quarter such as 2026Q3, edition."""

    unit: str
    quarter: str
    edition: int = EDITION

    def sealed(self) -> str:
        """Signed with the portal's key, so that nobody can make a template for another unit."""
        return signing.dumps([self.unit, self.quarter, self.edition], salt=_SALT, compress=False)


def unsealed(text: object) -> Stamp | None:
    """The stamp, or None for anything that this portal did not seal."""
    try:
        unit, quarter, edition = signing.loads(str(text), salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Stamp(str(unit), str(quarter), int(edition))
