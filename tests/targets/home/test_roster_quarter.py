"""A whole quarter: 36 units send, correct, explain; the bureau decides and approves; the figures are true."""

import datetime as dt
import json
from collections import Counter

import pytest

from enterprises.models import Case, LedgerEntry, Placement, RosterVersion
from parks.models import Unit
from targets.figures import counting
from tests import clerk

LAST_DAY = dt.date(2026, 9, 30)


@pytest.mark.long
@pytest.mark.django_db
def test_the_third_quarter_from_36_messy_files_to_true_figures(samples, third_quarter):
    """All of it was sent, explained and approved through the API: tests/sample_quarter.py."""
    moves = clerk.moves_in(samples)
    transfers = Case.objects.filter(quarter__year=2026, quarter__number=3)
    assert {case.uscc for case in transfers} == set(moves)
    assert set(transfers.values_list("kind", flat=True)) == {"transfer"}
    versions = RosterVersion.objects.exclude(state="faulty")
    assert versions.count() == 36
    for version in versions:
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
