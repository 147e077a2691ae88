"""Rows about yearly duties that the database must refuse, by the constraint that refuses them."""

import datetime as dt
from types import SimpleNamespace

from enterprises.models import DutyDone, DutyReminder, QualificationKind, YearlyDuty
from parks.models import Unit


def duty(**values: object) -> YearlyDuty:
    told = {
        "code": "other", "name": "年报", "short_name": "年报", "first_year": 2025, "due_month": 5, "due_day": 31,
        "document": "办法", "source": "惯例",
    }  # fmt: skip
    kind = QualificationKind.objects.first()
    return YearlyDuty.objects.create(**{"kind": kind} | told | values)


def done(w: SimpleNamespace, **values: object) -> DutyDone:
    told = {"year": 2025, "done_on": dt.date(2026, 5, 4), "source": "名单"}
    known = YearlyDuty.objects.filter(code="other").first() or duty()
    return DutyDone.objects.create(**{"enterprise": w.firm, "duty": known} | told | values)


def reminder() -> DutyReminder:
    known = YearlyDuty.objects.filter(code="other").first() or duty()
    told = {"duty": known, "year": 2025, "unit": Unit.objects.first(), "days": 30}
    return DutyReminder.objects.create(**told)


OF_DUTIES = {
    "duty_due_day_of_a_year": lambda w: duty(due_month=13),
    "duty_due_soon_after": lambda w: duty(years_after=2),
    "duty_limit_positive": lambda w: duty(missed_limit=0),
    "duty_has_source": lambda w: duty(source=""),
    "duty_done_once": lambda w: (done(w), done(w)),
    "duty_done_says_who": lambda w: done(w, source=""),
    "duty_reminder_once": lambda w: (reminder(), reminder()),
}
