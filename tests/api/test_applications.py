"""Applications and agencies through the API: written once whatever is repeated, by the rules of the pages."""

import datetime as dt

import pytest

from enterprises import registry
from enterprises.models import Agency, LedgerEntry
from enterprises.registry import acts
from tests.clock import AUTUMN
from tests.firms import firm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]
PATH = "/api/v1/applications/"
TODAY = AUTUMN


@pytest.fixture
def one(people):
    return firm()


@pytest.fixture
def send(client, people):
    """Sends as somebody; a key makes the request repeatable."""

    def call(who: str, body: dict, path: str = PATH, key: str = ""):
        client.force_login(people[who])
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(path, body, content_type="application/json", headers=headers)

    return call


def test_a_stage_and_then_a_next_step_are_written_and_read(send, client, one):
    answer = send("德感", {"uscc": one.uscc, "stage": "filed", "batch": 2, "agency": "甲"})
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["stage"], answer.json()["year"]) == ("filed", TODAY.year)
    day = str(TODAY + dt.timedelta(days=4))
    step = {"uscc": one.uscc, "next_action": "催材料", "next_on": day, "owner": "德感"}
    told = send("小石", step).json()
    assert (told["stage"], told["agency"], told["next_action"], told["owner"]) == (
        "filed", "甲", "催材料", "德感",
    )  # fmt: skip
    found = client.get(PATH, {"current": "true", "due_by": day, "owner": "德感", "batch": 2})
    assert [row["uscc"] for row in found.json()["results"]] == [one.uscc]
    early = client.get(PATH, {"due_by": str(TODAY)})
    assert early.json()["results"] == []


def test_a_further_stage_takes_agency_and_batch_along_and_not_the_step(send, one):
    began = TODAY - dt.timedelta(days=9)
    registry.apply(
        [
            acts.Apply(uscc=one.uscc, kind="hnte", year=began.year, stage="filed", on=began,
                       batch=2, agency="甲"),
            acts.NextStep(uscc=one.uscc, kind="hnte", next_action="等公示", next_on=TODAY, owner="小石"),
        ],
        by=None,
    )  # fmt: skip
    told = send("小石", {"uscc": one.uscc, "stage": "publicity", "year": began.year}).json()
    assert (told["batch"], told["agency"], told["next_action"], told["owner"]) == (
        2,
        "甲",
        "",
        "小石",
    )


def test_a_repeated_request_writes_once(send, one):
    body = {"uscc": one.uscc, "stage": "filed"}
    first = send("小石", body, key="k1")
    entries = LedgerEntry.objects.count()
    again = send("小石", body, key="k1")
    assert (again.json(), again.headers["Idempotent-Replay"]) == (first.json(), "true")
    assert LedgerEntry.objects.count() == entries
    assert send("小石", body | {"batch": 1}, key="k1").status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"stage": "won"}, 400, "won"),
        ({"stage": "given_up"}, 400, "放弃申报须写明原因"),
        ({"stage": "filed", "rejected_for": "rd_share"}, 400, "只有未通过"),
        ({"stage": "rejected", "rejected_for": "luck"}, 400, "rejected_for"),
        ({"next_action": "催材料", "next_on": "2026-12-05"}, 400, "还没有登记申报状态"),
        ({"stage": "filed", "next_action": "催材料"}, 400, "下一步须写明日期"),
        ({"stage": "filed", "colour": "red"}, 400, "不认识的字段"),
        ({"stage": "filed", "kind": "x"}, 400, "没有这一资质类别"),
        ({"stage": "filed", "on": "2999-01-01"}, 400, "不得晚于今天"),
    ],
)
def test_what_cannot_be_is_refused_in_words(send, one, body, status, words):
    answer = send("小石", {"uscc": one.uscc} | body)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not one.applications.exists()


def test_others_firms_are_unknown_and_readers_do_not_write(send, people):
    foreign = firm(park="baisha", town="500116108")
    body = {"uscc": foreign.uscc, "stage": "filed"}
    assert "没有这家企业" in send("德感", body).content.decode()
    assert send("老郑", body).status_code == 403
    assert not foreign.applications.exists()


def test_a_doubtful_stage_is_asked_about_and_one_seen_too_early_refused(send, one):
    send("小石", {"uscc": one.uscc, "stage": "rejected", "on": str(TODAY - dt.timedelta(days=3))})
    body = {"uscc": one.uscc, "stage": "filed"}
    asked = send("小石", body)
    assert (asked.status_code, asked.json()["code"]) == (422, "second_look")
    assert "重新进行" in asked.json()["doubts"][0]
    late = send("小石", body | {"seen": 1})
    assert (late.status_code, late.json()["code"]) == (409, "state")
    sure = send("小石", body | {"confirmed": True, "reason": "复核"})
    assert (sure.status_code, sure.json()["stage"]) == (200, "filed")


def test_agencies_are_read_added_merged_and_replied_for(send, client, people):
    made = send("小石", {"name": "甲咨询"}, "/api/v1/agencies/", key="a")
    assert made.status_code == 201, made.json()
    assert send("小石", {"name": " 甲 咨询"}, "/api/v1/agencies/").status_code == 409
    other = send("小石", {"name": "乙"}, "/api/v1/agencies/").json()
    path = f"/api/v1/agencies/{other['code']}/changes/"
    merged = send("小石", {"act": "merge", "into": made.json()["code"]}, path, key="m")
    assert merged.json()["merged_into"] == made.json()["code"]
    assert send("小石", {"act": "merge", "into": "x"}, path).status_code == 400
    reply = {"act": "reply", "year": TODAY.year, "replied_on": str(TODAY), "words": "无异议"}
    told = send("小石", reply, f"/api/v1/agencies/{made.json()['code']}/changes/")
    assert told.json()["replies"] == [
        {"year": TODAY.year, "replied_on": str(TODAY), "words": "无异议"}
    ]
    assert send("老郑", reply, path).status_code == 403
    assert client.get("/api/v1/agencies/").json()["results"][0]["spellings"] == ["甲咨询"]
    assert Agency.objects.count() == 2


def test_a_years_applications_are_listed_and_counted_as_on_the_page(send, client, people, one):
    other = firm(park="baisha", town="500116108", hnte=True)
    for each, stage in ((one, "filed"), (other, "publicity")):
        assert send("小石", {"uscc": each.uscc, "stage": stage, "agency": "甲"}).status_code == 200
    path = "/api/v1/application-courses/"
    for query, found in (
        ({}, {one.uscc, other.uscc}),
        ({"role": "first"}, {one.uscc}),
        ({"state": "publicity", "unit": "baisha"}, {other.uscc}),
        ({"agency": "甲", "state": "decided"}, set()),
    ):
        rows = client.get(path, query).json()["results"]
        assert {row["uscc"] for row in rows} == found
    told = client.get(f"{path}summary/").json()
    assert (told["firms"], told["states"]["filed"]) == (2, {"first": 1, "again": 0})
    assert told["rate"] == {"certified": 0, "of": 2, "share": None}
    assert client.get(path, {"role": "third"}).status_code == 400
    client.force_login(people["德感"])
    assert [row["uscc"] for row in client.get(path).json()["results"]] == [one.uscc]
    agency = client.get(f"{path}summary/").json()["tables"][-1]["rows"][0]
    assert (agency["name"], agency["accepted"], agency["rate"]) == ("甲", 1, None)
