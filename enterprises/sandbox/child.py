"""The child process in which files of others are worked on. It knows no database and no secret.

A module has the work, `carry_out(order, beat) -> bytes`. Whoever starts the child names it, so this
room depends on none of those that use it. The child is a fork of `fork_server`.

In: one pickled order on standard input.
Out: one JSON line per sign of life, then a line with the size of the outcome and the outcome itself.
It writes to its pipe only. The parent sets its limits before it hands the order in.
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import sys
import time
from pathlib import Path
from typing import BinaryIO, Protocol

PEAK = "VmHWM:"


class ChildOrder(Protocol):
    """`max_outcome_bytes`: all that may come back."""

    @property
    def max_outcome_bytes(self) -> int: ...


def main(module: str) -> None:
    out = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints goes to standard error: it must not get between the lines of the
    # report.
    os.dup2(2, 1)
    order = pickle.load(sys.stdin.buffer)

    def beat(phase: str = "", *, done: int = 0, total: int | None = None) -> None:
        _write_line(out, {"phase": phase, "done": done, "total": total})

    outcome: bytes = importlib.import_module(module).carry_out(order, beat)
    _write_line(out, {"size": len(outcome), "peak": _peak_bytes(), "cpu": time.process_time()})
    out.write(outcome)
    out.flush()
    # An ordinary exit would first take a hundred thousand rows apart again, for nothing.
    os._exit(0)


def _write_line(out: BinaryIO, message: dict[str, object]) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()


def _peak_bytes() -> int:
    """Most memory this process ever held; 0 where the kernel does not say.

    getrusage would not do: it counts the parent's memory at the fork as well.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    for line in status.splitlines():
        if line.startswith(PEAK):
            return int(line.split()[1]) * 1024
    return 0
