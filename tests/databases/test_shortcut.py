"""A new database is made by migrations that replace others. One that is half-way goes on step by step."""

from collections.abc import Iterable
from contextlib import closing

from django.db.migrations.loader import MigrationLoader

from jiangjin_portal.safekeeping import children
from tests.databases import dumps
from tests.databases.test_frozen_database import KIND, place_of

LAST_SEEN = "0004"
"""Of the firms and of the targets in the backup below: early, so that its tables are soon made."""
GOES_ON = ("enterprises.", "targets.")


def names(keys: Iterable[tuple[str, str]]) -> set[str]:
    return {f"{app}.{name}" for app, name in keys}


def one_by_one() -> set[str]:
    loader = MigrationLoader(None)
    return names(loader.disk_migrations.keys() - loader.replacements.keys())


def half_way() -> set[str]:
    """What a database of an early day has seen."""
    later = {
        name
        for name in one_by_one()
        if name.startswith(GOES_ON) and name.partition(".")[2][: len(LAST_SEEN)] > LAST_SEEN
    }
    return one_by_one() - later


def test_a_database_has_seen_all_by_either_way():
    loader = MigrationLoader(None)
    shortcuts = names(loader.replacements)
    replaced = names(key for way in loader.replacements.values() for key in way.replaces)
    assert shortcuts
    assert len(replaced) > 30
    assert children.pending_since(one_by_one()) == []
    assert children.pending_since(one_by_one() | shortcuts) == []
    assert children.pending_since((one_by_one() - replaced) | shortcuts) == []


def test_what_is_pending_half_way_is_told_one_by_one():
    pending = children.pending_since(half_way())
    assert pending[0] == "enterprises.0005_void_registrations"
    assert set(pending) == one_by_one() - half_way()


def test_the_tables_of_a_backup_made_half_way_are_those_of_its_day(empty_portal):
    children.make_tables(half_way(), empty_portal.environment)
    with closing(dumps.connect(KIND, place_of(empty_portal))) as database:
        cursor = database.cursor()
        cursor.execute("SELECT is_register FROM enterprises_qualificationkind")
        cursor.execute("SELECT * FROM enterprises_enterprise")
        assert "voided_at" not in {column[0] for column in cursor.description}
        cursor.execute("SELECT app, name FROM django_migrations")
        assert names(cursor.fetchall()) == half_way()


def test_a_shortcut_cannot_be_taken_back():
    """It would drop every table. Those that it replaces cannot either."""
    ways = MigrationLoader(None).replacements.values()
    assert [way.name for way in ways if any(step.reversible for step in way.operations)] == []
