"""Quarters, boards and cases through the API, and a whole quarter as 36 units send it."""

import json
from collections import defaultdict

import pytest
from rest_framework.test import APIClient

from enterprises.models import Case, Placement
from tests import clerk
from tests.api.calls import API, act, lines_of, post_file, refused, registered, rows
from tests.enterprises.workbooks import code, firm

pytestmark = pytest.mark.django_db


# --- quarters and cases ---------------------------------------------------------------------------
def test_a_quarter_is_opened_and_its_days_are_moved_by_the_bureau(as_, people):
    bureau = as_("小石")
    opened = bureau.post(
        f"{API}quarters/", {"code": "2026Q2", "locks_on": "2026-12-01"}, format="json"
    )
    assert opened.status_code == 201
    assert opened.json() == {
        "code": "2026Q2", "label": "2026年二季度", "last_day": "2026-06-30", "opens_on": "2026-07-01",
        "due_on": "2026-07-15", "locks_on": "2026-12-01", "expected": 36, "handed_in": 0, "applied": 0,
    }  # fmt: skip
    assert bureau.get(opened["Location"]).json() == opened.json()
    again = bureau.post(f"{API}quarters/", {"code": "2026Q2"}, format="json")
    assert refused(again) == (409, "state")
    unexplained = bureau.patch(opened["Location"], {"due_on": "2026-07-20"}, format="json")
    assert refused(unexplained) == (400, "reason")
    explained = {"due_on": "2026-07-20", "reason": "系统切换"}
    moved = bureau.patch(opened["Location"], explained, format="json")
    assert (moved.json()["due_on"], moved.json()["locks_on"]) == ("2026-07-20", "2026-12-01")
    assert refused(bureau.patch(opened["Location"], {"due_on": "2027-01-01"}, format="json")) == (
        400,
        "invalid",
    )
    for body in ({}, {"code": "2026Q5"}, {"code": "2026Q3", "due": "2026-10-01"}):
        assert refused(bureau.post(f"{API}quarters/", body, format="json")) == (400, "invalid")
    assert refused(as_("老郑").patch(opened["Location"], {}, format="json")) == (
        403,
        "permission_denied",
    )
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
    assert [statement["unit"] for statement in as_("德感").get(path).json()["statements"]] == [
        "degan"
    ]
    assert as_("街道").get(path).status_code == 404
    decision = {
        "decision": "placed",
        "park": "degan",
        "town": "500116002",
        "moved_on": "2026-08-08",
    }
    assert as_("德感").post(f"{path}decide/", decision, format="json").status_code == 403
    assert refused(bureau.post(f"{path}decide/", {"decision": "placed"}, format="json")) == (
        400,
        "invalid",
    )
    decided = bureau.post(f"{path}decide/", decision, format="json")
    assert (decided.status_code, decided.json()["park"], decided.json()["decided_by"]) == (
        200,
        "degan",
        "小石",
    )
    assert refused(bureau.post(f"{path}decide/", decision, format="json")) == (409, "state")
    assert Placement.objects.get(enterprise__uscc=code(1), until=None).park.code == "degan"
    assert Case.objects.get().decision == "placed"


# --- the samples ----------------------------------------------------------------------------------
@pytest.mark.long
def test_the_third_quarter_of_all_units_by_api(samples, half_year, people):
    clerk.third_quarter(people["小石"])
    staff, planted = clerk.reporters(), clerk.planted_in(samples)
    moves, plan = clerk.moves_in(samples), json.loads((samples / "plan_2026Q3.json").read_text())
    assert len(plan) == 36
    for unit, expected in plan.items():
        client, path = APIClient(), samples / "2026Q3" / f"{unit}.xlsx"
        client.force_login(staff[unit])
        answer = post_file(client, path.read_bytes(), name=path.name)
        assert answer.status_code == 202, answer.json()
        clerk.run_waiting()
        version = client.get(answer["Location"]).json()
        findings_agree(client, version, planted[path.name])
        if version["state"] == "faulty":
            again = post_file(client, clerk.corrected(path, planted[path.name]), name=path.name)
            clerk.run_waiting()
            version = client.get(again["Location"]).json()
        assert (version["state"], version["counts"]["errors"]) == ("ready", 0)
        assert told(client, version, moves) == expected, unit


def told(client: APIClient, version: dict, moves: dict) -> dict[str, int]:
    missing = [
        firm["uscc"] in moves for firm in walk(client, version["links"]["firms"] + "?kind=missing")
    ]
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
    for problem in problems:
        found[cell_of(problem)].add(problem["severity"])
    for kind in ("normalised", "ignored"):
        assert len(version["summary"][kind]) == version["summary"][f"{kind}_count"]
        for note in version["summary"][kind]:
            found[cell_of(note)].add(kind)
    wanted = {error["cell"]: set(error["expect"].split(" or ")) for error in planted}
    assert {cell: kinds for cell, kinds in wanted.items() if not found[cell] & kinds} == {}
    errors = {cell_of(problem) for problem in problems if problem["severity"] == "error"}
    assert errors == {
        cell for cell, kinds in wanted.items() if "error" in kinds and "error" in found[cell]
    }
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
