"""Backups of a PostgreSQL database: the rows of each table as COPY writes them, from one snapshot.

Tables come back by the migrations, which are never edited once they were run somewhere, so no
program beside the database is needed: pg_dump would have to be as new as the server. A backup is
rebuilt in a schema of its own, which later takes the place of the one in use in one step.
"""

from __future__ import annotations

import hashlib
import os
import time
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg2
from django.db import connection
from psycopg2 import errors, sql
from psycopg2.extensions import connection as Session

from jiangjin_portal.safekeeping import children
from jiangjin_portal.safekeeping.manifest import BackupRefused, Contents, Manifest, Table

FOLDER = "database"
SCRATCH = "portal_scratch"
TURN = 7_391_284
"""Number of the lock by which one backup or restore at a time uses the scratch schema."""
LAST_MOMENTS = 20
"""Tenths of a second for sessions that are just ending."""
PLAIN_VALUES = (
    # Text that means the same wherever it is read again.
    "SET client_encoding = 'UTF8'; SET DateStyle = 'ISO'; SET TimeZone = 'UTC';"
    " SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1;"
    # A table of a million rows takes its time.
    " SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = 0"
)
TABLES = """
    SELECT c.relname,
        (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
        (SELECT array_agg(k.attname::text ORDER BY k.place) FROM (
             SELECT a.attname, array_position(i.indkey::int2[], a.attnum) AS place
             FROM pg_index i JOIN pg_attribute a
             ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
             WHERE i.indrelid = c.oid AND i.indisprimary) AS k)
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = %s::regnamespace
    ORDER BY c.relname
"""


class Digested:
    """What COPY writes: counted, digested and, where wanted, kept in a file."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self.file, self.rows, self.digest = file, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        # One row is one line: COPY writes a line feed inside of a value as two characters.
        self.rows += data.count(b"\n")
        self.digest.update(data)
        if self.file:
            self.file.write(data)
        return len(data)


def tables_in_use() -> dict[str, int] | None:
    """Rows of the tables in use."""
    with closing(_session()) as session:
        schema = _schema_in_use(session)
        count = sql.SQL("SELECT count(*) FROM {}")
        return {
            name: _ask(session, count.format(sql.Identifier(schema, name)))[0][0]
            for name in _tables(session, schema)
        }


def copy_database(folder: Path) -> Contents:
    """Every row as it is at one moment, while others go on writing; tells what there was."""
    (folder / FOLDER).mkdir()
    with closing(_session()) as session:
        session.set_session(isolation_level="REPEATABLE READ", readonly=True)
        schema = _schema_in_use(session)
        contents = _contents_of(session, schema, folder / FOLDER)
    if not contents.migrations:
        raise BackupRefused("没有数据可备份：数据库是空的，或不是本系统的数据库。")
    return contents


@contextmanager
def rebuilt(backup: Path, manifest: Manifest, scratch: Path) -> Iterator[dict[str, str]]:
    """The database of the backup in the scratch schema; gives the environment that leads there."""
    with closing(_session()) as session:
        session.autocommit = True
        if not _ask(session, "SELECT pg_try_advisory_lock(%s)", TURN)[0][0]:
            raise BackupRefused("另一项备份或恢复正在进行，请稍后再试。")
        try:
            _execute(session, _drop(SCRATCH))
            _execute(session, sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCRATCH)))
            environment = {"PORTAL_HOME": str(scratch), "DATABASE_URL": _url_of_scratch()}
            children.make_tables(manifest.contents.migrations, environment)
            session.autocommit = False
            _fill(session, backup / FOLDER, manifest.contents)
            session.commit()
            session.autocommit = True
            yield environment
        except psycopg2.Error as error:
            raise BackupRefused(f"数据库未接受备份的内容：{_first_line(error)}") from error
        finally:
            if not session.closed:
                session.rollback()
                session.autocommit = True
                _execute(session, _drop(SCRATCH))


def rebuilt_contents(manifest: Manifest, scratch: Path) -> Contents:
    return _contents_in(SCRATCH, manifest)


def contents_in_use(manifest: Manifest) -> Contents:
    return _contents_in(None, manifest)


def unsound_in_use(guards: Sequence[str]) -> list[str]:
    """What the server is not told to hold any more; `guards`: triggers that must stand there."""
    in_schema = "relnamespace = current_schema()::regnamespace"
    with closing(_session()) as session:
        loose = _ask(
            session,
            "SELECT c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
            f" WHERE NOT c.convalidated AND t.{in_schema}",
        )
        triggers = _ask(
            session,
            "SELECT g.tgname, g.tgenabled = 'D' FROM pg_trigger g"
            f" JOIN pg_class t ON t.oid = g.tgrelid WHERE t.{in_schema}",
        )
    standing = {name for name, is_off in triggers if not is_off}
    problems = [f"约束 {name} 未经核对" for (name,) in loose]
    problems += [f"触发器 {name} 已停用" for name, is_off in triggers if is_off]
    return problems + [f"数据库缺少保护 {name}" for name in guards if name not in standing]


def others_at_work() -> int:
    """Sessions of other programs on this database: web, workers, somebody's console."""
    count = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with closing(_session()) as session:
        session.autocommit = True
        # A session that was just closed is seen for a moment longer.
        for _ in range(LAST_MOMENTS):
            if not (others := int(_ask(session, count)[0][0])):
                break
            time.sleep(0.1)
        return others


def take_over(scratch: Path, old: Path, *, keep: bool) -> str:
    """The scratch schema becomes the one in use, in one transaction; says where the old one is."""
    connection.close()
    old_name = old.name.replace("-", "_")
    with closing(_session()) as session:
        schema = _schema_in_use(session)
        rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
        try:
            _execute(session, rename.format(sql.Identifier(schema), sql.Identifier(old_name)))
            _execute(session, rename.format(sql.Identifier(SCRATCH), sql.Identifier(schema)))
            if not keep:
                _execute(session, _drop(old_name))
        except errors.InsufficientPrivilege as error:
            raise BackupRefused(
                f"数据库用户不是 schema {schema} 的所有者，不能替换：{_first_line(error)}"
            ) from error
        session.commit()
    return f"数据库的 schema {old_name}" if keep else ""


def _session() -> Session:
    parameters = connection.get_connection_params()
    # Django's own make values of Django; here rows stay as the server writes them.
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    session: Session = psycopg2.connect(**parameters)
    _execute(session, sql.SQL(PLAIN_VALUES))
    session.commit()
    return session


def _url_of_scratch() -> str:
    """The portal's own DATABASE_URL, leading to the scratch schema."""
    parts = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    query = dict(urllib.parse.parse_qsl(parts.query)) | {"currentSchema": SCRATCH}
    return parts._replace(query=urllib.parse.urlencode(query)).geturl()


def _drop(schema: str) -> sql.Composable:
    return sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))


def _schema_in_use(session: Session) -> str:
    return str(_ask(session, "SELECT current_schema()")[0][0])


def _tables(session: Session, schema: str) -> dict[str, tuple[list[str], list[str]]]:
    """Table → its columns without generated ones, and those of its primary key."""
    found = _ask(session, TABLES, schema)
    return {name: (columns, key or columns) for name, columns, key in found}


def _contents_in(schema: str | None, manifest: Manifest) -> Contents:
    """What the tables of the manifest hold, in the columns that it names."""
    with closing(_session()) as session:
        session.set_session(isolation_level="REPEATABLE READ", readonly=True)
        place = schema or _schema_in_use(session)
        there = _tables(session, place)
        tables = {
            name: _copy_out(session, place, name, table.columns, table.key, None)
            for name, table in manifest.contents.tables.items()
            if name in there
        }
        return Contents([], tables)


def _contents_of(session: Session, schema: str, folder: Path) -> Contents:
    tables = {}
    for name, (columns, key) in _tables(session, schema).items():
        with (folder / f"{name}.copy").open("wb") as file:
            tables[name] = _copy_out(session, schema, name, columns, key, file)
    migrations: list[str] = []
    if "django_migrations" in tables:
        applied = _ask(session, "SELECT app, name FROM django_migrations ORDER BY id")
        migrations = [f"{app}.{name}" for app, name in applied]
    counters = _ask(
        session,
        "SELECT sequencename, last_value FROM pg_sequences"
        " WHERE schemaname = %s AND last_value IS NOT NULL",
        schema,
    )
    return Contents(migrations, tables, {name: int(last) for name, last in counters})


def _copy_out(
    session: Session, schema: str, name: str, columns: Any, key: Any, file: IO[bytes] | None
) -> Table:
    texts = _text_columns(session, schema, name)
    # Text by its bytes: another server may sort words otherwise.
    order = sql.SQL(", ").join(
        sql.SQL('{}::text COLLATE "C"').format(sql.Identifier(column))
        if column in texts
        else sql.Identifier(column)
        for column in key
    )
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(schema, name), order
    )
    out = Digested(file)
    with session.cursor() as cursor:
        cursor.copy_expert(query, out)
    return Table(out.rows, out.digest.hexdigest(), list(columns), list(key))


def _text_columns(session: Session, schema: str, name: str) -> set[str]:
    found = _ask(
        session,
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s"
        " AND table_name = %s AND data_type IN ('text', 'character varying', 'character')",
        schema,
        name,
    )
    return {column for (column,) in found}


def _fill(session: Session, folder: Path, contents: Contents) -> None:
    """Every row into the empty tables; references are held against each other at the end."""
    there = _tables(session, SCRATCH)
    if unknown := sorted(contents.tables.keys() - there.keys()):
        raise BackupRefused(f"备份中的数据表 {unknown[0]} 不是本系统的迁移所建。")
    # Triggers judge what people write now; this is history. The owner may switch them off.
    _execute(session, sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(SCRATCH)))
    _switch_triggers(session, there, "DISABLE")
    # Some migrations bring rows of their own, in ledgers that refuse to be emptied too.
    every = sql.SQL(", ").join(sql.Identifier(SCRATCH, name) for name in there)
    _execute(session, sql.SQL("TRUNCATE {}").format(every))
    for name, table in contents.tables.items():
        columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(SCRATCH, name), columns)
        with (folder / f"{name}.copy").open("rb") as file, session.cursor() as cursor:
            cursor.copy_expert(query, file)
    for name, last in contents.sequences.items():
        counter = sql.Literal(f'"{SCRATCH}"."{name}"')
        _execute(session, sql.SQL("SELECT setval({}, {})").format(counter, sql.Literal(last)))
    _execute(session, sql.SQL("SET CONSTRAINTS ALL IMMEDIATE"))
    _switch_triggers(session, there, "ENABLE")
    _execute(session, sql.SQL("ANALYZE {}").format(every))


def _switch_triggers(session: Session, tables: Iterable[str], how: str) -> None:
    """Those of the migrations; references are held by triggers of the server's own."""
    for name in tables:
        statement = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
        _execute(session, statement.format(sql.Identifier(SCRATCH, name), sql.SQL(how)))


def _execute(session: Session, statement: sql.Composable) -> None:
    with session.cursor() as cursor:
        cursor.execute(statement)


def _ask(session: Session, question: str | sql.Composable, *values: Any) -> list[Any]:
    with session.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def _first_line(error: psycopg2.Error) -> str:
    return str(error).strip().splitlines()[0]
