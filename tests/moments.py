"""A plugin of `tests.days`: every test function once for each moment, with the clock beginning there.

TEST_MOMENTS=2028-02-29T23:59+08:00,…  The clock goes on, so a test that begins a minute before midnight may end after.
TEST_SEED draws what comes when: a test with parameters takes them in turn, one at each moment. A test that stands on a day
of its own (the fixture `own_day`), or that tells of queries or files alone (the mark `one_moment`), is run at one.
"""

import datetime as dt
import os
import random
from collections import defaultdict
from collections.abc import Iterator

import pytest
import time_machine

MOMENTS = os.environ["TEST_MOMENTS"].split(",")
SEED = os.environ.get("TEST_SEED", "0")


def pytest_configure() -> None:
    """What is built once for all tests is built at the earliest: a test knows nothing of what is later than it."""
    time_machine.travel(moment_of(min(MOMENTS, key=moment_of)), tick=True).start()


@pytest.fixture(autouse=True, params=MOMENTS)
def moment(request: pytest.FixtureRequest) -> Iterator[None]:
    with time_machine.travel(moment_of(request.param), tick=True):
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of each function's moments × parameters those that are due."""
    functions = defaultdict(list)
    for item in items:
        functions[item.nodeid.partition("[")[0]].append(item)
    due = {item for name, cases in functions.items() for item in due_of(name, cases)}
    config.hook.pytest_deselected(items=[item for item in items if item not in due])
    items[:] = [item for item in items if item in due]


def due_of(name: str, cases: list[pytest.Item]) -> Iterator[pytest.Item]:
    chance = random.Random(f"{SEED} {name}")
    orders = sorted({parameters_of(case) for case in cases})
    chance.shuffle(orders)
    only = chance.randrange(len(MOMENTS)) if needs_one_moment(cases[0]) else None
    for case in cases:
        at, which = case.callspec.indices["moment"], orders.index(parameters_of(case))
        # With more parameters than moments several share one, else several moments share one of them.
        shares = which % len(MOMENTS) == at or at % len(orders) == which
        if at == only or (only is None and shares):
            yield case


def parameters_of(case: pytest.Item) -> tuple[tuple[str, int], ...]:
    """Which of its parameters it has, beside the moment."""
    return tuple(sorted(pair for pair in case.callspec.indices.items() if pair[0] != "moment"))


def needs_one_moment(case: pytest.Item) -> bool:
    return "own_day" in case.fixturenames or case.get_closest_marker("one_moment") is not None


def moment_of(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
