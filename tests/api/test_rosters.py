"""Rosters through the API: the same submission as by the page, from the upload to the facts."""

import datetime as dt
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from enterprises import acts, jobs, registry
from enterprises.models import (
    Case,
    Enterprise,
    Job,
    Placement,
    Quarter,
    Roster,
    RosterFirm,
    RosterProblem,
    RosterVersion,
    SourceFile,
)
from parks.models import Unit
from tests import clerk
from tests.enterprises.workbooks import code, firm, lines, xlsx

pytestmark = pytest.mark.django_db
API = "/api/v1/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_QUERIES = 8


@pytest.fixture
def quarter(people) -> Quarter:
    return clerk.third_quarter(people["小石"])


@pytest.fixture
def as_(people):
    """A client signed in as this person."""

    def client(who: str) -> APIClient:
        one = APIClient()
        one.force_login(people[who])
        return one

    return client


@pytest.fixture
def book(tmp_path: Path):
    """The bytes of a roster of 德感 (or another unit) that lists these firms."""

    def made(*firms, unit="degan") -> bytes:
        rows = lines(*firms)
        rows[0] = [f"填报单位：{Unit.objects.get(code=unit).name}　数据截至：2026-09-30"]
        return xlsx(tmp_path / "名册.xlsx", rows).read_bytes()

    return made


@pytest.fixture
def send(quarter, as_, book):
    """Upload these firms' roster and have it checked; the version as the API shows it then."""

    def sent(*firms, who="德感", unit="degan", **more):
        client = as_(who)
        answer = post_file(client, book(*firms, unit=unit), **more)
        assert answer.status_code == 202, answer.json()
        run_waiting()
        return client.get(answer["Location"]).json()

    return sent


def post_file(client: APIClient, content: bytes, name="名册.xlsx", query="", headers=None, **fields):
    body = {"quarter": "2026Q3", "file": SimpleUploadedFile(name, content, XLSX)} | fields
    return client.post(f"{API}rosters/{query}", body, format="multipart", headers=headers)


def run_waiting() -> None:
    """All that the workers would do now, but for counting."""
    for job in Job.objects.filter(state="queued").exclude(kind="recompute").order_by("id"):
        jobs.run_inline(job)


def act(client: APIClient, version: dict, name: str, body: dict | None = None, expect: int = 200) -> dict:
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
        acts.Register(uscc=uscc, name=f"重庆测试{number}号机械有限公司", registered_on=dt.date(2015, 3, 2), **told),
        acts.Place(uscc=uscc, park=park, town=town, since=dt.date(2020, 5, 6)),
        acts.Grant(uscc=uscc, kind="tech", valid_from=dt.date(2020, 5, 6)),
    ]
    if listed:
        told_in = acts.Listing("六月名册", dt.date(2026, 6, 30))
        done = [replace(one, listing=told_in) for one in done]
    source = SourceFile.objects.get_or_create(sha256="0" * 64, defaults={"name": "六月名册", "size": 1})[0]
    registry.apply(done, by=None, source=source if listed else None)
    return Enterprise.objects.get(uscc=uscc)


# --- the way through ----------------------------------------------------------------------------------------------
def test_upload_answers_hand_in_approval(quarter, as_, send):
    registered(1)
    registered(2)
    unit, bureau = as_("德感"), as_("小石")
    version = send(firm(1), firm(3), firm(4, rd_expense=2000))
    assert (version["state"], version["unit"], version["quarter"]) == ("ready", "degan", "2026Q3")
    assert version["counts"] == {
        "rows": 3, "errors": 0, "warnings": 1, "new": 2, "changed": 1, "arriving": 0, "missing": 1, "unchanged": 0,
    }  # fmt: skip
    assert len(version["points_open"]) == 2
    own = f"roster-versions/{version['id']}/"
    [missing] = rows(unit, own + "firms/", kind="missing")
    assert (missing["uscc"], missing["lacks"], missing["answer"]["word"]) == (code(2), "未列的原因", "")
    [problem] = rows(unit, own + "problems/")
    assert problem["severity"] == "warning"
    assert problem["uscc"] == code(4)
    assert problem["address"].startswith("名册!")
    [group] = version["summary"]["groups"]
    told = {
        "firms": {code(2): {"word": "closed", "day": "2026-08-08", "note": "注销公告"}},
        "reasons": {group["key"]: "研发投入确实较大"},
    }
    assert act(unit, version, "answers", told)["points_open"] == []
    assert rows(unit, own + "firms/", kind="missing")[0]["answer"] == {
        "word": "closed", "day": "2026-08-08", "to_unit": None, "renamed_on": None, "note": "注销公告",
    }  # fmt: skip
    assert act(unit, version, "hand-in")["state"] == "submitted"
    approved = act(bureau, version, "approve", expect=202)
    assert approved["state"] == "approved"
    assert approved["links"]["job"].endswith(f"/jobs/{Job.objects.get(kind='roster_apply').pk}/")
    run_waiting()
    applied = unit.get(API + own).json()
    assert (applied["state"], applied["outcome"]["left_out"]) == ("applied", [])
    assert Enterprise.objects.get(uscc=code(2)).closures.get().closed_on == dt.date(2026, 8, 8)
    assert Placement.objects.filter(enterprise__uscc=code(3), park__code="degan").exists()


def test_taking_back_returning_remarks_and_undoing(quarter, as_, send):
    unit, bureau = as_("德感"), as_("小石")
    version = send(firm(1))
    act(unit, version, "hand-in")
    assert act(unit, version, "take-back")["state"] == "ready"
    act(unit, version, "hand-in")
    refused = act(bureau, version, "return", expect=400)
    assert (refused["code"], refused["detail"]) == ("reason", "退回前请写明意见。")
    said = act(bureau, version, "remarks", {"text": "请核对", "uscc": code(1)}, expect=201)
    assert (said["firm_name"], said["by"]) == ("重庆测试1号机械有限公司", "小石")
    assert act(bureau, version, "return", {"text": "见意见"})["state"] == "returned"
    assert [one["text"] for one in rows(unit, f"roster-versions/{version['id']}/remarks/")] == ["请核对", "见意见"]
    again = send(firm(1, staff=41))
    act(unit, again, "hand-in")
    act(bureau, again, "approve", expect=202)
    run_waiting()
    assert Enterprise.objects.filter(uscc=code(1)).exists()
    undone = act(bureau, again, "undo", {"reason": "试运行"})
    assert (undone["state"], undone["undone_by"], undone["undone_reason"]) == ("undone", "小石", "试运行")
    assert Placement.objects.count() == 0


def test_a_column_of_ones_own_is_told_and_the_file_checked_again(quarter, as_, send):
    version = send(firm(1))
    refused = act(as_("德感"), version, "mapping", {"titles": {"人数": "nothing"}}, expect=400)
    assert refused["code"] == "invalid"
    checking = act(as_("德感"), version, "mapping", {"titles": {"从业人数": "staff"}}, expect=202)
    assert checking["state"] == "checking"
    run_waiting()
    assert RosterVersion.objects.get().mapping == {"从业人数": "staff"}
    assert act(as_("德感"), version, "recheck", expect=202)["state"] == "checking"


def test_a_nil_return(quarter, as_):
    registered(1)
    unit = as_("德感")
    answer = unit.post(f"{API}rosters/", {"quarter": "2026Q3", "nil": True}, format="json")
    assert (answer.status_code, answer.json()["nil"], answer.json()["file"]) == (202, True, None)
    run_waiting()
    version = unit.get(answer["Location"]).json()
    assert (version["state"], version["counts"]["missing"]) == ("ready", 1)
    assert "file" not in version["links"]
    assert unit.get(f"{API}roster-versions/{version['id']}/file/").status_code == 404


def test_the_file_comes_back_byte_by_byte_under_its_name(quarter, as_, book):
    content = book(firm(1))
    version = post_file(as_("德感"), content, name="三季度.xlsx").json()
    answer = as_("小石").get(version["links"]["file"], headers={"Accept": "application/octet-stream"})
    assert b"".join(answer.streaming_content) == content
    assert "%E4%B8%89%E5%AD%A3%E5%BA%A6.xlsx" in answer["Content-Disposition"]
    assert version["file"]["size"] == len(content)


# --- a dry run ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("query", "field"), [("?dry_run=true", {}), ("", {"dry_run": "true"})])
def test_a_dry_run_finds_what_the_check_finds_and_leaves_nothing_to_hand_in(quarter, as_, book, query, field):
    registered(2)
    content, unit = book(firm(1, uscc=code(1)[:-1] + "?"), firm(3, rd_expense=2000)), as_("德感")
    answer = post_file(unit, content, query=query, **field)
    assert (answer.status_code, answer.json()["kind"]) == (202, "roster_dry_run")
    run_waiting()
    tried = unit.get(answer["Location"]).json()["result"]
    assert not RosterVersion.objects.exists()
    assert not RosterFirm.objects.exists()
    assert not RosterProblem.objects.exists()
    location = post_file(unit, content)["Location"]
    run_waiting()
    version = unit.get(location).json()
    real = rows(unit, f"roster-versions/{version['id']}/problems/")
    assert tried["state"] == version["state"] == "faulty"
    assert tried["problems"] == [{name: value for name, value in one.items() if name != "id"} for one in real]
    assert tried["problem_count"] == len(real) > 1
    for name in ("rows", "errors", "warnings", "counts", "as_of"):
        assert tried["summary"][name] == version["summary"][name]


def test_a_dry_run_is_shown_to_its_sender_and_the_bureau_alone(quarter, as_, book):
    path = post_file(as_("德感"), book(firm(1, contact_phone="13800000000")), query="?dry_run=1")["Location"]
    run_waiting()
    assert "summary" in as_("德感").get(path).json()["result"]
    assert "summary" in as_("小石").get(path).json()["result"]
    assert "summary" not in as_("老郑").get(path).json()["result"]
    assert as_("街道").get(path).status_code == 404


def test_two_people_trying_the_same_file_get_a_job_each(quarter, as_, book):
    content = book(firm(1))
    first = post_file(as_("小石"), content, unit="degan", dry_run="true")
    second = post_file(as_("德感"), content, dry_run="true")
    assert first["Location"] != second["Location"]
    assert as_("德感").get(second["Location"]).status_code == 200


def test_a_dry_run_of_a_nil_return_tells_who_would_be_missing(quarter, as_):
    registered(1)
    body = {"quarter": "2026Q3", "nil": True, "dry_run": True}
    answer = as_("德感").post(f"{API}rosters/", body, format="json")
    run_waiting()
    assert as_("德感").get(answer["Location"]).json()["result"]["summary"]["counts"] == {"missing": 1}
    assert Roster.objects.count() == 1
    assert not RosterVersion.objects.exists()


# --- what is refused ----------------------------------------------------------------------------------------------
def refused(answer) -> tuple[int, str]:
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert body["status"] == answer.status_code
    assert {"type", "title", "detail"} <= set(body)
    return answer.status_code, body["code"]


def test_what_stands_against_a_submission_is_told_by_status_and_code(quarter, as_, book, settings):
    unit, content = as_("德感"), book(firm(1))
    assert refused(post_file(unit, content, name="名册.pdf")) == (400, "invalid")
    assert refused(post_file(unit, b"", name="名册.xlsx")) == (400, "invalid")
    assert refused(post_file(unit, content, quarter="2026Q5")) == (400, "invalid")
    assert refused(post_file(unit, content, nil="true")) == (400, "invalid")
    assert refused(post_file(unit, content, reson="更正")) == (400, "invalid")
    assert refused(post_file(unit, content, query="?dryrun=true")) == (400, "invalid")
    assert refused(post_file(as_("小石"), content, unit="kjj")) == (400, "invalid")
    assert refused(unit.post(f"{API}rosters/", {"quarter": "2026Q3"}, format="json")) == (400, "invalid")
    assert refused(unit.post(f"{API}rosters/", "<x/>", content_type="text/xml")) == (415, "unsupported_media_type")
    assert refused(post_file(unit, content, unit="500116002")) == (403, "permission_denied")
    assert refused(post_file(as_("小石"), content)) == (403, "permission_denied")
    assert refused(post_file(as_("老郑"), content, unit="degan")) == (403, "permission_denied")
    assert not RosterVersion.objects.exists()
    settings.MAX_REGISTER_BYTES = 100
    assert refused(post_file(unit, content)) == (413, "too_large")
    settings.MAX_REGISTER_BYTES = 20_000_000
    assert post_file(unit, content).status_code == 202
    assert refused(post_file(unit, content)) == (409, "identical")
    Quarter.objects.update(locks_on=dt.date(2026, 10, 20))
    assert refused(post_file(unit, content)) == (409, "locked")


def test_what_stands_against_an_act_is_told_by_status_and_code(quarter, as_, send):
    registered(1)
    registered(2)
    unit, bureau = as_("德感"), as_("小石")
    version = send(firm(1))
    path = f"{API}roster-versions/{version['id']}/"

    def post(client, name, body):
        return refused(client.post(f"{path}{name}/", body, format="json"))

    assert post(unit, "hand-in", {}) == (400, "unanswered")
    assert post(unit, "take-back", {}) == (409, "state")
    assert post(bureau, "approve", {}) == (409, "state")
    assert post(bureau, "undo", {}) == (400, "invalid")
    assert post(bureau, "undo", {"reason": "试"}) == (409, "state")
    assert post(unit, "remarks", {"text": "早了"}) == (409, "state")
    for said in (
        {"firms": {code(9): {"word": "closed"}}},
        {"firms": {code(2): {"word": "gone"}}},
        {"firms": {code(2): {"day": "2026-13-01"}}},
        {"firms": {code(2): {"day": "2099-01-01"}}},
        {"firms": {code(2): {"to_unit": "kjj"}}},
        {"firms": {code(2): {"wrd": "closed"}}},
        {"firms": [code(2)]},
        {"reasons": {"R999|无": "好"}},
        {"reason": {}},
    ):
        assert post(unit, "answers", said) == (400, "invalid"), said
    mixed = {"firms": {code(2): {"word": "closed", "day": "2026-08-08"}}, "reasons": {"R999|无": "好"}}
    assert post(unit, "answers", mixed) == (400, "invalid")
    assert RosterFirm.objects.get(uscc=code(2)).word == ""


def test_mistakes_inside_a_body_are_named_by_their_place(quarter, as_, send):
    registered(2)
    version = send(firm(1))
    body = {"firms": {code(2): {"word": "gone", "day": "tomorrow"}}}
    answer = act(as_("德感"), version, "answers", body, expect=400)
    assert set(answer["errors"]) == {f"firms.{code(2)}.word", f"firms.{code(2)}.day"}


# --- who sees what ------------------------------------------------------------------------------------------------
def test_a_draft_is_the_units_and_the_bureaus(quarter, as_, send):
    version = send(firm(1))
    path = f"{API}roster-versions/{version['id']}/"
    for part in ("", "problems/", "firms/", "file/", "remarks/"):
        seen = {who: as_(who).get(path + part).status_code for who in ("德感", "安安", "街道", "老郑", "审计")}
        assert seen == {"德感": 200, "安安": 200, "街道": 404, "老郑": 404, "审计": 404}, part
    assert rows(as_("老郑"), "roster-versions/") == rows(as_("街道"), "roster-versions/") == []
    [line] = [one for one in lines_of(as_("老郑")) if one["unit"] == "degan"]
    assert (line["state"], line["version"]) == ("drafted", None)
    act(as_("德感"), version, "hand-in")
    [line] = [one for one in lines_of(as_("老郑")) if one["unit"] == "degan"]
    assert (line["state"], line["version"]) == ("submitted", version["id"])
    seen = {part: as_("老郑").get(path + part).status_code for part in ("", "problems/", "firms/", "file/")}
    assert seen == {"": 200, "problems/": 200, "firms/": 200, "file/": 403}
    assert as_("街道").get(path).status_code == 404


def lines_of(client: APIClient) -> list[dict]:
    return client.get(f"{API}quarters/2026Q3/board/").json()["lines"]


@pytest.mark.parametrize("listed", [True, False], ids=["replaced", "kept"])
def test_contacts_stay_with_the_unit_and_the_bureau(quarter, as_, send, listed):
    registered(1, phone="13811111111", listed=listed)
    registered(2, park="luohuang", town="500116117", phone="13822222222", listed=listed)
    told = {"contact_name": "何敏", "contact_phone": "１３８００００００００"}
    version = send(firm(1, **told), firm(2, **told), firm(3, **told))
    reasons = {group["key"]: "属实" for group in version["summary"]["groups"]}
    act(as_("德感"), version, "answers", {"firms": {code(2): {"day": "2026-08-08"}}, "reasons": reasons})
    act(as_("德感"), version, "hand-in")
    path = f"{API}roster-versions/{version['id']}/"
    whole = {who: "".join(as_(who).get(path + part).content.decode() for part in ("", "problems/", "firms/"))
             for who in ("德感", "小石", "老郑")}  # fmt: skip
    assert "13811111111" in whole["德感"]
    assert ("13822222222" in whole["小石"]) is listed
    assert "13822222222" not in whole["德感"]
    for number in ("13811111111", "13822222222", "13800000000", "１３８００００００００"):
        assert number not in whole["老郑"]
    assert "（不公开）" in whole["老郑"]


# --- quarters and cases -------------------------------------------------------------------------------------------
def test_a_quarter_is_opened_and_its_days_are_moved_by_the_bureau(as_, people):
    bureau = as_("小石")
    opened = bureau.post(f"{API}quarters/", {"code": "2026Q2", "locks_on": "2026-12-01"}, format="json")
    assert opened.status_code == 201
    assert opened.json() == {
        "code": "2026Q2", "label": "2026年第二季度", "last_day": "2026-06-30", "opens_on": "2026-07-01",
        "due_on": "2026-07-15", "locks_on": "2026-12-01", "expected": 36, "handed_in": 0, "applied": 0,
    }  # fmt: skip
    assert bureau.get(opened["Location"]).json() == opened.json()
    again = bureau.post(f"{API}quarters/", {"code": "2026Q2"}, format="json")
    assert refused(again) == (409, "state")
    moved = bureau.patch(opened["Location"], {"due_on": "2026-07-20"}, format="json")
    assert (moved.json()["due_on"], moved.json()["locks_on"]) == ("2026-07-20", "2026-12-01")
    assert refused(bureau.patch(opened["Location"], {"due_on": "2027-01-01"}, format="json")) == (400, "invalid")
    for body in ({}, {"code": "2026Q5"}, {"code": "2026Q3", "due": "2026-10-01"}):
        assert refused(bureau.post(f"{API}quarters/", body, format="json")) == (400, "invalid")
    assert refused(as_("老郑").patch(opened["Location"], {}, format="json")) == (403, "permission_denied")
    assert bureau.get(f"{API}quarters/2020Q1/").status_code == 404


def test_the_board_counts_and_a_unit_sees_its_own_line(quarter, as_, send):
    registered(1)
    act(as_("德感"), send(firm(1)), "hand-in")
    [whole], [own] = rows(as_("小石"), "quarters/"), rows(as_("街道"), "quarters/")
    assert (whole["expected"], whole["handed_in"], whole["applied"]) == (36, 1, 0)
    assert (own["expected"], own["handed_in"]) == (1, 0)
    assert len(lines_of(as_("小石"))) == 36
    assert [line["unit"] for line in lines_of(as_("街道"))] == ["500116002"]
    [line] = lines_of(as_("德感"))
    assert (line["state"], line["late"], line["being_corrected"]) == ("submitted", True, False)


def test_a_transfer_is_seen_by_both_units_and_decided_once(quarter, as_, send):
    registered(1, park="luohuang", town="500116117")
    version = send(firm(1))
    act(as_("德感"), version, "answers", {"firms": {code(1): {"day": "2026-08-08"}}})
    act(as_("德感"), version, "hand-in")
    bureau = as_("小石")
    blocked = act(bureau, version, "approve", expect=409)
    assert blocked["code"] == "cases"
    [case] = rows(bureau, "cases/", quarter="2026Q3", decided="false", kind="transfer")
    path = f"{API}cases/{case['id']}/"
    assert [one["unit"] for one in as_("德感").get(path).json()["statements"]] == ["degan"]
    assert as_("街道").get(path).status_code == 404
    decision = {"decision": "placed", "park": "degan", "town": "500116002", "moved_on": "2026-08-08"}
    assert as_("德感").post(f"{path}decide/", decision, format="json").status_code == 403
    assert refused(bureau.post(f"{path}decide/", {"decision": "placed"}, format="json")) == (400, "invalid")
    decided = bureau.post(f"{path}decide/", decision, format="json")
    assert (decided.status_code, decided.json()["park"], decided.json()["decided_by"]) == (200, "degan", "小石")
    assert refused(bureau.post(f"{path}decide/", decision, format="json")) == (409, "state")
    assert Placement.objects.get(enterprise__uscc=code(1), until=None).park.code == "degan"
    assert Case.objects.get().decision == "placed"


# --- lists --------------------------------------------------------------------------------------------------------
def test_versions_are_filtered_and_unknown_filters_refused(quarter, as_, send):
    send(firm(1))
    bureau = as_("小石")
    assert len(rows(bureau, "roster-versions/", quarter="2026Q3", unit="degan", state="ready")) == 1
    assert rows(bureau, "roster-versions/", quarter="2026Q2") == []
    assert rows(bureau, "roster-versions/", state="applied") == []
    for path in ("roster-versions/?stat=ready", "roster-versions/?state=best", "cases/?unit=degan", "quarters/?x=1"):
        assert refused(bureau.get(API + path)) == (400, "invalid"), path
    own = f"roster-versions/{RosterVersion.objects.get().pk}/"
    for path in ("firms/?kind=old", "problems/?kind=new", "remarks/?x=1", "?x=1"):
        assert refused(bureau.get(API + own + path)) == (400, "invalid"), path


@pytest.mark.parametrize("path", ["quarters/", "quarters/2026Q3/board/", "roster-versions/",
                                  "roster-versions/{}/problems/", "roster-versions/{}/firms/"])  # fmt: skip
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(quarter, as_, send, path, django_assert_max_num_queries):
    bureau, taken = as_("小石"), []
    registered(20)
    for count in (1, 12):
        version = send(*[firm(number, rd_expense=2000) for number in range(1, count + 1)])
        with django_assert_max_num_queries(MOST_QUERIES) as counted:
            answer = bureau.get(API + path.format(version["id"]))
        assert answer.status_code == 200
        taken.append(len(counted))
    assert taken[0] == taken[1]


# --- the description ----------------------------------------------------------------------------------------------
def test_what_is_sent_is_what_is_described(quarter, as_, send):
    registered(2, park="luohuang", town="500116117")
    registered(5)
    bureau, unit = as_("小石"), as_("德感")
    schema = bureau.get(reverse("api-schema")).json()
    version = send(firm(1, rd_expense=2000), firm(2))
    body = {
        "firms": {code(2): {"day": "2026-08-08"}, code(5): {"word": "left", "day": "2026-08-09"}},
        "reasons": {version["summary"]["groups"][0]["key"]: "属实"},
    }
    act(unit, version, "answers", body)
    act(unit, version, "hand-in")
    act(bureau, version, "remarks", {"text": "好"}, expect=201)
    own, case = f"{API}roster-versions/{version['id']}/", f"{API}cases/{Case.objects.get().pk}/"
    described = {
        f"{API}quarters/": f"{API}quarters/",
        f"{API}quarters/{{code}}/": f"{API}quarters/2026Q3/",
        f"{API}quarters/{{code}}/board/": f"{API}quarters/2026Q3/board/",
        f"{API}roster-versions/": f"{API}roster-versions/",
        f"{API}roster-versions/{{id}}/": own,
        **{f"{API}roster-versions/{{id}}/{part}/": f"{own}{part}/" for part in ("problems", "firms", "remarks")},
        f"{API}cases/": f"{API}cases/",
        f"{API}cases/{{id}}/": case,
    }
    for path, address in described.items():
        shape = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = bureau.get(address).json()
        jsonschema.validate(answer, shape | {"components": schema["components"]})
        assert answer.get("results", True), path
    posts = [(path, ways["post"]) for path, ways in schema["paths"].items()
             if "post" in ways and any(part in path for part in ("roster", "cases", "quarters"))]  # fmt: skip
    assert len(posts) == 12
    for path, post in posts:
        assert "Idempotency-Key" in {one["name"] for one in post["parameters"]}, path
    assert "multipart/form-data" in schema["paths"][f"{API}rosters/"]["post"]["requestBody"]["content"]


# --- the samples --------------------------------------------------------------------------------------------------
def test_the_third_quarter_of_all_units_by_api(samples, people):
    clerk.load_until_second_quarter(samples)
    clerk.third_quarter(people["小石"])
    staff, planted = clerk.reporters(), clerk.planted_in(samples)
    moves, plan = clerk.moves_in(samples), json.loads((samples / "plan_2026Q3.json").read_text())
    assert len(plan) == 36
    for unit, expected in plan.items():
        client, path = APIClient(), samples / "2026Q3" / f"{unit}.xlsx"
        client.force_login(staff[unit])
        answer = post_file(client, path.read_bytes(), name=path.name)
        assert answer.status_code == 202, answer.json()
        run_waiting()
        version = client.get(answer["Location"]).json()
        findings_agree(client, version, planted[path.name])
        if version["state"] == "faulty":
            again = post_file(client, clerk.corrected(path, planted[path.name]), name=path.name)
            run_waiting()
            version = client.get(again["Location"]).json()
        assert (version["state"], version["counts"]["errors"]) == ("ready", 0)
        assert told(client, version, moves) == expected, unit


def told(client: APIClient, version: dict, moves: dict) -> dict[str, int]:
    missing = [one["uscc"] in moves for one in walk(client, version["links"]["firms"] + "?kind=missing")]
    counts = version["counts"]
    return {
        "listed": counts["rows"],
        "new": counts["new"],
        "moved_in": counts["arriving"],
        "missing_moved_out": missing.count(True),
        "missing_closed": missing.count(False),
    }


def findings_agree(client: APIClient, version: dict, planted: list[dict[str, str]]) -> None:
    """Everything planted was found at its cell with the severity expected, and no error besides."""
    found = defaultdict(set)
    problems = walk(client, version["links"]["problems"])
    for one in problems:
        found[cell_of(one)].add(one["severity"])
    for kind in ("normalised", "ignored"):
        assert len(version["summary"][kind]) == version["summary"][f"{kind}_count"]
        for note in version["summary"][kind]:
            found[cell_of(note)].add(kind)
    wanted = {one["cell"]: set(one["expect"].split(" or ")) for one in planted}
    assert {cell: kinds for cell, kinds in wanted.items() if not found[cell] & kinds} == {}
    errors = {cell_of(one) for one in problems if one["severity"] == "error"}
    assert errors == {cell for cell, kinds in wanted.items() if "error" in kinds and "error" in found[cell]}
    assert version["state"] == ("faulty" if errors else "ready")


def cell_of(told: dict) -> str:
    return told["address"].rpartition("!")[2]


def walk(client: APIClient, path: str) -> list[dict]:
    found = []
    while path:
        page = client.get(path).json()
        found += page["results"]
        path = page["next"]
    return found
