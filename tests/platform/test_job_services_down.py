import contextlib
import os
import signal
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from tests import services
from tests.platform.test_job_faults import scene  # noqa: F401

pytestmark = pytest.mark.fault
HELD_UP = 20
"""Seconds a caller may at most be held up by a broker: settings give it two, a busy machine takes its share."""


@contextlib.contextmanager
def open_folder():
    """A folder that PostgreSQL, which does not run as root, can enter."""
    with tempfile.TemporaryDirectory(prefix="portal-fault-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def submit_and_time(scene) -> float:  # noqa: F811
    """Seconds the caller was held up; the job is saved in any case."""
    begun, number, ended = scene(
        "[time.monotonic(), jobs.submit(kind='stamp').pk, time.monotonic()]"
    )
    assert scene(f"Job.objects.get(pk={number}).state") == "queued"
    return ended - begun


def test_without_a_broker_jobs_are_saved_and_run_after_its_return(portal, scene):  # noqa: F811
    portal.manage("portal", "--setup")
    with open_folder() as folder, services.redis(folder) as url:
        portal.environment["REDIS_URL"] = "redis://127.0.0.1:1"
        assert submit_and_time(scene) < HELD_UP
        portal.environment["REDIS_URL"] = url
        server = redis.Redis.from_url(url).info()["process_id"]
        os.kill(server, signal.SIGSTOP)
        held_up = submit_and_time(scene)
        os.kill(server, signal.SIGCONT)
        print(f"a frozen Redis held the caller up for {held_up:.1f} s")
        assert held_up < HELD_UP
        portal.start()
        assert scene("drain()") == {"done": 1}
        portal.stop()


def test_redis_that_loses_all_messages_loses_no_job(portal, scene):  # noqa: F811
    portal.manage("portal", "--setup")
    with open_folder() as folder, services.redis(folder) as url:
        portal.environment["REDIS_URL"] = url
        portal.start()
        scene("submit_storm('slow', 12, 3)")
        redis.Redis.from_url(url).flushall()
        assert scene("drain()") == {"done": 12}
        assert scene("stamps()") == 12
        portal.stop()


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="crashes a PostgreSQL server")
def test_postgres_crashing_three_times_under_load_loses_and_doubles_nothing(portal, scene):  # noqa: F811
    with open_folder() as folder, services.postgres(folder) as url:
        with psycopg2.connect(url) as connection:
            connection.cursor().execute(
                "ALTER ROLE portal SET synchronous_commit = on"
            )  # as an office would run it
        portal.environment["DATABASE_URL"] = url
        portal.start()
        scene("submit_storm('slow', 20, 4)")
        for _ in range(3):
            crash(url)
            time.sleep(2)
        portal.wait_for(portal.answers)
        ended = scene("drain()")
        assert sum(ended.values()) == 20
        assert scene("stamps()") == ended["done"] >= 18
        assert scene("Job.objects.filter(state='failed', error='').count()") == 0
        portal.stop()


def crash(url: str) -> None:
    """A server process killed -9 makes PostgreSQL throw everyone out and recover from its log."""
    connection = psycopg2.connect(url)
    os.kill(connection.info.backend_pid, signal.SIGKILL)
    time.sleep(0.3)
    with contextlib.suppress(psycopg2.Error):
        connection.close()
