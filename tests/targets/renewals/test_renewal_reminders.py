"""Reminders before a certificate lapses: once per milestone, one notice per unit and day, until renewed or given up."""

import pytest
from django.utils import timezone

from enterprises import jobs, registry
from enterprises.models import Notice
from enterprises.registry import acts
from targets.models import RenewalReminder
from targets.renewals import reminders as renewal_reminders
from tests.firms import TODAY, certificate, firm
from tests.targets.renewals.test_renewals import DAY, tell

pytestmark = pytest.mark.django_db
AT = "/renewals/"


def test_each_milestone_is_one_notice_per_unit_once(people):
    first, second = (
        firm(name="江津甲有限公司", hnte_expiring=True),
        firm(name="江津乙有限公司", hnte_expiring=True),
    )
    firm(park="baisha", town="500116108", hnte_expiring=True)
    last = TODAY + 30 * DAY
    sent = {
        left: renewal_reminders.remind(last - left * DAY)
        for left in (181, 180, 179, 90, 60, 30, 29, 0, -1)
    }
    assert sent == {181: 0, 180: 3, 179: 0, 90: 3, 60: 3, 30: 3, 29: 0, 0: 0, -1: 0}
    own = list(Notice.objects.filter(person=people["德感"]).order_by("pk"))
    assert len(own) == 4
    assert own[0].link == AT
    assert "高企180天内2家，其中未启动2家" in own[0].text
    assert first.name in own[0].text
    assert second.name in own[0].text
    assert not Notice.objects.filter(
        person=people["街道"]
    ).exists()  # the park answers for firms in it
    assert Notice.objects.filter(person=people["小石"]).count() == 4
    told = Notice.objects.filter(person=people["小石"]).last()
    assert "高企180天内3家，涉及2家单位" in told.text
    assert "白沙" in told.text  # nobody there has an account
    assert RenewalReminder.objects.count() == 12


def test_all_kinds_of_a_day_are_one_notice_that_opens_their_page(people):
    one = firm()
    honour = acts.Grant(
        uscc=one.uscc, kind="srdi", valid_from=TODAY - 700 * DAY, valid_until=TODAY + 80 * DAY
    )
    registry.apply([honour], by=None)
    assert renewal_reminders.remind(TODAY) == 1
    assert Notice.objects.get(person=people["德感"]).link == f"{AT}?kind=srdi"
    registry.apply([certificate(one.uscc, until=TODAY + 80 * DAY)], by=None)
    assert renewal_reminders.remind(TODAY + 20 * DAY) == 2
    last = Notice.objects.filter(person=people["德感"]).latest("pk")
    assert (last.link, Notice.objects.filter(person=people["德感"]).count()) == (AT, 2)
    assert "高企60天内1家；专精特新60天内1家" in last.text


def test_a_late_start_reminds_of_the_last_milestone_only(people):
    firm(hnte_expiring=True)
    assert renewal_reminders.remind(TODAY - 15 * DAY) == 1  # 45 days are left
    assert RenewalReminder.objects.get().milestone == 60


def test_reminders_stop_when_renewed_or_given_up(people):
    kept, renewed, gone = (firm(hnte_expiring=True) for _ in range(3))
    tell(gone, "given_up", TODAY - 100 * DAY)
    tell(kept, "filed", TODAY - 100 * DAY)
    new = acts.Grant(uscc=renewed.uscc, kind="hnte", number="N", valid_from=TODAY - 40 * DAY)
    registry.apply([new], by=None)
    assert renewal_reminders.remind(TODAY - 60 * DAY) == 2  # 90 days are left: not renewed yet
    assert renewal_reminders.remind(TODAY - 30 * DAY) == 1
    assert RenewalReminder.objects.filter(milestone=60).get().qualification.enterprise == kept


def test_the_nightly_job_reminds_once(people, settings):
    assert settings.JOB_NIGHTLY["renewal_reminders"]
    one = firm()
    registry.apply([certificate(one.uscc, until=timezone.localdate() + 10 * DAY)], by=None)
    job = jobs.run_inline(jobs.submit(kind="renewal_reminders"))
    assert (job.state, job.result) == ("done", {"reminded": 1})
    assert jobs.run_inline(jobs.submit(kind="renewal_reminders")).result == {"reminded": 0}
