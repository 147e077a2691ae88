"""Whoever sends a roster in does not approve it; where it must be, the reason is written and shown everywhere."""

import datetime as dt

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from enterprises import registry
from enterprises.models import QuarterEvent, RosterVersion
from enterprises.registry import acts
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import handed_in, registered, shown, state
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db
REASON = "其他同志出差，限期当日"
NOTE = f"同一人报送并审核：{REASON}"


def sent_for_the_unit(quarter, people, *, uploads: str, hands_in: str, unit="degan"):
    """Uploaded and handed in by these persons."""
    owner = Unit.objects.get(code=unit)
    content = roster(firm(1), unit=owner.name)
    version = clerk.send(quarter, owner, content, people[uploads])
    return clerk.submit(version, people[hands_in])


def approve(client, version, **sent):
    return client.post(reverse("roster_review", args=[version.pk, "approve"]), sent, follow=True)


BY_ONE = [("小石", "小石"), ("小石", "德感"), ("德感", "小石")]


@pytest.mark.parametrize(("uploads", "hands_in"), BY_ONE)
def test_the_page_asks_another_person_or_a_reason(desk, quarter, people, uploads, hands_in):
    version = sent_for_the_unit(quarter, people, uploads=uploads, hands_in=hands_in)
    panel = shown(desk, version)
    assert "经办与审核为同一人的说明" in panel
    assert "由您上传或报送，应由另一人审核" in desk.get("/rosters/queue/").content.decode()
    for blank in ({}, {"same_person_reason": "  "}):
        refused = approve(desk, version, **blank)
        assert refused.status_code == 422
        assert "这一版由您上传或报送，应由另一人审核：请由安安审核" in refused.content.decode()
        assert state(version) == "submitted"
    answer = approve(desk, version, same_person_reason=REASON)
    assert "已审核通过，正在入库" in answer.content.decode()
    version.refresh_from_db()
    assert (version.state, version.same_person_reason) == ("approved", REASON)


def test_the_note_stands_on_receipt_roster_queue_board_and_api(desk, quarter, people):
    version = sent_for_the_unit(quarter, people, uploads="小石", hands_in="小石")
    approve(desk, version, same_person_reason=REASON)
    assert NOTE in desk.get("/rosters/queue/").content.decode()
    clerk.run_waiting()
    assert state(version) == "applied"
    pages = [
        reverse("roster_receipt", args=[version.pk]),
        reverse("roster", args=["2026Q3", "degan"]),
        reverse("roster_version", args=[version.pk]),
        reverse("roster_board"),
    ]
    for page in pages:
        assert NOTE in desk.get(page).content.decode(), page
    program = APIClient()
    program.force_login(people["安安"])
    told = program.get(f"/api/v1/roster-versions/{version.pk}/").json()
    assert told["same_person"] == NOTE
    assert list(RosterVersion.objects.approved_by_the_same_person(quarter)) == [version]
    event = QuarterEvent.objects.get(kind="approved_alone")
    assert (event.version, event.by, event.reason) == (version, people["小石"], REASON)


def test_another_person_approves_without_a_word(client, quarter, people):
    version = sent_for_the_unit(quarter, people, uploads="小石", hands_in="小石")
    client.force_login(people["安安"])
    assert "经办与审核为同一人的说明" not in shown(client, version)
    # A reason that nobody asked for says nothing of two persons.
    approve(client, version, same_person_reason="多写的")
    version.refresh_from_db()
    assert (version.state, version.same_person_reason, version.same_person_note) == (
        "approved",
        "",
        "",
    )
    assert QuarterEvent.objects.filter(kind="approved", by=people["安安"]).count() == 1
    assert not RosterVersion.objects.approved_by_the_same_person(quarter)


def test_the_api_asks_the_same(quarter, people):
    version = sent_for_the_unit(quarter, people, uploads="小石", hands_in="小石")
    program = APIClient()
    program.force_login(people["小石"])
    address = f"/api/v1/roster-versions/{version.pk}/approve/"
    refused = program.post(address, {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "reason")
    assert "应由另一人审核" in refused.json()["detail"]
    assert state(version) == "submitted"
    unknown = program.post(address, {"reason": REASON}, format="json")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "invalid")
    answer = program.post(address, {"same_person_reason": REASON}, format="json")
    assert (answer.status_code, answer.json()["same_person"]) == (202, NOTE)


def test_nobody_else_in_the_bureau_is_said(desk, quarter, people):
    people["安安"].is_active = False
    people["安安"].save()
    version = sent_for_the_unit(quarter, people, uploads="小石", hands_in="小石")
    assert "没有其他人可审核" in approve(desk, version).content.decode()


def test_several_at_once_are_approved_one_by_one_by_the_same_rule(desk, quarter, people):
    """There is one door for an approval: of many versions those of one's own are refused alike."""
    own = sent_for_the_unit(quarter, people, uploads="小石", hands_in="小石")
    others = handed_in(quarter, "baisha", 2)
    for version in (own, others):
        approve(desk, version)
    assert (state(own), state(others)) == ("submitted", "approved")


def test_who_took_it_over_decides_whose_it_is(desk, quarter, people):
    """Taken back and handed in by another person meanwhile: what counts is who sent it last."""
    version = sent_for_the_unit(quarter, people, uploads="德感", hands_in="小石")
    clerk.submission.take_back(version, by=people["小石"])
    clerk.submit(version, people["德感"])
    approve(desk, version)
    assert state(version) == "approved"
    kinds = list(QuarterEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["opened", "handed_in", "taken_back", "handed_in", "approved"]


def test_a_refusal_of_the_registry_takes_the_reason_back(desk, quarter, people):
    registered(1)
    version = sent_for_the_unit(quarter, people, uploads="小石", hands_in="小石")
    registry.apply([acts.Leave(uscc=code(1), on=dt.date(2026, 7, 1))], by=None)
    approve(desk, version, same_person_reason=REASON)
    clerk.run_waiting()
    version.refresh_from_db()
    assert (version.state, version.decided_by, version.same_person_reason) == (
        "submitted",
        None,
        "",
    )
    event = QuarterEvent.objects.get(kind="given_back")
    assert (event.by, "已于2026-07-01迁出" in event.reason) == (None, True)
