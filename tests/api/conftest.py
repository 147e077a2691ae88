import pytest
from rest_framework.test import APIClient

from tests import clerk
from tests.api.calls import post_file
from tests.enterprises.workbooks import roster


@pytest.fixture
def as_(people):
    """A client signed in as this person."""

    def client(who: str) -> APIClient:
        one = APIClient()
        one.force_login(people[who])
        return one

    return client


@pytest.fixture
def send(quarter, as_):
    """Upload 德感's roster of these firms and have it checked; the version as the API shows it then."""

    def sent(*firms):
        client = as_("德感")
        answer = post_file(client, roster(*firms))
        assert answer.status_code == 202, answer.json()
        clerk.run_waiting()
        return client.get(answer["Location"]).json()

    return sent
