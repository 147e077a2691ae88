"""Acts on the firm itself: its registration, name, place and life."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enterprises.models import (
    Application,
    Closure,
    Enterprise,
    FormerName,
    LedgerEntry,
    Placement,
    Qualification,
)
from enterprises.registry.acts.base import Act
from enterprises.registry.acts.precedence import permitted_values
from enterprises.registry.firm_facts import FirmFacts
from enterprises.uscc import normalise, problem
from parks.district import DISTRICT

Kind = LedgerEntry.Act


@dataclass(frozen=True, kw_only=True)
class Detailed(Act):
    """What is told of a firm itself; empty says nothing, and never empties what is registered.

    `month_only`: of the registration only the month is known. It says nothing against a day of it.
    """

    registered_on: dt.date | None = None
    month_only: bool = False
    industry_code: str = ""
    tech_field: str = ""
    legal_form: str = ""
    contact_name: str = ""
    contact_phone: str = ""

    def given_details(self, firm: FirmFacts) -> dict[str, object]:
        details: dict[str, object] = {
            "registered_on": self.registered_on,
            "industry_code": self.industry_code,
            "legal_form": self.legal_form,
            "contact_name": self.contact_name,
            "contact_phone": self.contact_phone,
        }
        if self.tech_field:
            details["tech_field_id"] = firm.notebook.tech_field(self.tech_field).pk
        if self.month_only and self._is_in_registered_month(firm):
            details["registered_on"] = None
        # A blank cell says nothing, so it never empties what is registered.
        return {name: value for name, value in details.items() if value not in (None, "")}

    def amend(self, firm: FirmFacts) -> None:
        """What a list may correct, `precedence` says."""
        details = permitted_values(firm, firm.row, self.given_details(firm), self)
        firm.alter_fact(firm.row, act=Kind.DETAILED, on=None, cells=self.cells, **details)

    def _is_in_registered_month(self, firm: FirmFacts) -> bool:
        known = firm.enterprise.registered_on if firm.enterprise else None
        if known is None or self.registered_on is None:
            return False
        return known.replace(day=1) == self.registered_on.replace(day=1)


@dataclass(frozen=True, kw_only=True)
class Amend(Detailed):
    """Details of a firm that is registered."""

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        self.amend(firm)


@dataclass(frozen=True, kw_only=True)
class Register(Detailed):
    """The firm exists under this name. A known firm gets the details that are given.

    What a list may correct, `precedence` says. A different name is refused: a change of name has a
    day, see Rename. A former name is accepted, for old lists.
    """

    name: str

    def carry_out(self, firm: FirmFacts) -> None:
        details = self.given_details(firm)
        if firm.enterprise is None:
            # Only a new code is tried: whatever is registered has passed here before.
            if reason := problem(self.uscc):
                raise firm.refusal(reason.rstrip("。"), "uscc", self.cells)
            enterprise = Enterprise(
                uscc=self.uscc, name=self.name, name_key=normalise(self.name), **details
            )
            firm.add_fact(enterprise, act=Kind.REGISTERED, on=self.registered_on, cells=self.cells)
            return
        firm.refuse_merged(self.cells)
        # A registration that was undone left code and name: it is registered again, with all.
        if firm.is_bare:
            details |= {"name": self.name, "name_key": normalise(self.name), "voided_at": None}
            firm.alter_fact(
                firm.enterprise, act=Kind.REGISTERED, on=None, cells=self.cells, **details
            )
            return
        firm.refuse_other_name(self.name, self.cells)
        self.amend(firm)


@dataclass(frozen=True, kw_only=True)
class Rename(Act):
    """The firm bears a new name from a day on.

    The same name in other widths or spacing is no new name: it corrects the spelling.
    """

    name: str
    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        enterprise = firm.known
        if enterprise.name == self.name:
            return
        if enterprise.name_key == normalise(self.name):
            firm.alter_fact(
                enterprise, act=Kind.DETAILED, on=None, cells=self.cells, name=self.name
            )
            return
        if firm.former_names and self.on <= firm.former_names[-1].until:
            raise firm.refusal(
                f"更名日期须晚于上次更名（{firm.former_names[-1].until}）", "on", self.cells
            )
        old = FormerName(name=enterprise.name, name_key=enterprise.name_key, until=self.on)
        # One entry for both: the ledger shows old and new name, the former name has no entry.
        firm.alter_fact(
            enterprise,
            act=Kind.RENAMED,
            on=self.on,
            cells=self.cells,
            name=self.name,
            name_key=normalise(self.name),
        )
        firm.store_quietly(old)


@dataclass(frozen=True, kw_only=True)
class Place(Act):
    """A list says that the firm stands here on `seen_on`, and has dated facts since `since`.

    Lists give no history of place, so the first known placement reaches back to the earliest dated
    fact. An arrival from outside has a day of its own, which stays. Another place is refused: a
    move has a day, `moves_on`. An undated list may name any place the firm has stood in.
    """

    park: str = ""
    town: str
    since: dt.date
    seen_on: dt.date | None = None
    moves_on: dt.date | None = None
    from_outside: bool = False

    def carry_out(self, firm: FirmFacts) -> None:
        place = units_of(firm, self.park, self.town)
        if not firm.placements or _left_by(firm.placements[-1], self.since):
            # A firm that was here before and left comes from outside, whatever the list says.
            back = self.from_outside or bool(firm.placements)
            arrival = Placement.Arrival.FROM_OUTSIDE if back else Placement.Arrival.KNOWN
            new = Placement(park_id=place[0], town_id=place[1], since=self.since, arrival=arrival)
            firm.add_fact(new, act=Kind.PLACED, on=self.since, cells=self.cells)
            return
        first = firm.placements[0]
        if self.since < first.since and first.arrival == Placement.Arrival.KNOWN:
            firm.alter_fact(
                first, act=Kind.BACKDATED, on=self.since, cells=self.cells, since=self.since
            )
        then = self._known_then(firm)
        if self.seen_on and _left_by(then[-1], self.seen_on):
            raise firm.refusal(
                f"企业已于{then[-1].until}迁出，如已迁回请先登记迁入日期", "park", self.cells
            )
        if not any((known.park_id, known.town_id) == place for known in then):
            self._move_there(firm)

    def _known_then(self, firm: FirmFacts) -> list[Placement]:
        """Where the firm may have stood when the list was made: one place for a dated list."""
        if self.seen_on is None:
            return firm.placements
        # A list from before the first known place speaks of that place,
        # as it reaches back to the list.
        begun = [known for known in firm.placements if known.since <= self.seen_on]
        return begun[-1:] or firm.placements[:1]

    def _move_there(self, firm: FirmFacts) -> None:
        if self.moves_on is None:
            registered = place_in_words(firm, self._known_then(firm)[-1])
            message = f"登记所在地为“{registered}”，与名单不一致，如已迁移请指定迁移日期"
            raise firm.refusal(message, "park", self.cells)
        # The list saw the firm at the new place, so it had moved by then.
        if self.seen_on and self.moves_on > self.seen_on:
            raise firm.refusal(
                f"迁移日期晚于名单的数据截至日（{self.seen_on}）", "park", self.cells
            )
        Move(
            uscc=self.uscc, park=self.park, town=self.town, on=self.moves_on, cells=self.cells
        ).carry_out(firm)


@dataclass(frozen=True, kw_only=True)
class Move(Act):
    """The firm moves within the district: from a day on it stands in another place."""

    park: str = ""
    town: str
    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        park, town = units_of(firm, self.park, self.town)
        last = _open_placement(firm)
        if (last.park_id, last.town_id) == (park, town):
            return
        if self.on <= last.since:
            raise firm.refusal(f"迁移日期须晚于在现址的起始日（{last.since}）", "on", self.cells)
        firm.doubt_long_past(self.on, "迁移日期", "on")
        # The old place ends on the day on which the new one begins: no day without a place.
        firm.alter_quietly(last, until=self.on)
        new = Placement(park_id=park, town_id=town, since=self.on, arrival=Placement.Arrival.MOVED)
        firm.replace_fact(
            last, new, act=Kind.MOVED, on=self.on, cells=self.cells, showing=("park", "town")
        )


@dataclass(frozen=True, kw_only=True)
class Leave(Act):
    """The firm moves out of the district on a day."""

    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        # Registered already.
        if firm.placements and firm.placements[-1].until == self.on:
            return
        last = _open_placement(firm)
        if self.on <= last.since:
            raise firm.refusal(f"迁出日期须晚于在现址的起始日（{last.since}）", "on", self.cells)
        _doubt_end(firm, self.on, "迁出")
        firm.alter_fact(last, act=Kind.LEFT, on=self.on, cells=self.cells, until=self.on)


@dataclass(frozen=True, kw_only=True)
class Close(Act):
    """The firm is struck off: it does not count from this day on, whatever certificates it holds.

    A closure that was undone can be registered again by a person. A list cannot do that: it may
    hold the very mistake that was undone.
    """

    on: dt.date
    cause: str = Closure.Cause.DEREGISTERED

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        last = firm.closures[-1] if firm.closures else None
        same = next((closure for closure in firm.closures if closure.closed_on == self.on), None)
        # Before any refusal: the same list loaded once more is no mistake.
        if same and self._is_settled(firm, same):
            return
        if last and last.reopened_on is None:
            raise firm.refusal(f"企业已于{last.closed_on}注销", "on", self.cells)
        if last and last.reopened_on and self.on < last.reopened_on:
            raise firm.refusal(
                f"注销日期不得早于上次恢复日期（{last.reopened_on}）", "on", self.cells
            )
        _doubt_end(firm, self.on, "注销")
        if same:
            values = {"reopened_on": None, "cause": self.cause}
            firm.alter_fact(same, act=Kind.CLOSED, on=self.on, cells=self.cells, **values)
        else:
            closure = Closure(closed_on=self.on, cause=self.cause)
            firm.add_fact(closure, act=Kind.CLOSED, on=self.on, cells=self.cells)

    def _is_settled(self, firm: FirmFacts, same: Closure) -> bool:
        """Nothing is to be written about this closure, which is registered for the same day.

        An old list may tell of a closure that has ended since.
        """
        if self.listing and same.reopened_on == self.on:
            firm.add_notice(f"{self.on}的注销已撤销，以登记为准", "on", self.cells)
        return bool(self.listing) or same.reopened_on is None


@dataclass(frozen=True, kw_only=True)
class Reopen(Act):
    """The closure ends on a day. On the closing day itself, it was a mistake and never held."""

    on: dt.date

    def carry_out(self, firm: FirmFacts) -> None:
        last = firm.closures[-1] if firm.closures else None
        if last and last.reopened_on == self.on:
            return
        if last is None or last.reopened_on is not None:
            raise firm.refusal("企业未处于注销状态", "on", self.cells)
        if self.on < last.closed_on:
            raise firm.refusal(f"恢复日期不得早于注销日期（{last.closed_on}）", "on", self.cells)
        firm.doubt_long_past(self.on, "恢复日期", "on")
        firm.alter_fact(last, act=Kind.REOPENED, on=self.on, cells=self.cells, reopened_on=self.on)


def units_of(firm: FirmFacts, park: str, town: str) -> tuple[int | None, int]:
    """The ids of park and town for their codes; "" is no park."""
    park_unit = firm.notebook.unit(park) if park else None
    town_unit = firm.notebook.unit(town)
    if (park_unit and park_unit.kind != "park") or town_unit.kind != "town":
        raise firm.refusal("园区平台与镇街的类别不符", "park")
    return (park_unit.pk if park_unit else None), town_unit.pk


def _doubt_end(firm: FirmFacts, on: dt.date, end: str) -> None:
    """The firm's end lies long ago, or before something that was registered of it since."""
    firm.doubt_long_past(on, f"{end}日期", "on")
    later = [f"{move.since}迁移" for move in firm.placements if move.since > on]
    for held in firm.facts[Qualification]:
        if held.valid_from and held.valid_from > on and not held.is_first_seen:
            code = firm.notebook.ledger_values(held)["kind"]
            later.append(f"{held.valid_from}取得{firm.notebook.kind(code).short_name}")
    later += [f"{row.since}登记申报状态" for row in firm.facts[Application] if row.since > on]
    later += [f"{name.until}更名" for name in firm.former_names if name.until > on]
    if later:
        firm.doubt(f"{end}日期{on}之后还登记有：{'、'.join(sorted(later))}", "on")


def _left_by(placement: Placement, day: dt.date) -> bool:
    # `until` is the first day on which the firm is no longer there.
    return placement.until is not None and placement.until <= day


def _open_placement(firm: FirmFacts) -> Placement:
    firm.known  # noqa: B018 - refuses an unknown firm
    if not firm.placements or firm.placements[-1].until is not None:
        raise firm.refusal(f"企业当前不在{DISTRICT.short_name}，没有可变更的所在地", "on")
    return firm.placements[-1]


def place_in_words(firm: FirmFacts, placement: Placement) -> str:
    codes = firm.notebook.ledger_values(placement)
    park = firm.notebook.unit(codes["park"]).name if codes["park"] else "园区外"
    return f"{park}、{firm.notebook.unit(codes['town']).name}"
