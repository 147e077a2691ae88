"""Which tests a lane runs, and in which order; `tests.services` runs the lanes.

What touches no database runs in the first lane alone. Whether a test does is read off its mark and off the fixtures it
asks for, directly or by way of others; one without either touches none, for pytest-django refuses it the database. Tests
marked `once` need one too, but are about something else: how a page looks, what the supervisor does. Nor is the whole demo
made for both.

Where both lanes run, ROOMS_OF_THE_DATABASE are tried on both. A test of another room stands on what these hold: it is tried
on one database, drawn by FAULT_SEED, and on the other in another run. Tests marked `fault` start and kill whole processes, those
marked `proof` try many histories, a large district, or each link of each page: they would take a third of all time, and one in
three is drawn. `make test-long` and a lane alone leave out nothing.
"""

import os
import random
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.effort import THOROUGH

DATABASE_MARKS = ("django_db", "fault")
DRAWN_MARKS = ("fault", "proof")
DRAWN_SHARE = 1 / 3
DATABASE_FIXTURES = {"django_db_setup", "live_server", "portal", "empty_portal"}
FIRST_LANE_FIXTURES = {"kept_demo", "kept_demo_firms"}
"""The demo takes half a minute to make, and by default an installation makes it on SQLite alone."""
TESTS = Path(__file__).parent
ROOMS_OF_THE_DATABASE = [
    TESTS / room
    for room in (
        "databases",
        "enterprises/jobs",
        "enterprises/loading",
        "enterprises/mining/test_kept.py",
        "enterprises/mining/test_oracle.py",
        "enterprises/models",
        "enterprises/registry",
        "targets/figures/test_counting.py",
        "targets/figures/test_figure_edges.py",
        "targets/figures/test_flows.py",
        "targets/figures/test_known.py",
        "targets/figures/test_progress.py",
        "targets/figures/test_spans.py",
        "targets/firm_list/test_filters.py",
        "targets/firm_list/test_in_flight.py",
        "targets/firm_list/test_many_firms.py",
        "test_constraints.py",
    )
]
"""SQL of our own, constraints and triggers, locks and races, searching and sorting."""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    yield  # pytest-django brings its own order
    items[:] = in_turn(items)
    if lane := os.environ.get("PORTAL_LANE"):
        own = {item for item in items if lane in lanes_of(item)}
        config.hook.pytest_deselected(items=[item for item in items if item not in own])
        items[:] = [item for item in items if item in own]


def lanes_of(item: pytest.Item) -> Sequence[str]:
    """Those of the lanes that run which this test belongs to."""
    lanes = os.environ.get("PORTAL_LANES", "").split()
    possible = lanes if touches_a_database(item) else ["sqlite"]
    if THOROUGH or len(lanes) == 1:
        return possible
    # All cases of a function together, and the same in every worker.
    function = item.nodeid.partition("[")[0]
    may_be_left_out = any(item.get_closest_marker(mark) for mark in DRAWN_MARKS)
    return draw(function, item.path, tuple(possible), may_be_left_out)


@cache
def draw(
    function: str, path: Path, possible: tuple[str, ...], may_be_left_out: bool
) -> Sequence[str]:
    """Once for all cases: each worker asks for thousands of them."""
    chance = random.Random(f"{os.environ['FAULT_SEED']} {function}")
    if may_be_left_out and chance.random() > DRAWN_SHARE:
        return ()
    if len(possible) == 1 or is_of_the_database(path):
        return possible
    return (chance.choice(possible),)


def is_of_the_database(path: Path) -> bool:
    # Every step since the first database takes half a minute: in turn on one and the other.
    if path.name == "test_frozen_database.py":
        return False
    return any(path.is_relative_to(room) for room in ROOMS_OF_THE_DATABASE)


def touches_a_database(item: pytest.Item) -> bool:
    asked = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("once") or FIRST_LANE_FIXTURES & asked:
        return False
    if any(item.get_closest_marker(mark) for mark in DATABASE_MARKS):
        return True
    return bool(DATABASE_FIXTURES & asked)


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
