"""A plugin of `tests.days`: every test once for each moment, with the clock beginning there.

TEST_MOMENTS=2028-02-29T23:59+08:00,…  The clock goes on, so a test that begins a minute before midnight may end after.
"""

import datetime as dt
import os
from collections.abc import Iterator

import pytest
import time_machine

MOMENTS = os.environ["TEST_MOMENTS"].split(",")


def pytest_configure() -> None:
    """What is built once for all tests is built at the earliest: a test knows nothing of what is later than it."""
    time_machine.travel(moment_of(min(MOMENTS, key=moment_of)), tick=True).start()


@pytest.fixture(autouse=True, params=MOMENTS)
def moment(request: pytest.FixtureRequest) -> Iterator[None]:
    with time_machine.travel(moment_of(request.param), tick=True):
        yield


def moment_of(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
