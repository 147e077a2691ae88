"""What the database's planner knows of the tables, made fresh where many rows were written at once.

The databases count their tables now and then, by themselves (PostgreSQL) or never (SQLite). Right
after a district was loaded they take its tables for empty, and read them row by row for each row of
another: seconds become minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.apps import apps
from django.db import connection
from django.db.models import Model

MANY_ROWS = 2_000
"""Fewer rows change no plan that matters, and counting a table costs milliseconds."""


def refresh(models: Iterable[type[Model]]) -> None:
    """Count the tables of these models anew; in the transaction that has written them."""
    tables = [connection.ops.quote_name(model._meta.db_table) for model in models]
    # SQLite counts one table at a time.
    lists = [", ".join(tables)] if connection.vendor == "postgresql" else tables
    with connection.cursor() as cursor:
        for listed in lists:
            cursor.execute(f"ANALYZE {listed}")


def refresh_all(beat: Callable[..., None] = lambda *_, **__: None) -> int:
    """Count every table anew, each in a statement of its own; returns how many there are.

    Rows also come one by one, and SQLite never counts them by itself. `beat(phase, done=, total=)`
    is called before each table.
    """
    models = apps.get_models()
    for number, model in enumerate(models):
        beat("更新数据表统计", done=number, total=len(models))
        refresh([model])
    return len(models)
