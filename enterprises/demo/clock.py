"""The clock of the demo's story: what people of the demo did, they did on days that are past.

The doors ask Django for the time and write it where nothing can be changed afterwards. A story told
through them therefore shows them its own moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone


def working_hour(day: dt.date, number: int = 0) -> dt.datetime:
    """A moment of the day at which somebody works; another for another number."""
    minutes = number * 37 % 420
    hour = dt.time(9 + minutes // 60, minutes % 60)
    return timezone.make_aware(dt.datetime.combine(day, hour))


@contextmanager
def told_at(moment: dt.datetime) -> Iterator[dt.datetime]:
    """While it runs, all that is written is written at the moment; never later than now.

    Only for the making of a demo: it holds for the whole process.
    """
    real = timezone.now
    told = min(moment, real())
    vars(timezone)["now"] = lambda: told
    try:
        yield told
    finally:
        vars(timezone)["now"] = real
