"""The whole portal as its users run it: supervisor, web, worker and scheduler, real processes to be killed at will."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.services import BASE_DIR, die_with_parent, free_port
from tests.shell_process import ShellProcess

PATIENCE = 180.0
"""Seconds until a test gives up. On a busy machine everything takes long: no test may tell from that."""
MARKS = {
    "web": ("portal web",),
    "worker": ("portal worker", "[celeryd: work"),
    "beat": ("portal beat", "[celery beat]"),
}
"""What the kernel calls the children: Celery renames its own where the development packages are installed."""


class Portal:
    """`environment` says which database and broker; the folder holds the rest. Ends with the `with` block.

    `database`: its name on the server, empty where the database is a file in the folder.
    """

    def __init__(self, home: Path, environment: dict[str, str], database: str = "") -> None:
        self.home, self.database = home, database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "portal.log"
        clean = {
            key: value
            for key, value in os.environ.items()
            if key not in ("DATABASE_URL", "REDIS_URL")
        }
        self.environment = clean | {
            "PORTAL_HOME": str(home), "PORT": str(self.port), "PORTAL_DEMO": "0",
            "JOB_LEASE_SECONDS": "4", "JOB_SWEEP_SECONDS": "1",
            "BACKUP_NIGHTLY": "0", "VERIFY_AT_START": "0", **environment,
        }  # fmt: skip
        self.supervisor: subprocess.Popen[bytes] | None = None
        self._shell: ShellProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Without farewell: ending in good order takes five seconds, and has a test of its own."""
        if self._shell:
            self._shell.close()
        if self.supervisor and self.supervisor.poll() is None:
            children = self.children().values()
            self.kill("supervisor")
            self.wait_for(lambda: not any(map(command_line, children)))

    def start(self, **environment: str) -> None:
        """Starts it and waits until the page answers and all children run."""
        with self.log.open("ab") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "manage.py", "portal"],
                cwd=BASE_DIR, env=self.environment | environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent(),
            )  # fmt: skip
        self.wait_for(lambda: self.answers() and len(self.children()) == len(MARKS))

    def stop(self) -> None:
        assert self.supervisor
        self.supervisor.terminate()
        self.supervisor.wait(PATIENCE)

    def kill(self, name: str) -> int:
        """kill -9 of supervisor, web, worker or beat; gives the process id that died."""
        assert self.supervisor
        number = self.supervisor.pid if name == "supervisor" else self.children()[name]
        os.kill(number, signal.SIGKILL)
        if name == "supervisor":
            self.supervisor.wait(PATIENCE)
        return number

    def children(self) -> dict[str, int]:
        """Process ids of the children that run now, by name."""
        assert self.supervisor
        with contextlib.suppress(OSError):
            numbers = (
                Path(f"/proc/{self.supervisor.pid}/task/{self.supervisor.pid}/children")
                .read_text()
                .split()
            )
            called = {int(number): name_of(int(number)) for number in numbers}
            return {
                name: number
                for name, marks in MARKS.items()
                for number, own in called.items()
                if own.startswith(marks)
            }
        return {}

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/admin/login/", timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def manage(self, *arguments: str) -> str:
        """Standard output of a management command on this portal's database and broker; raises when it fails."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, code: str) -> str:
        """What the code prints, run inside the portal's Django."""
        if self._shell and self._shell.environment != self.environment:
            self._shell.close()
            self._shell = None
        if not self._shell:
            self._shell = ShellProcess(self.environment)
        return self._shell.run(code).strip()

    def wait_for(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (
                f"waited {seconds} s in vain; the portal said:\n{self.log.read_text()}"
            )
            time.sleep(0.1)


def name_of(number: int) -> str:
    """What the kernel calls a process; empty for one that has ended."""
    if not command_line(number):
        return ""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/comm").read_text().strip()
    return ""


def command_line(number: int) -> str:
    """Empty for a process that has ended, also while nobody has collected it yet."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
