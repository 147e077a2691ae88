"""Comparing a roster with the registry: new, changed, arriving, missing and unchanged firms."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from enterprises import registry
from enterprises.firms import contacts
from enterprises.loading import planning, receipt, row_acts, tally
from enterprises.loading.planning import FilePlan
from enterprises.loading.tally import KindTally
from enterprises.models import LedgerEntry, RosterFirm, RosterVersion, VersionState
from enterprises.registry import Batch, WriteReport, undoing
from enterprises.registry.acts import (
    Act,
    Close,
    Leave,
    Listing,
    Place,
    Register,
    Rename,
    ReportedStage,
)
from enterprises.registry.notebook import RegistryError
from enterprises.reporting import contradictions
from enterprises.reporting.situations import Known, Situation
from enterprises.rosters.definition.column import OF_YEAR
from enterprises.rosters.definition.columns import GIVEN_UP, ROSTER
from enterprises.rosters.definition.problems import Problem
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.reading.sheet import Reading
from enterprises.uscc import normalise
from parks.models import Unit

Kind, Word = RosterFirm.Kind, RosterFirm.Word
ANSWER = ("word", "day", "to_unit_id", "renamed_on", "note")
"""What a unit says of a firm."""
NO_FACTS = frozenset(column.field for column in ROSTER.columns if column.fact is None)
"""Columns that say nothing of a firm."""
LATER = frozenset(column.field for column in ROSTER.columns if column.edition > 1)
"""Columns that came later; an empty cell of theirs is left out of digests.

The digests of rosters written before then stay what they were: a correction takes no firm back of
which it says nothing else.
"""


@dataclass
class Comparison:
    """One entry per firm: the listed in the order of their rows, then the missing.

    `problems`: of the registry. `tallies`: of the qualifications that it lists, how many would count.
    """

    firms: list[RosterFirm] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    tallies: list[KindTally] = field(default_factory=list)


def compare_rows(
    version: RosterVersion, reading: Reading, rows: Sequence[RosterRow], known: Known
) -> Comparison:
    """`rows`: the sound ones.

    A day that the unit has not named yet is taken to be the quarter's last day.
    """
    units = {unit.code: unit for unit in Unit.objects.reporting()}
    listed = [
        _listed_firm(version, row, known.by_code.get(row.values["uscc"]), units) for row in rows
    ]
    # Before the acts are made: days and words from the version in force shape them.
    for firm, row in zip(listed, rows, strict=True):
        contradictions.find_contradictions(firm, row, known)
    if applied := applied_before(version):
        earlier = {firm.uscc: firm for firm in applied.firms.all()}
        for firm in listed:
            carry_over(firm, earlier.get(firm.uscc))
    plan = FilePlan(reading.filename, reading, [])
    acts = _acts_of_rows(version, listed, rows, reading.filename)
    plan.report = _preview_writing(version, listed, acts)
    _describe_changes(listed, plan.report)
    missing = [_missing_firm(version, situation) for situation in _unlisted(known, reading)]
    contradictions.say_who_waits([*listed, *missing])
    # Their registered contacts belong to another unit.
    arriving = {firm.uscc for firm in listed if firm.kind == Kind.ARRIVING}
    notices = []
    for notice in plan.report.notices:
        notices.append(_without_contact(notice) if notice.uscc in arriving else notice)
    problems = planning.refusal_problems(plan, plan.report.errors) + planning.difference_problems(
        plan, notices
    )
    tallies = tally.tally(acts, plan.report.facts, timezone.localdate())
    return Comparison([*listed, *missing], problems, tallies)


def _without_contact(notice: RegistryError) -> RegistryError:
    """A contact registered by another unit is not shown to the unit that lists the firm now."""
    if notice.field not in contacts.FIELDS:
        return notice
    subject = str(notice).partition("：")[0]
    sentence = f"{subject}：联系人或联系电话与登记不同"
    return RegistryError(sentence, uscc=notice.uscc, field=notice.field, cell=notice.cell)


def _unlisted(known: Known, reading: Reading) -> list[Situation]:
    """Expected firms without a row.

    A row counts by its code, or where that cannot be read or is another firm's, by its name.
    """
    codes = {row.values["uscc"] for row in reading.rows}
    # A row with a wrong code is a problem already; its firm is not missing on top of that.
    names = {
        normalise(row.values["name"])
        for row in reading.rows
        if not row.values["uscc"] or _is_of_another_firm(row, known)
    }
    unlisted = []
    for situation in known.expected:
        firm = situation.enterprise
        if firm.uscc not in codes and firm.name_key not in names:
            unlisted.append(situation)
    return unlisted


def _is_of_another_firm(row: RosterRow, known: Known) -> bool:
    """The row's code is registered under another name than the row's."""
    firm = known.by_code.get(row.values["uscc"])
    return firm is not None and normalise(row.values["name"]) not in firm.name_keys


def _acts_of_rows(
    version: RosterVersion,
    listed: Sequence[RosterFirm],
    rows: Sequence[RosterRow],
    filename: str,
) -> list[Act]:
    day = version.roster.quarter.last_day
    acts: list[Act] = []
    for firm, row in zip(listed, rows, strict=True):
        acts += acts_of(firm, row, day, filename)
    return acts


def _preview_writing(
    version: RosterVersion, listed: Sequence[RosterFirm], acts: Sequence[Act]
) -> WriteReport:
    """What the registry would do with the rows, once the version in force has been taken back."""
    correction = plan_correction(version, listed, acts)
    # In one preview: the rows are judged as after the taking back.
    return registry.preview_all([Batch(correction.acts), Batch(acts)])[1]


def plan_correction(
    version: RosterVersion, firms: Sequence[RosterFirm], acts: Iterable[Act]
) -> undoing.Undoing:
    """What a correcting version takes back first.

    That is all the version in force wrote on firms of which this version says something else, or
    nothing. Where an application stands stays if its acts say it again: official lists and persons
    build on it within days, and no other cell of the firm could be corrected any more.
    """
    applied = applied_before(version)
    if applied is None:
        return undoing.Undoing([], {})
    now = {firm.uscc: _statement(firm) for firm in firms}
    before = {firm.uscc: _statement(firm) for firm in applied.firms.all()}
    changed = {uscc for uscc, statement in before.items() if now.get(uscc) != statement}
    again = {act.uscc: act for act in acts if isinstance(act, ReportedStage)}

    def is_said_again(entry: LedgerEntry) -> bool:
        act = again.get(entry.enterprise.uscc)
        return act is not None and act.has_written(entry)

    return undoing.plan_undoing(stretches_of(version), changed, is_said_again)


def taken_back(version: RosterVersion) -> list[Act]:
    """The acts that would take back all that the roster has written so far.

    A correction is compared with the registry as it was before the roster.
    """
    return undoing.plan_undoing(stretches_of(version)).acts if applied_before(version) else []


def applied_before(version: RosterVersion) -> RosterVersion | None:
    """The version in force that this one would correct."""
    return version.roster.versions.filter(state=VersionState.APPLIED).exclude(pk=version.pk).first()


def carry_over(firm: RosterFirm, earlier: RosterFirm | None) -> None:
    """The same question about the same firm keeps its answer."""
    if earlier is None:
        return
    contradictions.carry_over_settlements(firm, earlier)
    if _question(earlier) != _question(firm):
        return
    for name in ANSWER:
        setattr(firm, name, getattr(earlier, name))


def _question(firm: RosterFirm) -> tuple[object, ...]:
    """What the unit is asked about the firm.

    An earlier answer fits only where all of it is equal.
    """
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
    """The ledger entries that this roster has written, as pairs (first id, last id)."""
    written = version.roster.versions.filter(
        state__in=[VersionState.APPLIED, VersionState.REPLACED]
    )
    return [
        (earlier.ledger_from, earlier.ledger_to)
        for earlier in written
        if earlier.ledger_from and earlier.ledger_to
    ]


def _statement(firm: RosterFirm) -> tuple[Any, ...]:
    # A note and the unit a firm went to write nothing, so another one takes nothing back.
    settled = sorted(firm.settlements.items())
    return (firm.digest, firm.word_in_force, firm.day, firm.renamed_on, repr(settled))


# --- one firm -------------------------------------------------------------------------------------
def _listed_firm(
    version: RosterVersion, row: RosterRow, known: Situation | None, units: Mapping[str, Unit]
) -> RosterFirm:
    value = row.values
    firm = RosterFirm(
        version=version,
        uscc=value["uscc"],
        name=value["name"],
        kind=Kind.NEW,
        row=row.number,
        cell=row.address("uscc"),
        park=units.get(value.get("park") or ""),
        town=units.get(value["town"]),
        holds_certificate=known is not None and known.holds_certificate,
        digest=digest_of(row),
    )
    # A bare firm is registered, but has never had a place: it is as good as new.
    if known is None or known.is_bare:
        return firm
    firm.kind = Kind.UNCHANGED
    place = known.place
    if place is None or (place.park, place.town) != (firm.park, firm.town):
        # The unit will be asked for the day of the move.
        firm.relocated = True
        firm.from_unit = known.unit
    if normalise(firm.name) not in known.name_keys:
        firm.registered_name = known.enterprise.name
    return firm


def _missing_firm(version: RosterVersion, known: Situation) -> RosterFirm:
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
    """A digest of the facts in the row: equal digests, equal facts."""
    told = row.values.items()
    facts = sorted(
        (name, repr(value))
        for name, value in told
        if name not in NO_FACTS and not (value is None and _may_lack(name))
    )
    # There the remark is a fact: the reason for it.
    if row.values.get("application_stage") == GIVEN_UP:
        facts.append(("remark", repr(row.values.get("remark"))))
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _may_lack(name: str) -> bool:
    """A column that many rosters do not have: left out, or left empty, it says the same."""
    return name in LATER or OF_YEAR in name


def _describe_changes(listed: Sequence[RosterFirm], report: WriteReport) -> None:
    names = receipt.code_names()
    by_firm: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in report.changes:
        by_firm[change.enterprise.uscc].append(receipt.change_in_words(change, names))
    for firm in listed:
        firm.changes = by_firm[firm.uscc]
        is_changed = firm.changes or firm.relocated or firm.registered_name
        # A firm that comes back to the same unit, or moves within it, changes; it does not arrive.
        if firm.relocated and firm.from_unit_id != firm.version.roster.unit_id:
            firm.kind = Kind.ARRIVING
        elif firm.kind == Kind.UNCHANGED and is_changed:
            firm.kind = Kind.CHANGED


# --- acts -----------------------------------------------------------------------------------------
def acts_of(firm: RosterFirm, row: RosterRow, day: dt.date, filename: str) -> Iterator[Act]:
    """Everything a row says, with what the unit has answered about it."""
    acts = contradictions.settled_acts(firm, _row_acts(firm, row, day), day, row.cells)
    for act in acts:
        yield replace(act, listing=Listing(filename, day, ROSTER.name))


def _row_acts(firm: RosterFirm, row: RosterRow, day: dt.date) -> Iterator[Act]:
    moved_on = firm.day or day
    # Without a day of moving, the registry refuses a firm that was placed elsewhere since the
    # roster was checked.
    for act in row_acts.acts_of(row, day, day, moved_on if firm.relocated else None):
        # The renaming comes first: the row then registers the firm under its new name.
        if isinstance(act, Register) and firm.registered_name:
            yield Rename(uscc=firm.uscc, name=firm.name, on=firm.renamed_on or day, cells=act.cells)
        # Nobody has the firm any more, so there is no move to write: it comes from outside.
        if isinstance(act, Place) and firm.relocated and firm.from_unit is None:
            act = replace(act, since=moved_on, moves_on=None, from_outside=True)
        yield act


def acts_for_missing(firm: RosterFirm, filename: str, day: dt.date) -> Iterator[Act]:
    """What follows from the word on a firm that is not listed.

    A move is decided by the bureau as a case.
    """
    listing = Listing(filename, day, ROSTER.name)
    # A firm that was only forgotten stays as it is registered.
    if firm.word_in_force == Word.CLOSED and firm.day:
        yield Close(uscc=firm.uscc, on=firm.day, listing=listing)
    if firm.word_in_force == Word.LEFT and firm.day:
        yield Leave(uscc=firm.uscc, on=firm.day, listing=listing)
