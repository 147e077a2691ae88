"""Loads the work once and forks a child for each order: to start and load takes an eighth of a second.

    python -m enterprises.sandbox.fork_server MODULE    (its standard input is a socket)

In: one packet an order, with four open files: the child's standard streams and a line. On the line
the child's number goes out, and its exit code once it has ended. A line that is closed kills the
child with all that it has started. The children's environment is its own: it knows no database and
no secret either. Who asks is `starting`.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from typing import NoReturn

from enterprises.sandbox import child

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
FILES_OF_AN_ORDER = 4


@dataclass(frozen=True, slots=True)
class Running:
    pid: int
    ended: int
    """A file that can be read once the child has ended."""
    line: socket.socket


class ForkServer:
    def __init__(self, module: str, control: socket.socket) -> None:
        self.module, self.control = module, control
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(control, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until whoever asks is gone; the children go with this process."""
        while True:
            for key, _ in self.waiting.select():
                if key.fileobj is self.control:
                    asked, files, *_ = socket.recv_fds(self.control, 1, FILES_OF_AN_ORDER)
                    if not asked:
                        return
                    self._start_child(files)
                elif key.fileobj is key.data.line:
                    self._end_child(key.data)
                else:
                    self._tell_exit_code(key.data)

    def _start_child(self, files: list[int]) -> None:
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            _live_and_end(server, self.module, files[:3])
        # By both, so that it is done for whoever comes first. It is killed by its group.
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        for file in files[:3]:
            os.close(file)
        running = Running(pid, os.pidfd_open(pid), socket.socket(fileno=files[3]))
        self.waiting.register(running.ended, selectors.EVENT_READ, running)
        self.waiting.register(running.line, selectors.EVENT_READ, running)
        _tell(running.line, pid)

    def _tell_exit_code(self, running: Running) -> None:
        self.waiting.unregister(running.ended)
        # Collected when the line is closed: until then no other process can get its number.
        how = os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
        assert how is not None
        _tell(running.line, how.si_status if how.si_code == os.CLD_EXITED else -how.si_status)

    def _end_child(self, running: Running) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)
        os.waitpid(running.pid, 0)
        self.waiting.unregister(running.line)
        with contextlib.suppress(KeyError):
            self.waiting.unregister(running.ended)
        os.close(running.ended)
        running.line.close()


def _tell(line: socket.socket, number: int) -> None:
    # Whoever asked may be gone already; that the line is closed is found next.
    with contextlib.suppress(OSError):
        line.send(str(number).encode())


def _live_and_end(server: int, module: str, streams: list[int]) -> NoReturn:
    try:
        os.setpgid(0, 0)
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(PR_SET_NAME, module.rpartition(".")[2].encode())
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        # The server may have ended before the kernel was told to end this process with it.
        if os.getppid() == server:
            child.main(module)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(1)


def main(module: str) -> None:
    # What cannot be loaded is for the child to say.
    with contextlib.suppress(Exception):
        importlib.import_module(module)
    gc.freeze()
    ForkServer(module, socket.socket(fileno=0)).serve()


if __name__ == "__main__":
    main(sys.argv[1])
