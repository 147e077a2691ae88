"""A whole quarter: 36 units send, correct, explain; the bureau decides and approves; the figures are true."""

import datetime as dt
import json
from collections import Counter

import pytest

from enterprises.models import Case, LedgerEntry, Placement, RosterVersion
from parks.models import Unit
from targets import counting
from tests import clerk

LAST_DAY = dt.date(2026, 9, 30)


@pytest.mark.django_db
def test_the_third_quarter_from_36_messy_files_to_true_figures(samples, people):
    clerk.load_until_second_quarter(samples)
    bureau, staff = people["小石"], clerk.reporters()
    quarter, moves, planted = clerk.third_quarter(bureau), clerk.moves_in(samples), clerk.planted_in(samples)
    expected = json.loads((samples / "plan_2026Q3.json").read_text())
    for code, plan in expected.items():
        unit, path = Unit.objects.get(code=code), samples / "2026Q3" / f"{code}.xlsx"
        version = clerk.send(quarter, unit, path.read_bytes(), staff[code])
        faulty = any("error" in one["expect"] for one in planted[path.name])
        assert version.state == ("faulty" if faulty else "ready"), (code, version.summary["groups"])
        if faulty:
            version = clerk.send(quarter, unit, clerk.corrected(path, planted[path.name]), staff[code])
        assert version.state == "ready", (code, version.summary["groups"])
        assert counts(version, moves) == plan, code
        clerk.hand_in(version, staff[code], moves)
    transfers = Case.objects.filter(quarter=quarter)
    assert {case.uscc for case in transfers} == set(moves)
    assert set(transfers.values_list("kind", flat=True)) == {"transfer"}
    assert clerk.decide_transfers(quarter, bureau) == len(moves)
    for version in RosterVersion.objects.filter(state="submitted"):
        approved = clerk.approve(version, bureau)
        assert approved.state == "applied", (approved, approved.outcome)
        assert approved.outcome["left_out"] == []
    figures, true = told(LAST_DAY), truth(samples, LAST_DAY)
    assert {key: figures[key] for key in true} == true
    assert {value for key, value in figures.items() if key not in true} == {0}  # one town without firms
    moved = Counter(LedgerEntry.objects.filter(act="moved").values_list("enterprise__uscc", flat=True))
    assert moved == Counter(list(moves))
    for uscc, move in moves.items():
        old, new = Placement.objects.filter(enterprise__uscc=uscc).order_by("since")
        assert (old.park.code, new.park.code, str(new.since)) == (move["from_"], move["to"], move["day"])


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
    return {(one["scope"], one["indicator"]): one["value"] for one in figures if one["indicator"] in ("hnte", "tech")}
