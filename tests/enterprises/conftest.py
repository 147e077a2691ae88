import pytest

from enterprises.reporting import submission
from parks.models import Unit
from tests import clerk
from tests.enterprises.workbooks import TOP, roster


@pytest.fixture
def desk(client, people):
    """The browser of a clerk of the bureau."""
    client.force_login(people["小石"])
    return client


@pytest.fixture
def unit_desk(client, people, quarter):
    """The browser of the clerk of 德感."""
    client.force_login(people["德感"])
    return client


@pytest.fixture
def send(quarter, people):
    """Upload and check a roster of 德感 (or another unit) that lists these firms."""

    def sent(*firms, unit="degan", by=None, reason="", top=TOP):
        reporting = Unit.objects.get(code=unit)
        content = roster(*firms, unit=reporting.name, top=top)
        return clerk.send(quarter, reporting, content, by or people["德感"], reason=reason)

    return sent


@pytest.fixture
def put_in_force(people):
    """Reasons, handing in, approval; returns the version after it."""

    def done(version):
        clerk.give_reasons(version)
        submission.hand_in(version, by=people["德感"])
        clerk.approve(version, people["小石"])
        assert version.state == "applied", version.outcome
        return version

    return done
