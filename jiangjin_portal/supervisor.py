"""One parent for web, workers and scheduler: starts, restarts, stops them, leaves none behind."""

import contextlib
import ctypes
import fcntl
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
TICK = 0.2
STEADY_SECONDS = 30
"""A child that lived this long and then died starts again at once, as if it had never failed."""
LONGEST_PAUSE = 30.0
STOP_SECONDS = 8.0
"""A child that ignores its stop signal this long is killed: all stops within ten seconds."""

_libc = ctypes.CDLL(None)


class AlreadyRunning(Exception):
    """Another process holds this installation."""


@contextlib.contextmanager
def single_instance(lock: Path) -> Iterator[None]:
    """Holds the lock file for this process, or raises AlreadyRunning.

    The kernel frees the lock however the process ends, also when it is killed.
    """
    with lock.open("a") as file:
        try:
            # A lock, no file with a process number: that would block the start after a crash.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield


@dataclass
class Child:
    name: str
    command: list[str]
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    unfinished_line: bytes = field(default=b"")


class Supervisor:
    """Runs the children until SIGINT, SIGTERM or SIGHUP. Times: seconds of the monotonic clock."""

    def __init__(self, children: list[Child], on_tick: Callable[[], None] = lambda: None) -> None:
        self.children = children
        self.on_tick = on_tick
        self.stopping = False
        self.pipes = selectors.DefaultSelector()

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            while not self.stopping:
                for child in self.children:
                    self._keep_alive(child)
                self._pass_on_output(TICK)
                self.on_tick()
        finally:
            self._stop_all()

    def restart_children(self, name_begins: str) -> None:
        """Kills children that no longer answer; the loop of `run` starts them again."""
        for child in self.children:
            if child.process and child.name.startswith(name_begins):
                self.print_line(child.name, "does not get on and is killed")
                child.process.kill()

    def _ask_to_stop(self, *_: object) -> None:
        # Nothing more inside a signal handler: it may interrupt any line of the loop.
        self.stopping = True

    def _keep_alive(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                self._start_child(child)
        elif (code := child.process.poll()) is not None:
            child.failures = 0 if now - child.started > STEADY_SECONDS else child.failures + 1
            # Longer each time: a child that cannot start must not fill the log and the processor.
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** max(0, child.failures - 1))
            child.start_at = now + pause
            self._close_output(child)
            self.print_line(child.name, f"ended with code {code}, starts again in {pause:g} s")

    def _start_child(self, child: Child) -> None:
        parent = os.getpid()

        def die_with_parent() -> None:
            # The kernel kills the child when the parent dies, also when nobody could clean up.
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            # The parent may have died before that call.
            if os.getppid() != parent:
                os._exit(1)

        # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then
        # stops its children in good order.
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
            bufsize=0,
        )
        assert child.process.stdout is not None
        # A silent child must not hold up the output and the restart of the others.
        os.set_blocking(child.process.stdout.fileno(), False)
        self.pipes.register(child.process.stdout, selectors.EVENT_READ, child)
        child.started = time.monotonic()

    def _close_output(self, child: Child) -> None:
        """Prints what a child that has ended still left in its pipe."""
        assert child.process is not None
        assert child.process.stdout is not None
        self._print_output(child)
        if child.unfinished_line:
            self.print_line(child.name, child.unfinished_line.decode(errors="replace"))
            child.unfinished_line = b""
        self.pipes.unregister(child.process.stdout)
        child.process.stdout.close()
        child.process = None

    def _pass_on_output(self, timeout: float) -> None:
        for key, _ in self.pipes.select(timeout):
            self._print_output(key.data)
        has_ended = any(
            child.process and child.process.poll() is not None for child in self.children
        )
        # A closed pipe is always readable: without a pause this loop would run without end.
        if has_ended or not self.pipes.get_map():
            time.sleep(TICK)

    def _print_output(self, child: Child) -> None:
        assert child.process is not None
        assert child.process.stdout is not None
        while data := child.process.stdout.read(65536):
            *lines, child.unfinished_line = (child.unfinished_line + data).split(b"\n")
            for line in lines:
                self.print_line(child.name, line.decode(errors="replace"))

    def print_line(self, name: str, text: str) -> None:
        # Whoever read our output may be gone; the portal goes on.
        with contextlib.suppress(OSError):
            print(f"{name:<9}| {text}", flush=True)

    def _stop_all(self) -> None:
        running = [child for child in self.children if child.process]
        for child in running:
            assert child.process is not None
            child.process.send_signal(child.stop_signal)
        # All at once and one deadline for all: one after the other could take minutes.
        deadline = time.monotonic() + STOP_SECONDS
        # Output is read on: a child with a full pipe could not end.
        while (
            any(child.process and child.process.poll() is None for child in running)
            and time.monotonic() < deadline
        ):
            self._pass_on_output(TICK)
        for child in running:
            assert child.process is not None
            if child.process.poll() is None:
                self.print_line(child.name, "did not stop in time and is killed")
                child.process.kill()
                child.process.wait()
            self._close_output(child)
