"""A score sheet as the bureau and the units work with it, by the pages."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from enterprises.models import Quarter, RosterVersion
from parks.models import Unit, User
from targets.models import AssessmentItem, AssessmentScheme
from tests.targets.reporting import PDF  # noqa: F401 - what evidence begins with

SHEET = "/assessment/2026/park"


def sheet(kind: str = "park", year: int = 2026) -> AssessmentScheme:
    return AssessmentScheme.objects.get(year=year, kind=kind)


def item(title: str, kind: str = "park") -> AssessmentItem:
    return sheet(kind).items.get(title=title)


def told(client: Client, title: str, unit: str = "degan", year: int = 2026) -> dict[str, Any]:
    """What the API says of a unit's item."""
    reply = of_unit(client, unit, year)
    found = item(title, Unit.objects.get(code=unit).kind)
    return next(one for one in reply["items"] if one["item"] == found.pk)


def of_unit(client: Client, unit: str = "degan", year: int = 2026) -> dict[str, Any]:
    answer = client.get(f"/api/v1/assessment/{unit}/?year={year}")
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def deed(client: Client, name: str, **more: object):
    sent = {"seen": sheet().version} | more
    return client.post(f"{SHEET}/{name}/", sent)


def decree(first: Client, second: Client) -> AssessmentScheme:
    assert deed(first, "propose", document="江津府办发〔2026〕12号").status_code == 302
    assert deed(second, "decree").status_code == 302
    return sheet()


def draft_as_sent(client: Client, **changes: str) -> dict[str, str]:
    """The form of the draft as a browser would send it back, with changes."""
    page = client.get(f"{SHEET}/edit/").content.decode()
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        is_ticked = 'type="checkbox"' not in tag or "checked" in tag
        if name and is_ticked and name[1] != "csrfmiddlewaretoken":
            sent[name[1]] = value[1] if value else ("on" if "checkbox" in tag else "")
    for name, inner in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        sent[name] = chosen[1] if chosen else ""
    for name, inner in re.findall(r'<textarea name="([^"]+)".*?>(.*?)</textarea>', page, re.S):
        sent[name] = inner.strip()
    for name in ("year", "kind", "q"):
        sent.pop(name, None)
    return sent | changes


def place_of(sent: dict[str, str], title: str) -> str:
    """The prefix of an item's fields, such as items-3."""
    return next(
        name.rpartition("-")[0]
        for name, value in sent.items()
        if name.endswith("-title") and value == title
    )


def quarter(number: int, due: dt.date, year: int = 2026) -> Quarter:
    return Quarter.objects.create(
        year=year, number=number, opens_on=due - dt.timedelta(days=10), due_on=due,
        locks_on=due + dt.timedelta(days=20),
    )  # fmt: skip


def roster(
    of: Quarter, by: User, on: dt.date, state: str = "applied", unit: str = "degan"
) -> RosterVersion:
    """A version that was handed in at noon of a day."""
    owner = of.rosters.get_or_create(unit=Unit.objects.get(code=unit))[0]
    at = timezone.make_aware(dt.datetime.combine(on, dt.time(12)))
    number = owner.versions.count() + 1
    return owner.versions.create(
        number=number, state=state, created_by=by, submitted_by=by, submitted_at=at
    )


def straight(value: float, weight: int, floor: int, full: int, cap: float | None = None) -> Decimal:
    """Points by the words of the sheet, in another arithmetic than the portal's."""
    points = weight * (value - floor) / (full - floor)
    most = weight if cap is None else cap
    return Decimal(str(round(min(max(points, 0), most) + 1e-9, 2)))
