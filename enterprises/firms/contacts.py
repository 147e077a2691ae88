"""Who may see a firm's contact person: the bureau, and the unit in which the firm stands today."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from enterprises.models import Enterprise, Placement
from parks.models import User

FIELDS = ("contact_name", "contact_phone")
HIDDEN = "（不公开）"
HELD_BACK = "不公开"
LABELS = frozenset(
    str(field.verbose_name) for field in Enterprise._meta.fields if field.name in FIELDS
)
"""As they are named in words: in rosters, problems and changes."""
_NUMBER = re.compile(r"\+?\d{5,15}")


def shown_to(user: User, firm_ids: Collection[int]) -> set[int]:
    """Those of the firms whose contacts the user may see (one query at most)."""
    if user.in_bureau:
        return set(firm_ids)
    if user.unit_id is None:
        return set()
    # Where the firm stood before does not count: its contacts are those of today.
    here = (
        Placement.objects.covering(timezone.localdate())
        .in_unit(user.unit_id)
        .filter(enterprise__in=firm_ids)
    )
    return set(here.values_list("enterprise_id", flat=True))


def contact_line(firm: Enterprise, open_to: Collection[int]) -> str | None:
    """Name and phone in one line, perhaps empty.

    None for a firm that is not in `open_to`, the firms `shown_to` the viewer.
    """
    if firm.pk not in open_to:
        return None
    return " ".join(filter(None, [firm.contact_name, firm.contact_phone]))


def contact_told(contact: str | None) -> str:
    """A contact line in a file: what may not be shown says so."""
    return HELD_BACK if contact is None else contact


def dials(firm: Enterprise, contact: str | None) -> str:
    """What the firm's phone number dials; "" where the contact may not be shown."""
    return "" if contact is None else dialled(firm.contact_phone)


def dialled(phone: str) -> str:
    """What a phone number dials; empty for what is no single number, such as one with an extension."""
    number = re.sub(r"[\s()（）-]", "", phone)
    return number if _NUMBER.fullmatch(number) else ""


def redact_contacts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Ledger values that tell that contacts have changed, but not to what."""
    return {name: HIDDEN if name in FIELDS and value else value for name, value in values.items()}
