"""A whole quarter: 36 units send, correct, explain; the bureau decides and approves; the figures are true."""

import datetime as dt
import json
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from enterprises.models import Case, LedgerEntry, Placement, RosterVersion
from enterprises.reporting import answers
from parks.models import Unit, User
from targets.figures import counting
from tests import clerk

LAST_DAY = dt.date(2026, 9, 30)


@pytest.mark.long
@pytest.mark.django_db
def test_the_third_quarter_from_36_messy_files_to_true_figures(samples, half_year, people):
    """All of it through the API, each unit by its own person."""
    bureau, staff = signed_in(people["小石"]), clerk.reporters()
    quarter, moves, planted = (
        clerk.third_quarter(people["小石"]),
        clerk.moves_in(samples),
        clerk.planted_in(samples),
    )
    expected = json.loads((samples / "plan_2026Q3.json").read_text())
    for code, plan in expected.items():
        unit, path = signed_in(staff[code]), samples / "2026Q3" / f"{code}.xlsx"
        version = posted(unit, path.name, path.read_bytes())
        faulty = any("error" in one["expect"] for one in planted[path.name])
        assert version.state == ("faulty" if faulty else "ready"), (code, version.summary["groups"])
        if faulty:
            version = posted(unit, path.name, clerk.corrected(path, planted[path.name]))
        assert version.state == "ready", (code, version.summary["groups"])
        assert counts(version, moves) == plan, code
        act(unit, version, "answers", said_of(version, moves))
        act(unit, version, "hand-in")
    transfers = Case.objects.filter(quarter=quarter)
    assert {case.uscc for case in transfers} == set(moves)
    assert set(transfers.values_list("kind", flat=True)) == {"transfer"}
    for case in transfers:
        decide(bureau, case, moves[case.uscc])
    for version in RosterVersion.objects.filter(state="submitted"):
        act(bureau, version, "approve")
        clerk.run_waiting()
        version.refresh_from_db()
        assert version.state == "applied", (version, version.outcome)
        assert version.outcome["left_out"] == []
    figures, true = told(LAST_DAY), truth(samples, LAST_DAY)
    assert {key: figures[key] for key in true} == true
    assert {value for key, value in figures.items() if key not in true} == {
        0
    }  # one town without firms
    moved = Counter(
        LedgerEntry.objects.filter(act="moved").values_list("enterprise__uscc", flat=True)
    )
    assert moved == Counter(list(moves))
    for uscc, move in moves.items():
        old, new = Placement.objects.filter(enterprise__uscc=uscc).order_by("since")
        assert (old.park.code, new.park.code, str(new.since)) == (
            move["from_"],
            move["to"],
            move["day"],
        )


def signed_in(person: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def posted(client: APIClient, name: str, content: bytes) -> RosterVersion:
    body = {"quarter": "2026Q3", "file": SimpleUploadedFile(name, content)}
    answer = client.post("/api/v1/rosters/", body, format="multipart")
    assert answer.status_code == 202, answer.json()
    clerk.run_waiting()
    return RosterVersion.objects.get(pk=answer.json()["id"])


def act(client: APIClient, version: RosterVersion, name: str, body: dict | None = None) -> None:
    answer = client.post(f"/api/v1/roster-versions/{version.pk}/{name}/", body or {}, format="json")
    assert answer.status_code == (202 if name == "approve" else 200), answer.json()


def decide(client: APIClient, case: Case, move: dict[str, str]) -> None:
    statements = client.get(f"/api/v1/cases/{case.pk}/").json()["statements"]
    town = next(one["town"] for one in statements if one["kind"] != "missing")
    body = {"decision": "placed", "park": move["to"], "town": town, "moved_on": move["day"]}
    answer = client.post(f"/api/v1/cases/{case.pk}/decide/", body, format="json")
    assert answer.status_code == 200, answer.json()


def said_of(version: RosterVersion, moves: dict[str, dict[str, str]]) -> dict[str, dict]:
    """The unit's answers as the API takes them, and a reason for every warning."""
    firms = {}
    for uscc, said in clerk.explain(version, moves).items():
        given = {
            "word": said.word,
            "day": str(said.day),
            "to_unit": said.to_unit and said.to_unit.code,
        }
        firms[uscc] = {name: value for name, value in given.items() if value}
    reasons = {
        answers.group_key(group): "已核实" for group in answers.groups_without_reason(version)
    }
    return {"firms": firms, "reasons": reasons}


def counts(version: RosterVersion, moves: dict[str, dict[str, str]]) -> dict[str, int]:
    found = Counter(version.firms.values_list("kind", flat=True))
    missing = Counter(firm.uscc in moves for firm in version.firms.filter(kind="missing"))
    return {
        "listed": version.summary["rows"],
        "new": found["new"],
        "moved_in": found["arriving"],
        "missing_moved_out": missing[True],
        "missing_closed": missing[False],
    }


def truth(samples, day: dt.date) -> dict[tuple[str, str], int]:
    names = {unit.name: unit.code for unit in Unit.objects.all()}
    found = {}
    for scope, figures in json.loads((samples / "truth.json").read_text())[str(day)].items():
        code = {"district": "district", "all_parks": "parks", "outside": "outside"}.get(scope)
        if code is None:
            kind, _, name = scope.partition(":")
            code = name if kind == "park" else names[name]
        found |= {(code, kind): value for kind, value in figures.items()}
    return found


def told(day: dt.date) -> dict[tuple[str, str], int]:
    figures = counting.count([day], "certificate").figures(day)
    return {
        (one["scope"], one["indicator"]): one["value"]
        for one in figures
        if one["indicator"] in ("hnte", "tech")
    }
