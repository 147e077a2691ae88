"""Reminders before a duty is due: once per milestone and unit, of who has not done it."""

import pytest

from enterprises import jobs
from enterprises.models import DutyReminder, Notice, YearlyDuty
from targets.duties import reminders
from tests.clock import noon_of
from tests.targets.duties.scene import DAY, DUE, DUTY, YEAR, did, holder

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]


@pytest.fixture
def district(people):
    with noon_of(DUE - 90 * DAY):
        holder("甲"), holder("乙"), holder("白沙", park="baisha", town="500116108")
        done = holder("已报")
        did(done, on=DUE - 95 * DAY)
        YearlyDuty.objects.exclude(code=DUTY).delete()
        yield


def test_each_milestone_is_one_notice_per_unit_once(people, district):
    sent = {left: reminders.remind(DUE - left * DAY) for left in (61, 60, 59, 30, 7, 6, 0, -1)}
    assert sent == {61: 0, 60: 2, 59: 0, 30: 2, 7: 2, 6: 0, 0: 0, -1: 0}
    own = list(Notice.objects.filter(person=people["德感"]).order_by("pk"))
    assert len(own) == 3
    assert own[0].link == f"/duties/?duty={DUTY}&year={YEAR}&state=open"
    assert own[0].text.startswith("高企年报（2025年度）05月31日截止，还有60天，2家未办：")
    assert "江津已报有限公司" not in own[0].text
    # The park answers for firms in it.
    assert not Notice.objects.filter(person=people["街道"]).exists()
    told = Notice.objects.filter(person=people["小石"]).latest("pk")
    assert "还有7天，3家未办，涉及2家单位" in told.text
    assert "白沙" in told.text
    assert DutyReminder.objects.count() == 6


def test_a_late_start_reminds_of_the_last_milestone_only(people, district):
    assert reminders.remind(DUE - 20 * DAY) == 2
    assert set(DutyReminder.objects.values_list("days", flat=True)) == {30}
    assert "还有20天" in Notice.objects.filter(person=people["德感"]).get().text


def test_the_link_opens_what_the_notice_counts(client, people, district):
    with noon_of(DUE - 30 * DAY):
        reminders.remind(DUE - 30 * DAY)
        client.force_login(people["德感"])
        link = Notice.objects.get(person=people["德感"]).link
        assert client.get(link).context["listed"] == 2


def test_days_and_duties_are_data(people, district):
    YearlyDuty.objects.update(remind_days=[])
    assert reminders.remind(DUE - 30 * DAY) == 0
    # What is due early in the year is reminded of in the year before.
    YearlyDuty.objects.update(remind_days=[45], due_month=1, due_day=10)
    assert reminders.remind(DUE.replace(month=1, day=10) - 30 * DAY) == 2


def test_the_nightly_job_reminds_once(people, district, settings):
    assert settings.JOB_NIGHTLY["duty_reminders"]
    with noon_of(DUE - 7 * DAY):
        job = jobs.run_inline(jobs.submit(kind="duty_reminders"))
        assert job.result == {"reminded": 2}
        assert jobs.run_inline(jobs.submit(kind="duty_reminders")).result == {"reminded": 0}
