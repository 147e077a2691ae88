"""How many of the firms that a list grants a qualification count with it, and why the others do not.

By the facts as the list leaves them, on the day of the loading: that is what the headline shows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from enterprises.models.standing import NotCounted, why_not_counted
from enterprises.registry.acts import Act, Close, Grant, Revoke
from enterprises.registry.firm_facts import FirmFacts

MOST_NAMED = 200
"""Firms named per kind; the counts beside them are complete."""


@dataclass(frozen=True)
class Uncounted:
    """A firm that does not count for the kind. `said`: the list itself says why."""

    uscc: str
    name: str
    reason: NotCounted
    cell: str
    said: bool


@dataclass
class KindTally:
    """Firms that a list grants one kind, and those of them that do not count with it."""

    kind: str
    day: dt.date
    firms: int = 0
    uncounted: list[Uncounted] = field(default_factory=list)


def tally(acts: Iterable[Act], facts: Mapping[str, FirmFacts], day: dt.date) -> list[KindTally]:
    """One for each kind that the acts grant, in their order.

    `facts`: as the acts leave them. Firms whose line is refused are left out: that is told anyway.
    """
    by_kind: dict[str, dict[str, Grant]] = {}
    ended: set[str] = set()
    for act in acts:
        if isinstance(act, Close | Revoke):
            ended.add(act.uscc)
        elif isinstance(act, Grant):
            # Of several certificates of a firm the last line stands for it.
            by_kind.setdefault(act.kind, {})[act.uscc] = act
    tallies = []
    for kind, grants in by_kind.items():
        found = KindTally(kind, day)
        for uscc, grant in grants.items():
            _add_firm(found, grant, facts.get(uscc), said=uscc in ended)
        tallies.append(found)
    return tallies


def _add_firm(found: KindTally, grant: Grant, firm: FirmFacts | None, *, said: bool) -> None:
    if firm is None or firm.enterprise is None or firm.enterprise.is_void:
        return
    held = firm.held(firm.notebook.kind(found.kind).pk)
    if not held:
        return
    found.firms += 1
    if reason := why_not_counted(found.day, held, firm.placements, firm.closures):
        cell = next(iter(grant.cells.values()), "")
        found.uncounted.append(Uncounted(grant.uscc, firm.enterprise.name, reason, cell, said=said))


def in_words(tallies: Sequence[KindTally], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Ready for JSON, kinds by their names; lists cut to MOST_NAMED."""
    return [
        {
            "kind": found.kind,
            "name": names.get(found.kind, found.kind),
            "day": found.day.isoformat(),
            "firms": found.firms,
            "counted": found.firms - len(found.uncounted),
            "uncounted_count": len(found.uncounted),
            "reasons": [
                {"reason": str(reason), "label": str(reason.label), "firms": firms}
                for reason, firms in _by_reason(found)
            ],
            "uncounted": [
                {
                    "uscc": one.uscc,
                    "firm": one.name,
                    "reason": str(one.reason),
                    "label": str(one.reason.label),
                    "cell": one.cell,
                }
                for one in found.uncounted[:MOST_NAMED]
            ],
        }
        for found in tallies
        if found.firms
    ]


def _by_reason(found: KindTally) -> Iterator[tuple[NotCounted, int]]:
    """In the order in which reasons are judged."""
    number = Counter(one.reason for one in found.uncounted)
    return ((reason, number[reason]) for reason in NotCounted if number[reason])


def sentence(entry: Mapping[str, Any]) -> str:
    """列出120家，其中112家计入统计，8家不计：已注销8家. Of an entry of `in_words`."""
    text = f"{entry['name']}：列出{entry['firms']}家，其中{entry['counted']}家计入统计"
    if entry["uncounted_count"]:
        reasons = "、".join(f"{one['label']}{one['firms']}家" for one in entry["reasons"])
        text += f"，{entry['uncounted_count']}家不计：{reasons}"
    return f"{text}（按{entry['day']}计）"
