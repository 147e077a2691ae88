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
    items[:] = in_turn(items)
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


def in_turn(items: list[pytest.Item]) -> list[pytest.Item]:
    """What takes long; then the many short ones, and spread among their first half the tests of whole processes.

    These wait much: begun together they would leave the processors idle.
    """
    waiting = [item for item in items if item.get_closest_marker("fault")]
    others = [item for item in items if not item.get_closest_marker("fault")]
    others.sort(key=lambda item: item.get_closest_marker("long") is None)
    stride = len(others) // (2 * len(waiting) + 1)
    ordered = []
    for number, item in enumerate(others):
        if waiting and stride and number % stride == 0:
            ordered.append(waiting.pop(0))
        ordered.append(item)
    return ordered + waiting
