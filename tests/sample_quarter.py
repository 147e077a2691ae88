"""The third quarter of the sample district: 36 units send by the API, correct and explain; the bureau decides, approves.

Built once per run. What is wrong on the way ends the build, and with it every test that begins with the quarter.
"""

import json
from collections import defaultdict
from pathlib import Path

from rest_framework.test import APIClient

from enterprises.models import Case, RosterVersion
from enterprises.reporting import answers
from parks.models import User
from tests import clerk
from tests.api.calls import API, post_file


def send_and_decide(samples: Path, people: dict[str, User]) -> None:
    """Into a database that holds the half year before. Every unit by its own person."""
    bureau, staff = signed_in(people["小石"]), clerk.reporters()
    quarter, moves = clerk.third_quarter(people["小石"]), clerk.moves_in(samples)
    planted = clerk.planted_in(samples)
    expected = json.loads((samples / "plan_2026Q3.json").read_text())
    assert len(expected) == 36
    for code, plan in expected.items():
        client, path = signed_in(staff[code]), samples / "2026Q3" / f"{code}.xlsx"
        version = sent_until_ready(client, path, planted[path.name])
        assert told(client, version, moves) == plan, code
        act(client, version["id"], "answers", said_of(version["id"], moves))
        act(client, version["id"], "hand-in")
    for case in Case.objects.filter(quarter=quarter):
        decide(bureau, case, moves[case.uscc])
    for version in RosterVersion.objects.filter(state="submitted"):
        act(bureau, version.pk, "approve")
        clerk.run_waiting()


def signed_in(person: User) -> APIClient:
    client = APIClient()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent_until_ready(client: APIClient, path: Path, planted: list[dict[str, str]]) -> dict:
    """The version as the API shows it: as it is, or after what was planted is corrected."""
    version = sent(client, path.name, path.read_bytes())
    findings_agree(client, version, planted)
    if version["state"] == "faulty":
        version = sent(client, path.name, clerk.corrected(path, planted))
    assert (version["state"], version["counts"]["errors"]) == ("ready", 0), path.name
    return version


def sent(client: APIClient, name: str, content: bytes) -> dict:
    answer = post_file(client, content, name=name)
    assert answer.status_code == 202, answer.json()
    clerk.run_waiting()
    return client.get(answer["Location"]).json()


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


def act(client: APIClient, version: int, name: str, body: dict | None = None) -> None:
    answer = client.post(f"{API}roster-versions/{version}/{name}/", body or {}, format="json")
    assert answer.status_code == (202 if name == "approve" else 200), answer.json()


def decide(client: APIClient, case: Case, move: dict[str, str]) -> None:
    statements = client.get(f"{API}cases/{case.pk}/").json()["statements"]
    town = next(one["town"] for one in statements if one["kind"] != "missing")
    body = {"decision": "placed", "park": move["to"], "town": town, "moved_on": move["day"]}
    answer = client.post(f"{API}cases/{case.pk}/decide/", body, format="json")
    assert answer.status_code == 200, answer.json()


def said_of(number: int, moves: dict[str, dict[str, str]]) -> dict[str, dict]:
    """The unit's answers as the API takes them, and a reason for every warning."""
    version, firms = RosterVersion.objects.get(pk=number), {}
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
