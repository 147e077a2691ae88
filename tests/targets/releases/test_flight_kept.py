"""A release keeps what was in flight; one that was published before that was kept goes on telling what it told."""

import copy
import datetime as dt
import io

import docx
import pytest

from enterprises import registry
from enterprises.registry import acts
from parks.models import Unit
from targets.goals import revisions as goal_revisions
from targets.releases import publishing
from targets.releases.completion import FLIGHT
from tests import clerk
from tests.firms import firm
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
KEPT = {"behind": 14, "in_flight": 5, "still_missing": 9}
"""Of 德感 on 30 September: 14.9 of 20 are due."""


@pytest.fixture
def quarter(people):
    """德感 shall have 20, has none, and five in flight on the quarter's last day; two file later."""
    wanted = {
        (kind, unit.pk): goal_revisions.Wanted(20 if unit.code == "degan" else 0, 0)
        for kind in ("hnte", "tech")
        for unit in Unit.objects.reporting()
    }
    goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=people["小石"])
    for number in range(7):
        on = dt.date(2026, 8, 15) if number < 5 else dt.date(2026, 10, 5)
        told = {"kind": "hnte", "year": 2026, "stage": "filed", "on": on}
        registry.apply([acts.Apply(uscc=firm().uscc, **told)], by=None)
    return clerk.third_quarter(people["小石"])


@pytest.fixture
def of_before(quarter, people):
    """As releases of the first years keep it: no firms in flight, the year told in other words."""
    draft = publishing.make_draft(quarter, by=people["小石"])
    completion = copy.deepcopy(draft.release.completion)
    for row in completion["rows"]:
        for measure in row["measures"].values():
            for name in FLIGHT:
                del measure[name]
    completion["when"] = dict.fromkeys(completion["when"], "2026年已过74.8%。证书尚待公布。")
    draft.release.completion = completion
    draft.release.digest = publishing._digest(
        draft.rows, draft.figures, publishing._contents_of(draft.release)
    )
    return publishing.store(draft)


def stock_of_degan(client, code: str) -> dict:
    rows = client.get(f"/api/v1/releases/{code}/").json()["completion"]["rows"]
    (row,) = (row for row in rows if (row["kind"], row["scope"]) == ("hnte", "degan"))
    return row["measures"]["stock"]


def test_a_release_keeps_what_was_in_flight_on_its_day(quarter, people, leader):
    publishing.publish(quarter, by=people["小石"])
    registry.apply([acts.Close(uscc=firm().uscc, on=dt.date(2026, 9, 1))], by=None)
    stock = stock_of_degan(leader, "2026Q3-1")
    assert {name: stock[name] for name in KEPT} == KEPT
    assert stock["state"] == "lagging"
    page = text_of(leader.get("/releases/2026Q3-1/"))
    assert "落后序时14家，在途5家，仍缺9家" in page.replace(" ", "")
    assert "落后序时 在途 仍缺" in page
    word = docx.Document(io.BytesIO(b"".join(leader.get("/releases/2026Q3-1/bulletin.docx"))))
    assert any("落后序时14家，在途5家，仍缺9家" in one.text for one in word.paragraphs)
    assert any("状态按仍缺与序时进度相比" in one.text for one in word.paragraphs)


def test_a_release_of_before_tells_what_it_told(of_before, leader):
    stock = stock_of_degan(leader, "2026Q3-1")
    assert {name: stock[name] for name in KEPT} == dict.fromkeys(KEPT)
    page = text_of(leader.get("/releases/2026Q3-1/"))
    assert "证书尚待公布。" in page
    assert "在途" not in page[page.index("目标完成情况") : page.index("序时应达、状态和位次")]
    word = docx.Document(io.BytesIO(b"".join(leader.get("/releases/2026Q3-1/bulletin.docx"))))
    assert any("状态与序时进度相比" in one.text for one in word.paragraphs)


def test_keeping_what_is_in_flight_is_itself_no_difference(of_before, people):
    with pytest.raises(publishing.NotPublished, match="没有任何差别"):
        publishing.publish(of_before.quarter, by=people["小石"], reason="再发一次")
