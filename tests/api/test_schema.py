"""The description of the API: it is valid, it describes what is really sent, and its page needs no other server."""

import re

import jsonschema
import pytest
from django.urls import reverse
from drf_spectacular.validation import validate_schema

from enterprises import registry
from enterprises.registry import acts
from tests.firms import TODAY, firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client, people) -> dict:
    client.force_login(people["小石"])
    return client.get(reverse("api-schema")).json()


def test_it_is_valid_openapi_3_1(schema):
    assert schema["openapi"] == "3.1.0"
    validate_schema(schema)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/units/", ""),
        ("/api/v1/enterprises/", "indicator=hnte&on=2026-06-30"),
        ("/api/v1/enterprises/{uscc}/", ""),
        ("/api/v1/qualifications/", ""),
        ("/api/v1/placements/", ""),
        ("/api/v1/pool-entries/", ""),
        ("/api/v1/ledger/", ""),
        ("/api/v1/indicators/", ""),
        ("/api/v1/targets/", ""),
        ("/api/v1/jobs/", ""),
        ("/api/v1/figures/", "as_of=2026-06-30"),
        ("/api/v1/flows/", "since=2019-12-31&until=2026-06-30"),
        ("/api/v1/flows/firms/", "kind=hnte&term=first&since=2019-12-31&until=2026-06-30"),
        ("/api/v1/progress/", "as_of=2026-06-30"),
        ("/api/v1/tasks/", "quarter=2026Q2"),
        ("/api/v1/outlook/", "on=2026-06-30&renewal=80&wins=5"),
    ],
)
def test_what_is_sent_is_what_is_described(client, schema, path, query):
    uscc = firm(hnte=True, tech=True).uscc
    registry.apply([acts.EnterPool(uscc=uscc, stage="seed", on=TODAY)], by=None)
    client.post("/api/v1/recompute/")
    answer = client.get(path.replace("{uscc}", uscc) + "?" + query).json()
    described = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    jsonschema.validate(answer, described | {"components": schema["components"]})
    assert any(answer.get(name) for name in ("results", "uscc", "bridges", "tasks", "as_of"))


def test_every_filter_of_the_page_is_described(schema):
    names = {
        parameter["name"]
        for parameter in schema["paths"]["/api/v1/enterprises/"]["get"]["parameters"]
    }
    assert {
        "q",
        "park",
        "kind",
        "valid_on",
        "indicator",
        "on",
        "scope",
        "lapsing_from",
        "cursor",
        "sort",
    } <= names


def test_the_documentation_page_loads_nothing_from_elsewhere(client, people):
    client.force_login(people["老郑"])
    page = client.get(reverse("api-docs"))
    script = client.get(reverse("api-docs"), {"script": ""})
    assert page.status_code == script.status_code == 200
    for text in (page.content.decode(), script.content.decode()):
        assert not re.findall(r"https?://|(?:src|href)=[\"']//", text)
    assert not re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", page.content.decode())


def test_the_documentation_page_asks_for_a_login(client, db):
    assert client.get(reverse("api-docs"))["Location"].startswith(reverse("login"))
