"""The planner knows of many new rows at once: it would read them row by row for each row of another table."""

import datetime as dt

import pytest
from django.db import connection

from enterprises import jobs, registry
from enterprises.models import LedgerEntry, Notice, Placement
from enterprises.registry import acts
from parks import table_statistics
from targets.figures import counting
from targets.models import Span
from tests.firms import TODAY, code

pytestmark = pytest.mark.django_db
FIRMS = table_statistics.MANY_ROWS + 1


def rows_as_planned(model) -> int:
    """How many rows the planner takes a table to have."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        query = "SELECT reltuples::bigint FROM pg_class WHERE relname = %s"
    else:
        query = "SELECT CAST(stat AS integer) FROM sqlite_stat1 WHERE tbl = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return max((row[0] for row in cursor.fetchall()), default=0)


def test_after_a_large_load_and_after_counting_it(plan):
    done = []
    for number in range(1, FIRMS + 1):
        uscc, day = code(number), dt.date(2020, 5, 6)
        done += [
            acts.Register(uscc=uscc, name=f"重庆测试{number}号机械有限公司"),
            acts.Place(uscc=uscc, park="degan", town="500116002", since=day),
            acts.Grant(uscc=uscc, kind="tech", valid_from=day),
        ]
    registry.apply(done, by=None)
    assert (rows_as_planned(Placement), rows_as_planned(LedgerEntry)) == (FIRMS, 3 * FIRMS)
    assert counting.count([TODAY], "certificate").stock(TODAY, "tech", "district") == FIRMS
    assert rows_as_planned(Span) == 2 * FIRMS  # one for each definition


def test_each_night_rows_that_came_one_by_one_are_counted(people, settings):
    assert settings.JOB_NIGHTLY["statistics"]
    Notice.objects.bulk_create(Notice(person=people["小石"], text="试") for _ in range(300))
    job = jobs.run_inline(jobs.submit(kind="statistics"))
    assert job.state == "done"
    assert job.result["tables"] > 50
    assert rows_as_planned(Notice) == 300
