from collections.abc import Iterator

import pytest

from tests.clock import AUTUMN, noon_of


@pytest.fixture
def whole_demo(kept_demo, db) -> Iterator[None]:
    """On the day on which it was made."""
    kept_demo.restore()
    with noon_of(AUTUMN):
        yield
