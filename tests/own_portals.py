"""Portals of a test's own: each with a home, a database and a broker of the kind this run is about."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import redis

from tests.portal_process import Portal


@dataclass(frozen=True)
class Prepared:
    """What setting up an empty portal leaves: it takes three seconds, and most tests begin with it."""

    home: Path
    database: str


@contextmanager
def prepared(
    folder: Path,
    worker_id: str,
    base: Prepared | None = None,
    fill: Callable[[Portal], object] = lambda process: process.manage("portal", "--setup"),
) -> Iterator[Prepared]:
    """Filled by the first worker that asks, in the folder of the run; the last one that leaves takes it away.

    `base`: a copy of it is what is filled, instead of nothing.
    """
    folder.mkdir(exist_ok=True)
    users, home, database = folder / "users", folder / "home", folder / "database"
    with alone(folder):
        present = users.read_text().split() if users.exists() else []
        if not present:
            database.write_text(filled(home, worker_id, base, fill))
        users.write_text(" ".join([*present, worker_id]))
    try:
        yield Prepared(home, database.read_text())
    finally:
        with alone(folder):
            present = users.read_text().split()
            present.remove(worker_id)
            users.write_text(" ".join(present))
            if not present:
                drop_database(database.read_text())
                shutil.rmtree(home)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def filled(
    home: Path, worker_id: str, base: Prepared | None, fill: Callable[[Portal], object]
) -> str:
    """The name of the database, which stays."""
    if base:
        shutil.copytree(base.home, home)
    else:
        home.mkdir()
    database = create_database(base.database if base else "template1")
    with portal_on(database, home, worker_id) as process:
        fill(process)
    return database


@contextmanager
def own_portal(home: Path, worker_id: str, template: str = "template1") -> Iterator[Portal]:
    database = create_database(template)
    try:
        with portal_on(database, home, worker_id) as process:
            yield process
    finally:
        drop_database(database)


def portal_on(database: str, home: Path, worker_id: str) -> Portal:
    if not database:
        return Portal(home, {})
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database}"
    return Portal(home, {"DATABASE_URL": url, "REDIS_URL": redis_of_worker(worker_id)}, database)


def create_database(template: str) -> str:
    """Its name; nothing where the database is a file in the portal's home."""
    if "DATABASE_URL" not in os.environ:
        return ""
    name = f"portal_{uuid.uuid4().hex}"
    execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def drop_database(name: str) -> None:
    if name:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


def execute(statement: str) -> None:
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


def redis_of_worker(worker_id: str) -> str:
    """Another logical database for each test process, emptied: their messages never mix."""
    number = 1 + int(worker_id.removeprefix("gw") if worker_id != "master" else 0)
    url = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{number}"
    redis.Redis.from_url(url).flushdb()
    return url
