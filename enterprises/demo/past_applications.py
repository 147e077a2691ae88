"""The demo's applications of past years: whence its certificates came, and who was refused."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence

from enterprises.demo.applications import batch_at
from enterprises.demo.certificates import TERM_YEARS
from enterprises.demo.firms import Draft
from enterprises.demo.history import SEED, DemoHistory
from enterprises.registry.acts import Apply, Grant

KIND = "hnte"
FIRST_YEAR = 2021
"""The bureau began to keep stages."""
WINDOWS = [((3, 25), (4, 30)), ((5, 20), (6, 30)), ((7, 25), (8, 31))]
"""When firms file with each batch."""
REFUSED, GAVE_UP = 0.42, 0.23
"""Of the due firms that were not certified; the others never applied."""
REFUSED_FIRST = 0.35
"""Firms that were refused, for each one recognised for the first time."""


def add_past_applications(history: DemoHistory, until: int) -> None:
    """Of the years from FIRST_YEAR to before `until`."""
    # Chances of its own: what else happens in the district stays as it was.
    past = PastApplications(history, random.Random(SEED + 1))
    for year in range(FIRST_YEAR, until):
        past.add(year)


class PastApplications:
    """`issued`: year → firms and the days of their certificates."""

    def __init__(self, history: DemoHistory, chance: random.Random) -> None:
        self.history, self.chance = history, chance
        self.by_code = {firm.uscc: firm for firm in history.firms}
        self.issued: dict[int, dict[str, dt.date]] = defaultdict(dict)
        for act in history.acts_in_order():
            if isinstance(act, Grant) and act.kind == KIND and act.valid_from:
                self.issued[act.valid_from.year][act.uscc] = act.valid_from

    def add(self, year: int) -> None:
        certified = self.issued[year]
        for uscc, day in certified.items():
            self._tell(self.by_code[uscc], year, "publicity", day - dt.timedelta(days=25))
        for uscc in self.issued[year - TERM_YEARS]:
            fate = self.chance.random()
            if uscc not in certified and fate < REFUSED + GAVE_UP:
                last = "rejected" if fate < REFUSED else "given_up"
                self._tell(self.by_code[uscc], year, last, None)
        first = sum(self.by_code[uscc].classes[0] == year for uscc in certified)
        for firm in self.chance.sample(self._untried(year), round(REFUSED_FIRST * first)):
            self._tell(firm, year, "rejected", None)

    def _untried(self, year: int) -> list[Draft]:
        return [
            firm
            for firm in self.history.firms
            if firm.entered.year < year < firm.gone.year
            and (not firm.classes or firm.classes[0] > year)
        ]

    def _tell(self, firm: Draft, year: int, last: str, shown: dt.date | None) -> None:
        """The stages up to the last one, as far as the firm was in the district."""
        batch = self.chance.choices([1, 2, 3], [2, 3, 4])[0]
        opens, closes = (dt.date(year, *day) for day in WINDOWS[batch - 1])
        filed = opens + dt.timedelta(days=self.chance.randrange((closes - opens).days))
        steps = [("preparing", filed - dt.timedelta(days=self.chance.randint(20, 80)))]
        if last == "given_up":
            steps.append((last, filed))
        else:
            decided = shown or filed + dt.timedelta(days=self.chance.randint(40, 90))
            steps += [("filed", filed), (last, decided)]
        self._record(firm, year, batch, steps)

    def _record(
        self, firm: Draft, year: int, batch: int, steps: Sequence[tuple[str, dt.date]]
    ) -> None:
        for stage, day in steps:
            if not firm.entered < day < firm.gone or day.year != year:
                continue
            act = Apply(
                uscc=firm.uscc,
                kind=KIND,
                year=year,
                stage=stage,
                on=day,
                batch=batch_at(stage, batch),
                note="条件不足，本年度不再申报" if stage == "given_up" else "",
            )
            self.history.record(day, act)
