"""A demo district: ten years of an invented district's history, always the same, told to the registry as acts."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import random
from collections.abc import Iterator
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db import transaction

from enterprises import registry
from enterprises.demo.applications import Applicants
from enterprises.demo.firms import Draft, Drafter
from enterprises.models import Enterprise, Period, SourceFile
from enterprises.refusal import Refusal
from enterprises.registry import WriteReport
from enterprises.registry.acts import (
    Act,
    Close,
    EnterPool,
    Grant,
    Leave,
    LeavePool,
    Move,
    Place,
    RecordFigures,
    Register,
    Rename,
    Reopen,
    Revoke,
)
from enterprises.reporting import quarters
from parks.models import Unit

SEED = 20230421
UNTIL = dt.date(2026, 11, 20)
"""The last day of the story."""
FIRST_YEAR = 2016
ENTRIES = [190, 205, 225, 250, 265, 285, 320, 355, 340, 325, 135]
"""Firms that enter the technology pool, year by year."""
CLASSES = {
    2017: 45,
    2018: 60,
    2019: 84,
    2020: 98,
    2021: 117,
    2022: 132,
    2023: 172,
    2024: 198,
    2025: 204,
    2026: 188,
}
"""Certificates by class year: about 350 valid at the end of 2022, over 550 at the end of 2025."""
BATCHES = [(10, 16), (11, 12), (12, 8)]
"""Certificates are issued in three batches each autumn, some days earlier or later each year."""
RENEWED, REGAINED = 0.83, 0.15
DUE_IN, LOCKS_IN = dt.timedelta(days=10), dt.timedelta(days=40)
Event = tuple[dt.date, int, Act]


def create() -> WriteReport | None:
    """Fill an empty registry; None, and nothing done, when any enterprise exists."""
    with transaction.atomic():
        if Enterprise.objects.exists():
            return None
        source, _ = SourceFile.objects.get_or_create(
            sha256=hashlib.sha256(f"demo {SEED}".encode()).hexdigest(),
            defaults={
                "kind": SourceFile.Kind.DEMO,
                "name": "演示数据（程序生成）",
                "size": 0,
                "as_of": UNTIL,
            },
        )
        return registry.apply(acts(), by=None, source=source, reason="演示数据")


def open_quarter(today: dt.date) -> None:
    """The quarter that ended last, with days left, so that a park can try handing in its roster."""
    days = {"due_on": today + DUE_IN, "locks_on": today + LOCKS_IN}
    with contextlib.suppress(Refusal):
        quarters.open_quarter(Period.before(today), by=None, days=days)


def acts() -> list[Act]:
    """The whole story in the order of its days; the same on every call."""
    towns = list(Unit.objects.towns().order_by("code").values_list("code", flat=True))
    return Story(towns).told()


class Story:
    """Firms enter, obtain and renew certificates, move, change names, close. Needs the seeded units and kinds."""

    def __init__(self, towns: list[str]) -> None:
        self.chance = random.Random(SEED)
        self.drafter = Drafter(self.chance, towns)
        self.events: list[Event] = []
        days = [
            self._day(year) for year, count in enumerate(ENTRIES, FIRST_YEAR) for _ in range(count)
        ]
        self.firms = [self.drafter.draft(day) for day in sorted(days)]
        self._mobile = self.chance.sample(
            [firm for firm in self.firms if firm.entered.year < 2024], 1000
        )

    def told(self) -> list[Act]:
        self._arrivals(16)
        self._lives()
        for firm in self.firms:
            self._enter(firm)
        for year in CLASSES:
            self._certify(year)
        self._revocations(9)
        self._dropouts(45)
        self._honours()
        self._figures(2025)
        self._pool()
        self._applications(UNTIL.year)
        self.events.sort(key=lambda event: event[:2])
        return [act for _, _, act in self.events]

    def _tell(self, day: dt.date, act: Act) -> None:
        if day <= UNTIL:
            self.events.append((day, len(self.events), act))

    def _day(self, year: int, first: tuple[int, int] = (1, 6)) -> dt.date:
        start, end = dt.date(year, *first), min(dt.date(year, 12, 25), UNTIL)
        return start + dt.timedelta(days=self.chance.randrange((end - start).days))

    def _later(self, after: dt.date, since: int = 2021) -> dt.date:
        """A day at least three months after another, not before a year and not at the story's very end."""
        start = max(after + dt.timedelta(days=90), dt.date(since, 1, 10))
        return start + dt.timedelta(days=self.chance.randrange(max((UNTIL - start).days - 40, 1)))

    # --- where firms stand and how long they live ---------------------------------------------------------------
    def _arrivals(self, count: int) -> None:
        """Firms that move in from another district, with the certificate they hold."""
        for firm in self.chance.sample(
            [f for f in self.firms if f.entered.year in (2022, 2023, 2024, 2025)], count
        ):
            firm.arrived = True

    def _lives(self) -> None:
        kinds = (
            [self._move] * 36
            + [self._close] * 78
            + [self._leave] * 12
            + [self._rename] * 30
            + [self._suspend] * 3
        )
        for tell in kinds:
            tell(self._mobile.pop())

    def _move(self, firm: Draft) -> None:
        day = self._later(firm.entered)
        park, town = self.drafter.place(other_than=firm.park)
        self._tell(day, Move(uscc=firm.uscc, park=park, town=town, on=day))

    def _close(self, firm: Draft) -> None:
        firm.gone = self._later(firm.entered, since=2019)
        self._tell(firm.gone, Close(uscc=firm.uscc, on=firm.gone))

    def _leave(self, firm: Draft) -> None:
        firm.gone = self._later(firm.entered)
        self._tell(firm.gone, Leave(uscc=firm.uscc, on=firm.gone))

    def _rename(self, firm: Draft) -> None:
        day = self._later(firm.entered)
        trade = self.chance.choice(self.drafter.data["trades"][firm.tech_field])[0]
        self._tell(day, Rename(uscc=firm.uscc, name=self.drafter.name(trade), on=day))

    def _suspend(self, firm: Draft) -> None:
        """Struck off by mistake or licence revoked, and restored some months later."""
        day = self._later(firm.entered) - dt.timedelta(days=40)
        self._tell(day, Close(uscc=firm.uscc, on=day, cause="revoked"))
        self._tell(
            day + dt.timedelta(days=75), Reopen(uscc=firm.uscc, on=day + dt.timedelta(days=75))
        )

    def _enter(self, firm: Draft) -> None:
        details = ("registered_on", "industry_code", "tech_field", "contact_name", "contact_phone")
        given = {name: getattr(firm, name) for name in details}
        self._tell(firm.entered, Register(uscc=firm.uscc, name=firm.name, **given))
        since = firm.entered
        self._tell(
            since,
            Place(
                uscc=firm.uscc,
                park=firm.park,
                town=firm.town,
                since=since,
                from_outside=firm.arrived,
            ),
        )
        in_pool_since = since - dt.timedelta(days=500) if firm.arrived else since
        self._tell(since, Grant(uscc=firm.uscc, kind="tech", valid_from=in_pool_since))
        if firm.arrived:
            self._grant(firm, since.year - 1)

    # --- high-tech certificates ---------------------------------------------------------------------------------
    def _certify(self, year: int) -> None:
        """One class: renewals of the class three years before, some lapsed ones, the rest for the first time."""
        present = [
            firm
            for firm in self.firms
            if firm.entered < dt.date(year, 7, 1) and firm.gone.year > year
        ]
        due = [firm for firm in present if firm.classes and firm.classes[-1] == year - 3]
        lapsed = [firm for firm in present if firm.classes and firm.classes[-1] == year - 4]
        again = [firm for firm in due if self.chance.random() < RENEWED]
        again += [firm for firm in lapsed if self.chance.random() < REGAINED]
        new = [
            firm
            for firm in present
            if not firm.classes and firm.registered_on < dt.date(year - 1, 7, 1)
        ]
        firsts = self.chance.sample(new, max(CLASSES[year] - len(again), 0))
        for firm in again + firsts:
            self._grant(firm, year)

    def _grant(self, firm: Draft, year: int) -> None:
        issued = self._issue_day(firm, year)
        if issued > UNTIL:
            firm.awaiting = True
            return
        recognition = "again" if firm.classes else "first"
        firm.classes.append(year)
        firm.number, firm.valid_until = (
            self.drafter.certificate_number(year),
            issued + relativedelta(years=3),
        )
        self._tell(
            max(issued, firm.entered),
            Grant(
                uscc=firm.uscc,
                kind="hnte",
                number=firm.number,
                valid_from=issued,
                recognition=recognition,
            ),
        )

    def _issue_day(self, firm: Draft, year: int) -> dt.date:
        """A batch day of the class year; a renewal comes in a batch near the end of the old certificate."""
        batches = [dt.date(year, *day) + dt.timedelta(days=year * 5 % 9 - 4) for day in BATCHES]
        if firm.classes and firm.classes[-1] == year - 3:
            near = min(batches, key=lambda day: abs((day - firm.valid_until).days))
            return near if self.chance.random() < 0.9 else batches[-1]
        return self.chance.choices(batches, weights=[45, 35, 20])[0]

    def _revocations(self, count: int) -> None:
        holders = [
            firm
            for firm in self.firms
            if firm.valid_until > UNTIL and firm.classes[-1] in (2023, 2024)
        ]
        for firm in self.chance.sample(holders, count):
            day = self._day(firm.classes[-1] + 1, (2, 1))
            self._tell(day, Revoke(uscc=firm.uscc, kind="hnte", number=firm.number, on=day))

    # --- the rest -----------------------------------------------------------------------------------------------
    def _dropouts(self, count: int) -> None:
        """Leave the technology pool without closing."""
        plain = [firm for firm in self._mobile if not firm.classes and not firm.arrived]
        for firm in plain[:count]:
            day = self._later(firm.entered, since=2020)
            self._tell(day, Revoke(uscc=firm.uscc, kind="tech", valid_from=firm.entered, on=day))

    def _honours(self) -> None:
        holders = [
            f
            for f in self.firms
            if f.valid_until > UNTIL and f.gone == dt.date.max and f.entered.year < 2023
        ]
        best = self.chance.sample(holders, 170)
        honours = [
            ("srdi", firm, self._day(2024 + number % 2, (3, 1))) for number, firm in enumerate(best)
        ]
        honours += [("srdi", firm, self._day(2021, (6, 1))) for firm in best[:60]]
        honours += [("little_giant", firm, dt.date(2024, 7, 24)) for firm in best[:10]]
        honours += [
            ("little_giant", firm, dt.date(2025 + number % 2, 7, 28))
            for number, firm in enumerate(best[10:21])
        ]
        honours += [("little_giant", firm, dt.date(2021, 7, 26)) for firm in best[:10]]
        honours += [
            ("champion", firm, dt.date(2024 + number, 4, 18))
            for number, firm in enumerate(best[:2])
        ]
        for kind, firm, day in honours:
            self._tell(
                max(day, firm.entered),
                Grant(uscc=firm.uscc, kind=kind, valid_from=max(day, firm.entered)),
            )

    def _figures(self, year: int) -> None:
        for firm in self.firms:
            if firm.entered.year <= year and firm.gone.year > year:
                self._tell(
                    dt.date(year + 1, 3, 31),
                    RecordFigures(uscc=firm.uscc, year=year, values=self._size(firm)),
                )

    def _size(self, firm: Draft) -> dict[str, object]:
        revenue = self.chance.lognormvariate(8.3 if firm.classes else 7.2, 1.0)
        staff = max(int(revenue / self.chance.uniform(45, 110)), 4)
        return {
            "above_scale": revenue >= 2000,
            "revenue": _money(revenue),
            "rd_expense": _money(
                revenue * self.chance.uniform(0.03, 0.09 if firm.classes else 0.06)
            ),
            "staff": staff,
            "rd_staff": max(int(staff * self.chance.uniform(0.08, 0.3)), 1),
            "ip_class1": self.chance.choices([0, 1, 2, 4], weights=[6, 3, 2, 1])[0],
            "ip_class2": self.chance.randrange(2, 28),
            "hightech_share": _money(self.chance.uniform(60 if firm.classes else 20, 96)),
        }

    def _pool(self) -> None:
        """Firms without a certificate on their way to one: three stages, some a stage further this year."""
        plain = [
            firm
            for firm in self.firms
            if not firm.classes and firm.gone == dt.date.max and firm.entered.year < 2025
        ]
        for number, firm in enumerate(self.chance.sample(plain, 240)):
            self.events += self._ladder(firm, number)

    def _ladder(self, firm: Draft, number: int) -> Iterator[Event]:
        stages = ["seed", "cultivation", "application"]
        first = self.chance.choices([0, 1, 2], weights=[5, 3, 2])[0]
        day, later = (
            dt.date(2025, 3 * self.chance.randint(1, 3), 30),
            dt.date(2026, 3 * self.chance.randint(1, 3), 30),
        )
        yield (
            day,
            number,
            EnterPool(uscc=firm.uscc, stage=stages[first], target_year=2028 - first, on=day),
        )
        if number % 3 == 0 and first < 2:
            yield (
                later,
                number,
                EnterPool(
                    uscc=firm.uscc, stage=stages[first + 1], target_year=2027 - first, on=later
                ),
            )
        elif number % 12 == 1:
            yield later, number, LeavePool(uscc=firm.uscc, on=later)

    def _applications(self, year: int) -> None:
        """Most that must renew this year are on their way, some of next year have begun."""
        here = [firm for firm in self.firms if firm.gone == dt.date.max]
        last = [firm for firm in here if firm.classes and firm.classes[-1] == year]
        this_year, next_year = (
            [f for f in here if f.classes and f.classes[-1] == year - n] for n in (3, 2)
        )
        plain = [firm for firm in here if not firm.classes and firm.entered.year < year - 1]
        applicants = Applicants(self.chance, year)
        for day, act in (
            *applicants.renewing(this_year),
            *applicants.renewed([firm for firm in last if len(firm.classes) > 1][:40]),
            *applicants.preparing(self.chance.sample(next_year, 25)),
            *applicants.first_time(self.chance.sample(plain, 36)),
        ):
            self._tell(day, act)


def _money(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")
