"""Registered firms that a firm about to be registered may be: shown before it is written."""

from __future__ import annotations

from dataclasses import dataclass

from enterprises.announcements.near_names import firms_named_almost
from enterprises.firms.former_codes import firm_that_bore
from enterprises.loading.namesakes import bearers, former_bearers
from enterprises.models import Enterprise, Placement
from enterprises.uscc import normalise

BODY = slice(8, 17)
"""Of a code: the number of the body that bears it, which stays with it for life."""


@dataclass(frozen=True)
class LookAlike:
    firm: Enterprise
    why: str
    place: str


def look_alikes(code: str, name: str) -> list[LookAlike]:
    """Each firm once, with what speaks for it; a constant number of queries."""
    key, registered = normalise(name), Enterprise.objects.registered()
    why: dict[Enterprise, str] = {}
    if corrected := firm_that_bore(code, registered):
        why[corrected] = "曾登记为这个信用代码，后已更正"
    for firm in registered.filter(uscc__contains=code[BODY]):
        if firm.uscc[BODY] == code[BODY]:
            why.setdefault(firm, "信用代码中的主体标识码相同")
    for firm in bearers([key])[key]:
        why.setdefault(firm, "名称相同")
    for firm in former_bearers([key])[key]:
        why.setdefault(firm, "曾用名相同")
    for firm in firms_named_almost(name):
        why.setdefault(firm, "名称几乎相同")
    places = _places_of(list(why))
    others = ((firm, reason) for firm, reason in why.items() if firm.uscc != code)
    return [LookAlike(firm, reason, places.get(firm.pk, "")) for firm, reason in others]


def _places_of(firms: list[Enterprise]) -> dict[int, str]:
    """Firm → where it stands today."""
    here = Placement.objects.filter(enterprise__in=firms, until=None)
    return {
        row.enterprise_id: f"{row.park or '园区外'}，{row.town}"
        for row in here.select_related("park", "town")
    }
