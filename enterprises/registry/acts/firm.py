"""Acts on the firm itself: its registration, name, place and life."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enterprises.models import Closure, Enterprise, FormerName, LedgerEntry, Placement
from enterprises.registry.acts.base import Act
from enterprises.registry.acts.precedence import allowed
from enterprises.registry.firm_facts import FirmFacts
from enterprises.uscc import normalise, problem

Kind = LedgerEntry.Act


@dataclass(frozen=True, kw_only=True)
class Register(Act):
    """The firm exists under this name. For a known firm, fill in or correct the details that are given.

    A list corrects as in `yielding`. A different name is refused: a change of name has a day, see Rename. A former
    name is accepted, for old lists.
    """

    name: str
    registered_on: dt.date | None = None
    industry_code: str = ""
    tech_field: str = ""
    contact_name: str = ""
    contact_phone: str = ""

    def change(self, firm: FirmFacts) -> None:
        details = self._details(firm)
        if firm.enterprise is None:
            if reason := problem(self.uscc):
                raise firm.refusal(reason.rstrip("。"), "uscc", self.cells)
            enterprise = Enterprise(
                uscc=self.uscc, name=self.name, name_key=normalise(self.name), **details
            )
            firm.add(enterprise, act=Kind.REGISTERED, on=self.registered_on, cells=self.cells)
            return
        if firm.is_bare:
            named = {"name": self.name, "name_key": normalise(self.name)}
            firm.alter(
                firm.enterprise, act=Kind.REGISTERED, on=None, cells=self.cells, **named, **details
            )
            return
        key = normalise(self.name)
        if key != firm.enterprise.name_key and key not in {
            former.name_key for former in firm.former_names
        }:
            raise firm.refusal(
                f"名称“{self.name}”与登记不一致，如已更名，请先在企业页“登记变更”中办理更名",
                "name",
                self.cells,
            )
        details = allowed(firm, firm.enterprise, details, self)
        firm.alter(firm.enterprise, act=Kind.DETAILED, on=None, cells=self.cells, **details)

    def _details(self, firm: FirmFacts) -> dict[str, object]:
        given = {
            "registered_on": self.registered_on,
            "industry_code": self.industry_code,
            "contact_name": self.contact_name,
            "contact_phone": self.contact_phone,
            "tech_field_id": firm.book.tech_field(self.tech_field).pk if self.tech_field else None,
        }
        return {name: value for name, value in given.items() if value not in (None, "")}


@dataclass(frozen=True, kw_only=True)
class Rename(Act):
    """The firm bears a new name from a day on. The same name in other widths or spacing corrects its spelling."""

    name: str
    on: dt.date

    def change(self, firm: FirmFacts) -> None:
        enterprise = firm.known
        if enterprise.name == self.name:
            return
        if enterprise.name_key == normalise(self.name):
            firm.alter(enterprise, act=Kind.DETAILED, on=None, cells=self.cells, name=self.name)
            return
        if firm.former_names and self.on <= firm.former_names[-1].until:
            raise firm.refusal(
                f"更名日期须晚于上次更名（{firm.former_names[-1].until}）", "on", self.cells
            )
        old = FormerName(name=enterprise.name, name_key=enterprise.name_key, until=self.on)
        firm.alter(
            enterprise,
            act=Kind.RENAMED,
            on=self.on,
            cells=self.cells,
            name=self.name,
            name_key=normalise(self.name),
        )
        firm.keep(old)


@dataclass(frozen=True, kw_only=True)
class Place(Act):
    """A list says that the firm stands here on the day `seen_on`, and has dated facts since `since`.

    Lists give no history of place, so the first known placement reaches back to the earliest dated fact (an arrival
    from outside has its own day and stays). Another place is refused: a move has a day, `moves_on`. An undated list
    may name any place the firm has stood in.
    """

    park: str = ""
    town: str
    since: dt.date
    seen_on: dt.date | None = None
    moves_on: dt.date | None = None
    from_outside: bool = False

    def change(self, firm: FirmFacts) -> None:
        place = _place(firm, self.park, self.town)
        if not firm.placements or _left_by(firm.placements[-1], self.since):
            back = self.from_outside or bool(firm.placements)
            arrival = Placement.Arrival.FROM_OUTSIDE if back else Placement.Arrival.KNOWN
            new = Placement(park_id=place[0], town_id=place[1], since=self.since, arrival=arrival)
            firm.add(new, act=Kind.PLACED, on=self.since, cells=self.cells)
            return
        first = firm.placements[0]
        if self.since < first.since and first.arrival == Placement.Arrival.KNOWN:
            firm.alter(first, act=Kind.BACKDATED, on=self.since, cells=self.cells, since=self.since)
        then = self._known_then(firm)
        if self.seen_on and _left_by(then[-1], self.seen_on):
            raise firm.refusal(
                f"企业已于{then[-1].until}迁出，如已迁回请先登记迁入日期", "park", self.cells
            )
        if not any(_where(known) == place for known in then):
            self._move(firm)

    def _known_then(self, firm: FirmFacts) -> list[Placement]:
        if self.seen_on is None:
            return firm.placements
        begun = [known for known in firm.placements if known.since <= self.seen_on]
        return begun[-1:] or firm.placements[:1]

    def _move(self, firm: FirmFacts) -> None:
        if self.moves_on is None:
            said = _said(firm, self._known_then(firm)[-1])
            message = f"登记所在地为“{said}”，与名单不一致，如已迁移请指定迁移日期"
            raise firm.refusal(message, "park", self.cells)
        if self.seen_on and self.moves_on > self.seen_on:
            raise firm.refusal(
                f"迁移日期晚于名单的数据截至日（{self.seen_on}）", "park", self.cells
            )
        Move(
            uscc=self.uscc, park=self.park, town=self.town, on=self.moves_on, cells=self.cells
        ).change(firm)


@dataclass(frozen=True, kw_only=True)
class Move(Act):
    """The firm moves within the district: it leaves one place and stands in another from a day on."""

    park: str = ""
    town: str
    on: dt.date

    def change(self, firm: FirmFacts) -> None:
        park, town = _place(firm, self.park, self.town)
        last = _open_placement(firm)
        if (last.park_id, last.town_id) == (park, town):
            return
        if self.on <= last.since:
            raise firm.refusal(f"迁移日期须晚于在现址的起始日（{last.since}）", "on", self.cells)
        firm.alter_quietly(last, until=self.on)
        new = Placement(park_id=park, town_id=town, since=self.on, arrival=Placement.Arrival.MOVED)
        firm.replace(
            last, new, act=Kind.MOVED, on=self.on, cells=self.cells, showing=("park", "town")
        )


@dataclass(frozen=True, kw_only=True)
class Leave(Act):
    """The firm moves out of the district on a day."""

    on: dt.date

    def change(self, firm: FirmFacts) -> None:
        if firm.placements and firm.placements[-1].until == self.on:
            return
        last = _open_placement(firm)
        if self.on <= last.since:
            raise firm.refusal(f"迁出日期须晚于在现址的起始日（{last.since}）", "on", self.cells)
        firm.alter(last, act=Kind.LEFT, on=self.on, cells=self.cells, until=self.on)


@dataclass(frozen=True, kw_only=True)
class Close(Act):
    """The firm is struck off: it does not count from this day on, whatever certificates it holds.

    A closure that was undone stands again; said by a list, which may be the mistake that was undone, it does not.
    """

    on: dt.date
    cause: str = Closure.Cause.DEREGISTERED

    def change(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        last = firm.closures[-1] if firm.closures else None
        same = next((closure for closure in firm.closures if closure.closed_on == self.on), None)
        if same and self._is_settled(firm, same):
            return
        if last and last.reopened_on is None:
            raise firm.refusal(f"企业已于{last.closed_on}注销", "on", self.cells)
        if last and last.reopened_on and self.on < last.reopened_on:
            raise firm.refusal(
                f"注销日期不得早于上次恢复日期（{last.reopened_on}）", "on", self.cells
            )
        if same:
            values = {"reopened_on": None, "cause": self.cause}
            firm.alter(same, act=Kind.CLOSED, on=self.on, cells=self.cells, **values)
            return
        firm.add(
            Closure(closed_on=self.on, cause=self.cause),
            act=Kind.CLOSED,
            on=self.on,
            cells=self.cells,
        )

    def _is_settled(self, firm: FirmFacts, same: Closure) -> bool:
        """An old list may tell of a closure that has ended since."""
        if self.listing and same.reopened_on == self.on:
            firm.notice(f"{self.on}的注销已撤销，以登记为准", "on", self.cells)
        return bool(self.listing) or same.reopened_on is None


@dataclass(frozen=True, kw_only=True)
class Reopen(Act):
    """The closure ends on a day; on the closing day itself, it is undone as a mistake."""

    on: dt.date

    def change(self, firm: FirmFacts) -> None:
        last = firm.closures[-1] if firm.closures else None
        if last and last.reopened_on == self.on:
            return
        if last is None or last.reopened_on is not None:
            raise firm.refusal("企业未处于注销状态", "on", self.cells)
        if self.on < last.closed_on:
            raise firm.refusal(f"恢复日期不得早于注销日期（{last.closed_on}）", "on", self.cells)
        firm.alter(last, act=Kind.REOPENED, on=self.on, cells=self.cells, reopened_on=self.on)


def _place(firm: FirmFacts, park: str, town: str) -> tuple[int | None, int]:
    park_unit = firm.book.unit(park) if park else None
    town_unit = firm.book.unit(town)
    if (park_unit and park_unit.kind != "park") or town_unit.kind != "town":
        raise firm.refusal("园区平台与镇街的类别不符", "park")
    return (park_unit.pk if park_unit else None), town_unit.pk


def _where(placement: Placement) -> tuple[int | None, int]:
    return placement.park_id, placement.town_id


def _left_by(placement: Placement, day: dt.date) -> bool:
    return placement.until is not None and placement.until <= day


def _open_placement(firm: FirmFacts) -> Placement:
    firm.known  # noqa: B018 - refuses an unknown firm
    if not firm.placements or firm.placements[-1].until is not None:
        raise firm.refusal("企业当前不在江津，没有可变更的所在地", "on")
    return firm.placements[-1]


def _said(firm: FirmFacts, placement: Placement) -> str:
    shown = firm.book.plain(placement)
    park = firm.book.unit(shown["park"]).name if shown["park"] else "园区外"
    return f"{park}、{firm.book.unit(shown['town']).name}"
