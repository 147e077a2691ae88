"""Taking back what earlier ledger entries did, as a new, recorded act."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from enterprises.models import (
    Application,
    Enterprise,
    FormerName,
    LedgerEntry,
    Placement,
    PoolEntry,
)
from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.notebook import Change
from enterprises.registry.working_copy import WRITE_ORDER
from enterprises.uscc import normalise

Kind = LedgerEntry.Act
MODELS = {model.__name__.lower(): model for model in WRITE_ORDER}
STAYING = ("uscc", "name")
SUCCEEDING = Placement | PoolEntry | Application


@dataclass(frozen=True)
class DoneAct:
    """One ledger entry to be taken back. `created`: it is the first entry of its fact, which goes with it."""

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
    """The firm's facts become what they were before these entries. The caller has made sure that nothing later builds
    on them (enterprises.undoing). A firm that an entry registered stays known by its code, and holds nothing."""

    done: tuple[DoneAct, ...]

    def change(self, firm: FirmFacts) -> None:
        for done in sorted(self.done, key=lambda one: -one.entry):
            fact = _fact(firm, done)
            if fact is None:
                raise firm.refusal(f"账目{done.entry}的事实已不存在，无法撤销")
            if done.created and not isinstance(fact, Enterprise):
                _remove(firm, fact, done)
            else:
                _restore(firm, fact, done)


def _fact(firm: FirmFacts, done: DoneAct) -> Model | None:
    model = MODELS[done.fact]
    if model is Enterprise:
        return firm.known
    return next((fact for fact in firm.facts[model] if fact.pk == done.fact_id), None)


def _remove(firm: FirmFacts, fact: Model, done: DoneAct) -> None:
    shown = {
        name: value for name, value in firm.book.plain(fact).items() if value not in (None, "")
    }
    firm.drop(fact)
    _note(firm, fact, done, shown, {})
    if isinstance(fact, SUCCEEDING) and done.before:
        # A move, or a step in the pool or of an application, ended the fact before it on the same day.
        old = next(
            (
                one
                for one in firm.facts[type(fact)]
                if one.until == fact.since and _alike(one, fact)
            ),
            None,
        )
        if old is not None:
            firm.alter_quietly(old, until=fact.until)


def _alike(one: Model, other: Model) -> bool:
    """Of the same kind, where facts of this model have one."""
    return getattr(one, "kind_id", None) == getattr(other, "kind_id", None)


def _restore(firm: FirmFacts, fact: Model, done: DoneAct) -> None:
    old = firm.book.plain(fact)
    to = done.before or _nothing_of(fact, done)
    for name, value in to.items():
        setattr(fact, *firm.book.stored(fact, name, value))
    if isinstance(fact, Enterprise) and "name" in done.before:
        fact.name_key = normalise(fact.name)
    firm.book.touch(fact)
    if done.act == Kind.RENAMED:
        _forget_former_name(firm, done)
    _note(firm, fact, done, {name: old[name] for name in to}, dict(to))


def _nothing_of(fact: Model, done: DoneAct) -> dict[str, Any]:
    """Of a registration taken back the code and the name stay known; what else it told of the firm does not."""
    fields = (fact._meta.get_field(name) for name in done.after if name not in STAYING)
    return {field.name: None if field.null else "" for field in fields}


def _forget_former_name(firm: FirmFacts, done: DoneAct) -> None:
    for former in [one for one in firm.facts[FormerName] if one.until == done.effective_on]:
        firm.drop(former)


def _note(
    firm: FirmFacts, fact: Model, done: DoneAct, before: dict[str, Any], after: dict[str, Any]
) -> None:
    change = Change(
        Kind.UNDONE, firm.known, fact, done.effective_on, before, after, {}, undoes=done.entry
    )
    firm.book.note(change)
    firm.book.origins.take_back(fact, done.after, done.entry)
