"""Rosters through the API: the same submission as by the page, from the upload to the facts."""

import datetime as dt

import jsonschema
import pytest
from django.urls import reverse

from enterprises.models import (
    Case,
    Enterprise,
    Job,
    Placement,
    Roster,
    RosterFirm,
    RosterProblem,
    RosterVersion,
)
from tests import clerk
from tests.api.calls import API, act, lines_of, post_file, refused, registered, rows
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8


# --- the way through ------------------------------------------------------------------------------
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
    assert (missing["uscc"], missing["lacks"], missing["answer"]["word"]) == (
        code(2),
        "未列的原因",
        "",
    )
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
        "settlements": {},
    }  # fmt: skip
    assert act(unit, version, "hand-in")["state"] == "submitted"
    approved = act(bureau, version, "approve", expect=202)
    assert approved["state"] == "approved"
    assert approved["links"]["job"].endswith(f"/jobs/{Job.objects.get(kind='roster_apply').pk}/")
    clerk.run_waiting()
    applied = unit.get(API + own).json()
    assert (applied["state"], applied["outcome"]["left_out"]) == ("applied", [])
    assert Enterprise.objects.get(uscc=code(2)).closures.get().closed_on == dt.date(2026, 8, 8)
    assert Placement.objects.filter(enterprise__uscc=code(3), park__code="degan").exists()


def test_what_contradicts_the_registry_is_asked_and_answered(quarter, as_, send):
    registered(1)
    unit = as_("德感")
    version = send(firm(1, uscc=code(9)))
    own = f"roster-versions/{version['id']}/"
    [asked] = rows(unit, own + "firms/", asked="true")
    [point] = asked["contradictions"]
    assert (asked["uscc"], asked["lacks"]) == (code(9), "是否同一企业")
    assert (point["kind"], point["registered"]) == ("code", code(1))
    assert point["offered"] == ["same_firm", "other_firm"]

    def told(choice: str) -> dict:
        return {"firms": {code(9): {"settlements": {"code": {"choice": choice}}}}}

    wrong = unit.post(f"{API}{own}answers/", told("stays"), content_type="application/json")
    assert wrong.status_code == 400
    assert act(unit, version, "answers", told("same_firm"))["points_open"] == []
    [answered] = rows(unit, own + "firms/", asked="true")
    said = {"choice": "same_firm", "day": None, "note": ""}
    assert answered["answer"]["settlements"] == {"code": said}


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
    assert [
        remark["text"] for remark in rows(unit, f"roster-versions/{version['id']}/remarks/")
    ] == [
        "请核对",
        "见意见",
    ]
    again = send(firm(1, staff=41))
    act(unit, again, "hand-in")
    act(bureau, again, "approve", expect=202)
    clerk.run_waiting()
    assert Enterprise.objects.filter(uscc=code(1)).exists()
    undone = act(bureau, again, "undo", {"reason": "试运行"})
    assert (undone["state"], undone["undone_by"], undone["undone_reason"]) == (
        "undone",
        "小石",
        "试运行",
    )
    assert Placement.objects.count() == 0


def test_a_column_of_ones_own_is_told_and_the_file_checked_again(quarter, as_, send):
    version = send(firm(1))
    refused = act(as_("德感"), version, "mapping", {"titles": {"人数": "nothing"}}, expect=400)
    assert refused["code"] == "invalid"
    checking = act(as_("德感"), version, "mapping", {"titles": {"从业人数": "staff"}}, expect=202)
    assert checking["state"] == "checking"
    clerk.run_waiting()
    assert RosterVersion.objects.get().mapping == {"从业人数": "staff"}
    assert act(as_("德感"), version, "recheck", expect=202)["state"] == "checking"


def test_a_nil_return(quarter, as_):
    registered(1)
    unit = as_("德感")
    answer = unit.post(f"{API}rosters/", {"quarter": "2026Q3", "nil": True}, format="json")
    assert (answer.status_code, answer.json()["nil"], answer.json()["file"]) == (202, True, None)
    clerk.run_waiting()
    version = unit.get(answer["Location"]).json()
    assert (version["state"], version["counts"]["missing"]) == ("ready", 1)
    assert "file" not in version["links"]
    assert unit.get(f"{API}roster-versions/{version['id']}/file/").status_code == 404


def test_the_file_comes_back_byte_by_byte_under_its_name(quarter, as_):
    content = roster(firm(1))
    version = post_file(as_("德感"), content, name="三季度.xlsx").json()
    answer = as_("小石").get(
        version["links"]["file"], headers={"Accept": "application/octet-stream"}
    )
    assert b"".join(answer.streaming_content) == content
    assert "%E4%B8%89%E5%AD%A3%E5%BA%A6.xlsx" in answer["Content-Disposition"]
    assert version["file"]["size"] == len(content)


# --- a dry run ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("query", "field"), [("?dry_run=true", {}), ("", {"dry_run": "true"})])
def test_a_dry_run_finds_what_the_check_finds_and_leaves_nothing_to_hand_in(
    quarter, as_, query, field
):
    registered(2)
    content, unit = roster(firm(1, uscc=code(1)[:-1] + "?"), firm(3, rd_expense=2000)), as_("德感")
    answer = post_file(unit, content, query=query, **field)
    assert (answer.status_code, answer.json()["kind"]) == (202, "roster_dry_run")
    clerk.run_waiting()
    tried = unit.get(answer["Location"]).json()["result"]
    assert not RosterVersion.objects.exists()
    assert not RosterFirm.objects.exists()
    assert not RosterProblem.objects.exists()
    location = post_file(unit, content)["Location"]
    clerk.run_waiting()
    version = unit.get(location).json()
    real = rows(unit, f"roster-versions/{version['id']}/problems/")
    assert tried["state"] == version["state"] == "faulty"
    assert tried["problems"] == [
        {name: value for name, value in row.items() if name != "id"} for row in real
    ]
    assert tried["problem_count"] == len(real) > 1
    for name in ("rows", "errors", "warnings", "counts", "as_of"):
        assert tried["summary"][name] == version["summary"][name]


def test_a_dry_run_is_shown_to_its_sender_and_the_bureau_alone(quarter, as_):
    path = post_file(as_("德感"), roster(firm(1, contact_phone="13800000000")), query="?dry_run=1")[
        "Location"
    ]
    clerk.run_waiting()
    assert "summary" in as_("德感").get(path).json()["result"]
    assert "summary" in as_("小石").get(path).json()["result"]
    assert "summary" not in as_("老郑").get(path).json()["result"]
    assert as_("街道").get(path).status_code == 404


def test_two_people_trying_the_same_file_get_a_job_each(quarter, as_):
    content = roster(firm(1))
    first = post_file(as_("小石"), content, unit="degan", dry_run="true")
    second = post_file(as_("德感"), content, dry_run="true")
    assert first["Location"] != second["Location"]
    assert as_("德感").get(second["Location"]).status_code == 200


def test_a_dry_run_of_a_nil_return_tells_who_would_be_missing(quarter, as_):
    registered(1)
    body = {"quarter": "2026Q3", "nil": True, "dry_run": True}
    answer = as_("德感").post(f"{API}rosters/", body, format="json")
    clerk.run_waiting()
    assert as_("德感").get(answer["Location"]).json()["result"]["summary"]["counts"] == {
        "missing": 1
    }
    assert Roster.objects.count() == 1
    assert not RosterVersion.objects.exists()


# --- who sees what --------------------------------------------------------------------------------
def test_a_draft_is_the_units_and_the_bureaus(quarter, as_, send):
    version = send(firm(1))
    path = f"{API}roster-versions/{version['id']}/"
    for part in ("", "problems/", "firms/", "file/", "remarks/"):
        seen = {
            who: as_(who).get(path + part).status_code
            for who in ("德感", "安安", "街道", "老郑", "审计")
        }
        assert seen == {"德感": 200, "安安": 200, "街道": 404, "老郑": 404, "审计": 404}, part
    assert rows(as_("老郑"), "roster-versions/") == rows(as_("街道"), "roster-versions/") == []
    [line] = [row for row in lines_of(as_("老郑")) if row["unit"] == "degan"]
    assert (line["state"], line["version"]) == ("drafted", None)
    act(as_("德感"), version, "hand-in")
    [line] = [row for row in lines_of(as_("老郑")) if row["unit"] == "degan"]
    assert (line["state"], line["version"]) == ("submitted", version["id"])
    seen = {
        part: as_("老郑").get(path + part).status_code
        for part in ("", "problems/", "firms/", "file/")
    }
    assert seen == {"": 200, "problems/": 200, "firms/": 200, "file/": 403}
    assert as_("街道").get(path).status_code == 404


@pytest.mark.parametrize("listed", [True, False], ids=["replaced", "kept"])
def test_contacts_stay_with_the_unit_and_the_bureau(quarter, as_, send, listed):
    registered(1, phone="13811111111", listed=listed)
    registered(2, park="luohuang", town="500116117", phone="13822222222", listed=listed)
    told = {"contact_name": "何敏", "contact_phone": "１３８００００００００"}
    version = send(firm(1, **told), firm(2, **told), firm(3, **told))
    reasons = {group["key"]: "属实" for group in version["summary"]["groups"]}
    act(
        as_("德感"),
        version,
        "answers",
        {"firms": {code(2): {"day": "2026-08-08"}}, "reasons": reasons},
    )
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


# --- lists ----------------------------------------------------------------------------------------
def test_versions_are_filtered_and_unknown_filters_refused(quarter, as_, send):
    send(firm(1))
    bureau = as_("小石")
    assert len(rows(bureau, "roster-versions/", quarter="2026Q3", unit="degan", state="ready")) == 1
    assert rows(bureau, "roster-versions/", quarter="2026Q2") == []
    assert rows(bureau, "roster-versions/", state="applied") == []
    for path in (
        "roster-versions/?stat=ready",
        "roster-versions/?state=best",
        "cases/?unit=degan",
        "quarters/?x=1",
    ):
        assert refused(bureau.get(API + path)) == (400, "invalid"), path
    own = f"roster-versions/{RosterVersion.objects.get().pk}/"
    for path in ("firms/?kind=old", "problems/?kind=new", "remarks/?x=1", "?x=1"):
        assert refused(bureau.get(API + own + path)) == (400, "invalid"), path


@pytest.mark.parametrize("path", ["quarters/", "quarters/2026Q3/board/", "roster-versions/",
                                  "roster-versions/{}/problems/", "roster-versions/{}/firms/"])  # fmt: skip
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(
    quarter, as_, send, path, django_assert_max_num_queries
):
    bureau, taken = as_("小石"), []
    registered(20)
    for count in (1, 12):
        version = send(*[firm(number, rd_expense=2000) for number in range(1, count + 1)])
        with django_assert_max_num_queries(MOST_QUERIES) as counted:
            answer = bureau.get(API + path.format(version["id"]))
        assert answer.status_code == 200
        taken.append(len(counted))
    assert taken[0] == taken[1]


# --- the description ------------------------------------------------------------------------------
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
        **{
            f"{API}roster-versions/{{id}}/{part}/": f"{own}{part}/"
            for part in ("problems", "firms", "remarks")
        },
        f"{API}cases/": f"{API}cases/",
        f"{API}cases/{{id}}/": case,
    }
    for path, address in described.items():
        shape = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
        answer = bureau.get(address).json()
        jsonschema.validate(answer, shape | {"components": schema["components"]})
        assert answer.get("results", True), path
    posts = [(path, ways["post"]) for path, ways in schema["paths"].items()
             if "post" in ways and any(part in path for part in ("roster", "cases", "quarters"))]  # fmt: skip
    assert len(posts) == 12
    for path, post in posts:
        assert "Idempotency-Key" in {parameter["name"] for parameter in post["parameters"]}, path
    assert (
        "multipart/form-data" in schema["paths"][f"{API}rosters/"]["post"]["requestBody"]["content"]
    )
