"""Chasing: once per milestone, to those who owe something, and the bureau learns whom it reached."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises import jobs
from enterprises.models import Notice, Period
from targets.key_tasks import board as task_board
from targets.key_tasks import duties
from targets.key_tasks import entries as task_entries
from targets.key_tasks import reminders as task_reminders
from targets.key_tasks.entries import TaskReport
from targets.models import TaskReminder
from tests.targets.reporting import due_in, signed_in

pytestmark = pytest.mark.django_db


def test_reminders_go_once_per_milestone_to_those_who_owe(teacher, people, period, settings):
    # Both days lie in one quarter, also when it began this week.
    ahead = 7 if timezone.localdate().day < 7 else 0
    due_in(period, ahead, people["小石"])
    due = timezone.localdate() + dt.timedelta(days=ahead)
    assert task_reminders.remind(due - dt.timedelta(days=6)) == 0
    day = due + dt.timedelta(days=1)
    if Period.before(day) != period:
        pytest.skip("the quarter ends today")
    assert task_reminders.remind(day) == 48
    assert task_reminders.remind(day) == 0
    told = Notice.objects.get(person=teacher)
    assert "还有4项未报" in told.text
    assert told.link == f"/tasks/?quarter={period.code}"
    assert Notice.objects.filter(person=people["小石"]).count() == 1  # 区科技局 itself
    for duty in duties.duties_of_tasks():
        if duty.unit.code == "jw":
            task_entries.add(duty.task, duty.unit, period, TaskReport("done", "完成"), by=teacher)
    assert task_reminders.remind_now(task_board.build_board(period, day), milestone="by-hand") != []
    assert Notice.objects.filter(person=teacher).count() == 1


def test_the_nightly_job_reminds(people, period):
    due_in(period, -1, people["小石"])
    job = jobs.run_inline(jobs.submit(kind="task_reminders"))
    assert (job.state, job.result) == ("done", {"reminded": 48})
    assert TaskReminder.objects.count() == 48


def test_the_bureau_reminds_by_hand_once_a_day_and_learns_whom_it_reached(people, period):
    client = signed_in(people["小石"])
    first = client.post(reverse("tasks_remind", args=[period.code]), follow=True).content.decode()
    assert "已催报3家" in first  # 德感, 德感街道 and the bureau itself
    assert "有45家没有可用账号" in first
    assert (
        "没有需要催报的单位"
        in client.post(reverse("tasks_remind", args=[period.code]), follow=True).content.decode()
    )
