"""What the portal says while something it needs is away: the reason, soon, and nothing is lost."""

import contextlib
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import redis

from tests import services
from tests.own_portals import execute
from tests.portal_process import Portal

pytestmark = pytest.mark.fault
PAGES = ("/", "/login/", "/firms/")
SOON = 20
"""Seconds; it is one here, and a busy machine takes its share. What hung before took for ever."""
on_server = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="stops a server")


def asked(portal: Portal, path: str, cookie: str = "", body: bytes | None = None, kind: str = ""):
    """Status, headers, text and seconds of an answer, whatever it is."""
    request = urllib.request.Request(portal.url + path, data=body)
    if cookie:
        request.add_header("Cookie", cookie)
    if kind:
        request.add_header("Content-Type", kind)
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode(), time.monotonic() - begun
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode(), time.monotonic() - begun


@pytest.fixture
def signed_in(portal) -> str:
    """The cookie of somebody of the bureau."""
    portal.shell(
        "from parks.models import User\n"
        "User.objects.create_user('clerk', password='correct-horse-9', role='bureau_staff')"
    )
    return cookie_of(portal)


def cookie_of(portal: Portal) -> str:
    return "sessionid=" + portal.shell(
        "from importlib import import_module; from django.conf import settings\n"
        "from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY\n"
        "from parks.models import User\n"
        "user = User.objects.get(username='clerk')\n"
        "store = import_module(settings.SESSION_ENGINE).SessionStore()\n"
        "store[SESSION_KEY] = str(user.pk)\n"
        "store[BACKEND_SESSION_KEY] = 'django.contrib.auth.backends.ModelBackend'\n"
        "store[HASH_SESSION_KEY] = user.get_session_auth_hash()\n"
        "store.create(); print(store.session_key)"
    )


def told_away(portal: Portal, cookie: str) -> None:
    for path in PAGES[0], PAGES[2]:
        status, headers, text, seconds = asked(portal, path, cookie)
        assert (status, headers["Retry-After"]) == (503, "30"), text
        assert "数据库暂时不可用" in text
        assert "Traceback" not in text
        print(f"{path} said so after {seconds:.2f} s")
        assert seconds < SOON
    status, headers, text, seconds = asked(portal, "/api/v1/enterprises/", cookie)
    assert (status, headers["Content-Type"]) == (503, "application/problem+json")
    assert json.loads(text)["code"] == "database_away"
    assert headers["Retry-After"] == "30"
    assert seconds < SOON
    assert asked(portal, "/readyz")[0] == 503
    assert asked(portal, "/livez")[0] == 200


@on_server
def test_without_a_database_everybody_is_told_soon_and_it_goes_on_afterwards(portal, signed_in):
    """Nobody is let in to this database any more: as if its server were gone, for this portal."""
    portal.start()
    assert asked(portal, "/firms/", signed_in)[0] == 200
    execute(f"ALTER DATABASE {portal.database} ALLOW_CONNECTIONS false")
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{portal.database}'"
    )
    try:
        told_away(portal, signed_in)
    finally:
        execute(f"ALTER DATABASE {portal.database} ALLOW_CONNECTIONS true")
    assert asked(portal, "/firms/", signed_in)[0] == 200


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="moves a file away")
def test_without_its_file_everybody_is_told_soon(portal, signed_in):
    portal.start()
    assert asked(portal, "/firms/", signed_in)[0] == 200
    portal.stop()
    portal.environment["PORTAL_HOME"] = str(portal.home)
    portal.start()
    database = portal.home / "portal.sqlite3"
    # A folder that cannot be entered as a database: what a lost mount looks like.
    database.rename(portal.home / "away")
    database.mkdir()
    try:
        told_away(portal, signed_in)
    finally:
        database.rmdir()
        (portal.home / "away").rename(database)
    assert asked(portal, "/firms/", signed_in)[0] == 200


@pytest.fixture
def small_disk(tmp_path_factory) -> Path:
    """A disk of 24 MB."""
    place = tmp_path_factory.mktemp("small disk")
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_on_a_full_disk_reading_and_signing_in_go_on_and_files_are_told_why(
    portal, signed_in, small_disk
):
    (portal.home / "uploads").mkdir(exist_ok=True)
    subprocess.run(["mount", "--bind", str(small_disk), str(portal.home / "uploads")], check=True)
    try:
        portal.environment["UPLOAD_RESERVE_MB"] = "20"
        portal.start()
        (small_disk / "filled").write_bytes(bytes(10_000_000))
        status, text = sent_list(portal, signed_in)
        assert "磁盘空间不足，暂不接收文件" in text, status
        assert asked(portal, "/firms/", signed_in)[0] == 200
        assert signs_in(portal) == 302
        (small_disk / "filled").unlink()
        status, text = sent_list(portal, signed_in)
        assert "磁盘空间不足" not in text
        # Without the reserve the disk itself says so, and no half of a file is left.
        portal.stop()
        portal.environment["UPLOAD_RESERVE_MB"] = "0"
        portal.start()
        with contextlib.suppress(OSError):
            (small_disk / "filled").write_bytes(bytes(30_000_000))
        status, text = sent_list(portal, signed_in, b"x" * 500_000)
        assert "磁盘空间不足" in text, status
        assert not [path for path in small_disk.rglob("*part-*")]
    finally:
        portal.stop()
        subprocess.run(["umount", "-l", str(portal.home / "uploads")], check=True)


def sent_list(portal: Portal, cookie: str, more: bytes = b"") -> tuple[int, str]:
    """What comes of a list that somebody sends on the page of lists."""
    page = asked(portal, "/load/", cookie)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page[2])[1]
    csrf = re.search(r"csrftoken=(\w+)", page[1]["Set-Cookie"])[0]
    edge = "----edge"
    body = (
        (
            f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="registers"; filename="list.csv"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode()
        + "企业名称,统一社会信用代码\n".encode()
        + more
        + f"\r\n--{edge}--\r\n".encode()
    )
    kind = f"multipart/form-data; boundary={edge}"
    answer = asked(portal, "/load/", f"{cookie}; {csrf}", body, kind)
    return answer[0], answer[2]


def signs_in(portal: Portal) -> int:
    page = asked(portal, "/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page[2])[1]
    csrf = re.search(r"csrftoken=(\w+)", page[1]["Set-Cookie"])[0]
    opener = urllib.request.build_opener(_NoRedirect)
    body = f"csrfmiddlewaretoken={token}&username=clerk&password=correct-horse-9".encode()
    request = urllib.request.Request(f"{portal.url}/login/", data=body, headers={"Cookie": csrf})
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def test_a_frozen_broker_holds_up_a_request_for_seconds_and_loses_nothing(portal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("frozen")
    folder.chmod(0o755)
    with services.redis(folder) as url:
        portal.environment["REDIS_URL"] = url
        server = redis.Redis.from_url(url).info()["process_id"]
        os.kill(server, signal.SIGSTOP)
        try:
            number, held_up = portal.shell(
                "import time; from enterprises import jobs; begun = time.monotonic()\n"
                "print(jobs.submit(kind='statistics').pk, time.monotonic() - begun)"
            ).split()
        finally:
            os.kill(server, signal.SIGCONT)
        print(f"a frozen broker held the request up for {float(held_up):.1f} s")
        assert float(held_up) < SOON
        portal.start()
        portal.wait_for(
            lambda: (
                portal.shell(
                    f"from enterprises.models import Job; print(Job.objects.get(pk={number}).state)"
                )
                == "done"
            )
        )
        portal.stop()
