"""The joint meeting for programs: the rules of the pages, each request's effect once."""

import pytest

from targets.models import DecisionStep, StepFile
from tests.clock import noon_of
from tests.firms import TODAY
from tests.targets.meetings import scene

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "7a1f"}


@pytest.fixture
def decision(people):
    with noon_of(TODAY):
        office = scene.held(people)
        yield scene.decide(office, supporting=["jw"])


def steps_of(decision) -> str:
    return f"/api/v1/decisions/{decision.pk}/steps/"


def test_a_decision_tells_how_it_stands(as_, decision):
    told = as_("老郑").get(f"/api/v1/decisions/{decision.pk}/").json()
    assert (told["code"], told["state"], told["lead"]) == ("7-1", "open", "degan")
    assert (told["due"], told["supporting"], told["met"]) == (scene.DUE.isoformat(), ["jw"], None)
    assert [one["kind"] for one in told["steps"]] == ["made"]
    meeting = as_("老郑").get("/api/v1/meetings/").json()["results"][0]
    assert (meeting["number"], meeting["state"]) == (7, "held")
    assert "其他" in [item["title"] for item in meeting["agenda"]]
    assert as_("德感").get("/api/v1/meetings/").json()["results"] == []
    assert as_("街道").get("/api/v1/decisions/").json()["results"] == []


def test_filters(as_, decision):
    count = lambda query: len(as_("小石").get(f"/api/v1/decisions/?{query}").json()["results"])  # noqa: E731
    assert [count(query) for query in ("lead=degan", "lead=baisha", "state=open", "meeting=8")] == [
        1, 0, 1, 0,
    ]  # fmt: skip
    assert as_("小石").get("/api/v1/decisions/?unit=degan").status_code == 400


def test_the_same_request_again_is_done_once(as_, decision):
    sent = {"kind": "progress", "text": "已摸排", "seen": 1}
    first, again = [
        as_("德感").post(steps_of(decision), sent, format="json", headers=KEY) for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again["Idempotent-Replay"]) == (first.json(), "true")
    assert decision.steps.count() == 2


def test_what_stands_against_it_is_said_with_its_code(as_, decision):
    post = lambda who, **sent: as_(who).post(steps_of(decision), sent, format="json")  # noqa: E731
    for who, sent, status, code in (
        ("德感", {"kind": "ask", "text": "完成", "seen": 1}, 409, "evidence"),
        ("德感", {"kind": "progress", "text": "", "seen": 1}, 400, "reason"),
        ("德感", {"kind": "progress", "text": "甲", "seen": 5}, 409, "changed"),
        ("小石", {"kind": "reassign", "text": "甲", "seen": 1}, 400, "invalid"),
        ("德感", {"kind": "close", "seen": 1}, 403, None),
        ("老郑", {"kind": "progress", "text": "甲", "seen": 1}, 403, None),
        ("街道", {"kind": "progress", "text": "甲", "seen": 1}, 404, None),
        ("小石", {"kind": "made", "seen": 1}, 400, None),
    ):
        answer = post(who, **sent)
        assert answer.status_code == status, (sent, answer.json())
        if code:
            assert answer.json()["code"] == code
    made = DecisionStep.objects.get()
    StepFile.objects.create(step=made, name="a.pdf", sha256="a" * 64, size=1)
    assert post("德感", kind="ask", text="完成", seen=1).status_code == 201
    closed = post("小石", kind="close", seen=2)
    assert (closed.status_code, closed.json()["state"]) == (201, "closed")
