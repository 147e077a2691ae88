"""A merge is taken back: the record that went stands again, and so does what was not chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from enterprises.models import Enterprise, LedgerEntry, Qualification
from enterprises.registry.acts.base import Act
from enterprises.registry.acts.undo import MODELS
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Change


@dataclass(frozen=True, kw_only=True)
class MergedEntry:
    """One entry of the merge; `of_other`: it is the other record's."""

    entry: int
    of_other: bool
    fact: str
    fact_id: int
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def key(self) -> tuple[str, int]:
        return self.fact, self.fact_id

    @property
    def arrived(self) -> bool:
        return not self.of_other and not self.before and bool(self.after)


@dataclass(frozen=True, kw_only=True)
class Unmerge(Act):
    """The record with the code `other` leaves this firm with all that it had brought.

    The caller has made sure that nothing later builds on it (`enterprises.registry.merges`).
    """

    other: str
    done: tuple[MergedEntry, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.uscc, self.other)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Of certificates that were left out and come again."""
        return tuple(one.before["number"] for one in self.done if one.before.get("number"))

    def carry_out(self, firm: FirmFacts) -> None:
        there: FirmFacts = firm.notebook.facts_of(self.other)
        gone = there.row
        if gone.merged_into_id != firm.known.pk:
            raise firm.refusal(f"{self.other}没有并入这一家", "other")
        gone.voided_at, gone.merged_into = None, None
        left = {one.key: one for one in self.done if one.of_other}
        arrived = {one.key for one in self.done if one.arrived}
        # Backwards: what arrived goes before what had made room for it comes again.
        for one in sorted(self.done, key=lambda one: -one.entry):
            if one.arrived:
                self._send_back(firm, there, one, left)
            elif not one.of_other:
                self._restore(firm, one)
            elif one.key not in arrived:
                self._restore(there, one)

    def _send_back(
        self,
        firm: FirmFacts,
        there: FirmFacts,
        one: MergedEntry,
        left: dict[tuple[str, int], MergedEntry],
    ) -> None:
        # Its values may have been told by several entries: then it has gone back already.
        fact = _find(there, one)
        if fact is None:
            fact = self._found(firm, one)
            firm.facts[type(fact)].remove(fact)
            fact.enterprise = there.row
            there.facts[type(fact)].append(fact)
            _note_undone(there, fact, left[one.key])
        _note_undone(firm, fact, one)

    def _restore(self, firm: FirmFacts, one: MergedEntry) -> None:
        model = MODELS[one.fact]
        if model is Enterprise or one.after:
            fact = self._found(firm, one)
        else:
            # It had been left out, and comes again with its key.
            fact = model(pk=one.fact_id, enterprise=firm.row)
            firm.facts[model].append(fact)
        for name, value in one.before.items():
            setattr(fact, *firm.notebook.stored_value(fact, name, value))
        if isinstance(fact, Qualification) and fact.number:
            firm.claim_number(fact.kind_id, fact.number, "number", {})
        _note_undone(firm, fact, one)

    def _found(self, firm: FirmFacts, one: MergedEntry) -> Any:
        fact = _find(firm, one)
        if fact is None:
            raise firm.refusal(f"账目{one.entry}的事实已不存在，无法撤销")
        return fact


def _find(firm: FirmFacts, one: MergedEntry) -> Any:
    model = MODELS[one.fact]
    if model is Enterprise:
        return firm.row
    return next((fact for fact in firm.facts[model] if fact.pk == one.fact_id), None)


def _note_undone(firm: FirmFacts, fact: Model, one: MergedEntry) -> None:
    act, before, after = LedgerEntry.Act.UNDONE, dict(one.after), dict(one.before)
    change = Change(act, firm.row, fact, None, before, after, {}, undoes=one.entry)
    firm.notebook.note_change(change)
