"""The demo's certificates: high-tech classes with their renewals, withdrawals, and honours."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta

from enterprises.demo.firms import Draft
from enterprises.demo.history import UNTIL, DemoHistory
from enterprises.registry.acts import Grant, Revoke

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
TERM_YEARS = 3
BATCHES = [(10, 16), (11, 12), (12, 8)]
"""Certificates are issued in three batches each autumn, some days earlier or later each year."""
RENEWED, REGAINED = 0.83, 0.15
"""Shares of those that renew in time, and of those that come back a year after lapsing."""


def add_classes(history: DemoHistory) -> None:
    for year in CLASSES:
        _add_class(history, year)


def _add_class(history: DemoHistory, year: int) -> None:
    """Renewals of the class three years before, some lapsed firms, the rest for the first time."""
    chance = history.chance
    midsummer = dt.date(year, 7, 1)
    present = [firm for firm in history.firms if firm.entered < midsummer and firm.gone.year > year]
    due = [firm for firm in present if firm.last_class == year - TERM_YEARS]
    lapsed = [firm for firm in present if firm.last_class == year - TERM_YEARS - 1]
    # Drawn for the due firms first, then for the lapsed ones: the order is part of the history.
    again = [firm for firm in due if chance.random() < RENEWED]
    again += [firm for firm in lapsed if chance.random() < REGAINED]
    # A firm must have been registered for a year before it may apply.
    old_enough = dt.date(year - 1, 7, 1)
    new = [firm for firm in present if not firm.classes and firm.registered_on < old_enough]
    first_time = chance.sample(new, max(CLASSES[year] - len(again), 0))
    for firm in again + first_time:
        grant_certificate(history, firm, year)


def grant_certificate(history: DemoHistory, firm: Draft, year: int) -> None:
    """A high-tech certificate of a class year; past the history's end the firm is still waiting."""
    issued = _issue_day(history, firm, year)
    if issued > UNTIL:
        firm.awaiting = True
        return
    recognition = "again" if firm.classes else "first"
    firm.classes.append(year)
    firm.number = history.drafter.next_certificate_number(year)
    firm.valid_until = issued + relativedelta(years=TERM_YEARS)
    act = Grant(
        uscc=firm.uscc,
        kind="hnte",
        number=firm.number,
        valid_from=issued,
        recognition=recognition,
    )
    # A certificate that an arriving firm brings is told when the firm arrives.
    history.record(max(issued, firm.entered), act)


def _issue_day(history: DemoHistory, firm: Draft, year: int) -> dt.date:
    """A batch day of the class year; a renewal comes near the end of the old certificate."""
    batches = [dt.date(year, *day) + dt.timedelta(days=year * 5 % 9 - 4) for day in BATCHES]
    # Most firms renew in the batch nearest to the end of the old certificate, some only later.
    if firm.last_class == year - TERM_YEARS:
        nearest = min(batches, key=lambda day: abs((day - firm.valid_until).days))
        return nearest if history.chance.random() < 0.9 else batches[-1]
    return history.chance.choices(batches, weights=[45, 35, 20])[0]


def add_revocations(history: DemoHistory, count: int) -> None:
    holders = [
        firm
        for firm in history.firms
        if firm.valid_until > UNTIL and firm.last_class in (2023, 2024)
    ]
    for firm in history.chance.sample(holders, count):
        day = history.day_in(firm.classes[-1] + 1, (2, 1))
        history.record(day, Revoke(uscc=firm.uscc, kind="hnte", number=firm.number, on=day))


def add_honours(history: DemoHistory) -> None:
    """Specialised firms (专精特新), some of them 小巨人, two of them 单项冠军.

    The best ones of today held the first two honours in 2021 already.
    """
    holders = [
        firm
        for firm in history.lasting_firms()
        if firm.valid_until > UNTIL and firm.entered.year < 2023
    ]
    best = history.chance.sample(holders, 170)
    honours: list[tuple[str, Draft, dt.date]] = []
    for number, firm in enumerate(best):
        honours.append(("srdi", firm, history.day_in(2024 + number % 2, (3, 1))))
    for firm in best[:60]:
        honours.append(("srdi", firm, history.day_in(2021, (6, 1))))
    for firm in best[:10]:
        honours.append(("little_giant", firm, dt.date(2024, 7, 24)))
    for number, firm in enumerate(best[10:21]):
        honours.append(("little_giant", firm, dt.date(2025 + number % 2, 7, 28)))
    for firm in best[:10]:
        honours.append(("little_giant", firm, dt.date(2021, 7, 26)))
    for number, firm in enumerate(best[:2]):
        honours.append(("champion", firm, dt.date(2024 + number, 4, 18)))
    for kind, firm, honoured_on in honours:
        day = max(honoured_on, firm.entered)
        history.record(day, Grant(uscc=firm.uscc, kind=kind, valid_from=day))
