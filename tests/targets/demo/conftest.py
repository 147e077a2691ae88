import pytest


@pytest.fixture
def whole_demo(kept_demo, db) -> None:
    kept_demo.restore()
