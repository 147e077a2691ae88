"""Signing in while the largest list allowed is loaded, against signing in while nothing happens.

    python -m benchmarks.logins --rows 20000

A real portal on SQLite, with one lock for all who write. Somebody signs in again and again, and
another one registers firms by hand. Prints one JSON object: errors, seconds, ratios.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import re
import statistics
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")
django.setup()

from benchmarks import rosters  # noqa: E402
from benchmarks.codes import code  # noqa: E402
from enterprises.rosters.definition.table import MAX_DATA_ROWS  # noqa: E402
from tests.portal_process import Portal  # noqa: E402

NAME, PASSWORD = "bench", "bench-password-26"
IDLE_ROUNDS = 20
PATIENCE = 300.0
"""Seconds for one answer: longer than the database's, so that its refusal is seen and counted."""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PERSON = f"""
from parks.models import User
User.objects.create_user({NAME!r}, password={PASSWORD!r}, role=User.Role.BUREAU_STAFF)
"""
BY_HAND = """
from enterprises import registry
from enterprises.registry.acts import Register
registry.apply([Register(uscc={uscc!r}, name={name!r})], by=None)
"""


class Waits:
    """Seconds that each try took, and what failed, of a work done again and again."""

    def __init__(self, work: Callable[[int], None]) -> None:
        self.seconds: list[float] = []
        self.errors: list[str] = []
        self._work = work

    def once(self) -> None:
        start = time.perf_counter()
        try:
            self._work(len(self.seconds))
        except (OSError, AssertionError, RuntimeError) as error:
            self.errors.append(str(error)[-300:])
        self.seconds.append(time.perf_counter() - start)

    def until(self, over: threading.Event) -> None:
        while not over.wait(0.1):
            self.once()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=MAX_DATA_ROWS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        print(json.dumps(measure_logins(Path(folder), options.rows), ensure_ascii=False))


def measure_logins(folder: Path, rows: int) -> dict[str, Any]:
    home = folder / "home"
    home.mkdir()
    path = rosters.write_roster(folder / "名册.xlsx", rows)
    with Portal(home, {"JOB_LEASE_SECONDS": "60"}) as portal:
        portal.manage("portal", "--setup")
        portal.start()
        portal.shell(PERSON)
        idle = Waits(lambda _: sign_in(portal.url))
        for _ in range(IDLE_ROUNDS):
            idle.once()
        over = threading.Event()
        logins = Waits(lambda _: sign_in(portal.url))
        changes = Waits(lambda number: register_by_hand(portal, rows + number + 1))
        threads = [threading.Thread(target=waits.until, args=[over]) for waits in (logins, changes)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        try:
            portal.manage("load_register", str(path), "--apply")
        finally:
            over.set()
            for thread in threads:
                thread.join()
        loading = time.perf_counter() - start
    usual = statistics.median(idle.seconds)
    return {
        "rows": rows,
        "load, seconds": round(loading, 1),
        "idle login, seconds": round(usual, 3),
        "logins": len(logins.seconds),
        "failed logins": len(logins.errors) + len(idle.errors),
        "longest login, seconds": round(max(logins.seconds), 2),
        "longest login ÷ idle login": round(max(logins.seconds) / usual, 1),
        "median login ÷ idle login": round(statistics.median(logins.seconds) / usual, 1),
        "changes by hand": len(changes.seconds),
        "failed changes": len(changes.errors),
        "longest change, seconds": round(max(changes.seconds), 2),
        "errors": [*idle.errors, *logins.errors, *changes.errors][:3],
    }


def sign_in(url: str) -> None:
    """As a browser without cookies does; an answer that is no page of one signed in is an error."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(f"{url}/login/", timeout=PATIENCE) as page:
        found = TOKEN.search(page.read().decode())
    assert found
    sent = {"csrfmiddlewaretoken": found[1], "username": NAME, "password": PASSWORD}
    # A small page next, so that it is signing in that is measured.
    sent["next"] = "/password/"
    body = urllib.parse.urlencode(sent).encode()
    headers = {"Referer": f"{url}/login/"}
    request = urllib.request.Request(f"{url}/login/", body, headers)
    with opener.open(request, timeout=PATIENCE) as page:
        assert page.url.endswith("/password/"), page.url


def register_by_hand(portal: Portal, number: int) -> None:
    portal.shell(BY_HAND.format(uscc=code(number), name=f"重庆手工{number:07d}号有限公司"))


if __name__ == "__main__":
    main()
