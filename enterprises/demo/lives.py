"""When the demo's firms enter, where they stand, and how they move, change names and end."""

from __future__ import annotations

import datetime as dt

from enterprises.demo import certificates
from enterprises.demo.firms import Draft
from enterprises.demo.history import DemoHistory
from enterprises.registry.acts import (
    Close,
    Grant,
    Leave,
    Move,
    Place,
    Register,
    Rename,
    Reopen,
    Revoke,
)

DETAILS = ("registered_on", "industry_code", "tech_field", "contact_name", "contact_phone")


def mark_arrivals(history: DemoHistory, count: int) -> None:
    """Choose the firms that come from another district, with the certificate they hold."""
    late = [firm for firm in history.firms if firm.entered.year in (2022, 2023, 2024, 2025)]
    for firm in history.chance.sample(late, count):
        firm.arrived = True


def add_changes(history: DemoHistory) -> None:
    """Each change happens to another firm, so that none moves after it has closed."""
    changes = [_move] * 36 + [_close] * 78 + [_leave] * 12 + [_rename] * 30 + [_suspend] * 3
    for change in changes:
        change(history, history.changing.pop())


def _move(history: DemoHistory, firm: Draft) -> None:
    day = history.day_after(firm.entered)
    park, town = history.drafter.pick_place(other_than=firm.park)
    history.record(day, Move(uscc=firm.uscc, park=park, town=town, on=day))


def _close(history: DemoHistory, firm: Draft) -> None:
    firm.gone = history.day_after(firm.entered, since=2019)
    history.record(firm.gone, Close(uscc=firm.uscc, on=firm.gone))


def _leave(history: DemoHistory, firm: Draft) -> None:
    firm.gone = history.day_after(firm.entered)
    history.record(firm.gone, Leave(uscc=firm.uscc, on=firm.gone))


def _rename(history: DemoHistory, firm: Draft) -> None:
    day = history.day_after(firm.entered)
    trade = history.chance.choice(history.drafter.data["trades"][firm.tech_field])[0]
    new_name = history.drafter.make_name(trade)
    history.record(day, Rename(uscc=firm.uscc, name=new_name, on=day))


def _suspend(history: DemoHistory, firm: Draft) -> None:
    """Struck off by mistake or licence revoked, and restored some months later."""
    day = history.day_after(firm.entered) - dt.timedelta(days=40)
    restored_on = day + dt.timedelta(days=75)
    history.record(day, Close(uscc=firm.uscc, on=day, cause="revoked"))
    history.record(restored_on, Reopen(uscc=firm.uscc, on=restored_on))


def add_entries(history: DemoHistory) -> None:
    """Each firm is registered, placed and in the register of technology firms on one day.

    One that arrives from another district has been in that register for a while, and brings the
    high-tech certificate of the year before.
    """
    for firm in history.firms:
        entered = firm.entered
        details = {name: getattr(firm, name) for name in DETAILS}
        # Within the day in this order: first the firm, then its place, then what it holds.
        details["legal_form"] = _legal_form(firm.name)
        history.record(entered, Register(uscc=firm.uscc, name=firm.name, **details))
        place = Place(
            uscc=firm.uscc,
            park=firm.park,
            town=firm.town,
            since=entered,
            from_outside=firm.arrived,
        )
        history.record(entered, place)
        in_register_since = entered - dt.timedelta(days=500) if firm.arrived else entered
        history.record(entered, Grant(uscc=firm.uscc, kind="tech", valid_from=in_register_since))
        if firm.arrived:
            certificates.grant_certificate(history, firm, entered.year - 1)


def add_register_exits(history: DemoHistory, count: int) -> None:
    """Firms that leave the register of technology firms without closing."""
    plain = [firm for firm in history.changing if not firm.classes and not firm.arrived]
    for firm in plain[:count]:
        day = history.day_after(firm.entered, since=2020)
        act = Revoke(uscc=firm.uscc, kind="tech", valid_from=firm.entered, on=day)
        history.record(day, act)


def _legal_form(name: str) -> str:
    """As a licence prints it; a name ends with it, if in short."""
    stock = "股份有限公司"
    return stock if name.endswith(stock) else "有限责任公司"
