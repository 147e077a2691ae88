"""One parent for web, workers and scheduler: starts, restarts, stops them, leaves none behind."""

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from jiangjin_portal.running.forks import Fork

TICK = 0.2
STEADY_SECONDS = 30
"""A child that lived this long and then died starts again at once, as if it had never failed."""
LONGEST_PAUSE = 30.0
STOP_SECONDS = 8.0
"""A child that ignores its stop signal this long is killed: all stops within ten seconds."""


@dataclass
class Child:
    name: str
    function: Callable[[], int | None]
    stop_signal: signal.Signals = signal.SIGTERM
    process: Fork | None = None
    output: int = -1
    """The end of its pipe at which it is read, while it runs."""
    started: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    unfinished_line: bytes = field(default=b"")

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


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
                child.process.send_signal(signal.SIGKILL)

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
        child.output, end_of_child = os.pipe()

        def live() -> int | None:
            # A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then
            # stops its children in good order.
            os.setsid()
            keep_standard_streams(end_of_child)
            return child.function()

        child.process = Fork(f"portal {child.name}", live)
        os.close(end_of_child)
        # A silent child must not hold up the output and the restart of the others.
        os.set_blocking(child.output, False)
        self.pipes.register(child.output, selectors.EVENT_READ, child)
        child.started = time.monotonic()

    def _close_output(self, child: Child) -> None:
        """Prints what a child that has ended still left in its pipe."""
        self._print_output(child)
        if child.unfinished_line:
            self.print_line(child.name, child.unfinished_line.decode(errors="replace"))
            child.unfinished_line = b""
        self.pipes.unregister(child.output)
        os.close(child.output)
        child.process = None

    def _pass_on_output(self, timeout: float) -> None:
        for key, _ in self.pipes.select(timeout):
            self._print_output(key.data)
        has_ended = any(child.process and not child.is_running for child in self.children)
        # A closed pipe is always readable: without a pause this loop would run without end.
        if has_ended or not self.pipes.get_map():
            time.sleep(TICK)

    def _print_output(self, child: Child) -> None:
        # No data yet is an error of a pipe that does not wait.
        with contextlib.suppress(BlockingIOError):
            while data := os.read(child.output, 65536):
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
        while any(child.is_running for child in running) and time.monotonic() < deadline:
            self._pass_on_output(TICK)
        for child in running:
            assert child.process is not None
            if child.is_running:
                self.print_line(child.name, "did not stop in time and is killed")
                child.process.send_signal(signal.SIGKILL)
                child.process.wait()
            self._close_output(child)


def keep_standard_streams(output: int) -> None:
    """Nothing to read, the pipe to write to, and no other open file of the parent, nor its lock."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
