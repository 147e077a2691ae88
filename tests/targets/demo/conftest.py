"""The whole demo, made once per run by the commands that make it at the first start."""

import pytest
from django.core.management import call_command

from tests.conftest import cast
from tests.snapshots import Snapshot


@pytest.fixture(scope="session")
def kept_demo(snapshot) -> Snapshot:
    def build() -> None:
        call_command("load_plan", verbosity=0)
        call_command("demo_district", verbosity=0)
        cast()
        call_command("demo_reports", verbosity=0)

    return snapshot("demo", build)


@pytest.fixture
def whole_demo(kept_demo, db) -> None:
    kept_demo.restore()
