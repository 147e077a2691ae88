"""Which registered details and yearly figures of a firm a list may overwrite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.origins import Origin


def permitted_values(
    firm: FirmFacts, fact: Model, given: Mapping[str, Any], act: Act
) -> dict[str, Any]:
    """A person's values all; of a list's, those that fill a gap or replace an older list's."""
    if act.listing is None:
        return dict(given)
    permitted = {}
    for attribute, value in given.items():
        present = getattr(fact, attribute)
        if present == value:
            name = attribute.removesuffix("_id")
            # Kept in mind, so that another list of the same day that says otherwise is noticed.
            firm.notebook.origins.confirm_value(
                fact, name, Origin.from_listing(act.listing, act.cells.get(name, ""))
            )
        elif present in (None, "") or _may_replace(firm, fact, attribute, value, act):
            permitted[attribute] = value
    return permitted


def _may_replace(firm: FirmFacts, fact: Model, attribute: str, value: object, act: Act) -> bool:
    """Whether a list's value takes the place of the registered one, which differs.

    A contradiction to a person, or between lists of the same day, is noticed either way; so is one
    of a list without a day, which may be the newest.
    """
    name = attribute.removesuffix("_id")
    new_origin = Origin.from_listing(act.listing, act.cells.get(name, ""))
    old_origin = firm.notebook.origins.origin_of(fact, name)
    if old_origin is None or new_origin.day > old_origin.day:
        # The old value is older, but a list of the new one's day may have confirmed it just now.
        confirming = firm.notebook.origins.confirmed_origin(fact, name, new_origin.day)
        if confirming:
            label, old, new = firm.notebook.in_words(
                fact, attribute, getattr(fact, attribute), value
            )
            message = f"{label}本名单为{new}，同日的名单（{confirming.place}）为{old}，取本名单的"
            firm.add_notice(message, name, act.cells)
        return True
    # An older list that says otherwise tells of the past. That is no contradiction to be noticed.
    is_undated = act.listing is not None and act.listing.as_of is None
    if old_origin.by_person or is_undated or new_origin.day == old_origin.day:
        firm.notice_kept(fact, attribute, value, act.cells, old_origin.place)
    return False
