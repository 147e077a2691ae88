"""What a row says against the registry, so that its unit is asked instead of being believed.

Another code under a registered name, another number on the same day, a remark that tells of an end,
an emptied cell of the reserve pool. Each is asked about at its firm (models.contradiction), and the
answers shape the acts (`settled_acts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from enterprises.models import Contradicted, Contradiction, RosterFirm, Settled, Settlement
from enterprises.models.contradiction import OFFERED
from enterprises.registry.acts import (
    Act,
    Close,
    CorrectCode,
    CorrectNumber,
    Grant,
    Leave,
    LeavePool,
)
from enterprises.registry.acts.qualification import issued_that_day
from enterprises.reporting.situations import Known, Situation
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from enterprises.rosters.definition.row import RosterRow
from parks.district import DISTRICT

ENDING_WORDS = ("注销", "吊销", "停产", "歇业", "关停", "破产", "解散")
LEAVING_WORDS = ("迁出", "迁往", "迁至", "搬离", "搬迁至")
"""Words of a remark that tell of the end of a firm here, and of its going away."""
CERTIFIED_SINCE = "已取得高企证书"
LONGEST_REMARK = 60
"""Characters of a remark that a question quotes."""


def find_contradictions(firm: RosterFirm, row: RosterRow, known: Known) -> None:
    """Note at the firm what its row says against the registry."""
    situation = known.by_code.get(firm.uscc)
    found = [_other_code(firm, known), _ending_told(firm, row)]
    if situation is not None:
        found += [_other_number(row, situation), _emptied_pool(firm, row, situation)]
    firm.contradict([point for point in found if point])


def _contradicted(
    kind: Contradiction, text: str, registered: str, offered: Sequence[str] = ()
) -> Contradicted:
    return Contradicted(kind.value, text, registered, tuple(offered or OFFERED[kind]))


def _other_code(firm: RosterFirm, known: Known) -> Contradicted | None:
    """A firm of this name is registered under another code, which the file does not list."""
    namesake = known.namesake_of(firm.uscc, firm.name)
    if namesake is None:
        return None
    registered = namesake.enterprise
    text = f"“{registered.name}”已登记在信用代码{registered.uscc}下（{_where(namesake)}），本表为另一代码。"
    bearer = known.by_code.get(firm.uscc)
    if bearer is not None:
        # Registered by name only, or struck out since: no other firm can take its code.
        text += f"该代码也已登记过（“{bearer.enterprise.name}”），两家企业不能合为一家。是同一企业的，请核对代码后重新上传。"
        return _contradicted(Contradiction.CODE, text, registered.uscc, [Settlement.OTHER_FIRM])
    place = namesake.place
    if place is not None and (place.park, place.town) == (firm.park, firm.town):
        return _contradicted(Contradiction.CODE, text, registered.uscc)
    # It would have moved and got another code at once: the bureau has to look at that.
    text += "是同一企业的，请核对代码后重新上传，或请科技局在企业页更正信用代码后重新检查。"
    return _contradicted(Contradiction.CODE, text, registered.uscc, [Settlement.OTHER_FIRM])


def _where(situation: Situation) -> str:
    if situation.closed:
        return "已注销"
    return str(situation.unit) if situation.unit else f"不在{DISTRICT.short_name}"


def _ending_told(firm: RosterFirm, row: RosterRow) -> Contradicted | None:
    remark = row.values.get("remark") or ""
    # Of a firm that has come from elsewhere a remark tells where it left.
    words = ENDING_WORDS if firm.relocated else (*ENDING_WORDS, *LEAVING_WORDS)
    word = next((word for word in words if word in remark), None)
    if word is None:
        return None
    quoted = remark[:LONGEST_REMARK]
    text = f"备注写到“{word}”：“{quoted}”。已迁往区内其他单位的，请删除该行后重新上传，再说明去向。"
    return _contradicted(Contradiction.ENDING, text, quoted)


def _other_number(row: RosterRow, situation: Situation) -> Contradicted | None:
    number, issued = row.values.get("certificate_number"), row.values.get("certificate_issued_on")
    if not number or any(held.number == number for held in situation.certificates):
        return None
    held = issued_that_day(situation.certificates, issued)
    if held is None:
        return None
    text = f"{issued}发证的高企证书登记的编号为{held.number}，本表为{number}。"
    return _contradicted(Contradiction.NUMBER, text, held.number)


def _emptied_pool(firm: RosterFirm, row: RosterRow, situation: Situation) -> Contradicted | None:
    """The firm stands in the reserve pool, and the row's cell for it is empty."""
    entry = situation.pool
    if entry is None or "pool_stage" not in row.at or not row.is_empty("pool_stage"):
        return None
    # Whoever has become certified has left the pool by that: nothing to ask.
    issued = row.values.get("certificate_issued_on")
    if situation.holds_certificate or (issued and issued >= entry.since):
        left = Settled(Settlement.LEAVES_POOL.value, None, CERTIFIED_SINCE)
        firm.settlements = {**firm.settlements, Contradiction.POOL.value: left.to_json()}
        return None
    stage = entry.get_stage_display()
    text = f"登记自{entry.since}起在{stage}，本表没有填后备库层级。"
    return _contradicted(Contradiction.POOL, text, str(stage))


# --- answers --------------------------------------------------------------------------------------
def carry_over_settlements(firm: RosterFirm, earlier: RosterFirm) -> None:
    """The same contradiction of the same firm keeps its answer."""
    before = {point.kind: point for point in earlier.contradicted}
    for point in firm.contradicted:
        if before.get(point.kind) == point and point.kind in earlier.settlements:
            firm.settlements = {**firm.settlements, point.kind: earlier.settlements[point.kind]}


def say_who_waits(firms: Sequence[RosterFirm]) -> None:
    """Of firms not listed: whether a row of their name speaks for them until it is answered."""
    by_registered = {}
    for firm in firms:
        for point in firm.contradicted:
            if point.kind == Contradiction.CODE:
                by_registered[point.registered] = firm
    for firm in firms:
        namesake = by_registered.get(firm.uscc)
        if firm.is_missing and namesake is not None:
            firm.namesake = namesake.uscc
            firm.is_waiting = speaks_for_namesake(namesake)


def speaks_for_namesake(firm: RosterFirm) -> bool:
    """Unless its unit has said that it is another firm."""
    return firm.settled(Contradiction.CODE).choice != Settlement.OTHER_FIRM


# --- acts -----------------------------------------------------------------------------------------
def settled_acts(
    firm: RosterFirm, acts: Iterator[Act], day: dt.date, cells: dict[str, str]
) -> Iterator[Act]:
    """The acts of a row as the answers shape them. An open question is taken to be a slip."""
    for point in firm.contradicted:
        if firm.settled(point.kind).choice == Settlement.SAME_FIRM:
            yield CorrectCode(
                uscc=point.registered, code=firm.uscc, cells={"uscc": cells.get("uscc", "")}
            )
    registered = {point.kind: point.registered for point in firm.contradicted}
    number = registered.get(Contradiction.NUMBER)
    for act in acts:
        if number and isinstance(act, Grant) and act.kind == CERTIFIED_KIND:
            yield from _numbered(firm, act, number)
        else:
            yield act
    yield from _endings(firm, day, cells)


def _numbered(firm: RosterFirm, grant: Grant, registered: str) -> Iterator[Act]:
    if firm.settled(Contradiction.NUMBER).choice == Settlement.SECOND_NUMBER:
        yield replace(grant, confirmed=True)
        return
    yield CorrectNumber(
        uscc=firm.uscc,
        kind=grant.kind,
        number=registered,
        corrected=grant.number,
        cells=grant.cells,
    )
    yield grant


def _endings(firm: RosterFirm, day: dt.date, cells: dict[str, str]) -> Iterator[Act]:
    ending = firm.settled(Contradiction.ENDING)
    told = {"on": cells["remark"]} if "remark" in cells else {}
    if ending.choice == Settlement.CLOSED and ending.day:
        yield Close(uscc=firm.uscc, on=ending.day, cells=told)
    if ending.choice == Settlement.LEFT and ending.day:
        yield Leave(uscc=firm.uscc, on=ending.day, cells=told)
    pool = firm.settled(Contradiction.POOL)
    if pool.choice == Settlement.LEAVES_POOL:
        left = {"until": cells["pool_stage"]} if "pool_stage" in cells else {}
        yield LeavePool(uscc=firm.uscc, on=day, because=pool.note, cells=left)
