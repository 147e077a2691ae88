"""What a demo district's bodies reported: marked, a mixture of states, and only where nobody has reported anything."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from enterprises import registry
from enterprises.models import FirmOwner, Period, SourceFile, Talk, UnitContact
from enterprises.registry import acts
from targets.demo import reports as demo_reports
from targets.key_tasks import board as task_board
from targets.key_tasks import entries as task_entries
from targets.models import Indicator, ReportedFigure, TaskFile, TaskProgress
from tests.firms import firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_district(people) -> None:
    SourceFile.objects.create(kind="demo", name="演示", sha256="a" * 64, size=0)


def test_the_last_quarters_are_a_believable_mixture(demo_district, people):
    call_command("demo_reports")
    first, before, last = [
        task_board.build_board(period, timezone.localdate())
        for period in reversed(task_entries.periods()[: demo_reports.QUARTERS])
    ]
    assert {row.standing for row in last.tasks} >= {"in_progress", "behind", "done"}
    assert {row.standing for row in before.tasks} >= {"in_progress", "behind", "not_started"}
    assert {row.standing for row in first.tasks} >= {"in_progress", "done"}
    assert len(first.owing) <= len(before.owing) < len(last.owing) < len(last.bodies)
    assert set(demo_reports.SILENT_NOW) <= {row.unit.code for row in last.owing}
    degan = TaskProgress.objects.filter(unit__code="degan")
    assert {entry.by for entry in degan} == {people["德感"]}
    assert {entry.by.role for entry in TaskProgress.objects.filter(unit__code="fgw")} <= {
        "bureau_staff"
    }


def test_all_of_it_is_marked(demo_district):
    demo_reports.create()
    assert not TaskProgress.objects.exclude(text__startswith=demo_reports.MARK).exists()
    assert TaskFile.objects.exists()
    assert not TaskFile.objects.exclude(name__contains=demo_reports.MARK).exists()
    assert set(ReportedFigure.objects.values_list("source", flat=True)) == {demo_reports.SOURCE}
    assert set(ReportedFigure.objects.values_list("indicator__code", flat=True)) == set(
        Indicator.objects.filter(kind="reported").values_list("code", flat=True)
    )


def test_firms_of_the_pool_are_seen_to_and_talked_with(demo_district, people):
    for _ in range(8):
        told = {"uscc": firm().uscc, "stage": "seed", "on": timezone.localdate()}
        registry.apply([acts.EnterPool(**told)], by=None)
    demo_reports.create()
    assert set(FirmOwner.objects.values_list("level", flat=True)) == {"unit", "bureau"}
    assert Talk.objects.unanswered().exists()
    assert not Talk.objects.exclude(said__contains=demo_reports.MARK).exists()
    assert not UnitContact.objects.exclude(name__contains=demo_reports.MARK).exists()


def test_a_second_time_and_after_a_report_of_somebody_nothing_is_written(demo_district, people):
    task = demo_reports.duties.duties_of_tasks()[0]
    said = task_entries.TaskReport("done", "真的")
    task_entries.add(
        task.task, task.unit, Period.before(timezone.localdate()), said, by=people["小石"]
    )
    assert demo_reports.create() is None
    assert TaskProgress.objects.count() == 1


def test_where_real_firms_are_registered_or_nobody_has_an_account_nothing_is_invented(people):
    assert demo_reports.create() is None
    SourceFile.objects.create(kind="demo", name="演示", sha256="a" * 64, size=0)
    for person in people.values():
        person.is_active = False
        person.save()
    assert demo_reports.create() is None
