"""Transfers that both units report alike: the bureau can decide many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from enterprises.models import Case, Quarter, RosterFirm
from enterprises.refusal import Refusal
from enterprises.reporting import cases
from parks.models import User


@dataclass(frozen=True)
class AgreedTransfer:
    """A transfer that both units report alike, and the claim it is decided by."""

    case: Case
    claim: RosterFirm


def find_agreed(quarter: Quarter) -> list[AgreedTransfer]:
    """Undecided transfers that both units report alike.

    The registered unit says that the firm moved to X on a day, and X lists it with the day it came.
    Where the two days differ, the receiving unit's counts: from then on it answers for the firm.
    """
    undecided = Case.objects.undecided().filter(quarter=quarter, kind=Case.Kind.TRANSFER)
    by_code = {case.uscc: case for case in undecided.select_related("from_unit").order_by("name")}
    statements = cases.statements_on(quarter, by_code)
    agreed = []
    for uscc, case in by_code.items():
        if claim := _agreed_claim(case, statements.get(uscc, [])):
            agreed.append(AgreedTransfer(case, claim))
    return agreed


def _agreed_claim(case: Case, statements: Sequence[RosterFirm]) -> RosterFirm | None:
    claims = cases.claims_among(statements)
    farewells = [row for row in statements if row.kind == RosterFirm.Kind.MISSING]
    # With a third voice it is a dispute, and nothing to be decided in a row of others.
    if len(claims) != 1 or len(farewells) != 1:
        return None
    claim, farewell = claims[0], farewells[0]
    # Both must mean the same move: from the registered unit to the unit that lists the firm.
    agrees = (
        farewell.word_in_force == RosterFirm.Word.MOVED
        and farewell.version.roster.unit_id == case.from_unit_id
        and farewell.to_unit_id == claim.version.roster.unit_id
    )
    is_complete = farewell.day and claim.day and claim.town_id
    return claim if agrees and is_complete else None


def decide_agreed(
    quarter: Quarter, usccs: Collection[str], *, by: User
) -> tuple[list[Case], list[str]]:
    """Decide the agreed transfers of these firms: (decided cases, refusals in words).

    Each is decided by itself. A firm whose units no longer agree is among the refusals.
    """
    transfers = {transfer.case.uscc: transfer for transfer in find_agreed(quarter)}
    refused = [
        f"{uscc}：双方的说法已有变化或已有决定，请重新查看。"
        for uscc in sorted(set(usccs) - set(transfers))
    ]
    decided = []
    for uscc, transfer in transfers.items():
        if uscc not in usccs:
            continue
        case, claim = transfer.case, transfer.claim
        # Each has a transaction of its own: one refusal does not hold up the others.
        try:
            cases.decide_case(
                case,
                Case.Decision.PLACED,
                by=by,
                note="双方说法一致",
                park=claim.park,
                town=claim.town,
                moved_on=claim.day,
            )
        except Refusal as refusal:
            refused.append(f"{case.name}：{refusal.message}")
        else:
            decided.append(case)
    return decided, refused
