"""Questions between units about where a firm stands: raised when rosters are handed in, decided once by the bureau."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
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
DISPUTING = (RosterFirm.Word.MOVED, RosterFirm.Word.NOT_OURS)


def raise_for(version: RosterVersion) -> None:
    """Open or update the cases that this version, just handed in, gives rise to (in the caller's transaction)."""
    quarter = _lock(version.roster.quarter)
    codes = _disputed(version)
    statements = statements_on(quarter, codes)
    existing = {case.uscc: case for case in Case.objects.filter(quarter=quarter, uscc__in=codes)}
    for uscc in sorted(codes):
        said = statements[uscc]
        kind, from_unit = _kind(said), _registered_at(said)
        case = existing.get(uscc)
        if case is None:
            Case.objects.create(
                quarter=quarter, uscc=uscc, name=said[0].name, kind=kind, from_unit=from_unit
            )
        elif not case.decision and case.kind != kind:
            Case.objects.filter(pk=case.pk, decision="").update(kind=kind)


def withdraw_for(version: RosterVersion) -> None:
    """Undecided cases about which nobody says anything any more are dropped; the others get their new kind."""
    quarter = _lock(version.roster.quarter)
    open_cases = {case.uscc: case for case in Case.objects.undecided().about(version)}
    statements = statements_on(quarter, set(open_cases))
    for uscc, case in open_cases.items():
        said = [
            one for one in statements[uscc] if _disputes(one) or len(_listing(statements[uscc])) > 1
        ]
        if said:
            Case.objects.filter(pk=case.pk, decision="").update(kind=_kind(statements[uscc]))
        else:
            Case.objects.filter(pk=case.pk, decision="").delete()


def _lock(quarter: Quarter) -> Quarter:
    """Of two units that hand in at once, the second must see what the first has said. Taken after the roster's row."""
    Quarter.objects.select_for_update(no_key=True).get(pk=quarter.pk)
    return quarter


def statements_on(quarter: Quarter, usccs: Iterable[str]) -> dict[str, list[RosterFirm]]:
    """What units have said of these firms this quarter, firm's code → rows of versions handed in (one query)."""
    rows = (
        RosterFirm.objects.handed_in()
        .filter(~Exists(_said_later()), version__roster__quarter=quarter, uscc__in=list(usccs))
        .select_related("version__roster__unit", "from_unit", "to_unit", "park", "town")
        .order_by("version__submitted_at")
    )
    found: dict[str, list[RosterFirm]] = defaultdict(list)
    for row in rows:
        found[row.uscc].append(row)
    return found


def _said_later() -> QuerySet[RosterVersion]:
    """A correction under review stands for its unit, not the version that it corrects."""
    return RosterVersion.objects.filter(
        roster=OuterRef("version__roster"),
        state__in=HANDED_IN,
        number__gt=OuterRef("version__number"),
    )


def decide(
    case: Case,
    decision: str,
    *,
    by: User,
    note: str = "",
    park: Unit | None = None,
    town: Unit | None = None,
    moved_on: dt.date | None = None,
) -> None:
    """Decide a case, once. `placed`: the firm belongs at (park, town), since `moved_on` where it is registered
    elsewhere, which is written at once. `stays`: the registered place holds; rows elsewhere are left out."""
    if decision == Decision.STAYS and case.from_unit_id is None:
        raise Refusal("企业没有登记在册的单位，不能维持登记，请决定归入何处。", "invalid")
    if decision == Decision.PLACED and (town is None or town.kind != Unit.Kind.TOWN):
        raise Refusal("请选择企业所在的镇街。", "invalid")
    with transaction.atomic():
        decided = Case.objects.filter(pk=case.pk, decision="").update(
            decision=decision,
            park=park if decision == Decision.PLACED else None,
            town=town if decision == Decision.PLACED else None,
            moved_on=moved_on if decision == Decision.PLACED else None,
            note=note.strip()[:300],
            decided_by=by,
            decided_at=timezone.now(),
        )
        if not decided:
            raise Refusal("该事项已有决定，不能再次决定。")
        case.refresh_from_db()
        if decision == Decision.PLACED:
            _write_move(case, by)
        _tell(case)


def _write_move(case: Case, by: User) -> None:
    enterprise = Enterprise.objects.filter(uscc=case.uscc).first()
    place = (
        Placement.objects.filter(enterprise=enterprise, until=None).first() if enterprise else None
    )
    if place is None or (place.park_id, place.town_id) == (case.park_id, case.town_id):
        return  # a firm not registered yet, or already there: the roster's own row does the rest
    if case.moved_on is None:
        raise Refusal("企业登记在别处，请填写迁移日期。", "invalid")
    assert case.town is not None
    claim = next(
        (one for one in statements_on(case.quarter, [case.uscc])[case.uscc] if _is_at(one, case)),
        None,
    )
    cells = {name: claim.cell for name in ("park", "town")} if claim and claim.cell else {}
    act = Move(
        uscc=case.uscc,
        park=case.park.code if case.park else "",
        town=case.town.code,
        on=case.moved_on,
        cells=cells,
    )
    reason = f"归属事项#{case.pk}：{case.note or case.get_kind_display()}"[:200]
    try:
        registry.apply([act], by=by, source=claim.version.source if claim else None, reason=reason)
    except registry.ActsRefused as refused:
        raise Refusal(str(refused), "invalid") from None
    jobs.follow_up("load", by=by)


def _tell(case: Case) -> None:
    place = case.park or case.town
    said = f"归入{place}" if case.decision == Decision.PLACED else "维持原登记"
    said_by = {
        one.version.roster.unit for one in statements_on(case.quarter, [case.uscc])[case.uscc]
    }
    for unit in said_by | ({case.from_unit} if case.from_unit else set()):
        notices.tell_unit(
            unit, f"{case.name}的归属已由科技局确定：{said}。", reverse("case", args=[case.pk])
        )


# --- transfers of which both sides say the same ----------------------------------------------------------------------
@dataclass(frozen=True)
class Agreed:
    """A transfer that both units report alike, and the claim it is decided by."""

    case: Case
    claim: RosterFirm


def agreed(quarter: Quarter) -> list[Agreed]:
    """Undecided transfers where the registered unit says that the firm has moved to X on a day, and X lists it with
    the day it came. Where the two days differ, the receiving unit's counts: from then on it answers for the firm."""
    undecided = (
        Case.objects.undecided()
        .filter(quarter=quarter, kind=Kind.TRANSFER)
        .select_related("from_unit")
    )
    by_code = {case.uscc: case for case in undecided.order_by("name")}
    said = statements_on(quarter, by_code)
    return [
        Agreed(case, claim)
        for uscc, case in by_code.items()
        if (claim := _agreed_claim(case, said.get(uscc, [])))
    ]


def _agreed_claim(case: Case, said: Sequence[RosterFirm]) -> RosterFirm | None:
    if len(said) != 2 or not (claims := _listing(said)) or len(claims) != 1:
        return None
    claim, farewell = claims[0], next(one for one in said if one.kind == RosterFirm.Kind.MISSING)
    is_alike = (
        farewell.word == RosterFirm.Word.MOVED
        and farewell.version.roster.unit_id == case.from_unit_id
        and farewell.to_unit_id == claim.version.roster.unit_id
    )
    return claim if is_alike and farewell.day and claim.day and claim.town_id else None


def decide_agreed(
    quarter: Quarter, usccs: Collection[str], *, by: User
) -> tuple[list[Case], list[str]]:
    """Decide those of the agreed transfers that are named, each by itself: (decided cases, refusals in words).
    Whoever names one on which the units no longer agree is told so."""
    by_code = {one.case.uscc: one for one in agreed(quarter)}
    decided, refused = (
        [],
        [
            f"{uscc}：双方的说法已有变化或已有决定，请重新查看。"
            for uscc in sorted(set(usccs) - set(by_code))
        ],
    )
    for one in (by_code[uscc] for uscc in by_code if uscc in usccs):
        place: dict[str, Any] = {
            "park": one.claim.park,
            "town": one.claim.town,
            "moved_on": one.claim.day,
        }
        try:
            decide(one.case, Decision.PLACED, by=by, note="双方说法一致", **place)
        except Refusal as refusal:
            refused.append(f"{one.case.name}：{refusal.message}")
        else:
            decided.append(one.case)
    return decided, refused


def claim_of(case: Case, said: Iterable[RosterFirm]) -> RosterFirm | None:
    """The statement that a decision would most likely follow: who lists the firm elsewhere than where it stands."""
    claims = _listing(said)
    return next(
        (one for one in claims if one.version.roster.unit_id != case.from_unit_id), None
    ) or next(iter(claims), None)


def undecided_per_version(quarters: Iterable[Quarter]) -> dict[int, int]:
    """How many cases must be decided before each version under review can be approved, version id → number."""
    waiting = Case.objects.undecided().filter(
        quarter=OuterRef("version__roster__quarter"), uscc=OuterRef("uscc")
    )
    rows = RosterFirm.objects.filter(
        version__state=VersionState.SUBMITTED, version__roster__quarter__in=quarters
    )
    counted = rows.filter(Exists(waiting)).values("version").annotate(number=Count("pk")).order_by()
    return dict(counted.values_list("version", "number"))


def unanswered_by(version: RosterVersion) -> list[Case]:
    """Cases that must be decided before this version can be approved."""
    return list(Case.objects.undecided().about(version).select_related("from_unit"))


def decided_about(version: RosterVersion) -> dict[str, Case]:
    """Firm's code → decided case of this quarter."""
    return {case.uscc: case for case in Case.objects.about(version).exclude(decision="")}


def _disputed(version: RosterVersion) -> set[str]:
    own = Q(relocated=True, from_unit__isnull=False) & ~Q(from_unit=version.roster.unit_id)
    told = Q(kind=RosterFirm.Kind.MISSING, word__in=DISPUTING)
    disputed = set(version.firms.filter(own | told).values_list("uscc", flat=True))
    elsewhere = (
        RosterFirm.objects.handed_in()
        .listed()
        .filter(
            version__roster__quarter=version.roster.quarter,
            uscc__in=version.firms.listed().values("uscc"),
        )
        .exclude(version__roster=version.roster)
    )
    return disputed | set(elsewhere.values_list("uscc", flat=True))


def _listing(statements: Iterable[RosterFirm]) -> list[RosterFirm]:
    return [one for one in statements if one.kind != RosterFirm.Kind.MISSING]


def _disputes(one: RosterFirm) -> bool:
    if one.kind == RosterFirm.Kind.MISSING:
        return one.word in DISPUTING
    return one.relocated and one.from_unit_id not in (None, one.version.roster.unit_id)


def _kind(statements: list[RosterFirm]) -> str:
    listing = _listing(statements)
    if len(listing) > 1:
        return Kind.DOUBLE
    if listing or any(one.word == RosterFirm.Word.MOVED for one in statements):
        return Kind.TRANSFER
    return Kind.DISOWNED


def _registered_at(statements: list[RosterFirm]) -> Unit | None:
    for one in statements:
        if one.kind == RosterFirm.Kind.MISSING:
            return one.version.roster.unit
        if one.from_unit:
            return one.from_unit
    return None


def _is_at(one: RosterFirm, case: Case) -> bool:
    return one.kind != RosterFirm.Kind.MISSING and (one.park_id, one.town_id) == (
        case.park_id,
        case.town_id,
    )
