import pytest

from tests.clock import noon_of
from tests.firms import TODAY


@pytest.fixture
def own_day():
    """The pages judge the day that they show: it is the middle of 2026, as in the district of these tests."""
    with noon_of(TODAY):
        yield
