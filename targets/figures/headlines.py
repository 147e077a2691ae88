"""The two indicators that every page begins with, and the day up to which their figures reach."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from enterprises.models import SourceFile
from targets.models import Indicator

HEADLINES = ("hnte", "tech")


def headline_indicators() -> list[Indicator]:
    """As far as they are there, in the order of HEADLINES."""
    return sorted(
        Indicator.objects.filter(code__in=HEADLINES), key=lambda one: HEADLINES.index(one.code)
    )


def quarter_in_words(day: dt.date) -> str:
    return f"{day.year}年{'一二三四'[(day.month - 1) // 3]}季度"


def latest_day() -> dt.date:
    """The latest day the data speaks of; today while there is none."""
    return SourceFile.objects.latest_day() or timezone.localdate()
