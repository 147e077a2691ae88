"""What acts note while they work: changes, notices, the facts to write and to delete.

A firm's facts, the acts and the working copy all write here; the notebook knows none of them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Model

from enterprises.models import Enterprise, QualificationKind, TechField
from enterprises.registry.origins import Listing, Origins
from parks.models import Unit

REFERENCE_MODELS: tuple[type[Model], ...] = (Unit, QualificationKind, TechField)
HIDDEN = {"id", "enterprise", "name_key"}


class RegistryError(Exception):
    """A refused act, with a sentence for the clerk and, where known, the firm, field and cell it is about."""

    def __init__(self, message: str, *, uscc: str = "", field: str = "", cell: str = "") -> None:
        super().__init__(message)
        self.message, self.uscc, self.field, self.cell = message, uscc, field, cell
        self.batch = 0


@dataclass(slots=True)
class Change:
    """One fact written or rewritten. `before` and `after` hold only what differs; before is empty for a new fact."""

    act: str
    enterprise: Enterprise
    fact: Model
    effective_on: dt.date | None
    before: dict[str, Any]
    after: dict[str, Any]
    cells: dict[str, str]
    undoes: int | None = None


class Notebook:
    """Changes in their order, and the reference data in which they are told."""

    number_owner: dict[tuple[int, str], str]
    """Which firm holds a certificate number: {(kind id, number): uscc}."""
    origins: Origins

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.notices: list[RegistryError] = []
        self.listing: Listing | None = None
        self.touched: dict[type[Model], dict[int, Model]] = defaultdict(dict)
        self.dropped: dict[int, Model] = {}
        self.reference = {model: _by_code(model) for model in REFERENCE_MODELS}
        self._codes = {
            model: {row.pk: code for code, row in rows.items()}
            for model, rows in self.reference.items()
        }

    def note(self, change: Change) -> None:
        self.changes.append(change)
        self.touch(change.fact)
        self.origins.note(change.fact, change.after, self.listing, change.cells)

    def touch(self, fact: Model) -> None:
        """The fact must be written, unless it was taken out before."""
        if id(fact) in self.dropped:
            return
        self.touched[type(fact)][id(fact)] = fact

    def drop(self, fact: Model) -> None:
        self.touched[type(fact)].pop(id(fact), None)
        self.dropped[id(fact)] = fact

    def unit(self, code: str) -> Unit:
        return self._referred(Unit, code, "单位")

    def kind(self, code: str) -> QualificationKind:
        return self._referred(QualificationKind, code, "资质类别")

    def tech_field(self, code: str) -> TechField:
        return self._referred(TechField, code, "技术领域")

    def _referred(self, model: type[Model], code: str, title: str) -> Any:
        try:
            return self.reference[model][code]
        except KeyError:
            raise RegistryError(f"没有代码为“{code}”的{title}。") from None

    def plain(self, fact: Model) -> dict[str, Any]:
        """The fact's fields as the ledger shows them; a unit, kind or technology field by its code."""
        shown = {}
        for column in fact._meta.fields:
            if column.name not in HIDDEN:
                value = getattr(fact, column.attname)
                codes = self._codes.get(column.related_model) if column.is_relation else None  # type: ignore[arg-type]
                shown[column.name] = codes.get(value) if codes else value
        return shown

    def stored(self, fact: Model, name: str, shown: Any) -> tuple[str, Any]:
        """The other way round: attribute and value for a field as the ledger shows it."""
        column = fact._meta.get_field(name)
        if column.related_model in self.reference:
            return column.attname, self.reference[column.related_model][shown].pk if shown else None  # type: ignore
        return column.attname, column.to_python(shown)  # type: ignore[union-attr]

    def in_words(self, fact: Model, attribute: str, *values: Any) -> tuple[str, ...]:
        """The attribute's title, and each of these values of it as a clerk reads them."""
        column = fact._meta.get_field(attribute.removesuffix("_id"))
        names: dict[Any, Any] = dict(getattr(column, "flatchoices", ()) or ())
        if column.related_model in self.reference:
            names = {row.pk: row for row in self.reference[column.related_model].values()}  # type: ignore[index]
        names |= {True: "是", False: "否"} if isinstance(column, BooleanField) else {}
        return str(column.verbose_name), *(str(names.get(value, value)) for value in values)  # type: ignore[union-attr]


def _by_code(model: type[Model]) -> dict[str, Model]:
    rows = model._default_manager.all()
    if model is QualificationKind:
        rows = rows.prefetch_related("terms")
    return {row.code: row for row in rows}  # type: ignore[attr-defined]
