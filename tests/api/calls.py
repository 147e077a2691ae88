"""What people ask of the API about rosters, and the firms they ask about."""

import datetime as dt
from dataclasses import replace

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from enterprises import registry
from enterprises.models import Enterprise, SourceFile
from enterprises.registry import acts
from tests.enterprises.workbooks import code

API = "/api/v1/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def post_file(client: APIClient, content: bytes, name="名册.xlsx", query="", **fields):
    body = {"quarter": "2026Q3", "file": SimpleUploadedFile(name, content, XLSX)} | fields
    return client.post(f"{API}rosters/{query}", body, format="multipart")


def act(
    client: APIClient, version: dict, name: str, body: dict | None = None, expect: int = 200
) -> dict:
    answer = client.post(f"{API}roster-versions/{version['id']}/{name}/", body or {}, format="json")
    assert answer.status_code == expect, answer.json()
    return answer.json()


def rows(client: APIClient, path: str, **query: str) -> list[dict]:
    answer = client.get(API + path, query)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def registered(number=1, *, park="degan", town="500116002", phone="", listed=False) -> Enterprise:
    """A firm in a park for long, as entered by hand or as an older list told it."""
    uscc = code(number)
    told = {"contact_name": "何敏", "contact_phone": phone} if phone else {}
    done = [
        acts.Register(
            uscc=uscc,
            name=f"重庆测试{number}号机械有限公司",
            registered_on=dt.date(2015, 3, 2),
            **told,
        ),
        acts.Place(uscc=uscc, park=park, town=town, since=dt.date(2020, 5, 6)),
        acts.Grant(uscc=uscc, kind="tech", valid_from=dt.date(2020, 5, 6)),
    ]
    if listed:
        told_in = acts.Listing("六月名册", dt.date(2026, 6, 30))
        done = [replace(one, listing=told_in) for one in done]
    source = SourceFile.objects.get_or_create(
        sha256="0" * 64, defaults={"name": "六月名册", "size": 1}
    )[0]
    registry.apply(done, by=None, source=source if listed else None)
    return Enterprise.objects.get(uscc=uscc)


def lines_of(client: APIClient) -> list[dict]:
    return client.get(f"{API}quarters/2026Q3/board/").json()["lines"]


def refused(answer) -> tuple[int, str]:
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert body["status"] == answer.status_code
    assert {"type", "title", "detail"} <= set(body)
    return answer.status_code, body["code"]
