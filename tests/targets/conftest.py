import pytest


@pytest.fixture
def leader(client, people):
    """The browser of a leader of the district."""
    client.force_login(people["老郑"])
    return client
