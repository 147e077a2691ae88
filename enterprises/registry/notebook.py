"""What acts note while they work: changes, notices, the facts to write and to delete.

A firm's facts, the acts and the working copy all write here. The notebook knows none of them, so
that they can all import it without a circle.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model

from enterprises.models import (
    Enterprise,
    IpItem,
    IpKind,
    LedgerEntry,
    QualificationKind,
    RejectionReason,
    SourceFile,
    TechField,
    YearlyDuty,
)
from enterprises.registry.origins import Listing, Origins
from enterprises.registry.wording import value_in_words
from parks.models import Unit, User

REFERENCE_MODELS: tuple[type[Model], ...] = (
    *(Unit, QualificationKind, TechField, RejectionReason),
    YearlyDuty,
)
DATED: dict[type[Model], str] = {QualificationKind: "terms", IpKind: "classes"}
"""Reference data → what is told of it from a day on."""
HIDDEN = {"id", "enterprise", "name_key", "ended_on", "ended_by"}
"""Columns the ledger does not show: it names the firm anyway, the others follow from the rest."""


class RegistryError(Exception):
    """A refused act: a sentence for the clerk, and where known its firm, field and cell.

    `point` is the sentence without the firm's name, for pages about the firm. `batch` is the number
    of the batch whose act was refused.
    """

    def __init__(
        self, message: str, *, point: str = "", uscc: str = "", field: str = "", cell: str = ""
    ) -> None:
        super().__init__(message)
        self.message, self.uscc, self.field, self.cell = message, uscc, field, cell
        self.point = point or message
        self.batch = 0


class Doubt(RegistryError):
    """What a person should look at once more: it is carried out when it was confirmed."""


@dataclass(slots=True)
class Change:
    """One fact written or rewritten; it becomes one ledger entry.

    `before` and `after` hold only what differs, `before` nothing for a new fact. `cells` maps a
    field to its address. `undoes` is the ledger entry that the change takes back.
    """

    act: str
    enterprise: Enterprise
    fact: Model
    effective_on: dt.date | None
    before: dict[str, Any]
    after: dict[str, Any]
    cells: dict[str, str]
    undoes: int | None = None
    source: SourceFile | None = None
    """The file that first told it, where it was told before."""

    def to_entry(
        self, by: User | None = None, source: SourceFile | None = None, reason: str = ""
    ) -> LedgerEntry:
        """The ledger entry that tells of it, unsaved."""
        return LedgerEntry(
            enterprise=self.enterprise,
            act=self.act,
            fact=type(self.fact).__name__.lower(),
            fact_id=self.fact.pk,
            effective_on=self.effective_on,
            before=self.before,
            after=self.after,
            source=self.source or source,
            cells=self.cells,
            reason=reason,
            by=by,
            undoes_id=self.undoes,
        )


class Reference(dict[type[Model], dict[str, Model]]):
    """Units, kinds and technology fields by their codes.

    Each is read as a whole when first asked for: thousands of acts name units and kinds, and none
    may cost a query; most single acts name few of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[type[Model], dict[int, str]] = {}

    def __missing__(self, model: type[Model]) -> dict[str, Model]:
        rows = model._default_manager.all()
        if model in DATED:
            rows = rows.prefetch_related(DATED[model])
        self[model] = {row.code: row for row in rows}  # type: ignore[attr-defined]
        self._codes[model] = {row.pk: code for code, row in self[model].items()}
        return self[model]

    def code_of(self, model: type[Model], key: int) -> str | None:
        """The code of the row with this key."""
        if model not in self:
            self.__missing__(model)
        return self._codes[model].get(key)


class Notebook:
    """Changes in their order, and the reference data that acts name by code."""

    number_owner: dict[tuple[int, str], str]
    """Which firm holds a certificate number: {(kind id, number): uscc}."""
    origins: Origins
    """Where registered values come from."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.notices: list[RegistryError] = []
        self.doubts: list[Doubt] = []
        """Of the act that is being carried out."""
        self.by_hand = False
        """Whether that act is a person's own decision, which no list and no file tells."""
        self.listing: Listing | None = None
        """The list whose act is being carried out; None for a person's act."""
        # Facts are kept by their identity in memory: a new one has no key in the database yet.
        self.touched: dict[type[Model], dict[int, Model]] = defaultdict(dict)
        self.dropped: dict[int, Model] = {}
        self.reference = Reference()
        self.rights: dict[tuple[str, str], list[IpItem]] = defaultdict(list)
        """(kind, number) of a right → its stretches, each of one owner."""

    @cached_property
    def accounts(self) -> dict[str, User]:
        """Everybody who has an account, by the name under which the person signs in; one query."""
        return {person.username: person for person in User.objects.all()}

    def note_change(self, change: Change) -> None:
        self.changes.append(change)
        self.mark_touched(change.fact)
        self.origins.note_origins(change.fact, change.after, self.listing, change.cells)

    def mark_touched(self, fact: Model) -> None:
        """The fact must be written, unless it was taken out before."""
        if id(fact) not in self.dropped:
            self.touched[type(fact)][id(fact)] = fact

    def mark_dropped(self, fact: Model) -> None:
        self.touched[type(fact)].pop(id(fact), None)
        self.dropped[id(fact)] = fact

    def firm_with_code(self, code: str) -> Enterprise | None:
        """The firm of this call that bears the code, its registration undone or not."""
        raise NotImplementedError

    def facts_of(self, code: str) -> Any:
        """The facts of the firm of this call that bears the code."""
        raise NotImplementedError

    def change_code(self, old: str, new: str) -> None:
        """From here on the firm is known by its new code, and nobody bears the old one."""
        raise NotImplementedError

    def unit(self, code: str) -> Unit:
        return self._find_reference(Unit, code, "单位")

    def kind(self, code: str) -> QualificationKind:
        return self._find_reference(QualificationKind, code, "资质类别")

    def tech_field(self, code: str) -> TechField:
        return self._find_reference(TechField, code, "技术领域")

    def rejection_reason(self, code: str) -> RejectionReason:
        return self._find_reference(RejectionReason, code, "未通过原因")

    def duty(self, code: str) -> YearlyDuty:
        return self._find_reference(YearlyDuty, code, "年度义务")

    def ip_kind(self, code: str) -> IpKind:
        return self._find_reference(IpKind, code, "知识产权类别")

    def stretches(self, kind: str, number: str) -> list[IpItem]:
        """Who owned the right one after the other."""
        rows = [row for row in self.rights[kind, number] if id(row) not in self.dropped]
        return sorted(rows, key=lambda row: row.since)

    def _find_reference(self, model: type[Model], code: str, title: str) -> Any:
        try:
            return self.reference[model][code]
        except KeyError:
            raise RegistryError(f"没有代码为“{code}”的{title}。") from None

    def ledger_values(self, fact: Model) -> dict[str, Any]:
        """Field name → value, as the ledger shows the fact.

        A unit, kind or technology field stands there by its code, which means the same in every
        database.
        """
        values = {}
        for column in fact._meta.fields:
            if column.name in HIDDEN:
                continue
            value = getattr(fact, column.attname)
            if value is not None and column.related_model in REFERENCE_MODELS:
                value = self.reference.code_of(column.related_model, value)
            values[column.name] = value
        return values

    def stored_value(self, fact: Model, name: str, value: Any) -> tuple[str, Any]:
        """The other way round: attribute and value for a field as the ledger shows it."""
        column: Any = fact._meta.get_field(name)
        # The ledger keeps JSON, from which days and decimals come back as text.
        if column.related_model not in REFERENCE_MODELS:
            return column.attname, column.to_python(value)
        if not value:
            return column.attname, None
        return column.attname, self.reference[column.related_model][value].pk

    def in_words(self, fact: Model, attribute: str, *values: Any) -> tuple[str, ...]:
        """The attribute's title, and each of these values of it as a clerk reads them."""
        column: Any = fact._meta.get_field(attribute.removesuffix("_id"))
        names: dict[int, Model] = {}
        if column.related_model in REFERENCE_MODELS:
            names = {row.pk: row for row in self.reference[column.related_model].values()}
        worded = (value_in_words(column, value, names) for value in values)
        return str(column.verbose_name), *worded
