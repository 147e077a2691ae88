import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from celery import Celery
from django.db import IntegrityError, connection, transaction

from enterprises import tasks
from enterprises.jobs import queue as jobs
from enterprises.jobs import sweep
from enterprises.models import Job
from parks.models import User
from tests.enterprises.job_handlers import HANDLERS, LATE, lapse, stamps

SHANGHAI = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_handlers(settings):
    settings.JOB_HANDLERS = HANDLERS
    settings.JOB_FOLLOW_UPS = {}
    settings.JOB_NIGHTLY = {}


@pytest.fixture(autouse=True)
def broker(monkeypatch):
    """A real broker in memory; what it was told is read with `bells`."""
    app = Celery(broker="memory://", set_as_current=False)
    monkeypatch.setattr(jobs, "current_app", app)
    yield app
    with app.connection_for_read() as link:
        link.default_channel.queue_purge("celery")


def bells(app: Celery) -> list[int]:
    heard = []
    with app.connection_for_read() as link, link.SimpleQueue("celery") as queue:
        while True:
            try:
                message = queue.get_nowait()
            except queue.Empty:
                return heard
            message.ack()
            heard.append(message.payload[0][0])


def state_of(job: Job) -> tuple[str, int]:
    job.refresh_from_db()
    return job.state, job.attempts


def test_a_job_runs_once_and_shows_its_result():
    job = jobs.submit(kind="stamp")
    tasks.run_job(job.pk)
    assert state_of(job) == ("done", 1)
    assert (job.phase, job.progress_done, job.progress_total) == ("盖章", 1, 4)
    assert job.result["stamp"]
    assert stamps() == 1
    assert job.owner is None
    assert job.started_at <= job.finished_at


def test_five_deliveries_of_one_message_have_one_effect():
    job = jobs.submit(kind="stamp")
    for _ in range(5):
        tasks.run_job(job.pk)
    assert (stamps(), state_of(job)) == (1, ("done", 1))


def test_a_live_lease_keeps_others_out_and_a_lapsed_one_lets_them_in():
    job = jobs.submit(kind="dropped")
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert state_of(job) == ("running", 1)
    lapse(job.pk)
    jobs.run(job.pk)
    assert state_of(job) == ("running", 2)


@pytest.mark.parametrize("kind", ["frozen", "frozen_beat"])
def test_who_lost_the_lease_writes_nothing(kind):
    job = jobs.submit(kind=kind)
    jobs.run(job.pk)
    assert (stamps(), state_of(job), LATE) == (1, ("done", 2), [])


def test_user_error_fails_at_once_with_its_sentence_and_nothing_written():
    job = jobs.submit(kind="refused")
    jobs.run(job.pk)
    assert state_of(job) == ("failed", 1)
    assert job.error == "第 3 行的代码有误，请更正后重新上传。"
    assert stamps() == 0


def test_who_was_overtaken_prepares_again_after_everything_went_back_and_writes_once():
    job = jobs.submit(kind="overtaken")
    jobs.run(job.pk)
    assert (stamps(), state_of(job)) == (1, ("done", 1))
    assert Job.objects.get(pk=job.pk).result == {"left": [0, 0]}


@pytest.mark.parametrize("kind", ["broken", "poison"])
def test_a_program_error_is_tried_three_times_and_never_half_written(kind):
    job = jobs.submit(kind=kind)
    seen = []
    for _ in range(4):
        jobs.run(job.pk)
        seen.append(state_of(job))
    assert seen == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert "已尝试 3 次" in job.error
    assert "Error" not in job.error
    assert stamps() == 0


def test_a_job_that_kills_its_worker_is_given_up_after_three_attempts():
    job = jobs.submit(kind="dropped")
    for _ in range(3):
        jobs.run(job.pk)
        lapse(job.pk)
    jobs.run(job.pk)
    assert state_of(job) == ("running", 3)
    assert sweep()["failed"] == 1
    assert state_of(job) == ("failed", 3)
    assert "多次中断" in job.error


def test_follow_ups_come_with_the_effect_or_not_at_all(settings):
    settings.JOB_FOLLOW_UPS = {"stamp": ["follow"], "broken": ["follow"]}
    jobs.run(jobs.submit(kind="broken").pk)
    assert not Job.objects.filter(kind="follow").exists()
    starter = User.objects.create(username="zhang", role="bureau_staff")
    jobs.run(jobs.submit(kind="stamp", by=starter).pk)
    assert Job.objects.get(kind="follow").created_by == starter


def test_a_waiting_job_that_was_tried_before_is_not_used_again():
    tried = jobs.submit(kind="stamp")
    Job.objects.filter(pk=tried.pk).update(attempts=2)
    assert jobs.submit(kind="stamp") != tried


def test_an_equal_waiting_job_is_used_again_but_not_a_running_one():
    first = jobs.submit(kind="dropped", params={"a": 1})
    assert jobs.submit(kind="dropped", params={"a": 1}) == first
    assert jobs.submit(kind="dropped", params={"a": 2}) != first
    jobs.run(first.pk)
    assert jobs.submit(kind="dropped", params={"a": 1}) != first


def test_unknown_kind_is_refused_at_the_door():
    with pytest.raises(ValueError, match="mystery"):
        jobs.submit(kind="mystery")


def test_the_bell_rings_after_the_commit_only(broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.submit(kind="stamp")
        assert bells(broker) == []
    assert bells(broker) == [job.pk]
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        jobs.submit(kind="follow")
        transaction.set_rollback(True)
    assert bells(broker) == []
    assert not Job.objects.filter(kind="follow").exists()


def test_broker_down_saves_the_job_and_the_sweeper_rings_when_it_is_back(
    broker, monkeypatch, settings, django_capture_on_commit_callbacks
):
    closed = Celery(set_as_current=False)
    closed.config_from_object("django.conf:settings", namespace="CELERY")
    closed.conf.update(broker_url="redis://127.0.0.1:1", broker_transport_options={})
    monkeypatch.setattr(jobs, "current_app", closed)
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.submit(kind="stamp")
    assert state_of(job) == ("queued", 0)
    monkeypatch.setattr(jobs, "current_app", broker)
    settings.JOB_SWEEP_SECONDS = -1
    assert sweep()["rung"] == 1
    assert bells(broker) == [job.pk]


def test_the_sweeper_rings_for_lost_bells_and_dead_workers_but_not_again_at_once(broker, settings):
    waiting, orphan = jobs.submit(kind="stamp"), jobs.submit(kind="dropped")
    jobs.run(orphan.pk)
    lapse(orphan.pk)
    assert sweep() == {"failed": 0, "submitted": 0, "rung": 2}
    assert bells(broker) == [waiting.pk, orphan.pk]
    assert sweep()["rung"] == 0


def test_each_night_runs_once_and_a_missed_one_is_made_up(settings):
    settings.JOB_NIGHTLY = {"stamp": "02:00"}

    def at(day: int, hour: int, minute: int) -> int:
        return sweep(now=datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI))["submitted"]

    assert at(23, 1, 59) == 1
    assert [at(23, 2, 0), at(23, 2, 0), at(23, 23, 0), at(24, 1, 0)] == [1, 0, 0, 0]
    assert [at(27, 9, 30), at(27, 9, 31)] == [1, 0]
    assert set(Job.objects.values_list("slot", flat=True)) == {
        "stamp:2026-11-22",
        "stamp:2026-11-23",
        "stamp:2026-11-27",
    }


def test_a_slot_has_one_job_for_ever():
    job = jobs.submit(kind="stamp", slot="stamp:2026-11-23")
    jobs.run(job.pk)
    assert jobs.submit(kind="stamp", slot="stamp:2026-11-23") == job
    jobs.run(job.pk)
    assert stamps() == 1


def test_inline_brings_a_job_to_its_end_after_errors():
    done, failed = (
        jobs.run_inline(jobs.submit(kind="slow")),
        jobs.run_inline(jobs.submit(kind="poison")),
    )
    assert (done.state, failed.state, failed.attempts) == ("done", "failed", 3)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "running", "attempts": 1}, "job_running_has_owner"),
        ({"owner": "x"}, "job_running_has_owner"),
        ({"state": "done"}, "job_finished_has_time"),
        (
            {"state": "failed", "finished_at": datetime(2026, 1, 1, tzinfo=SHANGHAI)},
            "job_failed_has_reason",
        ),
        ({"error": "x"}, "job_failed_has_reason"),
        ({"attempts": 11}, "job_attempts_bounded"),
        ({"state": "sleeping"}, "job_state_known|job_finished_has_time"),
    ],
)
def test_the_database_refuses_impossible_jobs(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Job.objects.create(kind="stamp", **values)


def at_once(number: int, work) -> list:
    """The results of the same work done by several threads that start together."""
    start, results = threading.Barrier(number), []

    def body() -> None:
        try:
            start.wait()
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=body) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == number
    return results


def test_eight_workers_claiming_one_job_have_one_effect(transactional_db):
    for _ in range(20):
        job = Job.objects.create(kind="stamp")
        at_once(8, lambda pk=job.pk: jobs.run(pk))
        assert state_of(job) == ("done", 1)
    assert stamps() == 20


def test_eight_schedulers_filling_one_slot_make_one_job(transactional_db):
    for night in range(20):
        made = at_once(8, lambda night=night: jobs.submit(kind="stamp", slot=f"stamp:{night}").pk)
        assert len(set(made)) == 1
    assert Job.objects.count() == 20


def test_a_reused_waiting_job_cannot_start_before_the_changes_it_must_see(transactional_db):
    job = Job.objects.create(kind="stamp")
    worker = threading.Thread(target=lambda: (jobs.run(job.pk), connection.close()))
    with transaction.atomic():
        assert jobs.submit(kind="stamp") == job
        worker.start()
        worker.join(timeout=0.5)
        assert state_of(job) == ("queued", 0)
    worker.join()
    assert state_of(job) == ("done", 1)
