"""Rosters while the worker is killed, the broker is away, the database crashes, the disk is full."""

import json
import os
import random
import time

import psycopg2
import pytest

from tests import services
from tests.effort import rounds
from tests.platform.test_job_faults import seed  # noqa: F401
from tests.platform.test_job_services_down import HELD_UP, crash, open_folder

pytestmark = pytest.mark.fault
ROWS = rounds(400, 1200)
CORRECTIONS = rounds(1, 2)
DISK_FULL = """
import resource, signal
from enterprises.loading.storage import StorageError
from tests.platform.roster_scene import *
content = made(300, 40)
Quarter.objects.get()  # opens the database, whose own files the limit is not about
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    print("kept", send(content))
except StorageError as error:
    print(error)
"""


@pytest.fixture
def rosters(portal):
    """Runs one expression over tests.platform.roster_scene in the portal's Django and gives its value."""

    def evaluate(expression: str):
        code = f"import json; from tests.platform.roster_scene import *; print('='+json.dumps({expression}))"
        return json.loads(portal.shell(code).rpartition("=")[2])

    return evaluate


def worker_of(portal) -> int:
    portal.wait_for(lambda: "worker" in portal.children())
    return portal.children()["worker"]


def is_ready(rosters, pk: int) -> None:
    told = rosters(f"story({pk})")
    assert (told["state"], told["rows"], told["firms"]) == ("ready", ROWS, ROWS), told


def is_applied_once(rosters, pk: int, before: int) -> int:
    told = rosters(f"story({pk})")
    assert (told["state"], told["job"], told["registered"]) == ("applied", "done", ROWS), told
    assert told["told"] == told["entries"] == told["all"] - before > 0, told
    return told["all"]


def test_worker_killed_in_checks_and_in_writing_neither_loses_nor_doubles(portal, rosters, seed):  # noqa: F811
    chance = random.Random(seed)
    portal.start()
    rosters("prepare()")
    entries, check, write, met = 0, 3.0, 3.0, []
    for staff in range(40, 41 + CORRECTIONS):
        delay = chance.uniform(0, check)
        pk, *state = rosters(f"upload_and_kill({ROWS}, {staff}, {worker_of(portal)}, {delay})")
        met.append(state)
        assert "failed" not in rosters("drain()")
        is_ready(rosters, pk)
        check = rosters(f"seconds_of({pk})")
        delay = chance.uniform(0, write)
        met.append(rosters(f"approve_and_kill({pk}, {worker_of(portal)}, {delay})"))
        assert "failed" not in rosters("drain()")
        entries = is_applied_once(rosters, pk, entries)
        write = rosters(f"seconds_of({pk})")
    print(met)
    assert any(state == "running" for state, _ in met)


def test_without_a_broker_an_upload_returns_at_once_and_is_checked_later(portal, rosters):
    portal.manage("portal", "--setup")
    rosters("prepare()")
    with open_folder() as folder, services.redis(folder) as url:
        portal.environment["REDIS_URL"] = "redis://127.0.0.1:1"
        pk, seconds = rosters("upload_and_time(20, 40)")
        assert seconds < HELD_UP
        assert rosters(f"story({pk})")["job"] == "queued"
        portal.environment["REDIS_URL"] = url
        portal.start()
        rosters("drain()")
        assert rosters(f"story({pk})")["state"] == "ready"
        portal.stop()


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="crashes a PostgreSQL server")
def test_postgres_crashing_while_a_roster_is_written_applies_it_once(portal, rosters, seed):  # noqa: F811
    chance = random.Random(seed)
    with open_folder() as folder, services.postgres(folder) as url:
        with psycopg2.connect(url) as connection:
            connection.cursor().execute("ALTER ROLE portal SET synchronous_commit = on")
        portal.environment["DATABASE_URL"] = url
        portal.start()
        rosters("prepare()")
        pk = rosters(f"upload({ROWS}, 40)")
        assert set(rosters("drain()")) == {"done"}
        rosters(f"approve({pk})")
        time.sleep(chance.uniform(0, 2))
        crash(url)
        portal.wait_for(portal.answers)
        assert "failed" not in rosters("drain()")
        is_applied_once(rosters, pk, 0)
        portal.stop()


def test_a_full_disk_refuses_the_upload_and_leaves_nothing_half(portal, rosters):
    portal.manage("portal", "--setup")
    rosters("prepare()")
    assert "磁盘空间不足" in portal.shell(DISK_FULL)
    assert rosters("RosterVersion.objects.count()") == 0
    assert not [path for path in portal.home.rglob("*") if path.name.startswith(".part-")]
    pk = rosters("upload(300, 40)")
    assert rosters(f"story({pk})")["state"] == "checking"
