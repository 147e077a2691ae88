"""What a person has ticked beside the lines of a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from enterprises.announcements import decisions
from enterprises.announcements.matching import Match
from enterprises.announcements.proposal import ListProposal
from enterprises.models import Announcement, AnnouncementLine, Enterprise
from enterprises.models.announcements.line import LineAnswer
from enterprises.uscc import normalise, problem
from parks.models import Unit, UnitQuerySet, User

PREFIX = "line-"
OF_FIRM = "firm:"


@dataclass(frozen=True)
class Choice:
    """One line's answer, as the form gives it."""

    settled: LineAnswer | None
    firm: Enterprise | None = None
    details: Mapping[str, str] | None = None


class ChoiceRefused(Exception):
    """The sentence stands beside the line."""


def value_of(row: AnnouncementLine | None) -> str:
    """What stands ticked beside the line."""
    if row is None or not row.settled:
        return ""
    if row.settled == LineAnswer.FIRM and row.firm:
        return f"{OF_FIRM}{row.firm.uscc}"
    return str(row.settled)


def take(
    announcement: Announcement, proposal: ListProposal, data: Mapping[str, str], *, by: User
) -> dict[int, str]:
    """Note each answer that differs from what stands; gives the objections by line."""
    matches = {match.line.n: match for match, _ in proposal.lines}
    refused: dict[int, str] = {}
    for name, value in data.items():
        n = name.removeprefix(PREFIX)
        if n == name or not n.isdecimal() or int(n) not in matches:
            continue
        match, day = matches[int(n)], data.get(f"day-{n}", "")
        if (
            value == value_of(proposal.decided.get(int(n)))
            and value != LineAnswer.REGISTER
            and not day
        ):
            continue
        try:
            choice = _choice(value, data, match)
        except ChoiceRefused as refusal:
            refused[int(n)] = str(refusal)
            continue
        decisions.decide(
            announcement, match, choice.settled, firm=choice.firm, details=choice.details, by=by
        )
    return refused


def _choice(value: str, data: Mapping[str, str], match: Match) -> Choice:
    """Raises ChoiceRefused."""
    if not value:
        return Choice(None)
    if value.startswith(OF_FIRM):
        return Choice(LineAnswer.FIRM, _registered(value.removeprefix(OF_FIRM)))
    if value not in LineAnswer.values:
        raise ChoiceRefused("这个选项已不存在，请重新选定。")
    settled = LineAnswer(value)
    if settled == LineAnswer.REGISTER:
        return _newcomer(data, match.line.n)
    if settled == LineAnswer.WRITE:
        # Who it is stays as it was chosen or matched.
        return Choice(settled, match.firm, _day(data.get(f"day-{match.line.n}", "")))
    return Choice(settled, match.firm if settled == LineAnswer.SKIP else None)


def _day(text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        return {"day": dt.date.fromisoformat(text).isoformat()}
    except ValueError:
        raise ChoiceRefused(f"日期“{text[:20]}”无效，请写成 2026-09-30 这样。") from None


def _registered(code: str) -> Enterprise:
    firm = Enterprise.objects.registered().filter(uscc=code).first()
    if firm is None:
        raise ChoiceRefused("所选企业已不在登记中，请重新选定。")
    return firm


def _newcomer(data: Mapping[str, str], n: int) -> Choice:
    """A firm told by its code: a registered one, or a new one with its town."""
    code = normalise(data.get(f"uscc-{n}", ""))
    if reason := problem(code):
        raise ChoiceRefused(f"{reason.rstrip('。')}。")
    if firm := Enterprise.objects.registered_or_merged().filter(uscc=code).first():
        return Choice(LineAnswer.FIRM, firm.current)
    town = _unit(Unit.objects.towns(), data.get(f"town-{n}", ""), "镇街")
    park = _unit(Unit.objects.parks(), data.get(f"park-{n}", ""), "园区")
    if town is None:
        raise ChoiceRefused("新企业须填镇街。")
    details = {"uscc": code, "town": town.code, "town_name": town.name}
    if park:
        details |= {"park": park.code, "park_name": park.name}
    return Choice(LineAnswer.REGISTER, None, details)


def _unit(units: UnitQuerySet, told: str, what: str) -> Unit | None:
    """By its name or a spelling that rosters may use."""
    wanted = normalise(told)
    if not wanted:
        return None
    for unit in units:
        if wanted in map(normalise, (unit.name, unit.short_name, unit.code, *unit.aliases)):
            return unit
    raise ChoiceRefused(f"没有叫“{told[:20]}”的{what}。")
