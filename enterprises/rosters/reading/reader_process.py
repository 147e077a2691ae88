"""The child process in which a file is read. It knows no database and no secret, and writes to its pipe alone.

In: one pickled `Order` on standard input. Out: one JSON line per sign of life, then a line with the size of the
outcome and the outcome itself (see `wire`). Its limits are set from outside before the order is handed in.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import json
import os
import pickle
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from enterprises.rosters.definition import catalogue as c
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading import reader_message
from enterprises.rosters.reading.sheet import Reading, read_register

PR_SET_PDEATHSIG = 1
PEAK = "VmHWM:"


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What to read; `parent` is the process that waits for it."""

    parent: int
    path: Path
    filename: str
    vocabulary: Vocabulary
    today: dt.date
    max_rows: int
    max_bytes: int
    max_outcome_bytes: int
    mapping: Mapping[str, str]


def main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the lines of the report
    order: ReadingOrder = pickle.load(sys.stdin.buffer)
    _die_with(order.parent)
    gc.disable()  # a short life that makes much and drops little: looking for garbage takes a fifth of it
    outcome = reader_message.packed(_outcome(order, out))
    if len(outcome) > order.max_outcome_bytes:
        outcome = reader_message.packed(c.TOO_HUNGRY.refuse(order.filename))
    _line(out, {"size": len(outcome), "peak": _peak_bytes(), "cpu": time.process_time()})
    out.write(outcome)
    out.flush()
    os._exit(0)  # taking a hundred thousand rows apart again would cost time for nothing


def _outcome(order: ReadingOrder, out: BinaryIO) -> Reading | FileRefused:
    def beat(phase: str = "", *, done: int = 0, total: int | None = None) -> None:
        _line(out, {"phase": phase, "done": done, "total": total})

    try:
        return read_register(
            order.path,
            order.filename,
            order.vocabulary,
            order.today,
            max_rows=order.max_rows,
            mapping=order.mapping,
            beat=beat,
            max_bytes=order.max_bytes,
        )
    except FileRefused as refusal:
        return refusal
    except MemoryError:
        return c.TOO_HUNGRY.refuse(order.filename)


def _line(out: BinaryIO, message: dict[str, object]) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()


def _die_with(parent: int) -> None:
    """Be killed when the parent ends (its waiting thread, to be exact), and at once if it already has."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _peak_bytes() -> int:
    """Most memory this process ever held. getrusage would count that of the parent at the fork as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return next(
        (int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(PEAK)), 0
    )


if __name__ == "__main__":
    main()
