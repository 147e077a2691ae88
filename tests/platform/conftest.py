from collections.abc import Iterator

import pytest

from tests.own_portals import own_portal
from tests.portal_process import Portal


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Portal]:
    """A new machine: no database, an empty folder."""
    with own_portal(tmp_path_factory.mktemp("elsewhere"), worker_id) as process:
        yield process
