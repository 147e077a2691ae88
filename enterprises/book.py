"""The working copy of some firms' facts: loaded in a handful of queries, changed by acts, written set-based.

Nothing outside `enterprises.registry` should open a book.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Model

from enterprises.book_firm import Change, Firm, RegistryError
from enterprises.chunks import chunks
from enterprises.models import (
    Application,
    Closure,
    Enterprise,
    FormerName,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    SourceFile,
    TechField,
    YearlyFigures,
)
from enterprises.origins import Listing, Origins
from parks.models import Unit, User

FACT_MODELS: tuple[type[Model], ...] = (
    FormerName,
    Placement,
    Closure,
    Qualification,
    YearlyFigures,
    PoolEntry,
    Application,
)
REFERENCE_MODELS: tuple[type[Model], ...] = (Unit, QualificationKind, TechField)
HIDDEN = {"id", "enterprise", "name_key"}
WRITE_ORDER: tuple[type[Model], ...] = (Enterprise, *FACT_MODELS)


class Book:
    """The firms with these codes, as the registry holds them, and the changes made to them since."""

    def __init__(self, usccs: Iterable[str], numbers: Iterable[str] = ()) -> None:
        self.firms = {uscc: Firm(uscc, self) for uscc in usccs}
        self.changes: list[Change] = []
        self.notices: list[RegistryError] = []
        self.listing: Listing | None = None
        self.touched: dict[type[Model], dict[int, Model]] = defaultdict(dict)
        self.dropped: dict[int, Model] = {}
        self.reference = {model: _by_code(model) for model in REFERENCE_MODELS}
        self._codes = {model: {row.pk: code for code, row in rows.items()} for model, rows in self.reference.items()}
        self._load()
        self.number_owner = _owners(numbers)
        known = [firm.enterprise.pk for firm in self.firms.values() if firm.enterprise]
        self.origins = Origins(list(chunks(known)))

    def _load(self) -> None:
        by_id: dict[int, Firm] = {}
        for keys in chunks(self.firms):
            for enterprise in Enterprise.objects.filter(uscc__in=keys):
                firm = self.firms[enterprise.uscc]
                firm.enterprise = enterprise
                by_id[enterprise.pk] = firm
        for model in FACT_MODELS:
            for ids in chunks(by_id):
                for fact in model._default_manager.filter(enterprise_id__in=ids).order_by("pk"):
                    firm = by_id[fact.enterprise_id]  # type: ignore[attr-defined]
                    fact.enterprise = firm.enterprise  # type: ignore[attr-defined]
                    firm.facts[model].append(fact)
        for firm in by_id.values():
            firm.placements.sort(key=lambda placement: placement.since)
            firm.closures.sort(key=lambda closure: closure.closed_on)
            firm.former_names.sort(key=lambda name: name.until)
            firm.pool.sort(key=lambda entry: entry.since)
            firm.facts[Application].sort(key=lambda application: application.since)

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

    def write(
        self, changes: Iterable[tuple[Change, SourceFile | None]], *, by: User | None, reason: str
    ) -> list[LedgerEntry]:
        """Write the changed facts and their ledger entries: three statements per model at most (per chunk)."""
        for model in FACT_MODELS:
            gone = [fact.pk for fact in self.dropped.values() if type(fact) is model and fact.pk]
            for ids in chunks(gone):
                model._default_manager.filter(pk__in=ids).delete()
        for model in WRITE_ORDER:
            _write(model, list(self.touched[model].values()))
        entries = [_entry(change, by, source, reason) for change, source in changes]
        return LedgerEntry.objects.bulk_create(entries)


def _write(model: type[Model], facts: list[Model]) -> None:
    if not facts:
        return
    relations = [f.name for f in model._meta.fields if f.is_relation]
    for fact in facts:
        try:
            fact.clean_fields(exclude=[*relations, "id"])
        except ValidationError as error:
            field_name, messages = next(iter(error.message_dict.items()))
            title = getattr(model._meta.get_field(field_name), "verbose_name", field_name)
            uscc = fact.uscc if isinstance(fact, Enterprise) else fact.enterprise.uscc  # type: ignore[attr-defined]
            raise RegistryError(f"{uscc}：{title}：{messages[0]}", uscc=uscc, field=field_name) from None
    old = [fact for fact in facts if fact.pk]
    # Rewritten rows first: the end of an open placement must be stored before the next one opens.
    if old:
        columns = [f.attname for f in model._meta.fields if not f.primary_key]
        model._default_manager.bulk_create(old, update_conflicts=True, unique_fields=["id"], update_fields=columns)
    model._default_manager.bulk_create([fact for fact in facts if not fact.pk])


def _entry(change: Change, by: User | None, source: SourceFile | None, reason: str) -> LedgerEntry:
    assert change.firm.enterprise is not None
    return LedgerEntry(
        enterprise=change.firm.enterprise,
        act=change.act,
        fact=type(change.fact).__name__.lower(),
        fact_id=change.fact.pk,
        effective_on=change.effective_on,
        before=change.before,
        after=change.after,
        source=source,
        cells=change.cells,
        reason=reason,
        by=by,
        undoes_id=change.undoes,
    )


def _by_code(model: type[Model]) -> dict[str, Model]:
    rows = model._default_manager.all()
    if model is QualificationKind:
        rows = rows.prefetch_related("terms")
    return {row.code: row for row in rows}  # type: ignore[attr-defined]


def _owners(numbers: Iterable[str]) -> dict[tuple[int, str], str]:
    """Which firm holds a certificate number: {(kind id, number): uscc}."""
    owners = {}
    for keys in chunks({number for number in numbers if number}):
        rows = Qualification.objects.filter(number__in=keys).values_list("kind_id", "number", "enterprise__uscc")
        owners.update({(kind_id, number): uscc for kind_id, number, uscc in rows})
    return owners
