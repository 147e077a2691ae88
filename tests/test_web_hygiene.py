"""What every answer carries, and what no request may lack: each address of the access table."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from tests.effort import drawn
from tests.services import BASE_DIR
from tests.test_access import TABLE, address

pytestmark = pytest.mark.django_db
POSTS = sorted({route for route, method, *_ in TABLE if method != "GET"})
PAGES = sorted({route for route, method, *_ in TABLE if method == "GET"})


@pytest.fixture
def signed_in(kept_world):
    """The administrator's browser, which holds no token; and where addresses lead to."""
    kept_world.restore()
    people, world = kept_world.made
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["安安"], backend="django.contrib.auth.backends.ModelBackend")
    return client, world


def rows(route: str, method: str):
    return [row for row in TABLE if row[0] == route and (row[1] == "GET") == (method == "GET")]


def test_no_address_takes_anything_from_another_site(signed_in):
    client, world = signed_in
    taken = []
    for route in POSTS:
        for _, method, parts, _ in rows(route, "POST"):
            answer = client.generic(method, address(route, parts, world))
            # 405: it takes no such request at all; 401: it knows no browser, nor does the sign-in of
            # programs.
            if answer.status_code not in (401, 403, 405) and route != "api-login":
                taken.append((route, method, answer.status_code))
    assert taken == []


@pytest.mark.parametrize("route", drawn(len(PAGES) // 4, PAGES))
def test_every_answer_tells_browsers_what_they_may_not_do(signed_in, route):
    client, world = signed_in
    for _, _, parts, _ in rows(route, "GET")[:1]:
        headers = client.get(address(route, parts, world)).headers
        policy = headers["Content-Security-Policy"]
        for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert "public" not in headers["Cache-Control"]
        assert headers["X-Request-ID"]


def test_behind_tls_cookies_belong_to_this_host_alone():
    """In a process of its own: cookies have their names from the first line of the settings on."""
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,"
        " s.SESSION_COOKIE_DOMAIN, s.SECURE_HSTS_SECONDS)"
    )
    environment = dict(os.environ) | {
        "PORTAL_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "jiangjin_portal.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names, rest = done.stdout.split()[:2], done.stdout.split()[2:]
    assert names == ["__Host-sessionid", "__Host-csrftoken"]
    assert rest == ["True", "True", "True", "Lax", "None", "31536000"]
