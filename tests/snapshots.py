"""States of the database that many tests begin with: built once per test process, copied into each test.

Loading the plan takes a tenth of a second and the demo district seven; copying their rows takes 5 and 200 ms. The rows
wait in tables of their own beside the portal's, which no model knows and no flush empties: a test that asks for no
state gets an empty database, and after a flush the state is as near as before.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings


class Snapshot:
    """What `build` writes, with the files it stores, into a database that holds `base` and nothing else.

    It may fill empty tables only: rows added to those of the base would be lost. `made`: what it returned. `name`: one
    word, for table names.
    """

    def __init__(
        self, name: str, build: Callable[[], object], base: "Snapshot | None" = None
    ) -> None:
        self.name, self.base = name, base
        self.uploads = Path(tempfile.mkdtemp(prefix=f"snapshot-{name}-"))
        with override_settings(MEDIA_ROOT=self.uploads):
            _empty()  # migrations leave rows of reference data, which the next flush would take away
            if base:
                base.restore()
            before = _rows()
            self.made = build()
            after = _rows()
        assert not [table for table, rows in before.items() if rows and rows != after[table]]
        self.tables = {
            table: _columns(table) for table, rows in after.items() if rows and not before[table]
        }
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"CREATE TABLE {self._kept(table)} AS SELECT * FROM {table}")
        _empty()

    def restore(self) -> None:
        """Into the database, which holds the base already, and the upload folder of the running test."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns in self.tables.items():
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {self._kept(table)}"
                )
        shutil.copytree(self.uploads, settings.MEDIA_ROOT, dirs_exist_ok=True)

    def forget(self) -> None:
        shutil.rmtree(self.uploads, ignore_errors=True)

    def _kept(self, table: str) -> str:
        return f"kept_{self.name}_{table}"


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
