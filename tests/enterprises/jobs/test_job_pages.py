import pytest
from django.core.management import call_command
from django.urls import reverse

from enterprises import jobs
from enterprises.models import Job
from parks.models import Unit, User
from tests.enterprises.job_handlers import HANDLERS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_handlers(settings):
    settings.JOB_HANDLERS = HANDLERS
    settings.JOB_NIGHTLY = {}


@pytest.fixture
def people() -> dict[str, User]:
    unit = Unit.objects.create(kind=Unit.Kind.TOWN, code="x1", name="某镇", short_name="某")
    people = {
        role: User.objects.create(
            username=role, role=role, unit=unit if role == "unit_staff" else None
        )
        for role in User.Role.values
    }
    return people | {
        "neighbour": User.objects.create(username="neighbour", role="unit_staff", unit=unit)
    }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("bureau_admin", 2),
        ("bureau_staff", 2),
        ("leader", 2),
        ("auditor", 2),
        ("unit_staff", 1),
        ("neighbour", 0),
    ],
)
def test_unit_staff_see_the_jobs_they_started_the_others_all(client, people, who, sees):
    own = jobs.submit(kind="stamp", by=people["unit_staff"])
    jobs.submit(kind="follow", by=people["bureau_staff"])
    client.force_login(people[who])
    assert len(client.get(reverse("jobs")).context["rows"]) == sees
    answer = client.get(reverse("job_status", args=[own.pk]))
    assert answer.status_code == (200 if sees else 404)


def test_the_fragment_asks_again_until_the_job_has_ended(client, people):
    client.force_login(people["leader"])
    job = jobs.submit(kind="stamp")
    waiting = client.get(reverse("job_status", args=[job.pk])).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert "排队" in waiting
    jobs.run(job.pk)
    ended = client.get(reverse("job_status", args=[job.pk])).content.decode()
    assert "hx-trigger" not in ended
    assert "完成" in ended


def test_the_list_is_live_only_while_something_is_unfinished(client, people):
    client.force_login(people["leader"])
    job = jobs.submit(kind="stamp")
    fragment = client.get(reverse("jobs"), headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<div")
    assert "hx-trigger" in fragment
    jobs.run(job.pk)
    assert 'hx-get="/jobs' not in client.get(reverse("jobs")).content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("bureau_staff", 302),
        ("unit_staff", 403),
        ("leader", 403),
        ("auditor", 403),
        ("neighbour", 404),
    ],
)
def test_a_failed_job_is_retried_by_the_bureau(client, people, who, status):
    failed = jobs.submit(kind="refused", params={"file": 7}, by=people["unit_staff"])
    jobs.run(failed.pk)
    client.force_login(people[who])
    assert client.post(reverse("job_retry", args=[failed.pk])).status_code == status
    again = Job.objects.filter(state="queued", params={"file": 7}, created_by=people[who])
    assert again.count() == (status == 302)


def test_the_reason_of_a_failure_is_shown_and_a_finished_job_is_not_retried(client, people):
    client.force_login(people["bureau_staff"])
    failed, done = jobs.submit(kind="refused"), jobs.submit(kind="stamp")
    jobs.run(failed.pk)
    jobs.run(done.pk)
    page = client.get(reverse("jobs")).content.decode()
    assert "第 3 行的代码有误" in page
    assert page.count("重试") == 1
    assert client.post(reverse("job_retry", args=[done.pk])).status_code == 403


def test_the_command_runs_whatever_waits(capsys):
    jobs.submit(kind="stamp")
    jobs.submit(kind="poison")
    call_command("run_jobs")
    assert sorted(Job.objects.values_list("kind", "state")) == [
        ("poison", "failed"),
        ("stamp", "done"),
    ]
    assert "失败" in capsys.readouterr().out
