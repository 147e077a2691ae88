"""Work in a child process with limits, from which only bytes come back: the parent's side.

A file of two kilobytes can make a library ask for gigabytes, run for minutes or abort its process.
settings.READER_MEMORY_BYTES, READER_CPU_SECONDS and READER_WALL_SECONDS limit what the child may
use. Whatever happens to it, the caller gets a run that says how it ended.

The work is a module named by the caller, so this room knows none of them (see `child`).
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from enterprises.sandbox.child import ChildOrder
from enterprises.sandbox.starting import StartedChild, start_child

BEAT_SECONDS = 0.5
BLOCK = 1 << 20
KEPT_COMPLAINT, LONGEST_PHASE = 4_000, 80


@dataclass(slots=True)
class ChildRun:
    """What came of one child.

    Peak and processor time are 0 for a child that died.
    `overdue`: it was killed because its time was up. `complaint`: the end of its standard error.
    `size`: bytes of the outcome that it has announced, `received`: what has come so far.
    `progress`: the arguments of its last sign of life.
    """

    peak_bytes: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    exit_code: int | None = None
    overdue: bool = False
    complaint: bytes = b""
    received: bytearray = field(default_factory=bytearray)
    size: int | None = None
    progress: dict[str, Any] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return self.size is not None and len(self.received) >= self.size

    @property
    def too_slow(self) -> bool:
        return self.overdue or self.exit_code == -signal.SIGXCPU

    @property
    def too_hungry(self) -> bool:
        return b"MemoryError" in self.complaint or b"memory allocation" in self.complaint


def run_child(
    work: str,
    order: ChildOrder,
    run: ChildRun,
    *,
    beat: Callable[..., None] | None = None,
    cpu_seconds: int | None = None,
    file_bytes: int = 0,
) -> None:
    """Have a child carry out the order, and fill in the run. It is gone when this returns or raises.

    `work`: the module with `carry_out`. What `beat` raises passes through.
    """
    started = time.monotonic()
    child = start_child(work)
    try:
        # Before the child learns what to do.
        limit_child(child.pid, cpu_seconds, file_bytes)
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(pickle.dumps(order))
            child.stdin.close()
        deadline = started + settings.READER_WALL_SECONDS
        _receive(child, run, deadline, order.max_outcome_bytes, beat)
    finally:
        run.exit_code = child.end()
    run.seconds = time.monotonic() - started


# --- the child's life ---
def limit_child(pid: int, cpu_seconds: int | None = None, file_bytes: int = 0) -> None:
    """Limit memory, processor time and written files. The child cannot raise these limits again.

    `file_bytes`: the most it may write to one file.
    """
    seconds = cpu_seconds or settings.READER_CPU_SECONDS
    limits = (
        (resource.RLIMIT_AS, settings.READER_MEMORY_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, soft in limits:
        # Beyond the soft limit of processor time comes SIGXCPU, which says why the child ended. The
        # hard limit, a second later, just kills.
        hard = soft + 1 if kind == resource.RLIMIT_CPU else soft
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, kind, (soft, hard))


def _receive(
    child: StartedChild,
    run: ChildRun,
    deadline: float,
    most_bytes: int,
    beat: Callable[..., None] | None,
) -> None:
    """Take in what the child writes, until that is complete, the child ends, or its time is up."""
    with selectors.DefaultSelector() as selector:
        for stream in (child.stdout, child.stderr):
            # A child that is silent on one pipe must not keep the parent from reading the other.
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ)
        # The child writes a line per phase and 500 rows; passed on are only so many a second.
        last_beat = 0.0
        while selector.get_map() and not run.complete:
            if time.monotonic() > deadline:
                run.overdue = True
                return
            for key, _ in selector.select(timeout=BEAT_SECONDS):
                data = os.read(key.fd, BLOCK)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is child.stderr:
                    run.complaint = (run.complaint + data)[-KEPT_COMPLAINT:]
                elif not _take_in(data, run, most_bytes):
                    return
            if beat and run.progress and time.monotonic() - last_beat >= BEAT_SECONDS:
                last_beat = time.monotonic()
                beat(**run.progress)


def _take_in(data: bytes, run: ChildRun, most_bytes: int) -> bool:
    """Lines of progress up to the line with the size, then the outcome. False for anything else."""
    run.received += data
    try:
        while run.size is None and (end := run.received.find(b"\n")) >= 0:
            message = json.loads(bytes(run.received[:end]))
            del run.received[: end + 1]
            if "size" in message:
                run.size, run.peak_bytes = int(message["size"]), int(message["peak"])
                run.cpu_seconds = float(message["cpu"])
            else:
                run.progress = _checked_progress(message)
    except (ValueError, KeyError, TypeError):
        return False
    # Hostile work may have taken the child over: it hands back no more than it may.
    return len(run.received) <= most_bytes


def _checked_progress(message: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `beat`, of the right types: the message may come from a child taken over."""
    total = message["total"]
    return {
        "phase": str(message["phase"])[:LONGEST_PHASE],
        "done": int(message["done"]),
        "total": None if total is None else int(total),
    }
