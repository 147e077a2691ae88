"""Where two records of one firm say what cannot both be: a person chooses, group by group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from enterprises.models import (
    Application,
    Closure,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.registry.acts.firm import place_in_words
from enterprises.registry.firm_facts import FirmFacts
from enterprises.registry.wording import value_in_words
from enterprises.rosters.definition.registers import parts_above_their_whole

HERE, THERE, BOTH = "here", "there", "both"
"""Which record's facts are kept: of the firm that stays, of the record that goes, of both."""
Days = Callable[[Any], tuple[dt.date, dt.date]]


@dataclass(frozen=True)
class Conflict:
    """`key` names the group; `here` and `there` are what each record says, in words."""

    key: str
    title: str
    here: Sequence[str]
    there: Sequence[str]
    may_keep_both: bool = False

    @property
    def choices(self) -> list[tuple[str, str]]:
        told = [(HERE, f"以保留的一家为准：{'；'.join(self.here)}")]
        told.append((THERE, f"以并入的一家为准：{'；'.join(self.there)}"))
        return [*told, (BOTH, "两份都保留")] if self.may_keep_both else told


def conflicts_of(here: FirmFacts, there: FirmFacts) -> list[Conflict]:
    return [
        *_of_stays(here, there),
        *_of_closures(here, there),
        *_of_pool(here, there),
        *_of_applications(here, there),
        *_of_figures(here, there),
        *_of_certificates(here, there),
    ]


def _days_of(row: Any) -> tuple[dt.date, dt.date]:
    return row.since, row.until or dt.date.max


def _days_of_closure(row: Closure) -> tuple[dt.date, dt.date]:
    return row.closed_on, row.reopened_on or dt.date.max


def _overlap(here: Iterable[Any], there: Sequence[Any], days: Days = _days_of) -> bool:
    for one in here:
        for other in there:
            (since, until), (other_since, other_until) = days(one), days(other)
            # Two on one day are not taken, even where one of them never held.
            if since == other_since or (since < other_until and other_since < until):
                return True
    return False


def _from_to(row: Any) -> str:
    return f"{row.since}起{f'{row.until}前' if row.until else ''}"


def _of_stays(here: FirmFacts, there: FirmFacts) -> list[Conflict]:
    def told(firm: FirmFacts) -> list[str]:
        return [f"{_from_to(row)}在{place_in_words(firm, row)}" for row in firm.placements]

    if not _overlap(here.placements, there.placements):
        return []
    return [Conflict("placements", str(Placement._meta.verbose_name), told(here), told(there))]


def _of_closures(here: FirmFacts, there: FirmFacts) -> list[Conflict]:
    def told(firm: FirmFacts) -> list[str]:
        return [
            f"{row}{f'，{row.reopened_on}恢复' if row.reopened_on else ''}" for row in firm.closures
        ]

    if not _overlap(here.closures, there.closures, _days_of_closure):
        return []
    return [Conflict("closures", str(Closure._meta.verbose_name), told(here), told(there))]


def _of_pool(here: FirmFacts, there: FirmFacts) -> list[Conflict]:
    def told(firm: FirmFacts) -> list[str]:
        return [f"{_from_to(row)}在{row.get_stage_display()}" for row in firm.pool]

    if not _overlap(here.pool, there.pool):
        return []
    return [Conflict("pool", str(PoolEntry._meta.verbose_name), told(here), told(there))]


def _of_applications(here: FirmFacts, there: FirmFacts) -> list[Conflict]:
    def told(rows: Sequence[Application]) -> list[str]:
        return [f"{_from_to(row)}{row.year}年{row.get_stage_display()}" for row in rows]

    found = []
    for kind_id in dict.fromkeys(row.kind_id for row in here.facts[Application]):
        ours, theirs = here.applications(kind_id), there.applications(kind_id)
        if _overlap(ours, theirs):
            kind = _kind_of(here, ours[0])
            title = f"{kind.short_name}申报"
            found.append(Conflict(f"applications-{kind.code}", title, told(ours), told(theirs)))
    return found


def are_contradicting(ours: YearlyFigures, theirs: YearlyFigures) -> bool:
    """Both tell a figure, and differently; or both together tell what cannot be."""
    pairs = {name: (getattr(ours, name), getattr(theirs, name)) for name in figure_names()}
    if any(None not in pair and pair[0] != pair[1] for pair in pairs.values()):
        return True
    together = {name: one if other is None else other for name, (one, other) in pairs.items()}
    try:
        row = YearlyFigures(year=ours.year, **together)
        row.validate_constraints(exclude={"enterprise"})
    except ValidationError:
        return True
    return any(parts_above_their_whole(together))


def figure_names() -> list[str]:
    beside = ("id", "enterprise", "year")
    return [field.name for field in YearlyFigures._meta.fields if field.name not in beside]


def _of_figures(here: FirmFacts, there: FirmFacts) -> list[Conflict]:
    found = []
    for ours in here.facts[YearlyFigures]:
        theirs = there.figures_of(ours.year)
        if theirs is not None and are_contradicting(ours, theirs):
            told = [_figures_in_words(row, _differing(ours, theirs)) for row in (ours, theirs)]
            title = f"{ours.year}年度数据"
            found.append(Conflict(f"figures-{ours.year}", title, told[0], told[1]))
    return found


def _differing(ours: YearlyFigures, theirs: YearlyFigures) -> list[str]:
    return [name for name in figure_names() if getattr(ours, name) != getattr(theirs, name)]


def _figures_in_words(row: YearlyFigures, names: Sequence[str]) -> list[str]:
    told = []
    for name in names:
        column = row._meta.get_field(name)
        told.append(
            f"{row.title_of(name)} {value_in_words(column, getattr(row, name), {}, '没有')}"
        )
    return told


def same_issue(here: FirmFacts, theirs: Qualification) -> list[Qualification]:
    """What the firm that stays holds, and the other's may be the same one of."""
    return [ours for ours in here.held(theirs.kind_id) if _may_be_one(ours, theirs)]


def _may_be_one(ours: Qualification, theirs: Qualification) -> bool:
    if ours.valid_from == theirs.valid_from:
        return True
    if ours.number or theirs.number or ours.validity is None or theirs.validity is None:
        return False
    mine, other = ours.validity, theirs.validity
    return mine.covers(other.first_day) or other.covers(mine.first_day)


def is_same(ours: Qualification, theirs: Qualification) -> bool:
    """Nothing of it differs: a membership that was told of twice."""
    names = ("number", "valid_from", "valid_until", "revoked_on", "dating")
    return all(getattr(ours, name) == getattr(theirs, name) for name in names)


def certificate_key(theirs: Qualification) -> str:
    return f"certificate-{theirs.pk}"


def _of_certificates(here: FirmFacts, there: FirmFacts) -> list[Conflict]:
    found = []
    for theirs in there.facts[Qualification]:
        ours = [one for one in same_issue(here, theirs) if not is_same(one, theirs)]
        if not ours:
            continue
        # Without numbers, two of one day cannot be told apart.
        both = all(one.number or one.valid_from != theirs.valid_from for one in ours)
        kind = _kind_of(here, theirs)
        found.append(
            Conflict(
                certificate_key(theirs),
                f"{theirs.valid_from or theirs.class_year}的{kind.short_name}",
                [_certificate_in_words(one) for one in ours],
                [_certificate_in_words(theirs)],
                may_keep_both=both or bool(theirs.number),
            )
        )
    return found


def _certificate_in_words(one: Qualification) -> str:
    ends = f"至{one.valid_until}" if one.valid_until else "无期限"
    revoked = f"，{one.revoked_on}取消" if one.revoked_on else ""
    return f"{one.number or '无编号'}，{one.valid_from}起{ends}{revoked}"


def _kind_of(firm: FirmFacts, row: Application | Qualification) -> Any:
    return firm.notebook.kind(firm.notebook.ledger_values(row)["kind"])
