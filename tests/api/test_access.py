"""Tokens, sessions and lock-out."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

pytestmark = pytest.mark.django_db
LOGIN, UNITS = "/api/v1/login/", "/api/v1/units/"


def log_in(client: Client, username: str, password: str):
    return client.post(
        LOGIN, {"username": username, "password": password}, content_type="application/json"
    )


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Token {token}"}


def test_a_token_opens_the_api_until_it_is_given_up(client, people):
    token = log_in(client, "小石", "test-password").json()["token"]
    assert client.get(UNITS, headers=bearing(token)).status_code == 200
    assert client.post("/api/v1/logout/", headers=bearing(token)).status_code == 204
    refused = client.get(UNITS, headers=bearing(token))
    assert (refused.status_code, refused.json()["code"]) == (401, "authentication_failed")


def test_without_a_token_nothing_is_shown(client, people):
    open_to_some = (
        "units",
        "enterprises",
        "figures",
        "progress",
        "outlook",
        "ledger",
        "jobs",
        "schema",
    )
    for path in (f"{name}/" for name in (*open_to_some, "quarters", "cases", "roster-versions")):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated"), path


def test_guessing_is_locked_out_and_answered_in_json(client, people):
    wrong = [log_in(client, "小石", f"guess-{number}") for number in range(6)]
    assert wrong[0].json()["detail"] == "password：用户名或密码不正确。"
    assert (wrong[-1].status_code, wrong[-1].json()["code"]) == (429, "locked_out")
    assert log_in(client, "小石", "test-password").status_code == 429
    assert log_in(client, "老郑", "test-password").status_code == 200


def test_the_command_issues_a_token_for_an_active_user(client, people):
    out = io.StringIO()
    call_command("api_token", "老郑", "--days", "1", stdout=out)
    assert client.get(UNITS, headers=bearing(out.getvalue().strip())).status_code == 200
    people["审计"].is_active = False
    people["审计"].save()
    with pytest.raises(CommandError, match="没有可用的用户"):
        call_command("api_token", "审计")


def test_a_session_must_send_the_csrf_token_to_write(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["小石"])
    answer = client.post("/api/v1/recompute/")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert answer.json()["detail"].startswith("请求缺少有效的 CSRF 令牌")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "parse_error"),
        ("null", "parse_error"),
        ("[" * 5_000, "parse_error"),
        ('{"username":' * 5_000, "parse_error"),
        ("[1]", "parse_error"),
        ('{"username": "a"}', "invalid"),
    ],
)
def test_a_broken_login_is_refused(client, people, body, code):
    answer = client.post(LOGIN, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not re.search(
        "[A-Za-z]{3,}", re.sub("JSON|username|password", "", answer.json()["detail"])
    )


def test_a_session_needs_the_csrf_token_for_a_roster_and_a_token_does_not(people):
    with_session, with_token = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    with_session.force_login(people["德感"])
    refused = with_session.post("/api/v1/rosters/", {"quarter": "2026Q3"})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    token = log_in(with_token, "德感", "test-password").json()["token"]
    answer = with_token.post("/api/v1/rosters/", {"quarter": "2026Q3"}, headers=bearing(token))
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        {"quarter": ["没有开放“2026Q3”这一季度。"]},
    )
