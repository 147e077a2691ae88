"""Reading a file in a sandbox: a child process with limits, from which only plain data comes back.

`enterprises.sandbox` keeps the child within its limits. Whatever happens to it, the caller gets a
Reading or FileRefused.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.records.layouts import layouts_for
from enterprises.rosters.definition.records.told import NOTHING_TOLD, Told
from enterprises.rosters.definition.table import MAX_DATA_ROWS
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading import reader_message
from enterprises.rosters.reading.reader_process import ReadingOrder
from enterprises.rosters.reading.sheet import Reading
from enterprises.sandbox.parent import ChildRun, run_child
from parks.beat import Beat, silent

# Named to the child, so a move of the module must be followed here.
CHILD = "enterprises.rosters.reading.reader_process"
MAX_OUTCOME_BYTES = 256 * 1024 * 1024
"""The child may hand back no more, even when a hostile file has taken it over."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ReaderRun(ChildRun):
    """What came of one reading. `outcome` is None while there is none."""

    outcome: Reading | FileRefused | None = None


def read_safely(
    path: Path,
    filename: str,
    vocabulary: Vocabulary,
    today: dt.date,
    *,
    max_rows: int = MAX_DATA_ROWS,
    mapping: Mapping[str, str] | None = None,
    told: Told = NOTHING_TOLD,
    beat: Beat = silent,
) -> Reading:
    """As `read_register`, in the sandbox. Raises FileRefused.


    What `beat` raises passes through, and the child is killed.
    """
    order = ReadingOrder(
        path=path.resolve(),
        filename=filename,
        vocabulary=vocabulary,
        today=today,
        max_rows=max_rows,
        max_bytes=settings.MAX_REGISTER_BYTES,
        max_outcome_bytes=MAX_OUTCOME_BYTES,
        mapping=dict(mapping or {}),
        told=told,
    )
    run = run_reader(order, beat)
    outcome = run.outcome or refusal_without_outcome(run, filename)
    if isinstance(outcome, FileRefused):
        raise outcome
    return outcome


def run_reader(order: ReadingOrder, beat: Beat = silent) -> ReaderRun:
    """Have a child carry out the order. It is gone when this returns or raises."""
    run = ReaderRun()
    run_child(CHILD, order, run, beat=beat)
    if run.complete:
        run.outcome = _open_outcome(bytes(run.received), order)
        if run.complaint:
            # Says why a parser gave up, for the person who is asked about the refusal.
            log.info("reading %r: %s", order.filename, run.complaint.decode(errors="replace"))
    return run


# --- its outcome ---
def _open_outcome(data: bytes, order: ReadingOrder) -> Reading | FileRefused:
    try:
        return reader_message.unpack_outcome(data, layouts_for(order.told))
    except Exception as error:
        # A child that a file has taken over may send anything.
        log.warning("a reader sent nonsense: %r", error)
        return catalogue.CRASHED.refuse(order.filename)


def refusal_without_outcome(run: ChildRun, filename: str) -> FileRefused:
    """Why there is no outcome, judged by how the child ended and what it complained of."""
    log.warning(
        "a reader ended with %s after %.1f s: %r", run.exit_code, run.seconds, run.complaint[-500:]
    )
    if run.too_slow:
        return catalogue.TOO_SLOW.refuse(filename)
    if run.too_hungry:
        return catalogue.TOO_HUNGRY.refuse(filename)
    return catalogue.CRASHED.refuse(filename)
