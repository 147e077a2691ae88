import copy
import datetime as dt
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from enterprises import jobs
from enterprises.models import Quarter
from parks.models import User
from tests import cast, clerk, sample_quarter, undeletable
from tests.clock import AUTUMN, noon_of
from tests.firms import numbers_of_kept
from tests.lanes import pytest_collection_modifyitems  # noqa: F401 - a hook
from tests.own_portals import Prepared, own_portal, prepared
from tests.portal_process import Portal
from tests.snapshots import BuiltAnew, Snapshot
from tests.world import made_world

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples"


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: looking through it for garbage takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def samples() -> Path:
    """Registers and rosters as people send them; they lie beside the checkout and are not part of it."""
    if not SAMPLES.is_dir():
        pytest.skip("no sample files beside the checkout")
    return SAMPLES


@pytest.fixture
def own_day() -> Iterator[None]:
    """For tests that tell of days and years: what is recent to them is long ago later on."""
    with noon_of(AUTUMN):
        yield


@pytest.fixture(autouse=True)
def _own_uploads(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture(autouse=True, scope="session")
def _quick_settings() -> Iterator[None]:
    """Cheap passwords; and pages name static files by their plain names: tests need no collected, hashed ones."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        WHITENOISE_AUTOREFRESH=True,  # else every test client reads the whole folder of collected files
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix) -> None:
    """No test waits for a disk: what it writes need not outlive the machine."""
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        options["init_command"] = options["init_command"].replace(
            "synchronous=FULL", "synchronous=OFF"
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Tests empty the database after each other, which ledgers refuse (tests/databases/test_ledgers_stay.py)."""
    with django_db_blocker.unblock():
        undeletable.allow_emptying()


@pytest.fixture(scope="session")
def folder_of_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder for all processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def snapshot(django_db_setup, django_db_blocker, folder_of_run: Path) -> Callable[..., Snapshot]:
    """Keeps what a function writes: `snapshot(name, build, base=…)`."""

    def keep(name: str, build: Callable[[], object], base: Snapshot | None = None) -> Snapshot:
        with django_db_blocker.unblock():
            return Snapshot(name, build, folder_of_run, base)

    return keep


@pytest.fixture(scope="session")
def kept_plan(snapshot) -> Snapshot:
    return snapshot("plan", lambda: call_command("load_plan", verbosity=0))


@pytest.fixture
def plan(kept_plan, request: pytest.FixtureRequest, db) -> None:
    """Units, reference data and the plan's indicators, targets and tasks; with the `district` of a test that has one."""
    has_district = "kept_district" in request.fixturenames
    (request.getfixturevalue("kept_district") if has_district else kept_plan).restore()


@pytest.fixture(scope="session")
def kept_half_year(snapshot, kept_plan, samples: Path) -> Snapshot:
    return snapshot("half_year", lambda: clerk.load_until_second_quarter(samples), base=kept_plan)


@pytest.fixture
def half_year(kept_half_year, plan) -> None:
    """The sample district as the bureau has it in July: registers and the rosters of the second quarter."""
    kept_half_year.restore()


@pytest.fixture(scope="session")
def kept_third_quarter(snapshot, kept_plan, kept_half_year, samples: Path) -> Snapshot:
    def build() -> None:
        # Nothing may be added to tables that a base has filled: this state is kept whole.
        kept_plan.restore()
        kept_half_year.restore()
        sample_quarter.send_and_decide(samples, cast.enter_cast())

    return snapshot("third_quarter", build)


@pytest.fixture
def third_quarter(kept_third_quarter, db) -> dict[str, User]:
    """The sample district with the rosters of the third quarter sent and approved; the people of `people` by name."""
    kept_third_quarter.restore()
    return cast.present()


@pytest.fixture
def people(plan, request: pytest.FixtureRequest) -> dict[str, User]:
    """One person per role, by name: `cast`."""
    return cast.present() if "kept_district" in request.fixturenames else cast.enter_cast()


@pytest.fixture
def district(kept_district, plan) -> Any:
    """What `kept_district` of the test's file has made with `snapshot_with_people`: this test's own copy."""
    return copy.deepcopy(kept_district.made)


@pytest.fixture(scope="session")
def snapshot_with_people(snapshot, kept_plan) -> Callable[..., Snapshot | BuiltAnew]:
    """As `snapshot`, of what a function writes in addition to the plan and its people: `build(people)`.

    `on`: the day of tests that stand on one of their own.
    """

    def keep(
        name: str, build: Callable[[dict[str, User]], object], on: dt.date | None = None
    ) -> Snapshot | BuiltAnew:
        def build_whole() -> object:
            # Kept whole: it may add to tables that the plan has filled.
            kept_plan.restore()
            # The clock stands still: nothing may be later than the beginning of a test.
            with noon_of(on, tick=False) if on else nullcontext(), numbers_of_kept():
                return build(cast.enter_cast())

        return (
            BuiltAnew(build_whole) if "TEST_MOMENTS" in os.environ else snapshot(name, build_whole)
        )

    return keep


@pytest.fixture(scope="session")
def kept_demo_firms(snapshot, kept_plan) -> Snapshot:
    """What the command for the demo's firms leaves beside the plan.

    Made in the year of its story: in a later one nothing has happened yet.
    """

    def build() -> None:
        with noon_of(AUTUMN):
            call_command("demo_district", verbosity=0)

    return snapshot("demo_firms", build, base=kept_plan)


@pytest.fixture(scope="session")
def kept_demo(snapshot, kept_plan, request: pytest.FixtureRequest) -> Snapshot:
    """The whole demo with its series computed, made by the commands that make it at the first start; and `cast`."""

    def build() -> None:
        # Whoever finds the demo built needs its firms no more.
        firms = request.getfixturevalue("kept_demo_firms")
        # Nothing may be added to tables that a base has filled: this state is kept whole.
        kept_plan.restore()
        firms.restore()
        with noon_of(AUTUMN):
            cast.enter_cast()
            call_command("demo_reports", verbosity=0)
            jobs.run_inline(jobs.submit(kind="recompute", params={}))

    return snapshot("demo", build)


@pytest.fixture(scope="session")
def kept_world(snapshot) -> Snapshot:
    """Its plan, its people and one of everything that has an address: `made` is (people, world)."""

    def build() -> tuple[dict[str, User], SimpleNamespace]:
        call_command("load_plan", verbosity=0)
        people = cast.enter_cast()
        return people, made_world(people)

    return snapshot("world", build)


@pytest.fixture
def quarter(people) -> Quarter:
    """The third quarter of 2026, taking rosters."""
    return clerk.third_quarter(people["小石"])


@pytest.fixture
def portal(tmp_path: Path, worker_id: str, prepared_portal: Prepared) -> Iterator[Portal]:
    """A portal of its own, set up and not started yet: database and empty broker of the kind this run is about."""
    shutil.copytree(prepared_portal.home, tmp_path, dirs_exist_ok=True)
    with own_portal(tmp_path, worker_id, template=prepared_portal.database) as process:
        yield process


@pytest.fixture
def empty_portal(tmp_path: Path, worker_id: str) -> Iterator[Portal]:
    """One that finds nothing yet, as on a new machine."""
    with own_portal(tmp_path, worker_id) as process:
        yield process


@pytest.fixture(scope="session")
def prepared_portal(folder_of_run: Path, worker_id: str) -> Iterator[Prepared]:
    with prepared(folder_of_run / "prepared-portal", worker_id) as made:
        yield made
