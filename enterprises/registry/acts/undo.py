"""Taking back what earlier ledger entries did, as a new, recorded act."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils import timezone

from enterprises.models import (
    Application,
    Enterprise,
    FirmOwner,
    FormerName,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Change
from enterprises.registry.working_copy import WRITE_ORDER
from enterprises.uscc import normalise

Kind = LedgerEntry.Act
# By the names under which the ledger speaks of facts.
MODELS = {model.__name__.lower(): model for model in WRITE_ORDER}
STAYING = ("uscc", "name", "year")
Succeeding = Placement | PoolEntry | Application | FirmOwner
STAYS = (Enterprise, FormerName)
"""The firm itself is emptied and not deleted: its entries refer to it. A name goes with its renaming."""


@dataclass(frozen=True)
class DoneAct:
    """One ledger entry to be taken back.

    `created`: it is the first entry of its fact, so the fact goes with it.
    """

    entry: int
    act: str
    fact: str
    fact_id: int
    before: dict[str, Any]
    after: dict[str, Any]
    effective_on: dt.date | None
    created: bool


@dataclass(frozen=True, kw_only=True)
class Undo(Act):
    """The firm's facts become what they were before these entries.

    The caller has made sure that nothing later builds on them (`enterprises.registry.undoing`). A
    firm that one of the entries registered stays known by its code, holds nothing, and is void.
    """

    done: tuple[DoneAct, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Also the codes that the firm bore before."""
        earlier = [done.before["uscc"] for done in self.done if "uscc" in done.before]
        return (self.uscc, *earlier)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Of the certificates that lose their number or get an earlier one back."""
        told = [values.get("number") for done in self.done for values in (done.before, done.after)]
        return tuple(number for number in told if number)

    def carry_out(self, firm: FirmFacts) -> None:
        # Backwards: a later entry may have changed what an earlier one made.
        for done in sorted(self.done, key=lambda done: -done.entry):
            fact = _find_fact(firm, done)
            if fact is None:
                raise firm.refusal(f"账目{done.entry}的事实已不存在，无法撤销")
            if done.created and not isinstance(fact, STAYS) and not _tells_more(fact, done):
                _remove_fact(firm, fact, done)
            else:
                _restore_fact(firm, fact, done)


def _find_fact(firm: FirmFacts, done: DoneAct) -> Model | None:
    model = MODELS[done.fact]
    if model is Enterprise:
        return firm.row
    return next((fact for fact in firm.facts[model] if fact.pk == done.fact_id), None)


def _tells_more(fact: Model, done: DoneAct) -> bool:
    """Another list has told further figures of the year, and they stay."""
    if not isinstance(fact, YearlyFigures):
        return False
    values = {field.name: getattr(fact, field.name) for field in fact._meta.fields}
    others = values.keys() - {"id", "enterprise", *done.after}
    return any(values[name] is not None for name in others)


def _remove_fact(firm: FirmFacts, fact: Model, done: DoneAct) -> None:
    values = firm.notebook.ledger_values(fact)
    before = {name: value for name, value in values.items() if value not in (None, "")}
    firm.drop_fact(fact)
    _note_undoing(firm, fact, done, before, {})
    if isinstance(fact, Succeeding) and done.before:
        # A move, or a step in the pool or of an application, had ended the fact before it on the
        # same day: that one goes on to where the removed one ended.
        _end_preceding(firm, fact, fact.since, fact.until)


def _end_preceding(
    firm: FirmFacts, fact: Succeeding, ended: dt.date, until: dt.date | None
) -> None:
    """The fact before this one, which `ended` on a day, goes on to another."""
    for preceding in firm.facts[type(fact)]:
        same_line = _line_of(preceding) == _line_of(fact)
        if preceding is not fact and same_line and preceding.until == ended:
            firm.alter_quietly(preceding, until=until)
            break


def _line_of(fact: Succeeding) -> object:
    """Applications follow each other within a kind, owners within a level, others in one line."""
    if isinstance(fact, Application):
        return fact.kind_id
    return fact.level if isinstance(fact, FirmOwner) else None


def _restore_fact(firm: FirmFacts, fact: Model, done: DoneAct) -> None:
    old = firm.notebook.ledger_values(fact)
    to = done.before or _nothing_of(fact, done)
    firm.release_number(fact)
    for name, value in to.items():
        setattr(fact, *firm.notebook.stored_value(fact, name, value))
    if isinstance(fact, Qualification) and fact.number:
        firm.claim_number(fact.kind_id, fact.number, "number", {})
    # The ledger does not show the key of a name, so it is made again.
    if isinstance(fact, Enterprise) and "name" in done.before:
        fact.name_key = normalise(fact.name)
    firm.notebook.mark_touched(fact)
    if isinstance(fact, Enterprise) and fact.uscc != old["uscc"]:
        _give_code_back(firm, old["uscc"], fact.uscc)
    if isinstance(fact, Succeeding) and "since" in to:
        # It had been brought forward, and with it the end of the one before.
        _end_preceding(firm, fact, old["since"], fact.since)
    if done.act == Kind.RENAMED:
        # The renaming stored the name before it as a former name, without an entry of its own.
        names = firm.facts[FormerName]
        for former in [name for name in names if name.until == done.effective_on]:
            firm.drop_fact(former)
    _note_undoing(firm, fact, done, {name: old[name] for name in to}, dict(to))
    if isinstance(fact, YearlyFigures) and not fact.tells_something:
        firm.drop_fact(fact)


def _give_code_back(firm: FirmFacts, corrected: str, registered: str) -> None:
    bearer = firm.notebook.firm_with_code(registered)
    if bearer is not None:
        raise firm.refusal(f"原信用代码{registered}现为“{bearer.name}”的代码，不能撤销更正")
    firm.notebook.change_code(corrected, registered)


def _nothing_of(fact: Model, done: DoneAct) -> dict[str, Any]:
    """Empty values for all that a registration told of the firm, except its code and name.

    The firm itself is void without its registration.
    """
    fields = (fact._meta.get_field(name) for name in done.after if name not in STAYING)
    empty: dict[str, Any] = {field.name: None if field.null else "" for field in fields}
    return empty | {"voided_at": timezone.now()} if isinstance(fact, Enterprise) else empty


def _note_undoing(
    firm: FirmFacts, fact: Model, done: DoneAct, before: dict[str, Any], after: dict[str, Any]
) -> None:
    change = Change(
        Kind.UNDONE, firm.row, fact, done.effective_on, before, after, {}, undoes=done.entry
    )
    firm.notebook.note_change(change)
    firm.notebook.origins.take_back(fact, done.after, done.entry)
