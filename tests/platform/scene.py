"""What the fault tests do and measure inside the portal's Django, in processes of their own."""

import datetime as dt
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

from enterprises import jobs, registry
from enterprises.loading import storage
from enterprises.models import Enterprise, Job, LedgerEntry, Placement, Qualification
from enterprises.registry.acts import Act, Grant, Place, Register
from enterprises.uscc import check_character
from parks.models import Unit
from targets.figures import spans
from targets.models import MonthlySeries, Span


def firms(number: int) -> list[Act]:
    """The same firms each time: registered, placed, with a certificate."""
    towns = list(Unit.objects.towns().values_list("code", flat=True))
    acts: list[Act] = []
    for index in range(number):
        body = f"91500116MA{index:07d}"
        uscc = body + check_character(body)
        day = dt.date(2019, 1, 1) + dt.timedelta(days=index % 2500)
        until = day + dt.timedelta(days=1095)
        acts += [
            Register(uscc=uscc, name=f"试验企业{index}", registered_on=day),
            Place(uscc=uscc, town=towns[index % len(towns)], since=day),
            Grant(uscc=uscc, kind="hnte", number=f"GR{index}", valid_from=day, valid_until=until),
        ]
    return acts


def enter_firms(context: jobs.JobContext) -> jobs.Commit:
    """A load in miniature: slow to prepare, one write at the end."""
    number = context.params["number"]
    for done in range(4):
        context.beat("准备", done=done, total=4)
        time.sleep(0.2)
    acts = firms(number)
    return lambda: {"new": registry.apply(acts, by=None).new}


def keep_files(folder: str) -> list[int]:
    """Stores every workbook of the folder; the ids a load job asks for."""
    files = sorted(Path(folder).glob("*.xlsx"))
    return [storage.keep(storage.blocks_of(file), file.name, by=None).pk for file in files]


def killer(context: jobs.JobContext) -> jobs.Commit:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def kill_in_the_middle(
    kind: str, params: dict[str, Any], victim: int, delay: float, phase: str
) -> None:
    """Submits a job, waits until it runs and its phase begins with these words, waits `delay` seconds more, and kills
    -9 the victim. Prints the state the job was in."""
    job = jobs.submit(kind=kind, params=params)
    while True:
        job.refresh_from_db()
        begun = job.state == "running" and job.phase.startswith(phase)
        if begun or job.finished_at:
            break
        time.sleep(0.01)
    time.sleep(delay)
    state = Job.objects.get(pk=job.pk).state
    os.kill(victim, signal.SIGKILL)
    print(state)


def submit_storm(kind: str, number: int, seed: int) -> None:
    """Jobs whose bells are lost, rung once or rung three times."""
    chance = random.Random(seed)
    for index in range(number):
        job = Job.objects.create(kind=kind, params={"number": index, "seconds": 0.3})
        for _ in range(chance.choice([0, 1, 1, 3])):
            jobs.ring(job.pk)


def race(first: int, number: int, start: float) -> None:
    """Tries every job of the range; several processes call this with the same start (seconds of the wall clock)."""
    time.sleep(max(0.0, start - time.time()))
    for job_id in range(first, first + number):
        jobs.run(job_id)


def load(sources: list[int]) -> dict[str, Any]:
    """What came of one more load of these files."""
    job = jobs.run_inline(jobs.submit(kind="load", params={"sources": sources}))
    assert job.state == "done", job.error
    return job.result or {}


def drain(seconds: float = 180) -> dict[str, int]:
    """Waits until every job has ended; how many ended how."""
    deadline = time.monotonic() + seconds
    while Job.objects.unfinished().exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    states = list(Job.objects.values_list("state", flat=True))
    return {state: states.count(state) for state in sorted(set(states))}


def stamps() -> int:
    return Unit.objects.filter(short_name="戳").count()


def facts() -> dict[str, int]:
    return {
        model.__name__: model.objects.count()
        for model in (Enterprise, Placement, Qualification, LedgerEntry)
    }


def derived() -> list[Any]:
    """All that counting keeps, without keys and times."""
    kept = Span._meta.get_fields()
    names = [field.attname for field in kept if field.concrete and not field.primary_key]
    series = MonthlySeries.objects.values_list(
        "definition", "scope", "indicator", "first_month", "values"
    )
    return [sorted(map(str, Span.objects.values_list(*names))), sorted(map(str, series))]


def figures_are_right() -> bool:
    """What the disturbed jobs left equals what an undisturbed rebuild makes of the same facts."""
    found = derived()
    spans.rebuild()
    job = jobs.run_inline(Job.objects.create(kind="recompute", params={"rebuild": True}))
    return job.state == "done" and derived() == found and bool(found[0]) and bool(found[1])
