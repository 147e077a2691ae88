"""The description of the API: it is valid, it describes what is really sent, and its page needs no other server."""

import json
import re
from collections.abc import Iterator

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse
from drf_spectacular.validation import validate_schema

from enterprises import registry
from enterprises.models import Agency
from enterprises.registry import acts
from tests import cast
from tests.firms import TODAY, firm
from tests.snapshots import Snapshot
from tests.test_access import TABLE, address, signed_in
from tests.world import made_world

pytestmark = pytest.mark.django_db


def described() -> dict:
    people = cast.enter_cast()
    browser = Client()
    browser.force_login(people["小石"])
    return browser.get(reverse("api-schema")).json()


@pytest.fixture(scope="session")
def kept_schema(snapshot, kept_plan) -> Snapshot:
    return snapshot("schema", described, base=kept_plan)


@pytest.fixture
def schema(kept_schema) -> dict:
    """It tells nothing of the district."""
    return kept_schema.made


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
        ("/api/v1/agencies/", ""),
        ("/api/v1/application-courses/", "year=2026"),
        ("/api/v1/application-courses/summary/", "year=2026"),
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
        ("/api/v1/pool/plan/", ""),
    ],
)
def test_what_is_sent_is_what_is_described(people, schema, path, query):
    client = signed_in(people, "小石")
    uscc = firm(hnte=True, tech=True).uscc
    registry.apply([acts.EnterPool(uscc=uscc, stage="seed", on=TODAY)], by=None)
    Agency.objects.create(code="jia", name="甲")
    applied = acts.Apply(uscc=uscc, kind="hnte", year=2026, stage="filed", on=TODAY, agency="甲")
    registry.apply([applied], by=None)
    client.post("/api/v1/recompute/")
    answer = client.get(path.replace("{uscc}", uscc) + "?" + query).json()
    described = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    jsonschema.validate(answer, described | {"components": schema["components"]})
    assert any(
        answer.get(name) for name in ("results", "uscc", "bridges", "tasks", "as_of", "firms")
    )


# --- what no view declares ------------------------------------------------------------------------
TYPED = {"type", "$ref", "oneOf", "anyOf", "allOf", "enum", "const"}


def shapes(node, where: str = "") -> Iterator[tuple[str, object]]:
    """(place, schema) of every schema in a part of the description."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in entries:
        here = f"{where}/{key}"
        if key in ("schema", "items", "additionalProperties"):
            yield here, value
        elif key in ("properties", "schemas"):
            yield from ((f"{here}/{name}", one) for name, one in value.items())
        elif key in ("oneOf", "anyOf", "allOf"):
            yield from ((f"{here}/{number}", one) for number, one in enumerate(value))
        if isinstance(value, dict | list):
            yield from shapes(value, here)


def test_every_parameter_and_every_value_has_a_type(schema):
    found = list(shapes(schema))
    assert len(found) > 500
    # True: the values of an object are free.
    assert not [where for where, shape in found if shape is not True and not TYPED & set(shape)]


def test_numbers_and_texts_of_filters_have_their_limits(schema):
    named = {}
    for path in ("ledger/", "pool-entries/", "enterprises/", "qualifications/"):
        for parameter in schema["paths"][f"/api/v1/{path}"]["get"]["parameters"]:
            named[path, parameter["name"]] = parameter["schema"]
    assert named["pool-entries/", "target_year"] == {
        "type": "integer", "minimum": 2000, "maximum": 2100,
    }  # fmt: skip
    assert named["ledger/", "since"]["type"] == "integer"
    assert named["enterprises/", "q"] == {"type": "string", "maxLength": 120}
    assert named["qualifications/", "valid_on"] == {"type": "string", "format": "date"}


def resolved(schema: dict, shape: dict) -> dict:
    while "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return shape


def test_a_file_is_sent_as_bytes_in_the_parts_of_a_form(schema):
    body = schema["paths"]["/api/v1/rosters/"]["post"]["requestBody"]
    assert list(body["content"]) == ["multipart/form-data"]
    sent = resolved(schema, body["content"]["multipart/form-data"]["schema"])
    assert (sent["properties"]["file"]["type"], sent["properties"]["file"]["format"]) == (
        "string",
        "binary",
    )
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            kinds = list(operation.get("requestBody", {}).get("content", {}))
            # One way to send a body: generated clients know no choice.
            assert len(kinds) <= 1, path
            for one in operation.get("requestBody", {}).get("content", {}).values():
                assert '"format": "uri"' not in json.dumps(resolved(schema, one["schema"])), path
    assert not [name for name in schema["components"]["schemas"] if "RequestRequest" in name]


def test_whatever_changes_something_may_be_sent_again(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if method == "get" or path in ("/api/v1/login/", "/api/v1/logout/"):
                continue
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert "Idempotency-Key" in names, f"{method} {path}"
    assert "If-Match" in [
        parameter["name"]
        for parameter in schema["paths"]["/api/v1/quarters/{code}/"]["patch"]["parameters"]
    ]


TOLD = ("ETag", "Location", "Idempotent-Replay", "Retry-After", "WWW-Authenticate")


def described_path(schema: dict, route: str, arguments: dict) -> str:
    """The path of the description that the address of a route belongs to."""
    names = {name: f"{{{name}}}" for name in arguments if name[0] != "?"}
    path = reverse(route, kwargs={name: f"0{name}0" for name in names})
    for name in names:
        path = path.replace(f"0{name}0", "{id}" if name == "pk" else f"{{{name}}}")
    assert path in schema["paths"], path
    return path


@pytest.mark.parametrize("who", ["anonymous", "小石", "德感"])
def test_every_answer_and_its_headers_are_declared(schema, people, who):
    world, client, wrong = made_world(people), signed_in(people, who), []
    client.raise_request_exception = False
    for number, (route, method, arguments, _) in enumerate(TABLE):
        if not route.startswith("api-") or route in ("api-logout", "api-schema", "api-docs"):
            continue
        path = described_path(schema, route, arguments)
        operation = schema["paths"][path].get(method.lower())
        if operation is None:
            continue
        place = address(route, arguments, world)
        asked = [
            {"headers": {}},
            {"headers": {"If-Match": '"x"'}},
            {"headers": {"Accept": "text/html"}},
        ]
        if method != "GET":
            asked += [{"headers": {"Idempotency-Key": f"walk-{number}"}}] * 2
        for more in asked:
            answer = client.generic(method, place, content_type="application/json", **more)
            declared = operation["responses"].get(str(answer.status_code))
            headers = [name for name in TOLD if name in answer.headers]
            if declared is None or not set(headers) <= set(declared.get("headers", {})):
                wrong.append(f"{method} {path}: {answer.status_code} {headers}")
            tag = answer.headers.get("ETag", "")
            if method == "GET" and tag.startswith("W/"):
                again = client.get(place, headers={"If-None-Match": tag})
                assert again.status_code == 304
                if "ETag" not in operation["responses"].get("304", {}).get("headers", {}):
                    wrong.append(f"{method} {path}: 304")
    assert not wrong


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
