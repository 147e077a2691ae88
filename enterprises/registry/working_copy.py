"""The working copy of some firms' facts: loaded at once, changed by acts, written at once.

Loading takes a few statements per kind of fact, whatever the number of firms; so does writing
(`fact_rows`). Only `enterprises.registry.door` opens a working copy.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model

from enterprises.models import (
    Application,
    Closure,
    DeclinedAdvice,
    DutyDone,
    Enterprise,
    FirmOwner,
    FormerName,
    Incident,
    IpItem,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.models.chunks import chunks
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Notebook
from enterprises.registry.origins import Origins

FACT_MODELS: tuple[type[Model], ...] = (
    FormerName,
    Placement,
    Closure,
    Qualification,
    YearlyFigures,
    PoolEntry,
    Application,
    Incident,
    DeclinedAdvice,
    FirmOwner,
    DutyDone,
    IpItem,
)
WRITE_ORDER: tuple[type[Model], ...] = (Enterprise, *FACT_MODELS)
"""Firms first: the other facts refer to them."""


class WorkingCopy(Notebook):
    """The firms with these codes as the registry holds them, and the changes made to them since."""

    def __init__(
        self, usccs: Iterable[str], numbers: Iterable[str] = (), rights: Iterable[str] = ()
    ) -> None:
        super().__init__()
        self._rights = frozenset(rights)
        self._first_stretches = _stretches(self._rights)
        # With all who ever owned one of the rights: what begins for one ends for another.
        owners = {uscc for uscc, *_ in self._first_stretches}
        self.firms = {uscc: FirmFacts(uscc, self) for uscc in {*usccs, *owners}}
        self._load_facts()
        self._numbers = frozenset(numbers)
        self.number_owner = _number_owners(self._numbers)
        self._first_owners = dict(self.number_owner)
        known = [firm.enterprise.pk for firm in self.firms.values() if firm.enterprise]
        self.origins = Origins(list(chunks(known)))

    def _load_facts(self) -> None:
        by_id: dict[int, FirmFacts] = {}
        for keys in chunks(self.firms):
            for enterprise in Enterprise.objects.filter(uscc__in=keys):
                firm = self.firms[enterprise.uscc]
                firm.enterprise = enterprise
                by_id[enterprise.pk] = firm
        for model in FACT_MODELS:
            for ids in chunks(by_id):
                for fact in model._default_manager.filter(enterprise_id__in=ids).order_by("pk"):
                    firm = by_id[fact.enterprise_id]  # type: ignore[attr-defined]
                    # The object at hand, so that asking a fact for its firm costs no query.
                    fact.enterprise = firm.enterprise  # type: ignore[attr-defined]
                    firm.facts[model].append(fact)
        # By their days: an older list may have put an earlier fact in later.
        for firm in by_id.values():
            firm.placements.sort(key=lambda placement: placement.since)
            firm.closures.sort(key=lambda closure: closure.closed_on)
            firm.former_names.sort(key=lambda name: name.until)
            firm.pool.sort(key=lambda entry: entry.since)
            firm.facts[Application].sort(key=lambda application: application.since)
            firm.facts[FirmOwner].sort(key=lambda owner: owner.since)
            for item in firm.ip_items:
                self.rights[item.kind_id, item.number].append(item)

    def firm_with_code(self, code: str) -> Enterprise | None:
        return self.firms[code].enterprise

    def facts_of(self, code: str) -> FirmFacts:
        return self.firms[code]

    def change_code(self, old: str, new: str) -> None:
        firm = self.firms[old]
        firm.uscc = new
        self.firms[new], self.firms[old] = firm, FirmFacts(old, self)
        for key, owner in self.number_owner.items():
            if owner == old:
                self.number_owner[key] = new

    def numbers_moved(self) -> bool:
        """A certificate or a right of the acts has another holder than when the copy was made."""
        if _number_owners(self._numbers) != self._first_owners:
            return True
        return _stretches(self._rights) != self._first_stretches


def _number_owners(numbers: Iterable[str]) -> dict[tuple[int, str], str]:
    """Which firm holds a certificate number: {(kind id, number): uscc}."""
    owners = {}
    for keys in chunks({number for number in numbers if number}):
        rows = Qualification.objects.filter(number__in=keys).values_list(
            "kind_id", "number", "enterprise__uscc"
        )
        owners.update({(kind_id, number): uscc for kind_id, number, uscc in rows})
    return owners


def _stretches(rights: Iterable[str]) -> set[tuple[str, int]]:
    """Who owns or owned a right of one of these numbers: (uscc, key of the item)."""
    found: set[tuple[str, int]] = set()
    for keys in chunks(rights):
        rows = IpItem.objects.filter(number__in=keys)
        found |= set(rows.values_list("enterprise__uscc", "pk"))
    return found
