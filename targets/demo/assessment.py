"""The demo's score sheets of the year, decreed in spring: units see what they are held to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from enterprises.demo.clock import told_at, working_hour
from parks.models import User
from targets.assessment import keeping
from targets.models import AssessmentScheme


def decree(told: Mapping[str, Any], today: dt.date, bureau: list[User]) -> None:
    """Sheets of a year that has begun; one person proposes, another decrees on the next day.

    `told`: month, day and document. Nothing where only one person could do both.
    """
    if len(bureau) < 2:
        return
    first, second = bureau[:2]
    begun = AssessmentScheme.objects.filter(year__lte=today.year, state="draft")
    for number, scheme in enumerate(begun):
        on = dt.date(scheme.year, told["month"], told["day"])
        document = told["document"].format(year=scheme.year)
        with told_at(working_hour(on, number)):
            keeping.propose(scheme, document, by=first, seen=scheme.version)
        with told_at(working_hour(on + dt.timedelta(days=1), number)):
            keeping.decree(scheme, by=second, seen=scheme.version + 1)
