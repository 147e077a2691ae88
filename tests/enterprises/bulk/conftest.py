import datetime as dt

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.registry import acts
from tests.firms import firm


@pytest.fixture
def year(people) -> int:
    return timezone.localdate().year


@pytest.fixture
def began(year) -> dt.date:
    """A day of this year on which applications were told; stages of today come after it."""
    return timezone.localdate() - dt.timedelta(days=20)


@pytest.fixture
def filed(year, began):
    """Makes a firm whose application of this year is filed."""

    def make(**values):
        one = firm(**values)
        told = acts.Apply(
            uscc=one.uscc, kind="hnte", year=began.year, stage="filed", on=began, batch=1,
            agency="甲咨询",
        )  # fmt: skip
        registry.apply([told], by=None)
        return one

    return make
