"""The child process in which a file is read. It knows no database and no secret.

It writes to its pipe only.

In: one pickled `ReadingOrder` on standard input.
Out: one JSON line per sign of life, then a line with the size of the outcome and the outcome itself
(see `reader_message`). The parent sets its limits before it hands the order in.
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

from enterprises.rosters.definition import catalogue
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
    # Whatever a library prints goes to standard error: it must not get between the lines of the
    # report.
    os.dup2(2, 1)
    order: ReadingOrder = pickle.load(sys.stdin.buffer)
    _die_with(order.parent)
    # The process is short, makes much and drops little: looking for garbage would take a fifth of
    # its time.
    gc.disable()
    outcome = reader_message.pack_outcome(_read_file(order, out))
    if len(outcome) > order.max_outcome_bytes:
        outcome = reader_message.pack_outcome(catalogue.TOO_HUNGRY.refuse(order.filename))
    _write_line(out, {"size": len(outcome), "peak": _peak_bytes(), "cpu": time.process_time()})
    out.write(outcome)
    out.flush()
    # An ordinary exit would first take a hundred thousand rows apart again, for nothing.
    os._exit(0)


def _read_file(order: ReadingOrder, out: BinaryIO) -> Reading | FileRefused:
    def beat(phase: str = "", *, done: int = 0, total: int | None = None) -> None:
        _write_line(out, {"phase": phase, "done": done, "total": total})

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
        # A moderate shortage can be reported. A great one ends the process; the parent sees that.
        return catalogue.TOO_HUNGRY.refuse(order.filename)


def _write_line(out: BinaryIO, message: dict[str, object]) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when the parent's waiting thread ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have ended before the line above took effect.
    if os.getppid() != parent:
        os._exit(1)


def _peak_bytes() -> int:
    """Most memory this process ever held; 0 where the kernel does not say.

    getrusage would not do: it counts the parent's memory at the fork as well.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    for line in status.splitlines():
        if line.startswith(PEAK):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
