"""在途 and 仍缺: firms that have applied and hold nothing yet, beside what a unit is behind with."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enterprises import registry
from enterprises.models import QualificationKind, SourceFile
from enterprises.registry import acts
from parks.models import Unit
from targets.figures.question import Question
from targets.goals import revisions as goal_revisions
from targets.goals.page import board_on
from targets.goals.reached import Measure
from targets.home import attention
from targets.models import ApplicationBatch
from tests.clock import noon_of
from tests.firms import certificate, firm
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
LATE = dt.date(2026, 11, 20)
"""After the batches have closed: what is behind is judged."""


def applied(one, stage="filed", *, on=dt.date(2026, 8, 15), year=2026, note=""):
    told = {"kind": "hnte", "year": year, "stage": stage, "on": on, "note": note}
    registry.apply([acts.Apply(uscc=one.uscc, **told)], by=None)
    return one


def holding(one, since: dt.date):
    registry.apply([certificate(one.uscc, until=since.replace(year=since.year + 3))], by=None)
    return one


@pytest.fixture(autouse=True)
def own_day():
    """The pages judge the day that they show: it is LATE."""
    with noon_of(LATE):
        yield


@pytest.fixture
def district(people):
    """Until LATE; 德感 holds four since 2025."""
    SourceFile.objects.create(kind="roster", name="名册", sha256="0" * 64, size=1, as_of=LATE)
    for _ in range(4):
        holding(firm(park="degan"), dt.date(2025, 5, 6))
    return people


def allot(people, **stock: int) -> None:
    wanted = {
        (kind, unit.pk): goal_revisions.Wanted(stock.get(unit.code, 0), 0)
        for kind in ("hnte", "tech")
        for unit in Unit.objects.reporting()
    }
    goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=people["小石"])


def stocks(leader, measure="stock") -> dict[str, dict]:
    rows = leader.get("/api/v1/goals/?year=2026&kind=hnte").json()["rows"]
    return {row["scope"]: row["measures"][measure] for row in rows}


def flying(leader, measure="stock") -> dict[str, int]:
    return {
        scope: one["in_flight"]
        for scope, one in stocks(leader, measure).items()
        if one["in_flight"]
    }


def test_filed_and_published_firms_without_a_certificate_are_in_flight_where_they_stand(
    district, leader
):
    allot(district, degan=14)
    applied(firm(park="degan"))
    applied(firm(park="baisha"), "publicity")
    applied(firm(outside_parks=True, town="500116004"))
    assert flying(leader) == {
        "district": 3,
        "parks": 2,
        "outside": 1,
        "degan": 1,
        "baisha": 1,
        "500116004": 1,
    }


def test_who_has_not_filed_holds_a_certificate_or_is_gone_is_not_in_flight(district, leader):
    allot(district, degan=14)
    for stage, note in (("preparing", ""), ("rejected", ""), ("given_up", "不再申报")):
        applied(firm(), stage, note=note)
    applied(firm(), year=2025)
    applied(holding(firm(), dt.date(2024, 5, 6)))  # a renewal: the firm counts already
    holding(applied(firm()), dt.date(2026, 11, 1))  # certified since
    closed, left = applied(firm()), applied(firm())
    registry.apply(
        [
            acts.Close(uscc=closed.uscc, on=dt.date(2026, 10, 1)),
            acts.Leave(uscc=left.uscc, on=dt.date(2026, 10, 1)),
        ],
        by=None,
    )
    late = applied(firm(), on=LATE + dt.timedelta(1))
    assert late.applications.exists()
    assert flying(leader) == {}


def test_a_moved_firm_is_in_flight_where_it_stands_on_the_day(district, leader):
    allot(district, degan=14)
    moved = applied(firm(park="degan"))
    move = acts.Move(uscc=moved.uscc, park="baisha", town="500116108", on=dt.date(2026, 11, 1))
    registry.apply([move], by=None)
    assert flying(leader)["baisha"] == 1
    assert "degan" not in flying(leader)


def test_a_firm_that_comes_back_is_no_first_recognition_in_flight(district, leader):
    allot(district, degan=14)
    applied(holding(firm(), dt.date(2020, 5, 6)))  # lapsed in 2023
    applied(firm())
    assert flying(leader)["degan"] == 2
    assert flying(leader, "first")["degan"] == 1


def test_what_is_behind_less_what_is_in_flight_is_still_missing(district, leader):
    allot(district, degan=14)
    for _ in range(5):
        applied(firm(park="degan"))
    degan = stocks(leader)["degan"]
    # 324 of 365 days of ten firms: 8 are due beyond the four that were there.
    assert (degan["due"], degan["done"], degan["gap"]) == (12, 4, 10)
    assert (degan["behind"], degan["in_flight"], degan["still_missing"]) == (8, 5, 3)
    assert degan["state"] == "lagging"
    page = text_of(leader.get("/goals/?year=2026"))
    assert "德感 4 / 14" in page
    assert "落后序时 在途 仍缺" in page
    race = attention.build_races(Question(LATE))[0]
    assert race.sentence.endswith("德感（落后序时8家，在途5家，仍缺3家）。")
    home = text_of(leader.get(f"/?on={LATE}")).replace(" ", "")
    assert "德感落后序时8家，在途5，仍缺3滞后" in home
    assert race.sentence in leader.get(f"/?on={LATE}&tv=1").content.decode()
    assert "落后序时" in text_of(leader.get(f"/units/degan/?on={LATE}"))


def test_whoever_has_in_flight_all_that_is_behind_waits_for_its_certificates(district, leader):
    allot(district, degan=14)
    for _ in range(7):
        applied(firm(park="degan"))
    # One of ten is still missing, not eight: that is slow, not lagging.
    assert stocks(leader)["degan"]["state"] == "overdue"
    applied(firm(park="degan"))
    degan = stocks(leader)["degan"]
    assert (degan["behind"], degan["still_missing"], degan["state"]) == (8, 0, "awaiting")
    assert [one.name for one in attention.build_races(Question(LATE))[0].awaiting] == ["德感"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", {1, 4, 5}),
        ("/goals/?year=2026", {1, 4, 5}),
        ("/goals/?year=2026&measure=first", {1, 3, 4}),
        ("/units/degan/", {3, 4}),
    ],
)
def test_every_number_in_flight_opens_a_list_of_that_length(district, leader, address, expected):
    allot(district, degan=14, baisha=8)
    for _ in range(3):
        applied(firm(park="degan"))
    applied(firm(park="baisha"), "publicity")
    applied(holding(firm(), dt.date(2020, 5, 6)))  # lapsed in 2023: no first recognition
    answer = leader.get(address).content.decode()
    links = re.findall(r'<a href="(/firms/[^"]+counted=[^"]+)"[^>]*>(\d+)</a>', answer)
    assert {int(number) for _, number in links} == expected
    for link, number in links:
        assert leader.get(html.unescape(link)).context["total"] == int(number), link


def test_without_goals_a_park_still_tells_what_it_has_in_flight(district, leader):
    for _ in range(3):
        applied(firm(park="degan"))
    home = leader.get("/").context
    assert home["page"].headlines[0].figure.in_flight == 3
    told = {park.row.unit.code: park.row.figure.in_flight for park in home["standings"][0].parks}
    assert (told["degan"], told["baisha"]) == (3, 0)
    assert leader.get("/units/degan/").context["page"].figures[0].in_flight == 3
    by_class_year = leader.get("/?definition=class_year").context["page"].headlines[0].figure
    assert by_class_year.in_flight is None


def test_a_bar_has_parts_for_what_is_there_what_is_in_flight_and_what_is_missing(district, leader):
    for _ in range(6):
        applied(firm(park="degan"))
    (goal,) = (
        one
        for one in leader.get("/").context["page"].headlines[0].goals
        if one.now.target.due.year == 2027
    )
    assert (goal.now.missing, goal.in_flight, goal.missing_after_flight) == (697, 6, 691)
    assert goal.bar == 0
    assert goal.bar_in_flight == Decimal("0.9")  # of all that is missing
    assert "在途6家（全部通过后距目标还差691家）" in text_of(leader.get("/")).replace(" ", "")


def test_once_the_last_batch_is_out_nothing_in_flight_excuses(district, leader):
    allot(district, degan=14)
    for _ in range(8):
        applied(firm(park="degan"))
    assert "到12月31日为止（最后一批何日发证尚未登记）" in text_of(leader.get("/goals/?year=2026"))
    last = ApplicationBatch.objects.create(
        kind=QualificationKind.objects.get(code="hnte"), year=2026, number=3, source="通知",
        closes_on=dt.date(2026, 8, 31), certificates_on=LATE + dt.timedelta(1),
    )  # fmt: skip
    assert stocks(leader)["degan"]["state"] == "awaiting"
    assert "到11月21日最后一批公布为止" in text_of(leader.get("/goals/?year=2026"))
    last.certificates_on = LATE
    last.save()
    degan = stocks(leader)["degan"]
    assert (degan["behind"], degan["still_missing"], degan["state"]) == (8, 0, "lagging")
    assert "最后一批已于11月20日公布" in text_of(leader.get("/goals/?year=2026"))


def test_a_month_in_which_all_was_in_flight_was_not_behind(district, leader):
    allot(district, degan=14)
    for _ in range(8):
        one = applied(firm(park="degan"))
    assert stocks(leader)["degan"]["since"] is None
    applied(one, "rejected", on=dt.date(2026, 11, 10))
    degan = stocks(leader)["degan"]
    # At the end of October eight were in flight, one more than were then behind.
    assert (degan["state"], degan["since"]) == ("overdue", None)


def test_the_parks_stand_by_what_is_still_missing(district, leader):
    allot(district, degan=14, baisha=8, shuangfu=1)
    for _ in range(6):
        applied(firm(park="degan"))
    page = leader.get(f"/?on={LATE}").context["standings"][0]
    assert [(park.row.unit.code, park.stock.still_missing) for park in page.parks[:2]] == [
        ("baisha", 7),
        ("degan", 2),
    ]
    rows = leader.get("/goals/?year=2026").context["page"].groups[0].rows
    assert [row.unit.code for row in rows[:2]] == ["baisha", "degan"]


def test_a_kind_that_nobody_applies_for_has_nothing_in_flight(district, leader):
    allot(district, degan=14)
    rows = leader.get("/api/v1/goals/?year=2026&kind=tech").json()["rows"]
    assert {row["measures"]["stock"]["in_flight"] for row in rows} == {None}


@pytest.mark.one_moment
def test_more_firms_in_flight_need_no_more_queries(district, django_assert_num_queries):
    allot(district, degan=14)
    applied(firm(park="degan"))
    board_on(LATE)
    with CaptureQueriesContext(connection) as few:
        board_on(LATE)
    for number in range(12):
        applied(firm(park="degan" if number % 2 else "baisha"))
    board_on(LATE)
    with django_assert_num_queries(len(few)):
        assert board_on(LATE).done.in_flight(Measure.STOCK, "hnte", "baisha", LATE) == 6
