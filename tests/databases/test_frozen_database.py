"""A database of an earlier portal survives `git pull; migrate`: every row, every figure told.

The dumps and what was recorded with them are never edited; `python -m tests.databases.make` adds
further ones.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests import undeletable
from tests.databases import dumps, make, shapes
from tests.portal_process import Portal
from tests.services import BASE_DIR

KIND = "postgres" if "DATABASE_URL" in os.environ else "sqlite"
CHECKS = [["migrate", "--check"], ["makemigrations", "--check", "--dry-run"]]
REBUILD = [["recompute", "--rebuild"]]
RENAMED: dict[str, str] = {}
"""Table of a dump → what it is called now, for those that a later migration renamed."""
ADDED: dict[str, int] = {}
"""Table of a dump → rows that a later migration adds on purpose."""
GOALS = "/api/v1/goals/?year=2026 rows"
IN_FLIGHT = "all that the unit is behind with is in flight: its certificates are still to come"
STILL_MISSING = "judged on what is still missing from the first batch on, not from October on"
ONE_QUARTER = "a quarter is written in one way"
CHANGED: dict[str, str] = {
    f"{GOALS} 3 measures net rate": "a loss is told in firms, not in percent",
    f"{GOALS} 6 measures stock state": IN_FLIGHT,
    f"{GOALS} 6 measures stock since": IN_FLIGHT,
    f"{GOALS} 6 measures net state": IN_FLIGHT,
    f"{GOALS} 6 measures net since": IN_FLIGHT,
    **{
        f"{GOALS} {row} measures {measure} since": STILL_MISSING
        for row in (0, 1, 3, 5)
        for measure in ("stock", "net", "first")
    },
    f"{GOALS} 4 measures first since": STILL_MISSING,
    f"{GOALS} 4 measures first state": STILL_MISSING,
    "/api/v1/quarters/ results 0 label": ONE_QUARTER,
    "/api/v1/quarters/ results 1 label": ONE_QUARTER,
}
"""What is told otherwise on purpose (as a difference begins, such as /api/v1/tasks/) → why."""


@pytest.mark.parametrize("name", dumps.names(KIND))
def test_an_existing_database_survives_an_upgrade(empty_portal, name, db):
    """All spans counted anew must tell the same: so the facts survived, of which they are made.

    It has come by all migrations, one by one; the database of the tests, as every new one, by those
    that replace them.
    """
    recorded = dumps.recorded(name, KIND)
    dumps.load(name, KIND, place_of(empty_portal))
    assert dumps.rows(KIND, place_of(empty_portal)) == recorded["rows"]
    empty_portal.manage("migrate", "--noinput")
    made = undeletable.without_guards(shape_of(empty_portal))
    assert made == shapes.shape(KIND, connection.cursor())
    assert kept(recorded["rows"], dumps.rows(KIND, place_of(empty_portal))) == []
    assert told_otherwise(empty_portal, recorded, after=CHECKS) == []
    assert told_otherwise(empty_portal, recorded, after=REBUILD) == []


def test_migrations_that_were_run_somewhere_are_as_they_were():
    listed = json.loads(make.MIGRATIONS.read_text(encoding="utf-8"))
    assert listed
    assert make.edited(listed) == []
    # One that is not listed could be edited after it was run somewhere, and nobody would notice.
    assert sorted(make.sums_of_migrations().keys() - listed.keys()) == []


@pytest.mark.django_db
def test_a_database_that_never_had_the_column_survives_its_removal():
    """For a day 0007 was kept without is_contradicting; databases of both kinds are upgraded."""
    removal = import_module("enterprises.migrations.0009_drop_is_contradicting")
    removal.drop_where_it_is(apps, connection.schema_editor())
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "enterprises_rosterfirm")
    assert "is_contradicting" not in {column.name for column in columns}


@pytest.mark.parametrize("part", ["rows", "figures"])
def test_every_dump_tells_the_same_on_both_kinds_of_database(part):
    first, second = (all_recorded(kind, part) for kind in dumps.KINDS)
    assert first
    assert list(differences(first, second)) == []
    assert list(differences(second, first)) == []


def test_a_difference_is_named_and_what_is_told_besides_is_none():
    recorded = {"rows": [{"value": 1}], "head": {"day": "x"}}
    more = {"rows": [{"value": 1, "new": 2}], "head": {"day": "x"}}
    assert list(differences(recorded, more)) == []
    told = {"rows": [{"value": 2}], "head": {}}
    assert list(differences(recorded, told)) == ["rows 0 value: 1 → 2", "head day: gone"]
    assert list(differences({"rows": [1, 2]}, {"rows": [1]})) == ["rows: [1, 2] → [1]"]


def all_recorded(kind: str, part: str) -> dict[str, Any]:
    return {name: dumps.recorded(name, kind)[part] for name in dumps.names(kind)}


def place_of(portal: Portal) -> str:
    """Where dumps.py finds the portal's database."""
    return portal.environment.get("DATABASE_URL") or str(portal.home / "portal.sqlite3")


def shape_of(portal: Portal) -> dict[str, object]:
    with closing(dumps.connect(KIND, place_of(portal))) as database:
        return shapes.shape(KIND, database.cursor())


def kept(recorded: dict[str, int], now: dict[str, int]) -> list[str]:
    """Tables that have other rows than those of the dump and those that migrations add."""
    rows = {table: number + ADDED.get(table, 0) for table, number in recorded.items()}
    return list(differences({RENAMED.get(table, table): rows[table] for table in rows}, now))


def told_otherwise(portal: Portal, recorded: dict[str, Any], after: list[list[str]]) -> list[str]:
    """What the portal of today tells otherwise than the record, once it has run the commands."""
    questions = {part: list(recorded[part]) for part in ("figures", "answers")}
    asked = json.dumps({"commands": after, **questions, "days": days_of(recorded["answers"])})
    done = subprocess.run(
        [sys.executable, "-m", "tests.databases.ask"], input=asked, cwd=BASE_DIR,
        env=portal.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    found = [line for part in questions for line in differences(recorded[part], told[part])]
    return [line for line in found if not line.startswith(tuple(CHANGED))]


def days_of(answers: dict[str, Any]) -> dict[str, str]:
    """Address → the day of its record: what is answered for today is asked again as of then."""
    return {
        address: answer["as_of"]
        for address, answer in answers.items()
        if address.startswith(make.TODAYS)
    }


def differences(recorded: Any, told: Any, where: str = "") -> Iterator[str]:
    """What was recorded must be told as it was; fields that were added since are no difference."""
    if isinstance(recorded, dict) and isinstance(told, dict):
        for name, value in recorded.items():
            place = f"{where} {name}".lstrip()
            if name in told:
                yield from differences(value, told[name], place)
            else:
                yield f"{place}: gone"
    elif isinstance(recorded, list) and isinstance(told, list) and len(recorded) == len(told):
        for number, (before, now) in enumerate(zip(recorded, told, strict=True)):
            yield from differences(before, now, f"{where} {number}".lstrip())
    elif recorded != told:
        yield f"{where}: {recorded!r} → {told!r}"
