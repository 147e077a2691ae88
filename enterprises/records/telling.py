"""What a list or a person says of records, held against what is known: words that are new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enterprises.models import Record, RecordEntry, RecordLevel
from enterprises.records.folding import SINGLE

Act = RecordEntry.Act
FILLED_ONLY = ("subject", "firm_name", "klass", "number", "amount", "unit", "enterprise")
"""A list fills these where nothing is known, and is told where it says otherwise."""


@dataclass(frozen=True)
class Telling:
    """What is said of one record: values by the names of its columns, blanks left out.

    `enterprise` and `unit` are keys of rows. `extra`: by the codes of the kind's own fields. `on`:
    the day on which it is said. `cells`: name → address. `row`: of the file.
    """

    values: Mapping[str, Any]
    on: dt.date
    extra: Mapping[str, Any] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    row: int = 0


@dataclass(frozen=True)
class RecordWord:
    """An entry that is not written yet."""

    act: str
    on: dt.date
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass
class Heard:
    """`words`: what is new. `differences`: name → what is registered, where a list says otherwise."""

    words: list[RecordWord] = field(default_factory=list)
    differences: dict[str, Any] = field(default_factory=dict)


def hear_new(telling: Telling) -> Heard:
    after = dict(telling.values)
    if telling.extra:
        after["extra"] = dict(telling.extra)
    return Heard([RecordWord(Act.ENTERED, telling.values["since"], {}, after)])


def hear_known(record: Record, levels: list[RecordLevel], telling: Telling) -> Heard:
    """What a list says of a record that is known.

    A later day with another level is a promotion, a day of its end ends it, a later review renews
    it. What the kind keeps beside is brought up to date; the rest is filled in where it is missing.
    """
    heard, told = Heard(), dict(telling.values)
    _hear_level(heard, record, levels, told)
    _hear_end(heard, record, told)
    _hear_review(heard, record, told)
    _hear_return(heard, record, told)
    changed: dict[str, Any] = {}
    for name in FILLED_ONLY:
        if name not in told or told[name] == known(record, name):
            continue
        if known(record, name) in (None, ""):
            changed[name] = told[name]
        elif name not in ("subject", "firm_name"):
            heard.differences[name] = known(record, name)
    if extra := {
        code: value for code, value in telling.extra.items() if value != record.extra.get(code)
    }:
        changed["extra"] = extra
    if changed:
        heard.words.append(RecordWord(Act.CHANGED, telling.on, before_of(record, changed), changed))
    return heard


def _hear_level(
    heard: Heard, record: Record, levels: list[RecordLevel], told: dict[str, Any]
) -> None:
    level, since = told.get("level"), told.get("since")
    if since is None:
        return
    then = [row for row in levels if row.since <= since]
    held = then[-1] if then else None
    if not level or (held and held.level == level):
        first_days = {record.since, *(row.since for row in levels)}
        if since not in first_days:
            heard.differences["since"] = (held or record).since
    elif held and held.since == since:
        heard.differences["level"] = held.level
    else:
        before = {"level": held.level} if held else {}
        heard.words.append(RecordWord(Act.PROMOTED, since, before, {"level": level}))


def _hear_end(heard: Heard, record: Record, told: dict[str, Any]) -> None:
    until = told.get("until")
    if until is None or until == record.until:
        return
    if record.until is None:
        heard.words.append(RecordWord(Act.ENDED, until, {"until": None}, {"until": until}))
    else:
        heard.differences["until"] = record.until


def _hear_review(heard: Heard, record: Record, told: dict[str, Any]) -> None:
    day = told.get("reviewed_on")
    if day and (record.reviewed_on is None or day > record.reviewed_on):
        before = {"reviewed_on": record.reviewed_on}
        heard.words.append(RecordWord(Act.REVIEWED, day, before, {"reviewed_on": day}))


def _hear_return(heard: Heard, record: Record, told: dict[str, Any]) -> None:
    names = ("returned_on", "returned")
    after = {name: told[name] for name in names if name in told}
    if not after or after == {name: getattr(record, name) for name in after}:
        return
    on = after.get("returned_on") or record.returned_on or told.get("since") or record.since
    heard.words.append(RecordWord(Act.RETURNED, on, before_of(record, after), after))


def known(record: Record, name: str) -> Any:
    """What the record says under the name of one of its columns."""
    return getattr(record, f"{name}_id" if name in ("enterprise", "unit") else name)


def before_of(record: Record, after: Mapping[str, Any]) -> dict[str, Any]:
    """What the record says under the names of `after`."""
    before = {name: known(record, name) for name in after if name in SINGLE}
    if "extra" in after:
        before["extra"] = {code: record.extra.get(code) for code in after["extra"]}
    return before
