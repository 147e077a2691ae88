"""States of the database that many tests begin with: built once per run, copied into each test.

Loading the plan takes a tenth of a second and the demo district seven; copying their rows takes 5 and 200 ms. The rows
wait in tables of their own beside the portal's, which no model knows and no flush empties: a test that asks for no
state gets an empty database, and after a flush the state is as near as before.

Of several test processes the first builds; the others take its rows from files.
"""

import fcntl
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

MANY_ROWS = 2000


class Snapshot:
    """What `build` writes, with the files it stores, into a database that holds `base` and nothing else.

    It may fill empty tables only: rows added to those of the base would be lost. `made`: what it returned, which is
    pickled for the other processes. `name`: one word, for table names. `folder`: that of the run.
    """

    def __init__(
        self,
        name: str,
        build: Callable[[], object],
        folder: Path,
        base: "Snapshot | None" = None,
    ) -> None:
        self.name, self.base = name, base
        self.folder = folder / f"snapshot-{name}"
        self.folder.mkdir(exist_ok=True)
        self.uploads = self.folder / "uploads"
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = self.folder / "made.pickle"
            if kept.exists():
                self.tables, self.is_large, self.made = pickle.loads(kept.read_bytes())
                self._take()
            else:
                try:
                    self._build(build)
                except BaseException:
                    # What was half built would be in the way of every test after this one.
                    _empty()
                    raise
                kept.write_bytes(pickle.dumps((self.tables, self.is_large, self.made)))

    def _build(self, build: Callable[[], object]) -> None:
        with override_settings(MEDIA_ROOT=self.uploads):
            _empty()  # migrations leave rows of reference data, which the next flush would take away
            if self.base:
                self.base.restore()
            before = _rows()
            self.made = build()
            after = _rows()
        assert not [table for table, rows in before.items() if rows and rows != after[table]]
        self.tables = {
            table: _columns(table) for table, rows in after.items() if rows and not before[table]
        }
        self.is_large = sum(after.values()) > MANY_ROWS
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"CREATE TABLE {self._kept(table)} AS SELECT * FROM {table}")
        for table in self.tables:
            rows_to_file(self._kept(table), self.folder / table)
        _empty()

    def _take(self) -> None:
        """What another process has built. The rows pass through the portal's own tables: their keys are then taken."""
        _empty()
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"CREATE TABLE {self._kept(table)} AS SELECT * FROM {table} LIMIT 0")
        for table in self.tables:
            rows_from_file(self._kept(table), self.folder / table)
        if self.base:
            self.base.restore()
        self.restore()
        if connection.vendor == "postgresql":  # SQLite remembers the largest key by itself
            self._go_on_beyond_the_keys()
        _empty()

    def _go_on_beyond_the_keys(self) -> None:
        with connection.cursor() as cursor:
            for table, columns in self.tables.items():
                if '"id"' not in columns:
                    continue
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                largest = f"(SELECT MAX(id) FROM {table})"
                cursor.execute(
                    f"SELECT setval({sequence}, GREATEST(nextval({sequence}), {largest}))"
                )

    def restore(self) -> None:
        """Into the database, which holds the base already, and the upload folder of the running test."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns in self.tables.items():
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {self._kept(table)}"
                )
            if self.is_large and connection.vendor == "postgresql":
                # Without it PostgreSQL takes the tables for empty, and reads them row by row.
                cursor.execute(f"ANALYZE {', '.join(self.tables)}")
        if self.uploads.exists():
            shutil.copytree(self.uploads, settings.MEDIA_ROOT, dirs_exist_ok=True)

    def _kept(self, table: str) -> str:
        return f"kept_{self.name}_{table}"


class BuiltAnew:
    """In place of a `Snapshot` where each test has a moment of its own (tests.days): its state is of that moment."""

    made: object = None

    def __init__(self, build: Callable[[], object]) -> None:
        self.build = build

    def restore(self) -> None:
        self.made = self.build()


def rows_to_file(table: str, path: Path) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with path.open("w", encoding="utf-8") as file:
                cursor.copy_expert(f"COPY {table} TO STDOUT", file)
        else:
            cursor.execute("ATTACH %s AS shared", [str(path)])
            cursor.execute(f"CREATE TABLE shared.kept AS SELECT * FROM {table}")
            cursor.execute("DETACH shared")


def rows_from_file(table: str, path: Path) -> None:
    """Into an empty table with the same columns."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with path.open(encoding="utf-8") as file:
                cursor.copy_expert(f"COPY {table} FROM STDIN", file)
        else:
            cursor.execute("ATTACH %s AS shared", [str(path)])
            cursor.execute(f"INSERT INTO {table} SELECT * FROM shared.kept")
            cursor.execute("DETACH shared")


def _empty() -> None:
    """The sequences go on beyond what was kept, so that a test's own rows get other keys."""
    name = str(connection.settings_dict["NAME"])
    assert "test" in name, f"{name} is no test database: mark the module with django_db"
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


def _rows() -> dict[str, int]:
    """Table → how many rows it holds."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in tables}


def _count(cursor, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {table}")
    return cursor.fetchone()[0]


def _columns(table: str) -> str:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return ", ".join(connection.ops.quote_name(column.name) for column in described)
