"""Until which day the facts speak: one day for a whole page, and beside a number what of it is older."""

import datetime as dt

import pytest

from enterprises import registry
from enterprises.models import LedgerEntry, SourceFile
from enterprises.registry import acts, undoing
from parks.models import Unit
from targets.figures import counting, known
from targets.goals import revisions as goal_revisions
from targets.models import Scope
from tests.clock import noon_of
from tests.firms import certificate, firm

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 29)
ROSTERS = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def own_day():
    with noon_of(TODAY, tick=False):
        yield


@pytest.fixture
def district(people):
    """Four firms of 德感 and two of 白沙 by rosters of 20 November; goals for both."""
    file = SourceFile.objects.create(
        kind="roster", name="名册", sha256="0" * 64, size=1, as_of=ROSTERS
    )
    firms = {
        park: [firm(park=park, name=f"江津{park}{number}公司") for number in range(size)]
        for park, size in (("degan", 4), ("baisha", 2))
    }
    for held in (*firms["degan"][:3], firms["baisha"][0]):
        registry.apply([certificate(held.uscc, until=dt.date(2028, 5, 1))], by=None, source=file)
    wanted = {
        ("hnte", unit.pk): goal_revisions.Wanted({"degan": 9, "baisha": 3}.get(unit.code, 0), 0)
        for unit in Unit.objects.reporting()
    }
    goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=people["小石"])
    return firms


def grant_today(one) -> None:
    """As a list of certificates that arrives between two rosters tells it."""
    grant = acts.Grant(
        uscc=one.uscc, kind="hnte", number=f"GR202651{one.pk:06d}", valid_from=TODAY,
        valid_until=dt.date(2029, 11, 28),
    )  # fmt: skip
    registry.apply([grant], by=None)


def reach_of(scope: str, day: dt.date = TODAY) -> known.Reach:
    counts = counting.count([day])
    return known.read().reach(day, "hnte", scope, lambda where: counts.stock(day, "hnte", where))


def test_a_number_says_which_rosters_it_is_from(district):
    assert reach_of(Scope.DISTRICT).in_words == "按11月20日名册"
    assert reach_of("degan").in_words == "按11月20日名册"
    # Of a day that the facts reach nothing is older, and nothing is said.
    assert reach_of(Scope.DISTRICT, ROSTERS).in_words == ""
    assert reach_of(Scope.DISTRICT, dt.date(2025, 12, 31)).in_words == ""
    # On a day of another year the roster's day is told with its own.
    with noon_of(dt.date(2027, 1, 5), tick=False):
        assert reach_of("degan", dt.date(2027, 1, 5)).in_words == "按2026年11月20日名册"


@pytest.mark.parametrize(
    "change",
    [
        grant_today,
        lambda one: registry.apply(
            [acts.Move(uscc=one.uscc, park="degan", town="500116107", on=TODAY)], by=None
        ),
        lambda one: registry.apply([acts.Close(uscc=one.uscc, on=TODAY)], by=None),
    ],
    ids=["list", "move", "closure"],
)
def test_every_dated_fact_moves_what_is_known_for_its_unit(district, change):
    change(district["degan"][3])
    assert reach_of("degan").in_words == ""
    assert reach_of("baisha").in_words == "按11月20日名册"
    assert reach_of(Scope.DISTRICT).in_words == "其中1家（1个单位）按11月20日名册"


def test_what_was_taken_back_moves_nothing(district):
    grant_today(district["degan"][3])
    granted = LedgerEntry.objects.latest("pk").pk
    registry.apply(undoing.plan_undoing([(granted, granted)]).acts, by=None)
    assert reach_of(Scope.DISTRICT).in_words == "按11月20日名册"


def test_a_list_of_yearly_figures_tells_nothing_of_certificates(district):
    file = SourceFile.objects.create(
        kind="returns", name="年度数据表", sha256="1" * 64, size=1, as_of=TODAY
    )
    told = acts.RecordFigures(uscc=district["degan"][0].uscc, year=2025, values={"costs": 5})
    registry.apply([told], by=None, source=file)
    assert known.latest_day() == ROSTERS
    assert reach_of("degan").in_words == "按11月20日名册"


def test_a_fact_that_is_dated_ahead_is_not_known_yet(district):
    ahead = acts.Move(uscc=district["degan"][0].uscc, park="baisha", town="500116107",
                      on=dt.date(2026, 12, 15))  # fmt: skip
    registry.apply([ahead], by=None)
    assert known.latest_day() == ROSTERS
    assert reach_of("degan").in_words == "按11月20日名册"


def test_after_a_list_between_two_rosters_all_pages_judge_the_day_they_show(district, leader):
    for one in (*district["degan"], *district["baisha"]):
        if not one.qualifications.exists():
            grant_today(one)
    # 2 + 4 firms on the day; due by the year's way from 0: 德感 9 × 333/365, 白沙 3 × 333/365.
    home = leader.get("/")
    [race] = [race for race in home.context["races"] if race.indicator.code == "hnte"]
    short = {unit.name: unit.short for unit in race.behind}
    assert (race.day, short) == (TODAY, {"德感": 8 - 4})
    assert home.context["page"].headlines[0].figure.value == 6
    goals = leader.get("/goals/").context["page"]
    assert goals.asked.day == TODAY
    assert {row.name: row.stock.done for row in goals.rows if row.stock.goal} == {
        "德感": 4,
        "白沙": 2,
    }
    unit = leader.get("/units/degan/").context["page"]
    assert unit.figures[0].value == unit.goals[0].measures["stock"].done == 4
    outlook = leader.get("/outlook/").context["page"]
    assert (outlook.question.on, outlook.now.stock) == (TODAY, 6)
    bridge = leader.get("/bridge/").context["page"]
    assert (bridge.question.until, bridge.bridge.closing) == (TODAY, 6)
    assert "数据截至" in home.content.decode()
    assert "2026年11月29日" in home.content.decode()


def test_pages_and_api_carry_what_is_older(district, leader):
    grant_today(district["degan"][3])
    said = "其中1家（1个单位）按11月20日名册"
    for address in ("/", "/?tv=1", "/units/baisha/", "/goals/", "/outlook/"):
        text = leader.get(address).content.decode()
        assert (said if address != "/units/baisha/" else "按11月20日名册") in text, address
    freshness = leader.get("/api/v1/figures/").json()
    assert freshness["known_until"] == "2026-11-29"
    older = {(row["indicator"], row["unit"]): row["known_until"] for row in freshness["older"]}
    assert older["hnte", "baisha"] == "2026-11-20"
    assert ("hnte", "degan") not in older
