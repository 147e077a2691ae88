"""What was done in a quarter: who, when, from what to what and why; on the board, in the admin, by the API."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from enterprises.models import QuarterEvent
from enterprises.reporting import submission
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import handed_in

pytestmark = pytest.mark.django_db
DAYS = reverse("quarter_act", args=["2026Q3", "days"])
EXTENSION = reverse("quarter_act", args=["2026Q3", "extension"])
EVENTS = "/api/v1/quarters/2026Q3/events/"


@pytest.fixture
def program():
    return APIClient()


def test_moved_days_are_recorded_with_who_and_why(desk, program, quarter, people):
    old_due, old_lock = quarter.due_on, quarter.locks_on
    due, lock = old_due + dt.timedelta(days=5), old_lock + dt.timedelta(days=7)
    sent = {"due_on": due.isoformat(), "locks_on": lock.isoformat()}
    refused = desk.post(DAYS, sent)
    assert (refused.status_code, f'value="{due}"' in refused.content.decode()) == (422, True)
    assert not QuarterEvent.objects.filter(kind="moved").exists()
    desk.post(DAYS, sent | {"reason": "国庆假期顺延"})
    event = QuarterEvent.objects.get(kind="moved")
    assert (event.by, event.reason, event.quarter) == (people["小石"], "国庆假期顺延", quarter)
    assert event.changes == [f"截止日：{old_due} → {due}", f"锁定日：{old_lock} → {lock}"]
    page = desk.get("/rosters/").content.decode()
    for words in ("<details>", "国庆假期顺延", f"截止日：{old_due} → {due}", "小石"):
        assert words in page
    program.force_login(people["老郑"])
    told = program.get(EVENTS).json()
    assert [one["kind"] for one in told] == ["moved", "opened"]
    assert told[0]["before"] == {"due_on": str(old_due), "locks_on": str(old_lock)}
    assert (told[0]["after"], told[0]["by"]) == (
        {"due_on": str(due), "locks_on": str(lock)},
        "小石",
    )


def test_the_same_days_once_more_are_no_event(desk, quarter):
    sent = {"due_on": quarter.due_on.isoformat(), "locks_on": quarter.locks_on.isoformat()}
    assert desk.post(DAYS, sent | {"reason": "试"}).status_code == 302
    assert list(QuarterEvent.objects.values_list("kind", flat=True)) == ["opened"]


def test_a_lock_that_is_moved_past_today_reopens_the_quarter(desk, quarter):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    for lock in (yesterday, tomorrow):
        due = min(quarter.due_on, yesterday)
        sent = {"due_on": due.isoformat(), "locks_on": lock.isoformat(), "reason": "补报"}
        assert desk.post(DAYS, sent).status_code == 302
    kinds = QuarterEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["opened", "moved", "reopened"]
    assert "锁定后重新开放" in desk.get("/rosters/").content.decode()


def test_an_extension_tells_until_when_the_unit_could_report_before(desk, quarter, people):
    first = quarter.locks_on + dt.timedelta(days=10)
    second = first + dt.timedelta(days=10)
    for until in (first, second):
        desk.post(EXTENSION, {"unit": "degan", "until": until.isoformat(), "reason": "停电"})
    events = list(QuarterEvent.objects.filter(kind="extended").order_by("pk"))
    assert [event.changes for event in events] == [
        [f"可报送至：{quarter.locks_on} → {first}"],
        [f"可报送至：{first} → {second}"],
    ]
    assert {(event.unit.code, event.reason, event.by) for event in events} == {
        ("degan", "停电", people["小石"])
    }


def test_handing_in_returning_approving_and_undoing_leave_their_trace(desk, quarter, people):
    version = handed_in(quarter, "degan", 1)
    submission.return_to_unit(version, by=people["小石"], text="K列请核对")
    again = handed_in(quarter, "degan", 2)
    clerk.approve(again, people["小石"])
    address = reverse("roster_review", args=[again.pk, "undo"])
    desk.post(address, {"reason": "误批"})
    told = [
        (event.kind, event.version_id, event.reason)
        for event in QuarterEvent.objects.filter(unit__code="degan").order_by("pk")
    ]
    assert told == [
        ("handed_in", version.pk, ""),
        ("returned", version.pk, "K列请核对"),
        ("handed_in", again.pk, ""),
        ("approved", again.pk, ""),
        ("undone", again.pk, "误批"),
    ]


def test_units_do_not_read_it_and_the_admin_only_shows_it(client, program, quarter, people):
    program.force_login(people["德感"])
    assert program.get(EVENTS).status_code == 403
    client.force_login(people["安安"])
    event = QuarterEvent.objects.get()
    changelist = reverse("admin:enterprises_quarterevent_changelist")
    assert "开放季度" in client.get(changelist).content.decode()
    one = reverse("admin:enterprises_quarterevent_change", args=[event.pk])
    assert client.post(one, {"reason": "改"}).status_code == 403
    assert (
        client.post(reverse("admin:enterprises_quarterevent_delete", args=[event.pk])).status_code
        == 403
    )


def test_the_history_costs_one_query(desk, quarter, django_assert_num_queries):
    for number, unit in enumerate(Unit.objects.towns()[:8], 1):
        handed_in(quarter, unit.code, number)
    with django_assert_num_queries(1):
        lines = list(quarter.events.history())
        assert [str(line.by) + str(line.unit) + str(line.version.number) for line in lines[:8]]
