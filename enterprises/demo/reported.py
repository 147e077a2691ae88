"""What the demo's firms report: their figures of a year, and their way through the reserve pool."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from enterprises.demo.firms import Draft
from enterprises.demo.history import SEED, UNTIL, DemoHistory
from enterprises.registry.acts import EnterPool, LeavePool, RecordFigures

STAGES = ("seed", "cultivation", "application")
CAME_OUT_OF_POOL = 0.7


def add_figures(history: DemoHistory, year: int) -> None:
    for firm in history.firms:
        if firm.entered.year <= year and firm.gone.year > year:
            values = _figures_of(history, firm)
            history.figures[firm.uscc] = values
            act = RecordFigures(uscc=firm.uscc, year=year, values=values)
            history.record(dt.date(year + 1, 3, 31), act)


def _figures_of(history: DemoHistory, firm: Draft) -> dict[str, object]:
    """Money in 万元; holders of a certificate are larger and spend more on research."""
    chance = history.chance
    certified = bool(firm.classes)
    revenue = chance.lognormvariate(8.3 if certified else 7.2, 1.0)
    staff = max(int(revenue / chance.uniform(45, 110)), 4)
    return {
        # In 万元: the state's statistics set 20 million yuan a year for industrial firms.
        "above_scale": revenue >= 2000,
        "revenue": _with_two_decimals(revenue),
        "rd_expense": _with_two_decimals(
            revenue * chance.uniform(0.03, 0.09 if certified else 0.06)
        ),
        "staff": staff,
        "rd_staff": max(int(staff * chance.uniform(0.08, 0.3)), 1),
        "ip_class1": chance.choices([0, 1, 2, 4], weights=[6, 3, 2, 1])[0],
        "ip_class2": chance.randrange(2, 28),
        # 国科发火〔2016〕32号 第十一条: at least 60 % of a certified firm's income.
        "hightech_share": _with_two_decimals(chance.uniform(60 if certified else 20, 96)),
    }


def _with_two_decimals(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")


def add_pool_entries(history: DemoHistory, count: int) -> list[Draft]:
    """Firms without a certificate on their way to one, some a stage further this year; who they are."""
    plain = [
        firm for firm in history.lasting_firms() if not firm.classes and firm.entered.year < 2025
    ]
    pooled = history.chance.sample(plain, count)
    for number, firm in enumerate(pooled):
        _add_pool_course(history, firm, number)
    return pooled


def add_newcomers_to_pool(history: DemoHistory, pooled: list[Draft], count: int) -> None:
    """Firms that entered the pool this year, beside those of last year."""
    # A generator of its own: the other stories stay as they were.
    chance, known = random.Random(SEED + 6), {firm.uscc for firm in pooled}
    plain = [
        firm for firm in history.lasting_firms() if not firm.classes and firm.entered.year < 2025
    ]
    for firm in chance.sample([firm for firm in plain if firm.uscc not in known], count):
        day = dt.date(UNTIL.year, chance.randint(1, 10), chance.randint(5, 25))
        entry = EnterPool(uscc=firm.uscc, stage=STAGES[0], target_year=UNTIL.year + 2, on=day)
        history.record(day, entry)


def add_pool_of_certified(history: DemoHistory) -> None:
    """Most firms that were certified for the first time this year came out of the reserve pool."""
    chance = random.Random(SEED + 7)
    certified = [
        firm
        for firm in history.lasting_firms()
        if firm.classes == [UNTIL.year] and firm.entered.year < UNTIL.year - 1
    ]
    for firm in certified:
        day = dt.date(UNTIL.year - 1, chance.randint(2, 11), chance.randint(5, 25))
        if chance.random() < CAME_OUT_OF_POOL:
            entry = EnterPool(uscc=firm.uscc, stage=STAGES[-1], target_year=UNTIL.year, on=day)
            history.record(day, entry)


def _add_pool_course(history: DemoHistory, firm: Draft, number: int) -> None:
    """One entry of last year; every third firm then goes a stage further, every twelfth leaves."""
    chance = history.chance
    first = chance.choices([0, 1, 2], weights=[5, 3, 2])[0]
    day = dt.date(2025, 3 * chance.randint(1, 3), 30)
    later = dt.date(2026, 3 * chance.randint(1, 3), 30)
    entry = EnterPool(uscc=firm.uscc, stage=STAGES[first], target_year=2028 - first, on=day)
    history.record(day, entry, order=number)
    if number % 3 == 0 and first < 2:
        further = EnterPool(
            uscc=firm.uscc, stage=STAGES[first + 1], target_year=2027 - first, on=later
        )
        history.record(later, further, order=number)
    elif number % 12 == 1:
        history.record(later, LeavePool(uscc=firm.uscc, on=later), order=number)
