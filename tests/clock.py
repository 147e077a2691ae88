"""The clock of a test that must stand on a day of its own."""

import datetime as dt

import time_machine

AUTUMN = dt.date(2026, 11, 20)
"""The day of `own_day`: the third quarter of 2026 is over, the year is not."""


def noon_of(day: dt.date, *, tick: bool = True) -> time_machine.travel:
    """Noon in Chongqing; a fixture or a test stands there with `with noon_of(day):`."""
    return time_machine.travel(dt.datetime.combine(day, dt.time(4), tzinfo=dt.UTC), tick=tick)
