import json
import os
import random
import subprocess
import sys
import time

import pytest

from tests.effort import drawn, rounds
from tests.portal_process import PATIENCE, command_line
from tests.services import BASE_DIR

pytestmark = pytest.mark.fault
FIRMS = rounds(300, 600)
STORM_JOBS = rounds(15, 30)
STORM_KILLS = rounds(3, 6)


@pytest.fixture
def seed() -> int:
    """FAULT_SEED repeats a run; pytest shows the seed of a failed one."""
    seed = int(os.environ.get("FAULT_SEED", random.randrange(10**6)))
    print(f"FAULT_SEED={seed}")
    return seed


@pytest.fixture
def scene(portal):
    """Runs one expression over tests.platform.scene in the portal's Django and gives its value."""
    portal.environment["DJANGO_SETTINGS_MODULE"] = "tests.platform.fault_settings"

    def evaluate(expression: str):
        code = (
            f"import json; from tests.platform.scene import *; print('='+json.dumps({expression}))"
        )
        return json.loads(portal.shell(code).rpartition("=")[2])

    return evaluate


def kill_during(
    portal, kind: str, params: dict, victim: str, delay: float = 0, phase: str = ""
) -> str:
    """The state the job was in when the victim died; a dead supervisor is started again.

    It dies `delay` seconds after the job has entered the phase, or has begun at all.
    """
    if victim != "supervisor":
        portal.wait_for(
            lambda: victim in portal.children()
        )  # it may still be starting after the kill before
    number = portal.supervisor.pid if victim == "supervisor" else portal.children()[victim]
    orphans = list(portal.children().values())
    code = "from tests.platform.scene import *; "
    call = f"kill_in_the_middle({kind!r}, {params!r}, {number}, {delay}, {phase!r})"
    state = portal.shell(code + call)
    if victim == "supervisor":
        portal.supervisor.wait(PATIENCE)
        portal.wait_for(lambda: not any(map(command_line, orphans)))
        portal.start()
    return state


def catch_running(
    portal, scene, victim: str, chance: random.Random, kind: str, params: dict
) -> list[str]:
    """Kills until one kill met a running job; every job must end all the same."""
    caught: list[str] = []
    while "running" not in caught:
        assert len(caught) < 5
        caught.append(kill_during(portal, kind, params, victim, chance.uniform(0, 0.4)))
        assert set(scene("drain()")) == {"done"}
    return caught


@pytest.mark.parametrize("victim", drawn(1, ["worker", "web", "supervisor"]))
def test_kill_in_the_middle_of_a_load_and_of_a_recompute(portal, scene, seed, victim):
    chance = random.Random(seed)
    portal.start()
    print(catch_running(portal, scene, victim, chance, "enter_firms", {"number": FIRMS}))
    assert scene("facts()") == {
        "Enterprise": FIRMS, "Placement": FIRMS, "Qualification": FIRMS, "LedgerEntry": 3 * FIRMS,
    }  # fmt: skip
    print(catch_running(portal, scene, victim, chance, "recompute", {"rebuild": True}))
    assert scene("figures_are_right()")


@pytest.mark.parametrize("victim", drawn(1, ["worker", "supervisor"]))
def test_kill_while_the_district_registers_are_loaded(portal, scene, samples, seed, victim):
    portal.start()
    params = {"sources": scene(f"keep_files({str(samples / 'district')!r})")}
    delay = random.Random(seed).uniform(0, 0.5)  # reading both lists takes seconds
    state = kill_during(portal, "load", params, victim, delay, phase="读取")
    assert state == "running"
    assert scene("drain()") == {"done": 2}
    told = scene("Job.objects.get(kind='load').result")
    found = scene("facts()")
    assert told["applied"]
    assert (told["new"], told["entries"]) == (found["Enterprise"], found["LedgerEntry"])
    assert scene("figures_are_right()")
    again = scene(f"load({params['sources']!r})")
    assert again["entries"] == 0
    assert scene("facts()") == found


def test_storm_of_kills_loses_and_doubles_nothing(portal, scene, seed):
    chance = random.Random(seed)
    portal.start()
    scene(f"submit_storm('slow', {STORM_JOBS}, {seed})")
    victims = ["worker", "worker", "worker", "web", "beat", "supervisor"]
    for victim in chance.sample(victims, STORM_KILLS):
        portal.wait_for(lambda victim=victim: victim == "supervisor" or victim in portal.children())
        portal.kill(victim)
        if victim == "supervisor":
            portal.start()
        time.sleep(chance.uniform(0.2, 2))
    ended = scene("drain()")
    assert sum(ended.values()) == STORM_JOBS
    assert set(ended) <= {"done", "failed"}
    assert scene("stamps()") == ended["done"] >= STORM_JOBS - STORM_KILLS // 2
    assert scene("Job.objects.filter(state='failed', error='').count()") == 0


def test_job_that_kills_its_worker_fails_with_a_reason_and_the_others_go_on(portal, scene):
    portal.start()
    scene("jobs.submit(kind='killer').pk")
    scene("submit_storm('slow', 5, 1)")
    assert scene("drain()") == {"done": 5, "failed": 1}
    assert scene("list(Job.objects.filter(kind='killer').values_list('attempts', flat=True))") == [
        3
    ]
    assert "多次中断" in scene("Job.objects.get(kind='killer').error")


def test_four_processes_racing_for_the_same_jobs_do_each_once(portal, scene):
    portal.manage("portal", "--setup")
    first = scene("[Job.objects.create(kind='stamp').pk for _ in range(20)][0]")
    code = f"from tests.platform.scene import *; race({first}, 20, {time.time() + 5})"
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    racers = [subprocess.Popen(command, cwd=BASE_DIR, env=portal.environment) for _ in range(4)]
    assert [racer.wait(PATIENCE) for racer in racers] == [0, 0, 0, 0]
    assert scene("drain()") == {"done": 20}
    assert scene("stamps()") == 20
