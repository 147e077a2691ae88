"""How people report on a task: the form they send, where to, by when, and a file that is taken."""

import datetime as dt

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Period
from enterprises.reporting import quarters
from parks.models import User

PDF = b"%PDF-1.7 content"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(
    text: str = "新增孵化器一家", state: str = "in_progress", seen: int = 0, **more: object
) -> dict[str, object]:
    empty = {f"figures-{row}-{name}": "" for row in range(4) for name in ("label", "value", "unit")}
    counts = {"figures-TOTAL_FORMS": "4", "figures-INITIAL_FORMS": "0"}
    return {**empty, **counts, "state": state, "text": text, "seen": seen, **more}


def address(period: Period, unit: str = "jw", code: tuple[str, int] = ("task", 1)) -> str:
    return reverse("task_report", args=[*code, period.code, unit])


def due_in(period: Period, days: int, by: User) -> None:
    due = timezone.localdate() + dt.timedelta(days=days)
    opens = min(
        period.last_day, due
    )  # in the first days of a quarter the due day may lie in the quarter before
    days_of = {"opens_on": opens, "due_on": due, "locks_on": due + dt.timedelta(days=30)}
    quarters.open_quarter(period, by=by, days=days_of)
