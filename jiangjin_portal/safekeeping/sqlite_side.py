"""Backups of an SQLite database: one file, copied by SQLite's own online backup."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from django.db.utils import ConnectionHandler

from jiangjin_portal import home
from jiangjin_portal.safekeeping.manifest import BackupRefused, Contents, Manifest, Table

PART = "database/portal.sqlite3"
BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite may keep beside the database; it belongs to it."""


def database_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def tables_in_use() -> dict[str, int] | None:
    """Rows of the tables in use; None where the file is no database that can be read."""
    file = database_file()
    if not file.exists() or not file.stat().st_size:
        return {}
    try:
        with closing(_open(file)) as source:
            counts = {}
            for name in _names(source):
                counts[name] = source.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            return counts
    except sqlite3.DatabaseError:
        return None


def copy_database(folder: Path) -> Contents:
    """Copy the database as it is at one moment, while others go on writing; tells what it held.

    A plain copy of the file would be none: it may catch a write in the middle, and what was
    committed last stands in the file beside it.
    """
    if not tables_in_use():
        raise BackupRefused(f"没有数据可备份：{database_file()} 不存在、是空的，或无法读取。")
    target = folder / PART
    target.parent.mkdir(parents=True)
    with closing(_open(database_file())) as source, closing(sqlite3.connect(target)) as copy:
        # Everything below sees the database of this moment.
        source.execute("BEGIN")
        contents = _contents_of(source)
        source.backup(copy)
        source.execute("COMMIT")
        # One file, without others beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    if not contents.migrations:
        raise BackupRefused(f"没有数据可备份：{database_file()} 不是本系统的数据库。")
    return contents


@contextmanager
def rebuilt(backup: Path, manifest: Manifest, scratch: Path) -> Iterator[dict[str, str]]:
    """The database of the backup in a scratch home; gives the environment that leads there.

    It is sound by SQLite's own checks, and what it holds is what `rebuilt_contents` then tells.
    """
    file = scratch / home.DATABASE
    shutil.copyfile(backup / PART, file)
    if complaints := unsound(file):
        raise BackupRefused(f"恢复出的数据库有损坏：{'；'.join(complaints[:3])}。")
    yield {"PORTAL_HOME": str(scratch)}


def rebuilt_contents(manifest: Manifest, scratch: Path) -> Contents:
    with closing(_open(scratch / home.DATABASE)) as source:
        return _contents_of(source)


def contents_in_use(manifest: Manifest) -> Contents:
    with closing(_open(database_file())) as source:
        return _contents_of(source)


def unsound(file: Path) -> list[str]:
    """What SQLite finds wrong with the file: broken pages, indexes, constraints, references."""
    # Through Django: check constraints ask for functions that Django alone brings (REGEXP).
    settings = {**connection.settings_dict, "NAME": str(file)}
    opened = ConnectionHandler({"default": settings})["default"]
    try:
        with opened.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(20)")
            found = [str(line) for (line,) in cursor.fetchall() if line != "ok"]
            cursor.execute("PRAGMA foreign_key_check")
            found += [f"{row[0]} 第{row[1]}行引用了不存在的 {row[2]}" for row in cursor.fetchall()]
        return found
    except Exception as error:  # a file that is no database fails in many ways
        return [str(error)]
    finally:
        opened.close()


def unsound_in_use(guards: Sequence[str]) -> list[str]:
    """What is wrong with the database in use; `guards`: triggers that must stand there."""
    with closing(_open(database_file())) as source:
        listed = source.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        standing = {name.decode() for (name,) in listed}
    lost = [f"数据库缺少保护 {name}" for name in guards if name not in standing]
    return unsound(database_file()) + lost


def others_at_work() -> int:
    """Other programs at work on the database; the lock of the home tells it here."""
    return 0


def take_over(scratch: Path, old: Path, *, keep: bool) -> str:
    """The database in use into the folder `old`, the rebuilt one into its place."""
    connection.close()
    file = database_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    for ending in BESIDE:
        if (path := file.with_name(file.name + ending)).exists():
            shutil.move(path, old / path.name)
    for ending in BESIDE:
        if (path := scratch / (home.DATABASE + ending)).exists():
            shutil.move(path, file.with_name(file.name + ending))
    return ""


def _open(file: Path) -> sqlite3.Connection:
    # Not read-only: the newest commits are found by way of a file that every reader may write.
    opened = sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=20)
    opened.isolation_level = None
    # Bytes as they stand there: a digest must not depend on how they are read.
    opened.text_factory = bytes
    return opened


def _contents_of(source: sqlite3.Connection) -> Contents:
    names = _names(source)
    migrations: list[str] = []
    if "django_migrations" in names:
        applied = source.execute("SELECT app, name FROM django_migrations ORDER BY id")
        migrations = [f"{app.decode()}.{name.decode()}" for app, name in applied]
    return Contents(migrations, {name: _table(source, name) for name in names})


def _names(source: sqlite3.Connection) -> list[str]:
    listed = source.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' ORDER BY name"
    )
    return [name.decode() for (name,) in listed]


def _table(source: sqlite3.Connection, name: str) -> Table:
    rows, digest = 0, hashlib.sha256()
    for row in source.execute(f'SELECT * FROM "{name}" ORDER BY rowid'):
        digest.update(repr(row).encode())
        rows += 1
    return Table(rows, digest.hexdigest())
