import pytest
from django.utils import timezone

from enterprises.models import Period
from parks.models import Unit, User


@pytest.fixture
def leader(client, people):
    """The browser of a leader of the district."""
    client.force_login(people["老郑"])
    return client


@pytest.fixture
def period() -> Period:
    """The last whole quarter."""
    return Period.before(timezone.localdate())


@pytest.fixture
def teacher(people) -> User:
    """A reporter of a department, 区教委; one of `people` too."""
    unit = Unit.objects.get(code="jw")
    people["教委"] = User.objects.create_user(
        "教委", password="test-password", role="unit_staff", unit=unit
    )
    return people["教委"]
