"""What a browser or a program is told when its request cannot even be read; and what no answer lets linger."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
TRUNCATED = {"data": b"--x\r\nbroken", "content_type": "multipart/form-data"}  # names no boundary


def test_a_form_without_its_token_is_refused_on_a_chinese_page(people):
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "老郑"})
    assert answer.status_code == 403
    assert "<h1>" in answer.content.decode()
    assert "页面已过期" in answer.content.decode()
    assert "CSRF" not in answer.content.decode()


@pytest.mark.parametrize(
    "request_", [TRUNCATED | {"path": "/login/"}, {"path": "/login/", "HTTP_HOST": "evil.example"}]
)
def test_what_cannot_be_read_is_refused_on_a_chinese_page(client, request_):
    answer = client.post(**request_)
    assert answer.status_code == 400
    assert "请求有误" in answer.content.decode()
    assert "Bad Request" not in answer.content.decode()


def test_too_many_files_are_refused_on_a_chinese_page(client, people, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    client.force_login(people["小石"])
    with open(__file__, "rb") as one, open(__file__, "rb") as two:
        answer = client.post("/load/", {"first": one, "second": two})
    assert (answer.status_code, "请求有误" in answer.content.decode()) == (400, True)


def test_the_api_says_so_in_json(client):
    answer = client.get("/api/v1/units/", HTTP_HOST="evil.example")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "请求有误",
        "status": 400,
        "code": "bad_request",
        "detail": "请求的格式有误，服务器无法读取。",
    }


@pytest.mark.parametrize(
    "path", ["/firms/", "/firms/export.xlsx", "/jobs/", "/api/v1/enterprises/", "/nowhere/"]
)
def test_no_answer_with_data_is_kept_in_a_cache(client, people, path):
    client.force_login(people["老郑"])
    answer = client.get(path)
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_static_files_may_be_kept(client):
    assert "no-store" not in client.get("/static/img/mark.svg").headers["Cache-Control"]


def test_the_icon_is_found_by_pages_by_the_admin_and_by_whoever_just_asks(client, people):
    assert client.get("/favicon.ico").headers["Location"] == "/static/img/mark.svg"
    client.force_login(people["安安"])
    for page in ("/", "/admin/", "/admin/parks/user/"):
        assert (
            'href="/static/img/mark.svg"'
            in client.get(page).content.decode().partition("</head>")[0]
        )


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v2/units/"])
def test_an_unknown_address_of_the_api_is_said_in_json(client, people, path):
    client.force_login(people["小石"])
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
