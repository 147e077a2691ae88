"""Reading a file where it can do no harm: in a child process with limits, from which only plain data comes back.

A workbook of two kilobytes can make a parser ask for gigabytes, run for minutes or abort its process. What the child
costs is bounded by settings.READER_MEMORY_BYTES, READER_CPU_SECONDS and READER_WALL_SECONDS; whatever becomes of it,
the caller gets a Reading or Refused.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import os
import pickle
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from enterprises.rosters.definition import catalogue as c
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.table import MAX_DATA_ROWS
from enterprises.rosters.definition.vocabulary import Vocabulary
from enterprises.rosters.reading import reader_message
from enterprises.rosters.reading.reader_process import ReadingOrder
from enterprises.rosters.reading.sheet import Beat, Reading, silent

CHILD = "enterprises.rosters.reading.reader_process"
MAX_OUTCOME_BYTES = 256 * 1024 * 1024
"""The child may hand back no more, whatever has become of it."""
BEAT_SECONDS = 0.5
BLOCK = 1 << 20
KEPT_COMPLAINT, LONGEST_PHASE = 4_000, 80
LAST_MOMENTS = 20
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ")
"""The child's environment: no address of a database, no key."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ReaderRun:
    """How a child did. `outcome` is None while there is none; peak and processor time are 0 for one that died."""

    outcome: Reading | FileRefused | None = None
    peak_bytes: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    exit_code: int | None = None
    overdue: bool = False
    complaint: bytes = b""
    received: bytearray = field(default_factory=bytearray)
    size: int | None = None
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return self.size is not None and len(self.received) >= self.size


def read_safely(
    path: Path,
    filename: str,
    vocabulary: Vocabulary,
    today: dt.date,
    *,
    max_rows: int = MAX_DATA_ROWS,
    mapping: Mapping[str, str] | None = None,
    beat: Beat = silent,
) -> Reading:
    """As `read_register`, in the jail. Raises Refused; what `beat` raises passes through, and the child is killed."""
    order = ReadingOrder(
        parent=os.getpid(),
        path=path.resolve(),
        filename=filename,
        vocabulary=vocabulary,
        today=today,
        max_rows=max_rows,
        max_bytes=settings.MAX_REGISTER_BYTES,
        max_outcome_bytes=MAX_OUTCOME_BYTES,
        mapping=dict(mapping or {}),
    )
    stay = watch(order, beat)
    outcome = stay.outcome or _why_not(stay, filename)
    if isinstance(outcome, FileRefused):
        raise outcome
    return outcome


def watch(order: ReadingOrder, beat: Beat = silent) -> ReaderRun:
    """Have a child carry out the order; it is gone when this returns, or raises."""
    stay, started = ReaderRun(), time.monotonic()
    child = start(CHILD)
    try:
        limit(child.pid)
        with contextlib.suppress(BrokenPipeError):
            _in(child).write(pickle.dumps(order))
            _in(child).close()
        _follow(child, stay, started + settings.READER_WALL_SECONDS, beat)
    finally:
        stay.exit_code = _end(child)
    stay.seconds = time.monotonic() - started
    if stay.complete:
        stay.outcome = _opened(bytes(stay.received), order.filename)
        if stay.complaint:  # why a parser gave up, for whoever has to help
            log.info("reading %r: %s", order.filename, stay.complaint.decode(errors="replace"))
    return stay


# --- the child's life -------------------------------------------------------------------------------------------
def start(module: str) -> subprocess.Popen[bytes]:
    """A child that runs the module on its pipes, with nothing of the portal's environment but what it needs."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    own = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        env={**kept, **own},
        start_new_session=True,
    )


def limit(pid: int, cpu_seconds: int | None = None, file_bytes: int = 0) -> None:
    """From outside, and before the child knows which file to read. `file_bytes`: the most it may write to one file."""
    seconds = cpu_seconds or settings.READER_CPU_SECONDS
    for what, limit in (
        (resource.RLIMIT_AS, settings.READER_MEMORY_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ProcessLookupError):
            # Beyond the soft limit of processor time comes SIGXCPU, which tells why; the hard one just kills.
            resource.prlimit(pid, what, (limit, limit + (what == resource.RLIMIT_CPU)))


def _follow(child: subprocess.Popen[bytes], stay: ReaderRun, deadline: float, beat: Beat) -> None:
    """Take in what the child says until it has said all, falls silent for ever, or its time is up."""
    with selectors.DefaultSelector() as selector:
        for stream in (child.stdout, child.stderr):
            assert stream is not None
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ)
        last_beat = 0.0
        while selector.get_map() and not stay.complete:
            if time.monotonic() > deadline:
                stay.overdue = True
                return
            for key, _ in selector.select(timeout=BEAT_SECONDS):
                data = os.read(key.fd, BLOCK)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is child.stderr:
                    stay.complaint = (stay.complaint + data)[-KEPT_COMPLAINT:]
                elif not _take(data, stay):
                    return
            if stay.shown and time.monotonic() - last_beat >= BEAT_SECONDS:
                last_beat = time.monotonic()
                beat(**stay.shown)


def _take(data: bytes, stay: ReaderRun) -> bool:
    """Lines of progress until the line that gives the size; then the outcome. False for anything else."""
    stay.received += data
    try:
        while stay.size is None and (end := stay.received.find(b"\n")) >= 0:
            message = json.loads(bytes(stay.received[:end]))
            del stay.received[: end + 1]
            if "size" in message:
                stay.size, stay.peak_bytes = int(message["size"]), int(message["peak"])
                stay.cpu_seconds = float(message["cpu"])
            else:
                stay.shown = _progress(message)
    except (ValueError, KeyError, TypeError):
        return False
    return len(stay.received) <= MAX_OUTCOME_BYTES


def _progress(message: dict[str, Any]) -> dict[str, Any]:
    total = message["total"]
    return {
        "phase": str(message["phase"])[:LONGEST_PHASE],
        "done": int(message["done"]),
        "total": None if total is None else int(total),
    }


def _end(child: subprocess.Popen[bytes]) -> int:
    """Kill the whole group and give the exit code of the child itself."""
    for _ in range(LAST_MOMENTS):  # one that is just ending of itself shall say why
        if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(
            child.pid, signal.SIGKILL
        )  # before it is waited for: till then the number is its own
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    return child.wait()


def _in(child: subprocess.Popen[bytes]) -> IO[bytes]:
    assert child.stdin is not None
    return child.stdin


# --- what becomes of it -----------------------------------------------------------------------------------------
def _opened(data: bytes, filename: str) -> Reading | FileRefused:
    try:
        return reader_message.unpacked(data)
    except Exception as error:  # a child that a file has taken over may send anything
        log.warning("a reader sent nonsense: %r", error)
        return c.CRASHED.refuse(filename)


def _why_not(stay: ReaderRun, filename: str) -> FileRefused:
    log.warning(
        "a reader ended with %s after %.1f s: %r",
        stay.exit_code,
        stay.seconds,
        stay.complaint[-500:],
    )
    if stay.overdue or stay.exit_code == -signal.SIGXCPU:
        return c.TOO_SLOW.refuse(filename)
    if b"MemoryError" in stay.complaint or b"memory allocation" in stay.complaint:
        return c.TOO_HUNGRY.refuse(filename)
    return c.CRASHED.refuse(filename)
