"""A joint meeting as the office works through it, by the pages."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from targets.models import Decision, Meeting
from tests.firms import TODAY
from tests.targets.reporting import PDF, signed_in

DUE = TODAY + dt.timedelta(days=30)


def evidence(name: str = "来文.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def version(number: int = 7) -> int:
    return Meeting.objects.get(number=number).version


def open_meeting(office: Client, number: int = 7, day: dt.date = TODAY) -> Meeting:
    sent = {
        "seen": 0,
        "number": number,
        "day": day.isoformat(),
        "place": "三会议室",
        "chair": "分管副区长",
    }
    answer = office.post("/meetings/new/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return Meeting.objects.get(number=number)


def hold(office: Client, number: int = 7) -> None:
    answer = office.post(f"/meetings/{number}/held/", {"seen": version(number)})
    assert answer.status_code == 302, answer.content.decode()


def arrange(office: Client, *lines: dict, number: int = 7, seen: int | None = None):
    sent = {"seen": version(number) if seen is None else seen}
    sent |= {"items-TOTAL_FORMS": len(lines), "items-INITIAL_FORMS": 0}
    for place, line in enumerate(lines):
        sent |= {f"items-{place}-{name}": value for name, value in line.items()}
    return office.post(f"/meetings/{number}/agenda/", sent)


def as_arranged(meeting: Meeting) -> list[dict]:
    return [
        {"pk": item.pk, "title": item.title, "order": item.order} for item in meeting.items.all()
    ]


def decide(office: Client, number: int = 7, **more: object) -> Decision:
    sent = {"words": "年底前新增认定12家", "lead": "degan", "due": DUE.isoformat()} | more
    answer = office.post(f"/meetings/{number}/decide/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return Decision.objects.order_by("pk").last()


def step(client: Client, decision: Decision, kind: str, text: str = "已办", **more: object):
    seen = decision.steps.count()
    sent = {"seen": seen, "text": text} | more
    return client.post(f"/meetings/decisions/{decision.pk}/{kind}/", sent)


def held(people, number: int = 7) -> Client:
    """A meeting that was held with one item of the office's own; the client of 小石."""
    office = signed_in(people["小石"])
    meeting = open_meeting(office, number)
    arrange(office, *as_arranged(meeting), {"title": "其他"}, number=number)
    hold(office, number)
    return office
