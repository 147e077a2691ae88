"""The working copy of some firms' facts: loaded at once, changed by acts, written at once.

Loading and writing take a few statements per kind of fact, whatever the number of firms. Only
`enterprises.registry.door` opens a working copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from enterprises.models import (
    Application,
    Closure,
    Enterprise,
    FormerName,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    SourceFile,
    YearlyFigures,
)
from enterprises.models.chunks import chunks
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Change, Notebook, RegistryError
from enterprises.registry.origins import Origins
from parks import table_statistics
from parks.models import User

FACT_MODELS: tuple[type[Model], ...] = (
    FormerName,
    Placement,
    Closure,
    Qualification,
    YearlyFigures,
    PoolEntry,
    Application,
)
WRITE_ORDER: tuple[type[Model], ...] = (Enterprise, *FACT_MODELS)
"""Firms first: the other facts refer to them."""


class WorkingCopy(Notebook):
    """The firms with these codes as the registry holds them, and the changes made to them since."""

    def __init__(self, usccs: Iterable[str], numbers: Iterable[str] = ()) -> None:
        super().__init__()
        self.firms = {uscc: FirmFacts(uscc, self) for uscc in usccs}
        self._load_facts()
        self.number_owner = _number_owners(numbers)
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

    def firm_with_code(self, code: str) -> Enterprise | None:
        return self.firms[code].enterprise

    def change_code(self, old: str, new: str) -> None:
        firm = self.firms[old]
        firm.uscc = new
        self.firms[new], self.firms[old] = firm, FirmFacts(old, self)
        for key, owner in self.number_owner.items():
            if owner == old:
                self.number_owner[key] = new

    def write(
        self, changes: Iterable[tuple[Change, SourceFile | None]], *, by: User | None, reason: str
    ) -> list[LedgerEntry]:
        """Write the changed facts and their ledger entries.

        At most three statements per model and chunk.
        """
        # Deleted first: a fact taken back may have the day or number of one that takes its place.
        for model in FACT_MODELS:
            gone = [fact.pk for fact in self.dropped.values() if type(fact) is model and fact.pk]
            for ids in chunks(gone):
                model._default_manager.filter(pk__in=ids).delete()
        for model in WRITE_ORDER:
            _write_facts(model, list(self.touched[model].values()))
        # After the facts: an entry names its fact by the id that the database has just given.
        entries = [change.to_entry(by, source, reason) for change, source in changes]
        written = LedgerEntry.objects.bulk_create(entries)
        # What follows in the same transaction, such as counting, reads what was just written.
        if len(written) > table_statistics.MANY_ROWS:
            table_statistics.refresh([*WRITE_ORDER, LedgerEntry])
        return written


def _write_facts(model: type[Model], facts: list[Model]) -> None:
    if not facts:
        return
    # Bulk writing skips validation. Relations were looked up by code, so they exist.
    relations = [field.name for field in model._meta.fields if field.is_relation]
    for fact in facts:
        try:
            fact.clean_fields(exclude=[*relations, "id"])
        except ValidationError as error:
            field_name, messages = next(iter(error.message_dict.items()))
            title = getattr(model._meta.get_field(field_name), "verbose_name", field_name)
            # All facts but the firm itself hang on a firm.
            firm: Any = getattr(fact, "enterprise", fact)
            message = f"{firm.uscc}：{title}：{messages[0]}"
            raise RegistryError(message, uscc=firm.uscc, field=field_name) from None
    old = [fact for fact in facts if fact.pk]
    # Rewritten rows first: the end of an open placement must be stored before the next one opens.
    if old:
        columns = [field.attname for field in model._meta.fields if not field.primary_key]
        model._default_manager.bulk_create(
            old, update_conflicts=True, unique_fields=["id"], update_fields=columns
        )
    model._default_manager.bulk_create([fact for fact in facts if not fact.pk])


def _number_owners(numbers: Iterable[str]) -> dict[tuple[int, str], str]:
    """Which firm holds a certificate number: {(kind id, number): uscc}."""
    owners = {}
    for keys in chunks({number for number in numbers if number}):
        rows = Qualification.objects.filter(number__in=keys).values_list(
            "kind_id", "number", "enterprise__uscc"
        )
        owners.update({(kind_id, number): uscc for kind_id, number, uscc in rows})
    return owners
