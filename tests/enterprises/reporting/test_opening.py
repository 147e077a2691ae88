"""What units learn when a quarter opens, and the days that are proposed for a past one."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises.models import Notice, Period, Quarter
from enterprises.reporting import quarters, reminders
from tests import clerk
from tests.clock import noon_of
from tests.enterprises.handed_in import handed_in

pytestmark = pytest.mark.django_db
OCTOBER = dt.date(2026, 10, 1)


def told(people, name: str) -> list[str]:
    return [notice.text for notice in Notice.objects.filter(person=people[name]).order_by("pk")]


def test_the_night_that_opens_a_quarter_tells_every_unit_once(people):
    with noon_of(OCTOBER):
        first = reminders._run_nightly(OCTOBER)
        second = reminders._run_nightly(OCTOBER)
    assert (first["opened"], first["told"], second["told"]) == ("2026Q3", 36, 0)
    for name, unit in (("德感", "degan"), ("街道", "500116002")):
        assert told(people, name) == [
            "2026年三季度名册开始报送，请于10月15日前报送。没有企业的请做零报告。"
        ]
        link = Notice.objects.get(person=people[name]).link
        assert link == reverse("roster", args=["2026Q3", unit])
    assert told(people, "小石") == []


def test_opening_by_hand_tells_at_once_and_is_no_reminder(client, people):
    client.force_login(people["小石"])
    with noon_of(OCTOBER + dt.timedelta(1)):
        days = Quarter.usual_days(Period(2026, 3))
        sent = {"year": 2026, "number": 3, "due_on": days["due_on"], "locks_on": days["locks_on"]}
        assert client.post("/rosters/open/", sent).status_code == 302
        assert len(told(people, "德感")) == 1
        assert "已催报" not in client.get("/rosters/").content.decode()
        client.post(reverse("quarter_remind", args=["2026Q3"]))
        assert len(told(people, "德感")) == 2
        assert "已催报1次" in client.get("/rosters/").content.decode()


def test_the_api_tells_the_units_too(client, people):
    client.force_login(people["小石"])
    with noon_of(OCTOBER):
        answer = client.post(
            "/api/v1/quarters/", {"code": "2026Q3"}, content_type="application/json"
        )
    assert answer.status_code == 201
    assert len(told(people, "德感")) == 1


def test_nobody_is_told_before_the_quarter_opens(people):
    with noon_of(OCTOBER - dt.timedelta(3)):
        quarter = quarters.open_quarter(Period(2026, 3), by=people["小石"])
        assert reminders.announce(quarter) == []
    with noon_of(OCTOBER):
        assert reminders._run_nightly(OCTOBER)["told"] == 36


def test_who_has_handed_in_is_not_asked(people):
    quarter = clerk.third_quarter(people["小石"])
    handed_in(quarter, "degan", 1)
    assert "degan" not in {unit.code for unit in reminders.announce(quarter)}


def test_a_past_quarter_is_proposed_to_last_as_long_as_usual_from_today(plan):
    period = Period(2026, 3)
    usual = Quarter.usual_days(period)
    assert quarters.days_from(period, usual["due_on"]) == usual
    late = usual["due_on"] + dt.timedelta(45)
    proposed = quarters.days_from(period, late)
    assert proposed["opens_on"] == late
    assert proposed["due_on"] - late == usual["due_on"] - usual["opens_on"]
    assert proposed["locks_on"] - late == usual["locks_on"] - usual["opens_on"]


def test_the_form_proposes_it_and_warns_of_days_that_have_gone(client, people):
    today = dt.date(2026, 12, 20)
    with noon_of(today):
        client.force_login(people["小石"])
        initial = client.get("/rosters/open/").context["form"].initial
        assert initial["due_on"] > today
        sent = {"year": 2026, "number": 3, "due_on": "2026-10-15", "locks_on": "2026-11-30"}
        refused = client.post("/rosters/open/", sent)
        assert refused.status_code == 422
        assert "锁定日2026-11-30已过，开放后没有单位能报送" in refused.content.decode()
        assert not Quarter.objects.exists()
        opened = client.post("/rosters/open/", sent | {"locks_on": "2027-01-10"}, follow=True)
    assert "截止日已过：没有报送的单位现在都算逾期。" in opened.content.decode()
