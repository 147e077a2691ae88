import datetime as dt

import pytest

from enterprises import registry
from enterprises.registry import acts
from tests.enterprises.announcements.put_in import BING, JIA, TWINS, YI, putting_in
from tests.enterprises.workbooks import code

PLACE = {"park": "degan", "town": "500116002", "since": dt.date(2020, 5, 6)}


@pytest.fixture
def five_firms(plan, settings) -> None:
    """Three firms, the second has filed and the third is closed; and two of one name."""
    settings.JOB_FOLLOW_UPS = {"load": []}
    done: list[acts.Act] = []
    for number, name in ((1, JIA), (2, YI), (3, BING), (4, TWINS), (5, TWINS)):
        done += [
            acts.Register(uscc=code(number), name=name),
            acts.Place(uscc=code(number), **PLACE),
        ]
    filed = {"kind": "hnte", "year": 2026, "batch": 1, "stage": "filed", "on": dt.date(2026, 8, 1)}
    done += [acts.Apply(uscc=code(2), **filed), acts.Close(uscc=code(3), on=dt.date(2026, 1, 2))]
    registry.apply(done, by=None)


@pytest.fixture
def put_in(desk, five_firms):
    """Put a list in as a file, have it read, and say when it was published; gives the announcement."""
    return putting_in(desk)
