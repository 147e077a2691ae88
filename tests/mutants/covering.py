"""Which lines of the mutated files each test runs, and how long it takes: one run of all tests."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.mutants.drawing import Mutant

ROOM_DEPTH = 2
"""targets/figures/spans.py belongs to the room whose tests lie in tests/targets/figures."""


@dataclass
class TestRun:
    """What one test did without a mutant. `seconds` of processor time; `lines`: (file, number)."""

    __test__ = False

    item: pytest.Item
    seconds: float = 0.0
    lines: set[tuple[str, int]] = field(default_factory=set)

    @property
    def room(self) -> str:
        return self.item.nodeid.removeprefix("tests/").rpartition("/")[0]

    @property
    def is_property(self) -> bool:
        return hasattr(getattr(self.item, "obj", None), "hypothesis")


@contextmanager
def noting_lines(run: TestRun, files: set[str]) -> Iterator[None]:
    """Meanwhile every line of the files that is run goes into the run, in whatever thread."""
    lines = run.lines

    def in_function(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return in_function

    def at_call(frame: FrameType, event: str, argument: object) -> Any:
        return in_function if frame.f_code.co_filename in files else None

    begin = time.process_time()
    threading.settrace(at_call)
    sys.settrace(at_call)
    try:
        yield
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        run.seconds = time.process_time() - begin


def tests_for(mutant: Mutant, root: Path, runs: list[TestRun]) -> list[TestRun]:
    """The tests that come by the change: those of its own room first, then the quickest."""
    path = str(root / mutant.path)
    room = "/".join(mutant.path.split("/")[:ROOM_DEPTH])
    wanted = {(path, line) for line in mutant.lines}
    return sorted(
        (run for run in runs if not wanted.isdisjoint(run.lines)),
        key=lambda run: (run.room != room, run.is_property, run.seconds),
    )
