"""The demo's registers of the plan's tasks: told through their door, dated back from the day of making."""

from __future__ import annotations

import datetime as dt
import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from enterprises.demo.history import SEED
from enterprises.models import Placement, Qualification, SourceFile
from enterprises.models.validity import valid_on
from enterprises.records import door
from enterprises.records.kinds import kept_kinds
from enterprises.records.telling import Telling
from parks.models import Unit, User

DATA = Path(__file__).parent / "registers.toml"
REASON = "演示数据"
YEAR_DAYS = 365
FRIDAY = 4
HOLIDAYS = (((1, 1), 3), ((5, 1), 5), ((10, 1), 7))
"""Of every year: the first day, how many days."""
SETTLED = 6 * YEAR_DAYS
"""Who stands in the district so long can have done anything that the registers tell."""
_CORE = re.compile(r"^重庆(?:市.{2,3}区)?(.+?)(?:股份|责任)?(?:有限)?(?:责任)?公司$")


def _is_holiday(day: dt.date) -> bool:
    starts = ((dt.date(day.year, *first), days) for first, days in HOLIDAYS)
    return any(0 <= (day - start).days < days for start, days in starts)


@dataclass(frozen=True)
class Holder:
    """A firm of the district as registers name it. `unit` answers for it."""

    pk: int
    name: str
    registered_on: dt.date
    entered: dt.date
    unit: int
    is_certified: bool

    @property
    def core(self) -> str:
        """Its name without place and legal form."""
        found = _CORE.match(self.name)
        return found[1] if found else self.name

    @property
    def told(self) -> dict[str, Any]:
        return {"firm_name": self.name, "enterprise": self.pk}


class RegisterStory:
    """Tellings of each register in their order; the same ones for the same district and day."""

    def __init__(self, today: dt.date) -> None:
        # A generator of its own: the other stories stay as they were.
        self.today, self.chance = today, random.Random(SEED + 5)
        self.words: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
        self.units = {unit.code: unit.pk for unit in Unit.objects.reporting()}
        self.told: defaultdict[str, list[Telling]] = defaultdict(list)

    @cached_property
    def firms(self) -> list[Holder]:
        """Those here today, by their codes."""
        here = Placement.objects.covering(self.today).select_related("enterprise")
        held = Qualification.objects.filter(valid_on(self.today), kind__code="hnte")
        certified = set(held.values_list("enterprise", flat=True))
        return [
            Holder(
                place.enterprise_id,
                place.enterprise.name,
                place.enterprise.registered_on or place.since,
                place.since,
                place.park_id or place.town_id,
                place.enterprise_id in certified,
            )
            for place in here.order_by("enterprise__uscc")
        ]

    @cached_property
    def settled(self) -> list[Holder]:
        first = self.back(SETTLED)
        return [firm for firm in self.firms if firm.entered <= first]

    @cached_property
    def certified(self) -> list[Holder]:
        return [firm for firm in self.settled if firm.is_certified]

    @cached_property
    def young(self) -> list[Holder]:
        first = self.back(7 * YEAR_DAYS)
        return [
            firm for firm in self.firms if not firm.is_certified and firm.registered_on >= first
        ]

    def pick(self, firms: Sequence[Holder], count: int) -> list[Holder]:
        """So many, or all where there are fewer."""
        return self.chance.sample(firms, min(count, len(firms)))

    def back(self, days: int) -> dt.date:
        """A working day, at least so many days ago."""
        day = self.today - dt.timedelta(days=days)
        while day.weekday() > FRIDAY or _is_holiday(day):
            day -= dt.timedelta(days=1)
        return day

    def between(self, most: int, least: int) -> dt.date:
        return self.back(self.chance.randint(least, most))

    def this_year(self, number: int, of: int) -> dt.date:
        """One of so many working days, evenly over the year until today, the last first."""
        gone = (self.today - dt.date(self.today.year, 1, 1)).days
        return self.back(number * gone // max(of, 1) + self.chance.randint(0, 3))

    def tell(self, kind: str, on: dt.date, extra: Any = None, **values: Any) -> None:
        said = {name: value for name, value in values.items() if value not in (None, "")}
        self.told[kind].append(Telling(said, on, extra or {}))


def write(story: RegisterStory, source: SourceFile | None, by: User) -> int:
    """Tell what the story holds; how many records are new."""
    new = 0
    for kind in kept_kinds():
        if tellings := story.told.get(kind.code):
            new += door.tell(kind, tellings, by=by, source=source, reason=REASON).new
    return new
