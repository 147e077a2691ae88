"""Dumps of the portal's database as it once was: making one, loading one, counting its rows.

Two files to a dump: `2026-11.sqlite.sql.xz` is the database, `2026-11.sqlite.figures.json` what it
told when the dump was made; the same with `postgres`. Nothing here knows the portal's modules or
models, which move and change.
"""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

FOLDER = Path(__file__).parent
KINDS = ("sqlite", "postgres")
FOREIGN = ("django_", "auth_", "axes_", "sqlite_")
"""How tables begin that belong to frameworks: their rows are not ours to keep."""
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
}
FOR_PSQL_OR_NEWER = re.compile(r"^(?:\\(?:un)?restrict .*|SET transaction_timeout = .*)\n", re.M)
"""Lines of pg_dump that only psql, or only a server from PostgreSQL 17 on, understands."""
ROWS_PER_INSERT = 500


def database_of(name: str, kind: str) -> Path:
    return FOLDER / f"{name}.{kind}.sql.xz"


def record_of(name: str, kind: str) -> Path:
    return FOLDER / f"{name}.{kind}.figures.json"


def names(kind: str) -> list[str]:
    """Of all dumps of this kind of database, the oldest first."""
    ending = f".{kind}.sql.xz"
    return sorted(path.name.removesuffix(ending) for path in FOLDER.glob(f"*{ending}"))


def recorded(name: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(record_of(name, kind).read_text(encoding="utf-8"))
    return found


def connect(kind: str, place: str) -> Any:
    """`place`: the file of an SQLite database, the URL of a PostgreSQL one."""
    return sqlite3.connect(place) if kind == "sqlite" else psycopg2.connect(place)


def load(name: str, kind: str, place: str) -> None:
    """Into an empty database."""
    statements = lzma.decompress(database_of(name, kind).read_bytes()).decode()
    with closing(connect(kind, place)) as connection:
        if kind == "sqlite":
            # Constraints ask for it; SQLite itself has none, Django brings its own.
            connection.create_function("REGEXP", 2, matches, deterministic=True)
            connection.executescript(statements)
        else:
            connection.cursor().execute(statements)
            connection.commit()


def matches(pattern: str, value: object) -> bool:
    return value is not None and re.search(pattern, str(value)) is not None


def rows(kind: str, place: str) -> dict[str, int]:
    """How many rows each of the portal's own tables has, by the table's name."""
    with closing(connect(kind, place)) as connection:
        cursor = connection.cursor()
        cursor.execute(TABLES[kind])
        tables = [table for (table,) in cursor.fetchall() if not table.startswith(FOREIGN)]
        return {table: _rows_in(cursor, table) for table in tables}


def _rows_in(cursor: Any, table: str) -> int:
    cursor.execute(f'SELECT count(*) FROM "{table}"')
    number: int = cursor.fetchone()[0]
    return number


def keep_sqlite(name: str, place: str) -> None:
    with closing(sqlite3.connect(place)) as connection:
        _keep(name, "sqlite", "\n".join(connection.iterdump()))


def keep_postgres(name: str, place: str, pg_dump: Path) -> None:
    """As statements that any client can send, without owners, for PostgreSQL 15 or newer."""
    command = [str(pg_dump), "--no-owner", "--no-privileges", "--encoding=UTF8"]
    command += [f"--rows-per-insert={ROWS_PER_INSERT}", f"--dbname={place}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    _keep(name, "postgres", FOR_PSQL_OR_NEWER.sub("", done.stdout))


def _keep(name: str, kind: str, statements: str) -> None:
    packed = lzma.compress(statements.encode(), preset=9 | lzma.PRESET_EXTREME)
    with database_of(name, kind).open("xb") as file:  # a dump is never replaced
        file.write(packed)


def record(name: str, kind: str, told: dict[str, dict[str, Any]]) -> None:
    """One figure or answer to a line, so that a difference of two records can be read."""
    parts = []
    for part, answers in told.items():
        lines = [f"{_packed(question)}: {_packed(answer)}" for question, answer in answers.items()]
        parts.append(_packed(part) + ": {\n" + ",\n".join(lines) + "\n}")
    with record_of(name, kind).open("x", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(parts) + "\n}\n")


def _packed(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
