import datetime as dt

import pytest
import time_machine

from tests.firms import TODAY


@pytest.fixture
def mid_year():
    """The pages judge the day that they show: it is the middle of 2026, as in the district of these tests."""
    noon = dt.datetime.combine(TODAY, dt.time(4), tzinfo=dt.UTC)
    with time_machine.travel(noon, tick=True):
        yield
