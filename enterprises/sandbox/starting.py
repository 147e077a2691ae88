"""Starting a child for a module's work: a process that has loaded it forks one (see `fork_server`)."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import BinaryIO

from django.conf import settings

SERVER = "enterprises.sandbox.fork_server"
"""Started by its name, so a move of the module must be followed here."""
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ")
"""All that the children get of the environment: no address of a database, no key."""
LAST_MOMENTS = 0.2
"""Seconds for a child that is just ending by itself."""
START_SECONDS = 60.0
"""Loading the work takes a quarter of a second on a machine that is not busy."""
LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class StartedChild:
    pid: int
    stdin: BinaryIO
    stdout: BinaryIO
    stderr: BinaryIO
    line: socket.socket

    def end(self) -> int:
        """Kill its whole group and give the exit code of the child itself."""
        # The exit code of a child that is just ending by itself says why, so it gets a moment.
        code = _number_on(self.line, LAST_MOMENTS)
        # While the line is open no other process can get its number.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if code is None:
            code = _number_on(self.line, None)
        for stream in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        self.line.close()
        # Nothing is said by a server that died, and its children with it.
        return -signal.SIGKILL if code is None else code


@dataclass(slots=True)
class ForkServerHandle:
    """The fork server for a module's work; started by the first order, and again when it has died.

    One for each module: what one has loaded shall not count against the memory of another's child.
    """

    module: str
    process: subprocess.Popen[bytes] | None = None
    control: socket.socket | None = None
    owner: int = 0
    """The process that started it: a fork of that has to start its own."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start_child(self) -> StartedChild:
        with self.lock:
            if self.process is None or self.owner != os.getpid() or self.process.poll() is not None:
                self._start()
            child = self._ask()
            if child is None:
                # It died between two orders.
                self._start()
                child = self._ask()
        if child is None:
            raise ChildProcessError("the fork server does not start")
        return child

    def close(self) -> None:
        """End the server and what it has started."""
        if self.control:
            self.control.close()
        if self.process and self.owner == os.getpid():
            self.process.wait()
        self.process = self.control = None

    def _start(self) -> None:
        self.close()
        self.control, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        path = os.pathsep.join(filter(None, sys.path))
        # No byte code is kept: its children may write no file at all.
        own = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", SERVER, self.module],
            stdin=its_end.fileno(),
            stdout=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={**kept, **own},
            # Ctrl-C in the terminal is for the portal.
            start_new_session=True,
        )
        its_end.close()
        self.owner = os.getpid()

    def _ask(self) -> StartedChild | None:
        assert self.control
        line, its_line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pipes = [os.pipe() for _ in range(3)]
        (its_in, stdin), (stdout, its_out), (stderr, its_err) = pipes
        with contextlib.suppress(OSError):
            files = [its_in, its_out, its_err, its_line.fileno()]
            socket.send_fds(self.control, [b"1"], files)
        for file in (its_in, its_out, its_err):
            os.close(file)
        its_line.close()
        streams = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), os.fdopen(stderr, "rb")
        pid = _number_on(line, START_SECONDS)
        if pid is not None:
            return StartedChild(pid, *streams, line)
        for stream in streams:
            stream.close()
        line.close()
        return None


def _number_on(line: socket.socket, timeout: float | None) -> int | None:
    """The next number that the server tells; None where it tells none in time, or is gone."""
    line.settimeout(timeout)
    try:
        told = line.recv(LONGEST_NUMBER)
    except OSError:
        return None
    return int(told) if told else None


_servers: dict[str, ForkServerHandle] = {}


def start_child(module: str) -> StartedChild:
    return _servers.setdefault(module, ForkServerHandle(module)).start_child()
