"""Making the annotated copy in a child process with limits: a workbook in memory may be very large."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from django.conf import settings

from enterprises.rosters.definition.problems import Problem
from enterprises.rosters.reading.safety import MEGABYTE
from enterprises.rosters.writing.marking_process import NO_COPY, MarkingOrder
from enterprises.sandbox.parent import ChildRun, run_child

# Named to the child, so a move of the module must be followed here.
CHILD = "enterprises.rosters.writing.marking_process"
MOST_CPU_SECONDS = 110
"""20,000 rows with 2,000 problems take under 30, nearly all of it in openpyxl."""
MOST_SCRATCH_BYTES = 256 * MEGABYTE
"""openpyxl writes each sheet to a temporary file first."""

log = logging.getLogger(__name__)


def annotated_copy(
    path: Path,
    filename: str,
    problems: Sequence[Problem],
    mapping: Mapping[str, str],
    alive: Callable[[], None] = lambda: None,
) -> bytes | None:
    """The user's file with every problem marked, as .xlsx; None where that cannot be made.

    `alive` is called about every second. What it raises passes through, and the child is killed.
    """
    order = MarkingOrder(
        path=path.resolve(),
        filename=filename,
        problems=list(problems),
        mapping=dict(mapping),
        max_bytes=settings.MAX_REGISTER_BYTES,
        max_outcome_bytes=MOST_SCRATCH_BYTES,
    )
    run = ChildRun()
    run_child(
        CHILD,
        order,
        run,
        beat=lambda **_: alive(),
        cpu_seconds=MOST_CPU_SECONDS,
        file_bytes=MOST_SCRATCH_BYTES,
    )
    if run.complete and run.received != NO_COPY:
        return bytes(run.received)
    why = "it takes too long" if run.too_slow else run.complaint[-500:]
    log.warning("no annotated copy of %s: %s", filename, why)
    return None
