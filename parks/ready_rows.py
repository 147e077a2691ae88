"""Many rows made ready for their table before the transaction that writes them.

Turning objects into SQL takes several times as long as the database takes to carry it out. SQLite
has one lock for all who write: what is made ready before, nobody waits for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Model, sql
from django.db.models.constants import OnConflict

from parks.beat import Beat, silent

Statement = tuple[str, Sequence[Any]]


def insertions(
    model: type[Model], rows: Sequence[Model], *, keyed: bool, beat: Beat = silent
) -> Iterator[Statement]:
    """The statements that insert the rows.

    `keyed`: with the keys they have already; otherwise the database gives them, in this order.
    """
    fields = [field for field in model._meta.concrete_fields if keyed or not field.primary_key]
    return _compiled(sql.InsertQuery(model), fields, rows, beat)


def rewritings(
    model: type[Model], rows: Sequence[Model], *, beat: Beat = silent
) -> Iterator[Statement]:
    """The statements that put the values of the rows, which the table has, in place of theirs."""
    fields = list(model._meta.concrete_fields)
    query = sql.InsertQuery(
        model,
        on_conflict=OnConflict.UPDATE,
        unique_fields=[field for field in fields if field.primary_key],
        update_fields=[field for field in fields if not field.primary_key],
    )
    return _compiled(query, fields, rows, beat)


def _compiled(
    query: sql.InsertQuery, fields: list[Any], rows: Sequence[Model], beat: Beat
) -> Iterator[Statement]:
    portion = max(connection.ops.bulk_batch_size(fields, rows), 1) if rows else 1
    for start in range(0, len(rows), portion):
        beat()
        query.insert_values(fields, list(rows[start : start + portion]))
        # By its name: `connection` looks the thread's own up anew for each value of each row.
        yield from query.get_compiler(using=DEFAULT_DB_ALIAS).as_sql()


def carry_out(statements: Iterable[Statement]) -> None:
    """Let the database work; in the caller's transaction."""
    with connection.cursor() as cursor:
        for statement, parameters in statements:
            cursor.execute(statement, parameters)


def reserve_keys(model: type[Model], number: int) -> Sequence[int]:
    """Keys that no other row of the table will get, whether rows with them are written or not."""
    if not number:
        return []
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        with connection.cursor() as cursor:
            cursor.execute(query, [table, number])
            return [key for (key,) in cursor.fetchall()]
    with transaction.atomic(), connection.cursor() as cursor:
        # The table of the last keys is SQLite's own, and open to writing. A table that was always
        # empty has no line there yet.
        missing = "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)"
        cursor.execute(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT %s, 0 {missing}", [table, table]
        )
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [number, table])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()[0]
    return range(last - number + 1, last + 1)
