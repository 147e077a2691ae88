"""The detector finds what walks a table for each row of another, and lets pass what does not."""

import pytest
from django.db import connection

from parks.models import Unit
from tests.large import plans

pytestmark = pytest.mark.django_db
SERIES = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 5000)"
TABLES = [
    "CREATE TABLE firm (id integer PRIMARY KEY, kind integer)",
    "CREATE TABLE held (id integer PRIMARY KEY, firm_id integer, kind integer, day integer)",
    "CREATE INDEX held_by_kind ON held (kind)",
    "CREATE TABLE place (id integer PRIMARY KEY, firm_id integer)",
    "CREATE INDEX place_by_firm ON place (firm_id)",
    f"{SERIES} INSERT INTO firm SELECT k, k %% 2 FROM n",
    f"{SERIES} INSERT INTO held SELECT k, k, k %% 2, k %% 900 FROM n",
    f"{SERIES} INSERT INTO place SELECT k, k FROM n",
    "ANALYZE",
]
OUTLASTED = "FROM firm T1 WHERE EXISTS (SELECT 1 FROM held U0 WHERE U0.firm_id <= T1.id AND U0.day < T1.kind"
BAD = {
    "a condition without an index": f"SELECT * {OUTLASTED})",
    "an index that leads to half of the table": f"SELECT * {OUTLASTED} AND U0.kind = T1.kind)",
    "a subquery that is shown": (
        "SELECT T1.id, (SELECT MAX(U0.day) FROM held U0 WHERE U0.day < T1.id) FROM firm T1"
    ),
    "a join that compares all pairs": "SELECT * FROM firm T1 JOIN held U0 ON U0.day + T1.id < 9",
}
GOOD = {
    "one table": "SELECT * FROM held WHERE day < 5",
    "by an index": "SELECT * FROM firm T1 JOIN place U1 ON U1.firm_id = T1.id",
    "a condition by an index": (
        "SELECT * FROM firm T1 WHERE EXISTS (SELECT 1 FROM place U1 WHERE U1.firm_id = T1.id)"
    ),
    "a list made once": "SELECT * FROM firm WHERE id IN (SELECT firm_id FROM held WHERE day = 5)",
    "for each of a few units": (
        "SELECT T2.id, (SELECT COUNT(*) FROM held U0 WHERE U0.day < T2.id) FROM parks_unit T2"
    ),
}


@pytest.fixture
def tables(plan) -> dict[str, int]:
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement, [])
    assert 0 < Unit.objects.count() <= plans.FEW
    return plans.table_sizes()


def test_a_table_walked_for_each_row_is_found(tables):
    found = {name: plans.walks(sql, None, tables) for name, sql in BAD.items()}
    assert [name for name, walks in found.items() if not walks] == []


def test_what_is_read_once_or_by_an_index_passes(tables):
    found = {name: plans.walks(sql, None, tables) for name, sql in GOOD.items()}
    assert {name: walks for name, walks in found.items() if walks} == {}
