"""Two records of one firm become one: all facts of the one go to the other.

The ledger tells of each fact twice: it leaves the one record and arrives at the other, there with
the file and the cells that first told it. What a person did not choose leaves and does not arrive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import Model
from django.utils import timezone

from enterprises.models import (
    Application,
    Closure,
    DeclinedAdvice,
    DutyDone,
    FirmOwner,
    Incident,
    IpItem,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    YearlyFigures,
)
from enterprises.registry.acts.base import Act
from enterprises.registry.acts.merge_conflicts import (
    BOTH,
    HERE,
    THERE,
    certificate_key,
    conflicts_of,
    figure_names,
    is_same,
    same_issue,
)
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Change

Kind = LedgerEntry.Act
DETAILS = (
    "registered_on",
    "industry_code",
    "tech_field_id",
    "legal_form",
    "contact_name",
    "contact_phone",
)
"""Of the firm itself: a gap is filled from the other record, what differs stays."""


SINGLE_ROWS: Mapping[type[Model], tuple[str, ...]] = {
    Incident: ("kind", "on", "source"),
    # Who sees to the record that stays sees to the firm; the other's only where it has nobody.
    FirmOwner: ("level",),
    DeclinedAdvice: ("advice", "stage", "on"),
    DutyDone: ("duty_id", "year"),
    # A right has one owner on a day: no two records can tell the same of it.
    IpItem: ("kind_id", "number", "since"),
}
"""Facts that neither follow nor contradict each other → what makes two of them the same."""


@dataclass(frozen=True, kw_only=True)
class Merge(Act):
    """`other` is the code of another record of the firm: it goes, and leads here from now on.

    `keep` says for each conflict, by its key, which record's facts are kept. Its names and its code
    stay with the record that goes.
    """

    other: str
    keep: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.uscc, self.other)

    def carry_out(self, firm: FirmFacts) -> None:
        there: FirmFacts = firm.notebook.facts_of(self.other)
        self._refuse(firm, there)
        firm.doubt(f"“{there.known.name}”（{self.other}）的全部登记转入，各期的数随之改变", "other")
        _Merging(firm, there, self.keep).carry_out()

    def _refuse(self, firm: FirmFacts, there: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        if self.other == self.uscc:
            raise firm.refusal("两个代码相同", "other")
        if there.known.merged_records.exists():
            raise there.refusal("已有别的登记并入这一家，请以它为保留的一家", "other")
        for conflict in conflicts_of(firm, there):
            allowed = [choice for choice, _ in conflict.choices]
            if self.keep.get(conflict.key) not in allowed:
                raise firm.refusal(f"请选定{conflict.title}以哪一家为准", f"keep-{conflict.key}")


class _Merging:
    def __init__(self, here: FirmFacts, there: FirmFacts, keep: Mapping[str, str]) -> None:
        self._here, self._there, self._keep = here, there, keep
        self._told = _entries_by_field(there)

    def carry_out(self) -> None:
        # First of all its entries: from here on they belong together.
        gone = self._there.known
        self._note(self._there, gone, {}, {"merged_into": self._here.uscc})
        for name, model in (("placements", Placement), ("closures", Closure), ("pool", PoolEntry)):
            self._whole(name, self._here.facts[model], self._there.facts[model])
        kinds = {row.kind_id for row in self._there.facts[Application]}
        for kind_id in sorted(kinds):
            code = self._here.notebook.reference.code_of(QualificationKind, kind_id)
            ours, theirs = self._here.applications(kind_id), self._there.applications(kind_id)
            self._whole(f"applications-{code}", ours, theirs)
        self._figures()
        self._certificates()
        self._single_rows()
        self._details()
        gone.voided_at, gone.merged_into = timezone.now(), self._here.known
        # Last, for the firm's page: whatever was moved, here it says so and is taken back.
        self._note(self._here, self._here.known, {}, {})
        self._sort()

    def _whole(self, key: str, ours: Sequence[Model], theirs: Sequence[Model]) -> None:
        """A history is kept as a whole where the two overlap."""
        kept = self._keep.get(key)
        if kept == THERE:
            for fact in list(ours):
                self._drop(self._here, fact)
        for fact in list(theirs):
            if kept == HERE:
                self._drop(self._there, fact)
            else:
                self._move(fact)

    def _figures(self) -> None:
        for theirs in list(self._there.facts[YearlyFigures]):
            ours = self._here.figures_of(theirs.year)
            if ours is None:
                self._move(theirs)
                continue
            kept = self._keep.get(f"figures-{theirs.year}")
            told = {name: getattr(theirs, name) for name in figure_names()}
            if kept is None:
                # Nothing contradicts: gaps are filled.
                told = {name: value for name, value in told.items() if value is not None}
            elif kept == HERE:
                told = {}
            self._drop(self._there, theirs)
            self._alter(ours, told)

    def _certificates(self) -> None:
        for theirs in list(self._there.facts[Qualification]):
            ours = same_issue(self._here, theirs)
            if any(is_same(one, theirs) for one in ours):
                self._drop(self._there, theirs)
                continue
            kept = self._keep.get(certificate_key(theirs), BOTH) if ours else BOTH
            if kept == HERE and not theirs.number:
                self._drop(self._there, theirs)
                continue
            if kept == THERE:
                for one in ours:
                    self._set_aside(one)
            self._move(theirs)
            if kept == HERE:
                self._set_aside(theirs)

    def _set_aside(self, held: Qualification) -> None:
        """It never held. A number stays on record, so that no list brings it back as another one."""
        if held.number and held.valid_from:
            self._alter(held, {"revoked_on": held.valid_from})
        else:
            self._drop(self._here, held)

    def _single_rows(self) -> None:
        """What stands by itself goes over, unless the record that stays tells the same."""
        for model, key in SINGLE_ROWS.items():
            told = attrgetter(*key)
            known = {told(row) for row in self._here.facts[model]}
            for theirs in list(self._there.facts[model]):
                if told(theirs) in known:
                    self._drop(self._there, theirs)
                else:
                    self._move(theirs)

    def _details(self) -> None:
        ours, theirs = self._here.known, self._there.known
        gaps = {
            name: getattr(theirs, name)
            for name in DETAILS
            if getattr(ours, name) in (None, "") and getattr(theirs, name) not in (None, "")
        }
        self._alter(ours, gaps)

    # --- what each of them writes ---
    def _alter(self, fact: Model, values: Mapping[str, Any]) -> None:
        self._here.alter_fact(fact, act=Kind.MERGED, on=None, cells={}, **values)

    def _drop(self, firm: FirmFacts, fact: Model) -> None:
        values = _told_values(firm, fact)
        firm.drop_fact(fact)
        self._note(firm, fact, values, {})

    def _move(self, fact: Model) -> None:
        values = _told_values(self._there, fact)
        self._note(self._there, fact, values, {})
        self._there.facts[type(fact)].remove(fact)
        fact.enterprise = self._here.known  # type: ignore[attr-defined]
        self._here.facts[type(fact)].append(fact)
        for entry, names in self._origins(fact, values):
            after = {name: values[name] for name in names}
            self._note(self._here, fact, {}, after, entry)

    def _origins(
        self, fact: Model, values: Mapping[str, Any]
    ) -> list[tuple[LedgerEntry | None, list[str]]]:
        """The entries that told the values of the fact, with those that each told last."""
        by_entry: dict[int, list[str]] = defaultdict(list)
        entries: dict[int, LedgerEntry] = {}
        for name in values:
            entry = self._told.get((fact._meta.model_name, fact.pk, name))
            key = entry.pk if entry else 0
            by_entry[key].append(name)
            if entry:
                entries[key] = entry
        return [(entries.get(key), names) for key, names in sorted(by_entry.items())]

    def _note(
        self,
        firm: FirmFacts,
        fact: Model,
        before: dict[str, Any],
        after: dict[str, Any],
        told: LedgerEntry | None = None,
    ) -> None:
        change = Change(Kind.MERGED, firm.row, fact, None, before, after, {})
        if told:
            change.effective_on, change.cells, change.source = (
                told.effective_on,
                told.cells,
                told.source,
            )
        firm.notebook.note_change(change)

    def _sort(self) -> None:
        """Further acts of the call take the last one by its position."""
        self._here.placements.sort(key=lambda row: row.since)
        self._here.closures.sort(key=lambda row: row.closed_on)
        self._here.pool.sort(key=lambda row: row.since)
        self._here.facts[Application].sort(key=lambda row: row.since)
        self._here.facts[FirmOwner].sort(key=lambda row: row.since)


def _told_values(firm: FirmFacts, fact: Model) -> dict[str, Any]:
    values = firm.notebook.ledger_values(fact)
    return {name: value for name, value in values.items() if value not in (None, "")}


def _entries_by_field(firm: FirmFacts) -> dict[tuple[Any, Any, str], LedgerEntry]:
    """(fact, its id, field) → the entry that told the present value; one query."""
    entries = LedgerEntry.objects.filter(enterprise=firm.row).in_force().select_related("source")
    return {
        (entry.fact, entry.fact_id, name): entry
        for entry in entries.order_by("pk")
        for name in entry.after
    }
