"""Quarters, boards and cases through the API; a whole quarter of 36 units is sent in tests/sample_quarter.py."""

import pytest

from enterprises.models import Case, Placement
from tests.api.calls import API, act, lines_of, refused, registered, rows
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
