"""Cases: units disagree about where a firm belongs.

They are opened when rosters are handed in, and decided once by the bureau.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from enterprises import jobs, registry
from enterprises.models import (
    Case,
    Enterprise,
    Placement,
    Quarter,
    RosterFirm,
    RosterVersion,
    VersionState,
)
from enterprises.models.version_state import HANDED_IN
from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from enterprises.registry.acts import Move
from parks.models import Unit, User

Kind, Decision = Case.Kind, Case.Decision
MISSING, Word = RosterFirm.Kind.MISSING, RosterFirm.Word
DISPUTING = (Word.MOVED, Word.NOT_OURS)
"""Words on a firm that is not listed that open a case: another unit may have the firm."""


# --- opening and dropping -------------------------------------------------------------------------
def open_cases_for(version: RosterVersion) -> None:
    """Open or update the cases that this version, just handed in, gives rise to.

    Works in the caller's transaction.
    """
    quarter = _lock_quarter(version.roster.quarter)
    codes = _disputed_firms(version)
    statements = statements_on(quarter, codes)
    existing = {case.uscc: case for case in Case.objects.filter(quarter=quarter, uscc__in=codes)}
    for uscc in sorted(codes):
        kind = _kind_of_case(statements[uscc])
        case = existing.get(uscc)
        if case is None:
            Case.objects.create(
                quarter=quarter,
                uscc=uscc,
                name=statements[uscc][0].name,
                kind=kind,
                from_unit=_registered_at(statements[uscc]),
            )
        # A decided case stays as it is, whatever is said later.
        elif not case.decision and case.kind != kind:
            # Asked again in the update: the bureau may be deciding it at this very moment.
            Case.objects.filter(pk=case.pk, decision="").update(kind=kind)


def withdraw_for(version: RosterVersion) -> None:
    """Drop the undecided cases that no statement supports any more; update the others."""
    quarter = _lock_quarter(version.roster.quarter)
    open_cases = {case.uscc: case for case in Case.objects.undecided().about(version)}
    statements = statements_on(quarter, set(open_cases))
    for uscc, case in open_cases.items():
        undecided = Case.objects.filter(pk=case.pk, decision="")
        # The statements of this version are gone from the list: its state has changed already.
        is_listed_twice = len(claims_among(statements[uscc])) > 1
        if is_listed_twice or any(_is_disputing(row) for row in statements[uscc]):
            undecided.update(kind=_kind_of_case(statements[uscc]))
        else:
            undecided.delete()


def _lock_quarter(quarter: Quarter) -> Quarter:
    """Of two units that hand in at once, the second must see what the first has said.

    Always taken after the roster's row, never before it.
    """
    # No key: rows that refer to the quarter can still be written by others (PostgreSQL).
    Quarter.objects.select_for_update(no_key=True).get(pk=quarter.pk)
    return quarter


def _disputed_firms(version: RosterVersion) -> set[str]:
    """Codes of the firms on which this version contradicts the registry or another unit."""
    # Firms listed here and registered elsewhere.
    arriving = Q(relocated=True, from_unit__isnull=False) & ~Q(from_unit=version.roster.unit_id)
    sent_away = Q(kind=MISSING, word__in=DISPUTING)
    disputed = set(version.firms.filter(arriving | sent_away).values_list("uscc", flat=True))
    # Of other units only what they have handed in counts: a draft says nothing yet.
    listed_elsewhere = (
        RosterFirm.objects.handed_in()
        .listed()
        .filter(
            version__roster__quarter=version.roster.quarter,
            uscc__in=version.firms.listed().values("uscc"),
        )
        .exclude(version__roster=version.roster)
    )
    return disputed | set(listed_elsewhere.values_list("uscc", flat=True))


# --- what units say -------------------------------------------------------------------------------
def statements_on(quarter: Quarter, usccs: Iterable[str]) -> dict[str, list[RosterFirm]]:
    """What units say of these firms in a quarter, in one query.

    Firm's code → rows of versions that were handed in. A correction under review speaks for its
    unit, not the version that it corrects.
    """
    later_version = RosterVersion.objects.filter(
        roster=OuterRef("version__roster"),
        state__in=HANDED_IN,
        number__gt=OuterRef("version__number"),
    )
    rows = (
        RosterFirm.objects.handed_in()
        .filter(~Exists(later_version), version__roster__quarter=quarter, uscc__in=list(usccs))
        .select_related("version__roster__unit", "from_unit", "to_unit", "park", "town")
        .order_by("version__submitted_at")
    )
    statements: dict[str, list[RosterFirm]] = defaultdict(list)
    for row in rows:
        statements[row.uscc].append(row)
    return statements


def claim_of(case: Case, statements: Iterable[RosterFirm]) -> RosterFirm | None:
    """The statement that a decision would most likely follow.

    Rather that of a unit that lists the firm although it is registered elsewhere.
    """
    claims = claims_among(statements)
    elsewhere = [row for row in claims if row.version.roster.unit_id != case.from_unit_id]
    return next(iter(elsewhere or claims), None)


def claims_among(statements: Iterable[RosterFirm]) -> list[RosterFirm]:
    """The statements of units that list the firm."""
    return [row for row in statements if row.kind != MISSING]


def _is_disputing(row: RosterFirm) -> bool:
    if row.kind == MISSING:
        return row.word_in_force in DISPUTING
    return row.relocated and row.from_unit_id not in (None, row.version.roster.unit_id)


def _kind_of_case(statements: list[RosterFirm]) -> str:
    listing = claims_among(statements)
    if len(listing) > 1:
        return Kind.DOUBLE
    if listing or any(row.word_in_force == Word.MOVED for row in statements):
        return Kind.TRANSFER
    return Kind.DISOWNED


def _registered_at(statements: list[RosterFirm]) -> Unit | None:
    for row in statements:
        # Only the unit at which a firm is registered can miss it.
        if row.kind == MISSING:
            return row.version.roster.unit
        if row.from_unit:
            return row.from_unit
    return None


# --- deciding -------------------------------------------------------------------------------------
def decide_case(
    case: Case,
    decision: str,
    *,
    by: User,
    note: str = "",
    park: Unit | None = None,
    town: Unit | None = None,
    moved_on: dt.date | None = None,
) -> None:
    """Decide a case, once. Raises Refusal.

    `placed`: the firm belongs at (park, town). Where it is registered elsewhere, it moves there on
    `moved_on`, which is written to the registry at once. `stays`: the registered place holds; rows
    elsewhere are left out.
    """
    if decision == Decision.STAYS and case.from_unit_id is None:
        raise Refusal("企业没有登记在册的单位，不能维持登记，请决定归入何处。", "invalid")
    if decision == Decision.PLACED and (town is None or town.kind != Unit.Kind.TOWN):
        raise Refusal("请选择企业所在的镇街。", "invalid")
    # What was typed into the fields of the other choice is not kept.
    if decision != Decision.PLACED:
        park = town = moved_on = None
    with transaction.atomic():
        decided = Case.objects.filter(pk=case.pk, decision="").update(
            decision=decision,
            park=park,
            town=town,
            moved_on=moved_on,
            note=note.strip()[:300],
            decided_by=by,
            decided_at=timezone.now(),
        )
        # Somebody else has decided: of two, the first one counts.
        if not decided:
            raise Refusal("该事项已有决定，不能再次决定。")
        case.refresh_from_db()
        statements = statements_on(case.quarter, [case.uscc])[case.uscc]
        if decision == Decision.PLACED:
            _write_move(case, statements, by)
        _tell_units(case, statements)


def _write_move(case: Case, statements: Sequence[RosterFirm], by: User) -> None:
    place = Placement.objects.filter(
        enterprise__in=Enterprise.objects.filter(uscc=case.uscc), until=None
    ).first()
    if place is None or (place.park_id, place.town_id) == (case.park_id, case.town_id):
        return  # a firm not registered yet, or already there: the roster's own row does the rest
    if case.moved_on is None:
        raise Refusal("企业登记在别处，请填写迁移日期。", "invalid")
    assert case.town is not None
    claim = next(
        (row for row in claims_among(statements) if case.takes(row.park_id, row.town_id)), None
    )
    # The ledger names the file and the cells that list the firm at this place.
    source, cells = None, {}
    if claim:
        source = claim.version.source
        if claim.cell:
            cells = {"park": claim.cell, "town": claim.cell}
    act = Move(
        uscc=case.uscc,
        park=case.park.code if case.park else "",
        town=case.town.code,
        on=case.moved_on,
        cells=cells,
        # Units have told of the move, and the bureau decides on what they say.
        confirmed=True,
    )
    reason = f"归属事项#{case.pk}：{case.note or case.get_kind_display()}"[:200]
    try:
        registry.apply([act], by=by, source=source, reason=reason)
    except registry.ActsRefused as refused:
        raise Refusal(str(refused), "invalid") from None
    # The figures are counted anew, as after a load.
    jobs.follow_up("load", by=by)


def _tell_units(case: Case, statements: Sequence[RosterFirm]) -> None:
    place = case.park or case.town
    outcome = f"归入{place}" if case.decision == Decision.PLACED else "维持原登记"
    units = {row.version.roster.unit for row in statements}
    # The registered unit hears of it although it may have said nothing.
    if case.from_unit:
        units.add(case.from_unit)
    text = f"{case.name}的归属已由科技局确定：{outcome}。"
    for unit in units:
        notices.tell_unit(unit, text, reverse("case", args=[case.pk]))


# --- cases of versions ----------------------------------------------------------------------------
def undecided_per_version(quarters: Iterable[Quarter]) -> dict[int, int]:
    """Id of a version under review → how many cases must be decided before it is approved."""
    waiting = Case.objects.undecided().filter(
        quarter=OuterRef("version__roster__quarter"), uscc=OuterRef("uscc")
    )
    rows = RosterFirm.objects.filter(
        version__state=VersionState.SUBMITTED, version__roster__quarter__in=quarters
    )
    counted = rows.filter(Exists(waiting)).values("version").annotate(number=Count("pk")).order_by()
    return dict(counted.values_list("version", "number"))


def undecided_about(version: RosterVersion) -> list[Case]:
    """Cases that must be decided before this version can be approved."""
    return list(Case.objects.undecided().about(version).select_related("from_unit"))


def decided_about(version: RosterVersion) -> dict[str, Case]:
    """Firm's code → decided case of this quarter."""
    return {case.uscc: case for case in Case.objects.about(version).exclude(decision="")}
