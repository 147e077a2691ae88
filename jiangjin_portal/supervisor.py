"""One parent for web, workers and scheduler: starts them, restarts them, stops them, and never leaves one behind."""

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
"""After this a child that ignores its stop signal is killed: the whole stop stays below ten seconds."""

_libc = ctypes.CDLL(None)


class AlreadyRunning(Exception):
    """Another process holds this installation."""


@contextlib.contextmanager
def single_instance(lock: Path) -> Iterator[None]:
    """Holds the lock file for this process; the kernel frees it however the process ends. Raises AlreadyRunning."""
    with lock.open("a") as file:
        try:
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
    """Runs the children until SIGINT, SIGTERM or SIGHUP. Times in seconds of the monotonic clock."""

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

    def kill(self, name_begins: str) -> None:
        """For children that no longer answer; they are started again."""
        for child in self.children:
            if child.process and child.name.startswith(name_begins):
                self.say(child.name, "does not get on and is killed")
                child.process.kill()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _keep_alive(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                self._start(child)
        elif (code := child.process.poll()) is not None:
            child.failures = 0 if now - child.started > STEADY_SECONDS else child.failures + 1
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** max(0, child.failures - 1))
            child.start_at = now + pause
            self._forget(child)
            self.say(child.name, f"ended with code {code}, starts again in {pause:g} s")

    def _start(self, child: Child) -> None:
        parent = os.getpid()

        def die_with_parent() -> None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        # Own session: Ctrl-C in the terminal reaches the supervisor alone, which then stops its children in good order.
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
        os.set_blocking(child.process.stdout.fileno(), False)
        self.pipes.register(child.process.stdout, selectors.EVENT_READ, child)
        child.started = time.monotonic()

    def _forget(self, child: Child) -> None:
        assert child.process is not None
        assert child.process.stdout is not None
        self._drain(child)
        if child.unfinished_line:
            self.say(child.name, child.unfinished_line.decode(errors="replace"))
            child.unfinished_line = b""
        self.pipes.unregister(child.process.stdout)
        child.process.stdout.close()
        child.process = None

    def _pass_on_output(self, timeout: float) -> None:
        for key, _ in self.pipes.select(timeout):
            self._drain(key.data)
        if not self.pipes.get_map() or any(
            child.process and child.process.poll() is not None for child in self.children
        ):
            time.sleep(TICK)  # a closed pipe is always readable: do not spin on it

    def _drain(self, child: Child) -> None:
        assert child.process is not None
        assert child.process.stdout is not None
        while data := child.process.stdout.read(65536):
            *lines, child.unfinished_line = (child.unfinished_line + data).split(b"\n")
            for line in lines:
                self.say(child.name, line.decode(errors="replace"))

    def say(self, name: str, text: str) -> None:
        with contextlib.suppress(
            OSError
        ):  # whoever read our output may be gone; the portal goes on
            print(f"{name:<9}| {text}", flush=True)

    def _stop_all(self) -> None:
        running = [child for child in self.children if child.process]
        for child in running:
            assert child.process is not None
            child.process.send_signal(child.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        while (
            any(child.process and child.process.poll() is None for child in running)
            and time.monotonic() < deadline
        ):
            self._pass_on_output(TICK)
        for child in running:
            assert child.process is not None
            if child.process.poll() is None:
                self.say(child.name, "did not stop in time and is killed")
                child.process.kill()
                child.process.wait()
            self._forget(child)
