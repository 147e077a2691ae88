"""Which tests a lane runs, and in which order; `tests.services` runs the lanes.

What touches no database runs in the first lane alone. Whether a test does is read off its mark and off the fixtures it
asks for, directly or by way of others; one without either touches none, for pytest-django refuses it the database. Tests
marked `once` need one too, but are about something else: how a page looks, what the supervisor does.
"""

import os
from collections.abc import Iterator

import pytest

DATABASE_MARKS = ("django_db", "fault")
DATABASE_FIXTURES = {"django_db_setup", "live_server", "portal", "empty_portal"}


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    yield  # pytest-django brings its own order
    items.sort(key=turn)
    if os.environ.get("PORTAL_LANE") == "postgres":
        left_out = [item for item in items if not touches_a_database(item)]
        items[:] = [item for item in items if touches_a_database(item)]
        config.hook.pytest_deselected(items=left_out)


def touches_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    if any(item.get_closest_marker(mark) for mark in DATABASE_MARKS):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def turn(item: pytest.Item) -> int:
    """The tests of whole processes, which wait much; then what takes long; then the many short ones."""
    if item.get_closest_marker("fault"):
        return 0
    return 1 if item.get_closest_marker("long") else 2
