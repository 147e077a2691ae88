import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jiangjin_portal.running.supervisor import STOP_SECONDS
from tests.portal_process import MARKS, PATIENCE, command_line
from tests.services import BASE_DIR

pytestmark = pytest.mark.fault


@pytest.mark.once
@pytest.mark.parametrize("name", MARKS)
def test_killed_child_is_started_again(portal, name):
    portal.start()
    before = portal.kill(name)
    portal.wait_for(lambda: portal.children().get(name, before) != before)
    portal.wait_for(portal.answers)
    assert set(portal.children()) == set(MARKS)
    # Neither a thread nor a connection survives a fork; and a child keeps no lock of a dead parent.
    assert len(os.listdir(f"/proc/{portal.supervisor.pid}/task")) == 1
    held = " ".join(open_files(portal.supervisor.pid))
    assert "portal.lock" in held
    assert "sqlite3" not in held
    assert "socket" not in held
    assert not any("portal.lock" in " ".join(open_files(at)) for at in portal.children().values())


def open_files(number: int) -> list[str]:
    found = []
    for entry in Path(f"/proc/{number}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # open for a moment only
            found.append(os.readlink(entry))
    return found


@pytest.mark.once
def test_killed_supervisor_leaves_no_process_and_starts_again(portal):
    portal.start()
    children = portal.children().values()
    portal.kill("supervisor")
    portal.wait_for(lambda: not any(map(command_line, children)))
    portal.start()
    assert not set(portal.children().values()) & set(children)


@pytest.mark.once
def test_second_instance_is_refused_and_the_first_goes_on(portal):
    portal.start()
    command = [sys.executable, "manage.py", "portal"]
    second = subprocess.run(
        command,
        cwd=BASE_DIR,
        env=portal.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert "Traceback" not in second.stderr
    assert portal.answers()


@pytest.mark.once
def test_terminate_stops_everything_within_ten_seconds(portal):
    portal.start()
    children = portal.children().values()
    portal.stop()
    assert STOP_SECONDS <= 8  # after that the supervisor kills; Docker gives ten
    assert not any(map(command_line, children))
    assert portal.supervisor.returncode == 0


def test_worker_that_hangs_is_started_again(portal):
    portal.start(WORKER_PATIENCE_SECONDS="6")
    hanging = portal.children()["worker"]
    os.kill(hanging, signal.SIGSTOP)
    portal.shell("from enterprises.models import Job; Job.objects.create(kind='unknown')")
    portal.wait_for(lambda: portal.children().get("worker", hanging) != hanging)
    state = "from enterprises.models import Job; print(Job.objects.get(kind='unknown').state)"
    portal.wait_for(lambda: portal.shell(state) == "failed")


def test_worker_runs_what_the_scheduler_asks_for(empty_portal):
    portal = empty_portal
    portal.start()
    queued = "from enterprises.models import Job; print(Job.objects.create(kind='unknown').pk)"
    number = portal.shell(queued)
    state = f"from enterprises.models import Job; print(Job.objects.get(pk={number}).state)"
    portal.wait_for(lambda: portal.shell(state) == "failed")
