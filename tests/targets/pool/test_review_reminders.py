"""The day of a stay's review: told once for the stay and the day, of who still waits, and ended by the work."""

import datetime as dt

import pytest

from enterprises import jobs, registry
from enterprises.models import Notice, PoolEntry, ReviewReminder
from enterprises.registry import acts
from targets.pool import reminders
from tests.clock import noon_of
from tests.firms import TODAY, firm
from tests.targets.pool.pooled import enter

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
DAY = dt.timedelta(1)
LINK = "/pool/?view=due&due=review"


@pytest.fixture
def district(people):
    """At 德感 two stays to review, today and in ten days; at 白沙 one without a day of its own."""
    with noon_of(TODAY):
        began = {"on": TODAY - 30 * DAY}
        yield {
            "today": enter(firm(name="江津今日有限公司"), next_review=TODAY, **began),
            "later": enter(firm(name="江津稍后有限公司"), next_review=TODAY + 10 * DAY, **began),
            "half_year": enter(
                firm(name="江津半年有限公司", park="baisha", town="500116108"),
                on=dt.date(2026, 1, 15),
            ),
        }


def own(people, who="德感"):
    return list(Notice.objects.filter(person=people[who]).order_by("pk"))


def test_each_stay_is_told_of_on_its_day_and_once(people, district):
    days = {-1: 0, 0: 1, 1: 0, 9: 0, 10: 1, 14: 0, 15: 1, 16: 0}
    assert {ahead: reminders.remind(TODAY + ahead * DAY) for ahead in days} == days
    first, second = own(people)
    assert (first.text, first.link) == ("后备库到复核日：1家（江津今日有限公司）。", LINK)
    assert second.text == "后备库到复核日：1家（江津稍后有限公司）；连同以前的共2家待复核。"
    # The park answers for firms in it.
    assert own(people, "街道") == []
    last = own(people, "小石")[-1]
    assert "1家，涉及1家单位，全区共3家待复核" in last.text
    assert "白沙" in last.text
    assert ReviewReminder.objects.count() == 3


def test_the_link_opens_what_the_notice_counts(client, people, district):
    with noon_of(TODAY + 10 * DAY):
        assert reminders.remind(TODAY + 10 * DAY) == 2
        [notice] = own(people)
        assert notice.text.startswith("后备库到复核日：2家（")
        client.force_login(people["德感"])
        assert client.get(notice.link).context["listed"] == 2


def test_a_review_ends_it_and_the_next_one_is_told_of_again(people, district):
    reminders.remind(TODAY)
    entry = PoolEntry.objects.get(enterprise=district["today"])
    reviewed = {"stage": entry.stage, "target_year": entry.target_year, "reason": "等审计"}
    registry.apply(
        [
            acts.EnterPool(
                uscc=district["today"].uscc, on=TODAY, next_review=TODAY + 3 * DAY, **reviewed
            )
        ],
        by=None,
    )
    assert reminders.remind(TODAY + DAY) == 0
    [notice] = own(people)
    assert notice.read_at is not None, "nothing is left to do"
    assert reminders.remind(TODAY + 3 * DAY) == 1


def test_what_is_done_by_one_unit_leaves_the_notice_of_another(people, district):
    with noon_of(TODAY + 15 * DAY):
        assert reminders.remind(TODAY + 15 * DAY) == 3
        done = {"on": TODAY + 15 * DAY, "because": "转产", "exit_kind": "given_up"}
        registry.apply([acts.LeavePool(uscc=district["half_year"].uscc, **done)], by=None)
        assert reminders.remind(TODAY + 15 * DAY) == 0
    assert [notice.read_at for notice in own(people)] == [None]
    assert [notice.read_at for notice in own(people, "小石")] == [None]
    for key in ("today", "later"):
        registry.apply([acts.LeavePool(uscc=district[key].uscc, **done)], by=None)
    assert reminders.remind(TODAY + 15 * DAY) == 0
    assert not Notice.objects.filter(read_at=None).exists()


def test_who_has_left_the_pool_or_the_district_is_not_told_of(people, district):
    registry.apply([acts.Close(uscc=district["today"].uscc, on=TODAY)], by=None)
    registry.apply([acts.Leave(uscc=district["half_year"].uscc, on=TODAY)], by=None)
    assert reminders.remind(TODAY + 30 * DAY) == 1
    assert [stay.entry.enterprise for stay in ReviewReminder.objects.all()] == [district["later"]]


def test_the_nightly_job_tells_once(people, district, settings):
    assert settings.JOB_NIGHTLY["pool_reminders"]
    assert jobs.run_inline(jobs.submit(kind="pool_reminders")).result == {"reminded": 1}
    assert jobs.run_inline(jobs.submit(kind="pool_reminders")).result == {"reminded": 0}
