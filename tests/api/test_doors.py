"""The doors of the API against whatever is sent: every address is asked in ways that nobody would think of."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from enterprises.models import Enterprise, Quarter
from parks.models import User
from tests.snapshots import Snapshot
from tests.test_access import AUDIENCE, TABLE, address, signed_in

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")


@pytest.fixture(scope="session")
def kept_district(kept_world) -> Snapshot:
    return kept_world


@pytest.fixture
def world(district):
    return district[1]


def addresses(world) -> list[tuple[str, str]]:
    """(method, address) of the API once each."""
    found = set()
    for route, verb, arguments, _ in TABLE:
        if route.startswith("api-") and route != "api-logout":
            found.add((verb, address(route, arguments, world)))
    return sorted(found)


def places_to_post() -> list[str]:
    """Addresses that name no row: what is sent to them is read all the same."""
    return [
        reverse(route)
        for route, verb, arguments, _ in TABLE
        if (verb, arguments) == ("POST", {}) and route.startswith("api-") and route != "api-logout"
    ]


def refused(answer, status: int, code: str = "") -> dict:
    body = json.loads(answer.content)
    assert answer.status_code == status, body
    assert answer["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert CHINESE.search(body["detail"])
    if code:
        assert body["code"] == code
    return body


# --- parameters that nobody knows -----------------------------------------------------------------
@pytest.mark.parametrize("name", ["a%b", "a%sb", "%", "100%", "%(name)s", "{0}", "%%d", "名%d"])
def test_an_unknown_parameter_is_named_whatever_stands_in_it(people, name):
    client = signed_in(people, "小石")
    for path in ("/api/v1/units/", "/api/v1/ledger/", "/api/v1/figures/", "/api/v1/releases/"):
        assert name in refused(client.get(path, {name: "1"}), 400, "invalid")["detail"]
    page = client.get("/firms/", {name: "1"})
    assert page.status_code == 400
    assert name.replace("'", "&#x27;") in page.content.decode()


OF_NO_PARAMETER = ("logout", "api-schema", "api-docs", "api-roster-versions-file")
"""They read none, and pass over all."""


@pytest.mark.proof
def test_no_address_fails_over_a_percent_sign(people, world):
    client = signed_in(people, "小石")
    client.raise_request_exception = False
    wrong, query = [], {"a%b": "%s", "q": "100%", "sort": "%d", "scope": "%(x)s"}
    for route, method, arguments, _ in TABLE:
        path = address(route, arguments, world)
        answer = client.get(path, query) if method == "GET" and "?" not in path else None
        if answer is None or route in OF_NO_PARAMETER:
            continue
        is_refused = answer.status_code in (400, 405) or not route.startswith("api-")
        if answer.status_code >= 500 or not is_refused:
            wrong.append(f"{path}: {answer.status_code}")
    assert not wrong


@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(name=st.text(min_size=1, max_size=12), value=st.text(max_size=8))
def test_a_list_refuses_any_name_that_is_none_of_its_own(people, name, value):
    client = signed_in(people, "小石")
    answer = client.get("/api/v1/units/", {f"x{name}": value})
    assert f"x{name}" in refused(answer, 400, "invalid")["detail"]


# --- OPTIONS --------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", AUDIENCE)
def test_options_tells_the_methods_and_nothing_else(people, world, who):
    client = signed_in(people, who)
    for _, path in addresses(world):
        answer = client.options(path)
        if who == "anonymous" and answer.status_code != HTTPStatus.OK:
            assert answer.status_code in (401, 302), path
            continue
        assert answer.status_code == HTTPStatus.OK, path
        # The page of the description is the only one that answers a browser.
        if path == reverse("api-docs"):
            continue
        told = answer.json()
        assert set(told) == {"methods"}, path
        assert set(told["methods"]) == set(answer["Allow"].split(", ")), path
        assert set(told["methods"]) <= {"GET", "POST", "PATCH", "HEAD", "OPTIONS"}, path


def test_options_does_not_tell_what_exists(people, world):
    client = signed_in(people, "德感")
    known, unknown = world.other.uscc, "91500116MA000000ZZ"
    answers = [client.options(f"/api/v1/enterprises/{uscc}/") for uscc in (known, unknown)]
    assert answers[0].json() == answers[1].json()
    assert Enterprise.objects.filter(uscc=known).exists()


# --- bodies that cannot be read -------------------------------------------------------------------
FORM, JSON, PARTS = (
    "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x",
)  # fmt: skip


def part(name: str, value: str) -> str:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


MANY = [f"a{number}" for number in range(12)]
LARGE = {
    "json": (JSON, json.dumps({"code": "x" * 3000})),
    "form": (FORM, "code=" + "x" * 3000),
    "parts": (PARTS, part("code", "x" * 3000) + "--x--\r\n"),
}
UNREADABLE = {
    "fields": (FORM, "&".join(f"{name}=1" for name in MANY)),
    "parts": (PARTS, "".join(part(name, "1") for name in MANY) + "--x--\r\n"),
    "no boundary": ("multipart/form-data", "broken"),
    "cut off": (PARTS, "--x\r\nContent-Dis"),
    "no json": (JSON, "{"),
    "no object": (JSON, "[]"),
    "deep": (JSON, "[" * 400 + "]" * 400),
    "no text": (JSON, b'{"a": "\xff"}'),
}


@pytest.fixture
def small(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    return settings


def senders(people) -> Iterator[Client]:
    """By session, by session with its form token asked for, and by token."""
    session = signed_in(people, "小石")
    yield session
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people["小石"], backend="django.contrib.auth.backends.ModelBackend")
    yield strict
    token = session.post(
        "/api/v1/login/", {"username": "小石", "password": PASSWORD}, content_type=JSON
    )
    yield Client(headers={"Authorization": f"Token {token.json()['token']}"})


PASSWORD = "Jiangjin-2026!"


@pytest.fixture
def with_password(people):
    person: User = people["小石"]
    person.set_password(PASSWORD)
    person.save()
    return people


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("kind", LARGE)
def test_a_body_that_is_too_large_is_said_to_be(with_password, small, kind, debug):
    content_type, body = LARGE[kind]
    clients = list(senders(with_password))
    small.DEBUG = debug
    for client in clients:
        for path in places_to_post():
            answer = client.generic("POST", path, body, content_type=content_type)
            # Who takes no such type says so, or does not read it; a form without its token is refused.
            assert answer.status_code in (413, 415, 403, 202), (path, answer.content)
            if answer.status_code != HTTPStatus.ACCEPTED:
                refused(answer, answer.status_code)
    # All ways in, for what each takes.
    if kind != "parts":
        for client in (clients[0], clients[2]):
            answer = client.generic("POST", "/api/v1/quarters/", body, content_type=content_type)
            refused(answer, 413, "too_large")
    else:
        answer = clients[2].generic("POST", "/api/v1/rosters/", body, content_type=content_type)
        refused(answer, 413, "too_large")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused_as_a_problem(with_password, small, kind, debug):
    content_type, body = UNREADABLE[kind]
    clients = list(senders(with_password))
    small.DEBUG = debug
    for client in clients:
        for path in places_to_post():
            answer = client.generic("POST", path, body, content_type=content_type)
            assert 400 <= answer.status_code < 500 or answer.status_code in (200, 202), path
            if answer.status_code >= 400:
                refused(answer, answer.status_code)


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [("form", 413, "内容过大"), ("fields", 400, "字段过多：一次最多10个")],
)
def test_a_page_says_it_plainly(people, small, kind, status, said):
    content_type, body = (LARGE | UNREADABLE)[kind]
    for client, path in (
        (Client(), reverse("login")),
        (signed_in(people, "小石"), reverse("quarter_open")),
    ):
        answer = client.generic("POST", path, body, content_type=content_type)
        assert answer.status_code == status
        assert said in answer.content.decode()
        assert "没有改动任何数据" in answer.content.decode()


def test_a_failure_is_a_problem_too_and_on_a_page_a_chinese_page(people):
    client = signed_in(people, "小石")
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE parks_unit RENAME COLUMN short_name TO lost_name")
    body = refused(client.get("/api/v1/units/"), 500, "server_error")
    assert "short_name" not in json.dumps(body)
    page = client.get("/firms/")
    assert (page.status_code, "系统出错" in page.content.decode()) == (500, True)


# --- asking again ---------------------------------------------------------------------------------
def test_a_recompute_asked_for_again_is_the_same_one(people):
    client, key = signed_in(people, "小石"), {"Idempotency-Key": "a-recompute"}
    first = client.post("/api/v1/recompute/", headers=key)
    again = client.post("/api/v1/recompute/", headers=key)
    assert first.status_code == again.status_code == 202
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert again["Idempotent-Replay"] == "true"


# --- on a condition -------------------------------------------------------------------------------
QUARTER = "/api/v1/quarters/2026Q3/"
LATER = {"due_on": "2026-10-28", "reason": "系统切换"}


def patch(client: Client, body: dict, **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(QUARTER, body, content_type=JSON, headers=named)


def test_days_are_moved_only_from_where_they_were_seen(quarter, people):
    client = signed_in(people, "小石")
    seen = client.get(QUARTER)["ETag"]
    assert re.fullmatch(r'"[0-9a-f]+"', seen)
    moved = patch(client, LATER, If_Match=seen)
    assert moved.status_code == 200
    assert moved["ETag"] == client.get(QUARTER)["ETag"] != seen
    stale = patch(client, {"due_on": "2026-10-29", "reason": "试"}, If_Match=seen)
    assert "期限已被改动" in refused(stale, 412, "precondition_failed")["detail"]
    assert client.get(QUARTER).json()["due_on"] == LATER["due_on"]
    # Moved back, they are not the ones that were seen: somebody has decided in between.
    before = quarter.due_on.isoformat()
    back = patch(client, {"due_on": before, "reason": "改回"}, If_Match=moved["ETag"])
    assert back.json()["due_on"] == before
    assert back["ETag"] != seen


@pytest.mark.parametrize("tag", ['"nothing"', "W/{seen}", "nonsense", "", "{bare}", "W/*"])
def test_a_tag_that_is_not_the_present_one_moves_nothing(quarter, people, tag):
    client = signed_in(people, "小石")
    seen = client.get(QUARTER)["ETag"]
    answer = patch(client, LATER, If_Match=tag.format(seen=seen, bare=seen.strip('"')))
    refused(answer, 412, "precondition_failed")
    assert client.get(QUARTER)["ETag"] == seen


@pytest.mark.parametrize("tag", ["*", '"other", {seen}', "{seen}"])
def test_any_of_several_tags_will_do(quarter, people, tag):
    client = signed_in(people, "小石")
    answer = patch(client, LATER, If_Match=tag.format(seen=client.get(QUARTER)["ETag"]))
    assert answer.status_code == 200
    assert patch(client, LATER | {"due_on": "2026-10-27"}).status_code == 200


def test_a_condition_that_an_address_cannot_judge_is_refused(people, world):
    client = signed_in(people, "小石")
    for method, path in addresses(world):
        if method == "POST":
            answer = client.post(path, {}, content_type=JSON, headers={"If-Match": '"x"'})
            refused(answer, 412, "precondition_failed")


def test_a_day_left_out_stays_as_another_has_moved_it(quarter, people):
    client = signed_in(people, "小石")
    assert patch(client, {"locks_on": "2027-01-31", "reason": "试"}).status_code == 200
    answer = patch(client, LATER)
    assert (answer.json()["due_on"], answer.json()["locks_on"]) == ("2026-10-28", "2027-01-31")


def test_the_due_day_of_a_locked_quarter_is_moved_without_opening_it(quarter, people):
    client, due = signed_in(people, "小石"), quarter.due_on.isoformat()
    Quarter.objects.filter(pk=quarter.pk).update(locks_on=quarter.due_on)
    earlier = (quarter.due_on - dt.timedelta(days=1)).isoformat()
    answer = patch(client, {"due_on": earlier, "reason": "更正"})
    assert (answer.status_code, answer.json()["locks_on"]) == (200, due)


def test_a_move_sent_again_under_its_key_is_not_stale(quarter, people):
    client, key = signed_in(people, "小石"), "a-move"
    seen = client.get(QUARTER)["ETag"]
    first, again = (patch(client, LATER, If_Match=seen, Idempotency_Key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again["Idempotent-Replay"] == "true"
    other = patch(client, LATER, If_Match=first["ETag"], Idempotency_Key=key)
    refused(other, 422, "idempotency_key_reused")
