"""Registers in the API: lists, one record, entering and changing by the rules of the page."""

import pytest
from django.urls import reverse
from drf_spectacular.drainage import GENERATOR_STATS

from enterprises.models import Record, RecordEntry
from tests.firms import firm

pytestmark = pytest.mark.django_db
KEY = {"HTTP_IDEMPOTENCY_KEY": "k-1"}


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def fields(holder):
    return {
        "subject": "捷达企业技术中心", "firm_name": holder.name, "firm_code": holder.uscc,
        "level": "district", "klass": "technology", "since": "2024-06-18",
    }  # fmt: skip


def send(client, path, body, **headers):
    return client.post(f"/api/v1/{path}", body, content_type="application/json", **headers)


@pytest.fixture
def made(bureau):
    return send(bureau, "records/", {"kind": "platform", "fields": fields(firm())}).json()


def test_a_record_is_entered_once_for_one_key(bureau, plan):
    body = {"kind": "platform", "fields": fields(firm())}
    first = send(bureau, "records/", body, **KEY)
    again = send(bureau, "records/", body, **KEY)
    assert (first.status_code, again.status_code) == (201, 201), first.content.decode()
    assert first.json() == again.json()
    assert first.json()["entries"][0]["act"] == "entered"
    assert first["Location"].endswith(f"/records/{first.json()['id']}/")
    assert Record.objects.count() == 1
    assert send(bureau, "records/", body).status_code == 409


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"level": "province"}, "fields.level"),
        ({"since": "2099-01-01"}, "fields.since"),
        ({"colour": "red"}, "fields.colour"),
        ({"subject": None}, "fields.subject"),
        ({"subject": {"a": 1}}, "fields.subject"),
    ],
)
def test_what_is_wrong_is_named(bureau, plan, told, named):
    answer = send(bureau, "records/", {"kind": "platform", "fields": fields(firm()) | told})
    assert answer.status_code == 400
    assert named in answer.json()["errors"]
    assert not Record.objects.exists()


def test_a_change_leaves_what_it_does_not_name(bureau, made):
    seen = made["entries"][0]["id"]
    body = {"act": "change", "seen": seen, "reason": "补文号", "fields": {"number": "55号"}}
    changed = send(bureau, f"records/{made['id']}/changes/", body)
    assert changed.status_code == 200, changed.content.decode()
    assert (changed.json()["number"], changed.json()["subject"]) == ("55号", made["subject"])
    assert send(bureau, f"records/{made['id']}/changes/", body).status_code == 409


def test_every_act_is_there(bureau, made):
    address = f"records/{made['id']}/changes/"
    for told in (
        {"act": "level", "level": "city", "on": "2026-03-01"},
        {"act": "review", "on": "2026-04-01"},
        {"act": "end", "on": "2026-05-01"},
        {"act": "reopen"},
    ):
        seen = RecordEntry.objects.first().pk
        answer = send(bureau, address, told | {"seen": seen, "reason": "按文件"})
        assert answer.status_code == 200, answer.content.decode()
    assert [level["level"] for level in answer.json()["levels"]] == ["district", "city"]
    refused = send(
        bureau, address,
        {"act": "return", "on": "2026-05-01", "amount": "1", "reason": "收", "seen": answer.json()["entries"][0]["id"]},
    )  # fmt: skip
    assert refused.status_code == 409


def test_what_a_kind_does_not_have_is_declined(bureau, plan):
    visit = {"subject": "走访", "klass": "visit", "since": "2026-03-01"}
    made = send(bureau, "records/", {"kind": "activity", "fields": visit}).json()
    told = {"seen": made["entries"][0]["id"], "reason": "按文件", "on": "2026-04-01"}
    body = told | {"act": "level", "level": "city"}
    assert send(bureau, f"records/{made['id']}/changes/", body).status_code == 409
    answer = bureau.post(
        reverse("record_act", args=[made["id"], "level"]), told | {"level": "city"}
    )
    assert answer.status_code == 422


def test_the_list_is_filtered_as_on_the_page(bureau, made):
    def found(query):
        return len(bureau.get(f"/api/v1/records/?{query}").json()["results"])

    assert found("kind=platform&on=2026-06-30") == 1
    assert found("kind=loan") == 0
    assert found("level=city") == 0
    assert found("unit=degan") == 1
    assert found(f"uscc={made['uscc']}") == 1
    assert found("q=捷达") == 1
    assert found("review=due&on=2027-06-18") == 1
    assert bureau.get("/api/v1/records/?colour=red").status_code == 400
    kinds = bureau.get("/api/v1/record-kinds/").json()["results"]
    assert "platform" in [kind["code"] for kind in kinds]


def test_others_read_their_own_and_write_nothing(client, bureau, made, people):
    client.force_login(people["德感"])
    assert client.get(f"/api/v1/records/{made['id']}/").status_code == 200
    assert send(client, "records/", {"kind": "platform", "fields": {}}).status_code == 403
    body = {"act": "reopen", "seen": 0, "reason": "x"}
    assert send(client, f"records/{made['id']}/changes/", body).status_code == 403


def test_the_description_has_no_warnings(bureau, plan):
    GENERATOR_STATS.reset()
    schema = bureau.get("/api/v1/schema/").json()
    told = str([*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache])
    assert "Record" not in told
    assert "/api/v1/records/{id}/changes/" in schema["paths"]
