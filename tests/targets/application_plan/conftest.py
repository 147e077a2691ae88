import pytest

from tests.firms import TODAY
from tests.snapshots import Snapshot
from tests.targets.application_plan.test_plan import enter_district


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("application_plan", enter_district, on=TODAY)
