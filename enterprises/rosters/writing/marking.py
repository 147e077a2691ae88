"""Making the annotated copy in a child process with limits: a workbook in memory may be very large.

python -m enterprises.rosters.writing.marking    (the child: an order on its input, the copy on its
output)
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from enterprises.rosters.definition.problems import FileRefused, Problem
from enterprises.rosters.reading.safety import MEGABYTE, kind_of
from enterprises.rosters.writing.annotated import annotate
from enterprises.sandbox.parent import limit_child, start_child

WAIT_SECONDS = 1.0
MOST_TURNS = 120
"""Of WAIT_SECONDS each; a copy that takes longer is given up."""
MOST_CPU_SECONDS = 110
"""20,000 rows with 2,000 problems take under 30, nearly all of it in openpyxl."""
MOST_SCRATCH_BYTES = 256 * MEGABYTE
"""openpyxl writes each sheet to a temporary file first."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MarkingOrder:
    """What the child is to do; it is pickled on its input."""

    path: Path
    filename: str
    problems: Sequence[Problem]
    mapping: Mapping[str, str]
    max_bytes: int


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
    child = start_child("enterprises.rosters.writing.marking")
    try:
        limit_child(child.pid, MOST_CPU_SECONDS, MOST_SCRATCH_BYTES)
        order = MarkingOrder(
            path.resolve(), filename, list(problems), dict(mapping), settings.MAX_REGISTER_BYTES
        )
        unsent: bytes | None = pickle.dumps(order)
        for _ in range(MOST_TURNS):
            try:
                content, complaint = child.communicate(unsent, timeout=WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                # `communicate` goes on where it was and must not be given the input again.
                unsent = None
                alive()
                continue
            if child.returncode:
                log.warning("no annotated copy of %s: %s", filename, complaint[-500:])
                return None
            return content
        log.warning("no annotated copy of %s: it takes too long", filename)
        return None
    finally:
        child.kill()
        child.wait()


def main() -> int:
    """The child: an order on its input, the copy on its output. Exit code 1: no copy was made."""
    order: MarkingOrder = pickle.load(sys.stdin.buffer)
    try:
        kind = kind_of(order.path, order.filename, order.max_bytes)
        content = annotate(order.path, kind, order.filename, order.problems, order.mapping)
    except FileRefused:
        return 1
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
