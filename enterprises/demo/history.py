"""The invented firms, the events of their lives, and the days on which events may happen."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from enterprises.demo.firms import Draft, Drafter
from enterprises.registry.acts import Act

# The day on which the plan was issued. Any number would do, but another gives another district.
SEED = 20230421
UNTIL = dt.date(2026, 11, 20)
"""The last day of the history."""
FIRST_YEAR = 2016
ENTRIES = [190, 205, 225, 250, 265, 285, 320, 355, 340, 325, 135]
"""Firms that enter the technology pool, year by year."""
MAY_CHANGE = 1000
"""Firms that may move, close, leave or change their name."""
Event = tuple[dt.date, int, Act]
"""A day, the place of the event within the day, and what happened."""


class DemoHistory:
    """The district's firms and what happens to them; the same for the same towns."""

    def __init__(self, towns: list[str]) -> None:
        self.chance = random.Random(SEED)
        self.drafter = Drafter(self.chance, towns)
        self._events: list[Event] = []
        self.figures: dict[str, dict[str, Any]] = {}
        """What each firm has told of the last year, by its code."""
        days = [
            self.day_in(year)
            for year, count in enumerate(ENTRIES, FIRST_YEAR)
            for _ in range(count)
        ]
        self.firms = [self.drafter.draft(day) for day in sorted(days)]
        early = [firm for firm in self.firms if firm.entered.year < 2024]
        self.changing = self.chance.sample(early, MAY_CHANGE)

    def record(self, day: dt.date, act: Act, *, order: int | None = None) -> None:
        """Note what happened on a day; what would come after the history's end is left out.

        `order` is the event's place within its day; without it, events keep their order of telling.
        """
        if day <= UNTIL:
            self._events.append((day, len(self._events) if order is None else order, act))

    def acts_in_order(self) -> list[Act]:
        self._events.sort(key=lambda event: event[:2])
        return [act for _, _, act in self._events]

    def day_in(self, year: int, first: tuple[int, int] = (1, 6)) -> dt.date:
        """Any day of the year from `first` (month, day) to Christmas, or to the history's end."""
        start, end = dt.date(year, *first), min(dt.date(year, 12, 25), UNTIL)
        return start + dt.timedelta(days=self.chance.randrange((end - start).days))

    def day_after(self, day: dt.date, since: int = 2021) -> dt.date:
        """At least three months after a day, from the year `since` on, and not at the very end."""
        start = max(day + dt.timedelta(days=90), dt.date(since, 1, 10))
        return start + dt.timedelta(days=self.chance.randrange(max((UNTIL - start).days - 40, 1)))

    def lasting_firms(self) -> list[Draft]:
        """Firms that are still there at the history's end."""
        return [firm for firm in self.firms if firm.gone == dt.date.max]
