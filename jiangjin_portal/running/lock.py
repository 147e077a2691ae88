"""One process at a time holds an installation."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path


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
