"""Fair turns: a unit at a time, trials last, and the place in the queue told truly."""

import pytest
from celery import Celery
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import jobs, tasks
from enterprises.jobs import queue, turns
from enterprises.models import Job
from parks.models import Unit, User
from tests import clerk
from tests.effort import examples
from tests.enterprises.workbooks import firm, roster

pytestmark = pytest.mark.django_db
DONE: list[int] = []


def note(context: jobs.JobContext) -> jobs.Result:
    DONE.append(context.job_id)
    return {}


@pytest.fixture(autouse=True)
def noted(settings, monkeypatch) -> None:
    settings.JOB_HANDLERS = {kind: f"{__name__}.note" for kind in ("real", "trial")}
    settings.JOB_FOLLOW_UPS = {}
    settings.JOB_TRIALS = ["trial"]
    monkeypatch.setattr(queue, "current_app", Celery(broker="memory://", set_as_current=False))
    DONE.clear()


def asked(by: User | None, *kinds: str) -> list[int]:
    return [Job.objects.create(kind=kind, created_by=by).pk for kind in kinds]


def all_bells(pks: list[int]) -> list[int]:
    """What is done, one after another, when every job's bell has rung in the order of the sending."""
    for pk in pks:
        tasks.run_job(pk)
    return list(DONE)


def test_a_unit_that_sends_many_lets_another_one_in_between(people):
    many = asked(people["德感"], *["real"] * 4)
    one = asked(people["街道"], "real")
    assert all_bells(many + one) == [many[0], one[0], *many[1:]]


def test_what_is_meant_comes_before_what_is_only_tried(people):
    trials = asked(people["德感"], "trial", "trial")
    meant = asked(people["街道"], "real", "real")
    assert all_bells(trials + meant) == [*meant, *trials]


def test_two_people_of_a_unit_have_one_turn(people):
    colleague = User.objects.create_user("同事", role="unit_staff", unit=people["德感"].unit)
    first, second = asked(people["德感"], "real"), asked(colleague, "real")
    other = asked(people["街道"], "real")
    assert all_bells([*first, *second, *other]) == [*first, *other, *second]


def test_a_job_without_a_turn_of_its_own_is_done_too(people):
    nobody = asked(None, "real")
    assert all_bells(nobody) == nobody
    tasks.run_job(nobody[0])  # rung twice
    assert nobody == DONE


SENT = st.lists(
    st.tuples(st.sampled_from(["德感", "街道", "小石"]), st.sampled_from(["real", "trial"])),
    max_size=12,
)


# Committed: within one transaction PostgreSQL's clock stands still.
@pytest.mark.django_db(transaction=True)
@settings(
    deadline=None,
    max_examples=examples(80),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(SENT)
def test_all_are_done_once_and_in_the_order_that_was_told(people, sent):
    Job.objects.all().delete()
    DONE.clear()
    pks = [pk for name, kind in sent for pk in asked(people[name], kind)]
    told = turns.in_turn()
    places = {pk: turns.place_of(Job.objects.get(pk=pk)) for pk in pks}
    assert sorted(told) == sorted(pks)
    assert all_bells(pks) == told
    assert {pk: told.index(pk) + 1 for pk in pks} == places
    kinds = dict(Job.objects.values_list("pk", "kind"))
    assert [kinds[pk] for pk in told] == sorted(kinds[pk] for pk in told)


def test_the_order_costs_two_queries(people, django_assert_num_queries):
    asked(people["德感"], *["real"] * 30)
    with django_assert_num_queries(2):
        assert len(turns.in_turn()) == 30


def test_the_page_of_a_waiting_file_says_its_place(client, people, settings):
    settings.JOB_HANDLERS = {"roster_check": f"{__name__}.note"}
    clerk.third_quarter(people["小石"])
    asked(people["街道"], "real")
    client.force_login(people["德感"])
    content = roster(firm(1), unit=Unit.objects.get(code="degan").name)
    sent = client.post(
        "/rosters/2026Q3/degan/", {"roster": SimpleUploadedFile("名册.xlsx", content)}, follow=True
    )
    assert "排队第2位" in sent.content.decode()
