"""Tries mutants inside one pytest session: each in a forked process, on its own copy of SQLite.

The parent has imported everything, holds the database and the fixtures of the session, and has run
every test once. A child swaps one function's code and runs the tests that come by it.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TextIO

import pytest
from _pytest.runner import runtestprotocol
from django.db import connections
from hypothesis import Phase, settings

from tests.mutants.covering import TestRun, noting_lines, tests_for
from tests.mutants.drawing import Mutant
from tests.mutants.swapping import Functions, NoSuchFunction, functions_in_memory, swap

EXAMPLES = 40
"""Histories that a property test tries, always the same ones."""
KILLED, SURVIVED, NOT_MADE = 1, 0, 3
"""What a child says when it ends."""
MEMORY = 2 * 1024**3
"""How much more a mutant may take: an endless loop may also fill a list."""
LEAST_SECONDS, TIMES_AS_LONG = 5.0, 10
"""A test with a mutant may take as many times its usual processor time, and at least so long."""
WAITING_TIMES = 10
"""How much longer it may take by the clock: it may wait for something that never comes."""


class Outcome(StrEnum):
    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    NOT_RUN = "run by no test"
    NOT_MADE = "not made"


@dataclass(frozen=True)
class Trial:
    """What became of a mutant; of how many tests that come by it how many were asked; which failed."""

    mutant: Mutant
    outcome: Outcome
    asked: int
    covering: int
    killer: str = ""

    @property
    def survived(self) -> bool:
        return self.outcome in (Outcome.SURVIVED, Outcome.NOT_RUN)


class MutantSession:
    """A plugin of pytest that takes the place of the loop over the tests."""

    def __init__(
        self, root: Path, mutants: Sequence[Mutant], jobs: int, patience: float, out: TextIO
    ) -> None:
        self.root, self.mutants, self.out = root, mutants, out
        self.jobs, self.patience = jobs, patience
        self.files = {str(root / mutant.path) for mutant in mutants}
        self.trials: list[Trial] = []
        self.failing: list[str] = []
        self._running: dict[int, tuple[Mutant, int, int, Path]] = {}
        self._copies = 0
        self._folder = Path()
        self._database = Path()
        self._functions: Functions = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        runs = self._run_without_mutants(session.items)
        self._prepare()
        self._try_without_change(runs)
        begin = time.monotonic()
        for number, mutant in enumerate(self.mutants, 1):
            while len(self._running) >= self.jobs:
                self._wait()
            self._start(mutant, runs)
            if number % 20 == 0:
                self._say(f"{number} mutants begun after {time.monotonic() - begin:.0f} s")
        while self._running:
            self._wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        return True

    # --- before the first mutant -------------------------------------------------------------------
    def _run_without_mutants(self, items: list[pytest.Item]) -> list[TestRun]:
        runs = []
        begin = time.monotonic()
        for number, item in enumerate(items, 1):
            _make_repeatable(item)
            run = TestRun(item)
            with noting_lines(run, self.files):
                passed = _passes(item, items[number % len(items)])
            if not passed:
                self.failing.append(item.nodeid)
            elif run.lines:
                runs.append(run)
            if number % 100 == 0:
                self._say(
                    f"{number} of {len(items)} tests run after {time.monotonic() - begin:.0f} s"
                )
        self._say(f"{len(runs)} of {len(items)} tests run the files that are changed")
        for name in self.failing:
            self._say(f"left out, fails without a mutant: {name}")
        return runs

    def _prepare(self) -> None:
        connections.close_all()
        self._database = Path(connections["default"].settings_dict["NAME"])
        self._folder = self._database.parent / "mutants"
        self._folder.mkdir(exist_ok=True)
        # What is frozen the collector no longer tells of; tests/conftest.py freezes all that was imported.
        gc.unfreeze()
        self._functions = functions_in_memory(self.files)
        if not self._database.exists():  # no test has asked for it
            self._database.touch()
        gc.collect()
        gc.freeze()

    def _try_without_change(self, runs: list[TestRun]) -> None:
        """The code as it stands must survive in a child, else "killed" would mean nothing."""
        for mutant in {mutant.path: mutant for mutant in self.mutants}.values():
            source = (self.root / mutant.path).read_text(encoding="utf-8")
            self._start(replace(mutant, before="", after="", source=source), runs)
            while self._running:
                self._wait()
        failing = [
            f"{trial.mutant.path}: {trial.outcome} {trial.killer}".strip()
            for trial in self.trials
            if not trial.survived
        ]
        if failing:
            raise pytest.UsageError(f"fails in a child without any change: {failing}")
        self.trials.clear()

    # --- one mutant ---------------------------------------------------------------------------------
    def _start(self, mutant: Mutant, runs: list[TestRun]) -> None:
        covering = tests_for(mutant, self.root, runs)
        asked: list[TestRun] = []
        for run in covering:
            if asked and sum(other.seconds for other in asked) > self.patience:
                break
            asked.append(run)
        if not asked:
            self.trials.append(Trial(mutant, Outcome.NOT_RUN, 0, 0))
            return
        self._copies += 1
        copy = self._folder / f"{self._copies}.sqlite3"
        shutil.copyfile(self._database, copy)
        child = os.fork()
        if not child:
            _be_mutant(mutant, self.root, self._functions, asked, copy)
        self._running[child] = (mutant, len(asked), len(covering), copy)

    def _wait(self) -> None:
        child, status = os.wait()
        if child not in self._running:  # left over by a test
            return
        mutant, asked, covering, copy = self._running.pop(child)
        # Whatever the child may have left behind.
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        note = _note_beside(copy)
        killer = note.read_text(encoding="utf-8") if note.exists() else ""
        for path in self._folder.glob(f"{copy.name}*"):
            path.unlink(missing_ok=True)
        trial = Trial(mutant, _outcome(status), asked, covering, killer)
        self.trials.append(trial)
        if trial.survived and mutant.before:
            self._say(f"survived: {mutant.path}:{mutant.line}: {mutant.before} → {mutant.after}")

    def _say(self, sentence: str) -> None:
        print(sentence, file=self.out, flush=True)


def _outcome(status: int) -> Outcome:
    if os.WIFSIGNALED(status):
        timers = (signal.SIGPROF, signal.SIGALRM)
        return Outcome.TIMED_OUT if os.WTERMSIG(status) in timers else Outcome.KILLED
    by_code = {SURVIVED: Outcome.SURVIVED, NOT_MADE: Outcome.NOT_MADE}
    return by_code.get(os.WEXITSTATUS(status), Outcome.KILLED)


def _note_beside(database: Path) -> Path:
    """Where a child says which test has failed."""
    return database.with_name(f"{database.name}.failed")


# --- in the child ---------------------------------------------------------------------------------
def _be_mutant(
    mutant: Mutant, root: Path, functions: Functions, runs: Sequence[TestRun], database: Path
) -> NoReturn:
    code = KILLED
    try:
        os.setsid()
        _be_quiet_and_modest()
        connections["default"].settings_dict["NAME"] = str(database)
        swap(mutant, root, functions)
        code = SURVIVED
        for run, following in zip(runs, [*runs[1:], None], strict=True):
            seconds = LEAST_SECONDS + TIMES_AS_LONG * run.seconds
            signal.setitimer(signal.ITIMER_PROF, seconds)
            signal.setitimer(signal.ITIMER_REAL, WAITING_TIMES * seconds)
            # The last one's fixtures need no end: the child ends.
            if not _passes(run.item, following.item if following else run.item):
                _note_beside(database).write_text(run.item.nodeid, encoding="utf-8")
                code = KILLED
                break
    except NoSuchFunction:
        code = NOT_MADE
    except BaseException:
        code = KILLED
    finally:
        os._exit(code)


def _be_quiet_and_modest() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    for timer in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(timer, signal.SIG_DFL)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def _passes(item: pytest.Item, following: pytest.Item) -> bool:
    # A following test keeps the fixtures of the session alive. It must not be the test itself:
    # then nothing at all would be taken down, and the test after it could not be set up.
    reports = runtestprotocol(item, log=False, nextitem=following)
    sys.last_value = None
    return not any(report.failed for report in reports)


def _make_repeatable(item: pytest.Item) -> None:
    """A property test tries the same few histories each time, and stops at the first that fails."""
    test = getattr(item, "obj", None)
    if test is None or not hasattr(test, "hypothesis"):
        return
    test = getattr(test, "__func__", test)
    before = test._hypothesis_internal_use_settings
    test._hypothesis_internal_use_settings = settings(
        before,
        max_examples=min(before.max_examples, EXAMPLES),
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        report_multiple_bugs=False,
    )
