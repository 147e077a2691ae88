import os
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings
from django.core.management import call_command

from enterprises.models import Quarter
from parks.models import Unit, User
from tests import clerk
from tests.portal_process import Portal

SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "samples"


@pytest.fixture(scope="session")
def samples() -> Path:
    """Registers and rosters as people send them; they lie beside the checkout and are not part of it."""
    if not SAMPLES.is_dir():
        pytest.skip("no sample files beside the checkout")
    return SAMPLES


@pytest.fixture(autouse=True)
def _own_uploads(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _uncollected_static_files(settings) -> None:
    """Pages name static files by their plain names: tests need no collected, hashed ones."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = (
        True  # else every test client reads the whole folder of collected files
    )


@pytest.fixture
def plan(db) -> None:
    """Units, reference data and the plan's indicators, targets and tasks."""
    call_command("load_plan", verbosity=0)


@pytest.fixture
def people(plan) -> dict[str, User]:
    """One person per role, always the same; 德感 is the park reporter's unit, 德感街道 the town reporter's."""
    role = User.Role
    cast = {
        "安安": {"role": role.BUREAU_ADMIN, "is_staff": True, "is_superuser": True},
        "小石": {"role": role.BUREAU_STAFF},
        "老郑": {"role": role.LEADER},
        "审计": {"role": role.AUDITOR},
        "德感": {"role": role.UNIT_STAFF, "unit": Unit.objects.get(code="degan")},
        "街道": {"role": role.UNIT_STAFF, "unit": Unit.objects.get(code="500116002")},
    }
    return {
        name: User.objects.create_user(name, password="test-password", **rest)
        for name, rest in cast.items()
    }


@pytest.fixture
def quarter(people) -> Quarter:
    """The third quarter of 2026, taking rosters."""
    return clerk.third_quarter(people["小石"])


@pytest.fixture
def portal(tmp_path: Path, worker_id: str) -> Iterator[Portal]:
    """A portal of its own, not started yet: fresh database and empty broker of the kind this run is about."""
    if "DATABASE_URL" not in os.environ:
        with Portal(tmp_path, {}) as process:
            yield process
        return
    name = f"portal_{uuid.uuid4().hex}"
    own_redis = redis_of_worker(worker_id)
    execute(f"CREATE DATABASE {name}")
    try:
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
        with Portal(tmp_path, {"DATABASE_URL": url, "REDIS_URL": own_redis}) as process:
            yield process
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


def execute(statement: str) -> None:
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


def redis_of_worker(worker_id: str) -> str:
    """Another logical database for each test process, emptied: their messages never mix."""
    number = 1 + int(worker_id.removeprefix("gw") if worker_id != "master" else 0)
    url = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{number}"
    redis.Redis.from_url(url).flushdb()
    return url
