"""The returns of three years of the demo's firms in the pool, and of those who renew: what a self-check asks for."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from enterprises.demo.firms import Draft
from enterprises.demo.history import SEED, DemoHistory
from enterprises.registry.acts import RecordFigures, RecordIncident

YEARS_BEFORE = 2
"""Years of which the firms tell all besides the last one."""
TELLS_ALL = 0.7
"""Share of the firms that tell all; of the others a year or an answer is missing."""


def add_returns(history: DemoHistory, firms: list[Draft], year: int) -> None:
    """`year`: the last one, of which all firms have told some figures already."""
    # Generators of their own: the other stories stay as they were.
    _add(history, random.Random(SEED + 1), firms, year)


def add_returns_of_renewing(history: DemoHistory, year: int) -> None:
    """Of the firms whose certificate ends the year after the next: they prepare already."""
    renewing = [firm for firm in history.lasting_firms() if firm.valid_until.year == year + 2]
    _add(history, random.Random(SEED + 3), renewing, year)


def _add(history: DemoHistory, chance: random.Random, firms: list[Draft], year: int) -> None:
    for firm in firms:
        known = history.figures.get(firm.uscc)
        if known is None:
            continue
        told = _Returns(history, chance, firm, known)
        told.last_year(year)
        if chance.random() < TELLS_ALL:
            told.years_before(year)
            told.no_incident(dt.date(year + 1, 6, 30))


class _Returns:
    """Of one firm. Money in 万元."""

    def __init__(
        self, history: DemoHistory, chance: random.Random, firm: Draft, known: dict[str, Any]
    ) -> None:
        self.history, self.chance, self.firm, self.known = history, chance, firm, known

    def last_year(self, year: int) -> None:
        """What the quarterly roster does not ask for."""
        revenue, rd = float(self.known["revenue"]), float(self.known["rd_expense"])
        self._record(year, self._sums(revenue, rd) | self._used_items())

    def years_before(self, last: int) -> None:
        revenue, rd = float(self.known["revenue"]), float(self.known["rd_expense"])
        for year in range(last - 1, last - 1 - YEARS_BEFORE, -1):
            if year < self.firm.registered_on.year:
                return
            growth = self.chance.uniform(0.95, 1.4)
            revenue, rd = revenue / growth, rd / self.chance.uniform(0.9, 1.5)
            earlier = {"revenue": _money(revenue), "rd_expense": _money(rd)}
            self._record(year, earlier | self._sums(revenue, rd))

    def no_incident(self, day: dt.date) -> None:
        answer = RecordIncident(
            uscc=self.firm.uscc, kind="none", on=day, source="应急、市场监管、生态环境部门答复"
        )
        self.history.record(day, answer)

    def _sums(self, revenue: float, rd: float) -> dict[str, object]:
        assets = revenue * self.chance.uniform(0.6, 1.6)
        income = revenue * self.chance.uniform(1.0, 1.05)
        return {
            "gross_income": _money(income),
            "nontaxable_income": _money(0),
            "hightech_income": _money(income * self._hightech_share()),
            "rd_domestic": _money(rd * self.chance.uniform(0.9, 1.0)),
            "costs": _money(revenue * self.chance.uniform(0.75, 0.95)),
            "assets": _money(assets),
            "liabilities": _money(assets * self.chance.uniform(0.2, 0.7)),
            "conversions": self.chance.randrange(0, 8),
        }

    def _used_items(self) -> dict[str, object]:
        """Who holds a certificate has applied with items already."""
        if not self.firm.classes or self.chance.random() > TELLS_ALL:
            return {}
        return {"ip_class2_used": self.chance.randint(0, self.known["ip_class2"])}

    def _hightech_share(self) -> float:
        if self.firm.classes:
            return float(self.known["hightech_share"]) / 100
        return self.chance.uniform(0.4, 0.95)

    def _record(self, year: int, values: dict[str, object]) -> None:
        act = RecordFigures(uscc=self.firm.uscc, year=year, values=values)
        # An older year is told when the firm is first known.
        self.history.record(max(dt.date(year + 1, 5, 31), self.firm.entered), act)


def _money(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")
