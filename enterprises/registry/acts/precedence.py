"""What a list may write over what is registered of a firm's details and yearly figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.origins import Origin


def allowed(firm: FirmFacts, fact: Model, given: Mapping[str, Any], act: Act) -> dict[str, Any]:
    """A person's values all; of a list's, those that fill a gap or replace what an older list said."""
    if act.listing is None:
        return dict(given)
    found = {}
    for attribute, value in given.items():
        present = getattr(fact, attribute)
        if present == value:
            name = attribute.removesuffix("_id")
            firm.book.origins.confirm(fact, name, Origin.of(act.listing, act.cells.get(name, "")))
        elif present in (None, "") or _replaces(firm, fact, attribute, value, act):
            found[attribute] = value
    return found


def _replaces(firm: FirmFacts, fact: Model, attribute: str, value: object, act: Act) -> bool:
    """Notices a value that contradicts a person's or, whichever of them stays, a list's of the same day."""
    name = attribute.removesuffix("_id")
    mine = Origin.of(act.listing, act.cells.get(name, ""))
    theirs = firm.book.origins.of(fact, name)
    if theirs is None or mine.day > theirs.day:
        if other := firm.book.origins.confirmed(fact, name, mine.day):
            label, old, new = firm.book.in_words(fact, attribute, getattr(fact, attribute), value)
            message = f"{label}本名单为{new}，同日的名单（{other.place}）为{old}，取本名单的"
            firm.notice(message, name, act.cells)
        return True
    if theirs.by_person or mine.day == theirs.day:
        firm.kept(fact, attribute, value, act.cells, theirs.place)
    return False
