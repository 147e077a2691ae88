"""Processes that are forks of this one: what it has loaded they need not load again.

Whoever forks has no thread and no connection to a database: neither survives a fork.
"""

import contextlib
import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import NoReturn

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
PARENTS_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The parent may handle these in its own way; its forks take them as a fresh process does."""

_libc = ctypes.CDLL(None, use_errno=True)


class Fork:
    """Runs the function in a child process; what it returns is the exit code, None is 0."""

    def __init__(self, name: str, function: Callable[[], int | None]) -> None:
        self.exit_code: int | None = None
        """Minus the number of the signal that ended it; None while it runs."""
        parent = os.getpid()
        # What waits in a buffer would be written twice.
        _flush()
        # A signal between the fork and the child's own handlers would be lost.
        held = signal.pthread_sigmask(signal.SIG_BLOCK, PARENTS_SIGNALS)
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _run_and_end(parent, name, held, function)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)

    def poll(self) -> int | None:
        """Its exit code once it has ended."""
        return self._collect(os.WNOHANG)

    def wait(self) -> int:
        code = self._collect(0)
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        # Its number may belong to another process once it was collected.
        if self.poll() is None:
            os.kill(self.pid, number)

    def _collect(self, options: int) -> int | None:
        if self.exit_code is None:
            ended, status = os.waitpid(self.pid, options)
            if ended:
                self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code


def _run_and_end(
    parent: int, name: str, mask: Iterable[int], function: Callable[[], int | None]
) -> NoReturn:
    """The child's life. It never returns into the code of the parent."""
    code = 1
    try:
        _die_with(parent)
        _libc.prctl(PR_SET_NAME, name.encode())
        for number in PARENTS_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        code = function() or 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else bool(ended.code)
    except BaseException:
        traceback.print_exc()
    finally:
        _flush()
        os._exit(code)


def _die_with(parent: int) -> None:
    """The kernel kills the child when the parent dies, also when nobody could clean up."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before that call.
    if os.getppid() != parent:
        os._exit(1)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        # Whoever read our output may be gone.
        with contextlib.suppress(OSError):
            stream.flush()
