"""Holding a roster against the registry, firm by firm: new, changed, arriving, missing, unchanged."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from enterprises import registry
from enterprises.firms import contacts
from enterprises.loading import planning, receipt
from enterprises.loading.planning import FilePlan
from enterprises.models import RosterFirm, RosterVersion, VersionState
from enterprises.registry import Batch, WriteReport, undoing
from enterprises.registry.acts import Act, Close, Leave, Listing, Place, Register, Rename
from enterprises.registry.notebook import RegistryError
from enterprises.reporting.situations import Known, Situation
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.problems import Problem
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.reading.sheet import Reading
from enterprises.uscc import normalise
from parks.models import Unit

Kind, Word = RosterFirm.Kind, RosterFirm.Word
UNTOLD = frozenset(column.field for column in ROSTER.columns if column.fact is None)
"""Columns that say nothing of a firm."""


@dataclass
class Comparison:
    """One entry per firm, the listed in the order of their rows, then the missing; and what the registry objects to."""

    firms: list[RosterFirm] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def compare(
    version: RosterVersion, reading: Reading, rows: Sequence[RosterRow], known: Known
) -> Comparison:
    """`rows`: the sound ones. Days that the unit has not told yet are taken to be the quarter's last day."""
    units = {unit.code: unit for unit in Unit.objects.reporting()}
    listed = [_listed(version, row, known.by_code.get(row.values["uscc"]), units) for row in rows]
    if applied := applied_before(version):
        earlier = {firm.uscc: firm for firm in applied.firms.all()}
        for firm in listed:
            carry_over(firm, earlier.get(firm.uscc))
    day = version.roster.quarter.last_day
    acts = [
        act
        for firm, row in zip(listed, rows, strict=True)
        for act in acts_of(firm, row, day, reading.filename)
    ]
    plan = FilePlan(reading.filename, reading, [])
    plan.report = _preview(version, listed, acts)
    _describe(listed, plan.report)
    missing = [_missing(version, one) for one in _unlisted(known, reading)]
    strangers = {firm.uscc for firm in listed if firm.kind == Kind.ARRIVING}
    notices = [
        _discreet(notice) if notice.uscc in strangers else notice for notice in plan.report.notices
    ]
    problems = planning.refusal_problems(plan, plan.report.errors)
    problems += planning.difference_problems(plan, notices)
    return Comparison([*listed, *missing], problems)


def _discreet(notice: RegistryError) -> RegistryError:
    """A contact registered by another unit is not told to the one that lists the firm now."""
    if notice.field not in contacts.FIELDS:
        return notice
    subject = str(notice).partition("：")[0]
    said = f"{subject}：联系人或联系电话与登记不同"
    return RegistryError(said, uscc=notice.uscc, field=notice.field, cell=notice.cell)


def _unlisted(known: Known, reading: Reading) -> list[Situation]:
    """Expected firms without a row; a row counts by its code, or where that cannot be read, by its name."""
    codes = {row.values["uscc"] for row in reading.rows}
    names = {normalise(row.values["name"]) for row in reading.rows if not row.values["uscc"]}
    firms = ((one, one.enterprise) for one in known.expected)
    return [one for one, firm in firms if firm.uscc not in codes and firm.name_key not in names]


def _preview(
    version: RosterVersion, listed: Sequence[RosterFirm], acts: Sequence[Act]
) -> WriteReport:
    undo = correction(version, listed)
    return registry.preview_all([Batch(undo.acts), Batch(acts)])[1]


def correction(version: RosterVersion, firms: Sequence[RosterFirm]) -> undoing.Undoing:
    """What a correcting version takes back first: all the applied version told of firms that are now told otherwise."""
    applied = applied_before(version)
    if applied is None:
        return undoing.Undoing([], {})
    now = {firm.uscc: _told(firm) for firm in firms}
    changed = {firm.uscc for firm in applied.firms.all() if now.get(firm.uscc) != _told(firm)}
    return undoing.plan_undoing(stretches_of(version), changed)


def taken_back(version: RosterVersion) -> list[Act]:
    """What would take back all that the version's roster has written so far: it is held against what was before."""
    return undoing.plan_undoing(stretches_of(version)).acts if applied_before(version) else []


def applied_before(version: RosterVersion) -> RosterVersion | None:
    """The version in force that this one would correct."""
    return version.roster.versions.filter(state=VersionState.APPLIED).exclude(pk=version.pk).first()


def carry_over(firm: RosterFirm, earlier: RosterFirm | None) -> None:
    """The same question about the same firm keeps its answer."""
    if earlier is None or _question(earlier) != _question(firm):
        return
    for name in ("word", "day", "to_unit_id", "renamed_on", "note"):
        setattr(firm, name, getattr(earlier, name))


def _question(firm: RosterFirm) -> tuple[object, ...]:
    missing = firm.kind == Kind.MISSING
    return (
        missing,
        firm.relocated,
        firm.park_id,
        firm.town_id,
        firm.registered_name,
        missing or firm.name,
    )


def stretches_of(version: RosterVersion) -> list[tuple[int, int]]:
    """The ledger entries that versions of this roster have written."""
    written = version.roster.versions.filter(
        state__in=[VersionState.APPLIED, VersionState.REPLACED]
    )
    return [
        (one.ledger_from, one.ledger_to) for one in written if one.ledger_from and one.ledger_to
    ]


def _told(firm: RosterFirm) -> tuple[Any, ...]:
    return (firm.digest, firm.word, firm.day, firm.renamed_on)


# --- one firm ---------------------------------------------------------------------------------------------------
def _listed(
    version: RosterVersion, row: RosterRow, known: Situation | None, units: Mapping[str, Unit]
) -> RosterFirm:
    value = row.values
    park, town = units.get(value.get("park") or ""), units.get(value["town"])
    relocated = known is not None and not known.is_bare and not _stands_at(known, park, town)
    renamed = known is not None and not known.is_bare and _bears_another_name(known, value["name"])
    return RosterFirm(
        version=version,
        uscc=value["uscc"],
        name=value["name"],
        kind=Kind.NEW if known is None or known.is_bare else Kind.UNCHANGED,
        row=row.number,
        cell=row.address("uscc"),
        park=park,
        town=town,
        from_unit=known.unit if relocated and known else None,
        relocated=relocated,
        registered_name=known.enterprise.name if renamed and known else "",
        holds_certificate=bool(known and known.holds_certificate),
        digest=digest_of(row),
    )


def _stands_at(known: Situation, park: Unit | None, town: Unit | None) -> bool:
    place = known.place
    return place is not None and (place.park, place.town) == (park, town)


def _bears_another_name(known: Situation, name: str) -> bool:
    return normalise(name) not in {known.enterprise.name_key, *known.former_keys}


def _missing(version: RosterVersion, known: Situation) -> RosterFirm:
    assert known.place is not None
    return RosterFirm(
        version=version,
        uscc=known.enterprise.uscc,
        name=known.enterprise.name,
        kind=Kind.MISSING,
        park=known.place.park,
        town=known.place.town,
        holds_certificate=known.holds_certificate,
    )


def digest_of(row: RosterRow) -> str:
    """Of what the row says of its firm: equal digests, equal facts."""
    told = sorted((name, repr(value)) for name, value in row.values.items() if name not in UNTOLD)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _describe(listed: Sequence[RosterFirm], report: WriteReport) -> None:
    names = receipt.code_names()
    by_firm: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in report.changes:
        by_firm[change.enterprise.uscc].append(receipt.change_in_words(change, names))
    for firm in listed:
        firm.changes = by_firm[firm.uscc]
        if firm.relocated and firm.from_unit_id != firm.version.roster.unit_id:
            firm.kind = Kind.ARRIVING
        elif firm.kind == Kind.UNCHANGED and (
            firm.changes or firm.relocated or firm.registered_name
        ):
            firm.kind = Kind.CHANGED


# --- acts -------------------------------------------------------------------------------------------------------
def acts_of(firm: RosterFirm, row: RosterRow, day: dt.date, filename: str) -> Iterator[Act]:
    """Everything a row says, with what the unit has told about it besides."""
    for act in _row_acts(firm, row, day):
        yield replace(act, listing=Listing(filename, day))


def _row_acts(firm: RosterFirm, row: RosterRow, day: dt.date) -> Iterator[Act]:
    moved_on = firm.day or day
    # A firm that stood here when the roster was checked has no move to tell: placed elsewhere since, it is refused.
    for act in planning.acts_of(row, day, day, moved_on if firm.relocated else None):
        if isinstance(act, Register) and firm.registered_name:
            yield Rename(uscc=firm.uscc, name=firm.name, on=firm.renamed_on or day, cells=act.cells)
        if isinstance(act, Place) and firm.relocated and firm.from_unit is None:
            act = replace(act, since=moved_on, moves_on=None, from_outside=True)
        yield act


def acts_for_missing(firm: RosterFirm, filename: str, day: dt.date) -> Iterator[Act]:
    """What follows from the word about a firm that is not listed; a move is the bureau's case, not the unit's act."""
    listing = Listing(filename, day)
    if firm.word == Word.CLOSED and firm.day:
        yield Close(uscc=firm.uscc, on=firm.day, listing=listing)
    if firm.word == Word.LEFT and firm.day:
        yield Leave(uscc=firm.uscc, on=firm.day, listing=listing)
