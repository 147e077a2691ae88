"""Who is behind and whom to call: on the home page and on the wall."""

import datetime as dt
import re

import pytest

from enterprises import registry
from enterprises.models import SourceFile
from enterprises.registry import acts
from parks.models import Unit
from targets.demo import goals as demo_goals
from targets.figures import counting
from targets.figures.question import Question
from targets.goals import revisions as goal_revisions
from targets.goals.page import board_on
from targets.home import attention
from targets.models import Scope
from tests.clock import noon_of
from tests.firms import TODAY, certificate, firm
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
HALF_WAY = f"?on={TODAY}"


@pytest.fixture
def district(people):
    """On TODAY: 德感 has four firms of each kind, 白沙 two, a town one outside the parks; none of them is new."""
    SourceFile.objects.create(kind="roster", name="名册", sha256="0" * 64, size=1, as_of=TODAY)
    for park, number in (("degan", 4), ("baisha", 2)):
        for _ in range(number):
            firm(hnte=True, tech=True, park=park)
    firm(hnte=True, tech=True, outside_parks=True, town="500116004")
    return people


def allot(people, **stock: int) -> None:
    """Year-end goals of both kinds by park, or by town as t002; the others get nothing."""
    wanted = {
        (kind, unit.pk): goal_revisions.Wanted(stock.get(unit.code.replace("500116", "t"), 0), 0)
        for kind in ("hnte", "tech")
        for unit in Unit.objects.reporting()
    }
    goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=people["小石"])


def test_those_behind_are_named_the_furthest_first_with_what_they_lack_today(district, leader):
    allot(district, degan=10, baisha=22, t004=3, luohuang=1)
    both = attention.build_races(Question(TODAY))
    assert [race.indicator.code for race in both] == ["hnte", "tech"]
    # Half of the year is over: 德感 should have 4 + 3 of 6, 白沙 2 + 10 of 20 (the half is 181 of 365 days).
    tech = both[1]
    assert [(one.name, one.short) for one in tech.behind] == [("白沙", 9), ("德感", 2)]
    assert (tech.judged, tech.year, tech.day) == (4, 2026, TODAY)
    assert (
        tech.sentence
        == "4个单位有任务，2个落后于序时进度：白沙（落后序时9家）、德感（落后序时2家）。"
    )
    page = text_of(leader.get(f"/{HALF_WAY}"))
    assert re.search(r"白沙 落后序时 9 家 滞后", page)
    assert "4个单位有任务，2个落后于序时进度" in page


def test_what_is_short_is_what_the_goals_page_asks_less_what_is_there(district):
    allot(district, degan=40, baisha=25, t004=9)
    board = board_on(TODAY)
    for race in attention.build_races(Question(TODAY)):
        for one in race.behind:
            stock = one.row.stock
            assert (
                one.short
                == int(stock.start + (stock.goal - stock.start) * board.when.elapsed) - stock.done
                > 0
            )
        assert [one.short for one in race.behind] == sorted(
            (one.short for one in race.behind), reverse=True
        )


def test_high_tech_firms_all_in_flight_are_told_to_be_waiting(district, leader):
    allot(district, degan=10)
    for _ in range(2):
        told = {"kind": "hnte", "year": 2026, "stage": "filed", "on": dt.date(2026, 5, 6)}
        registry.apply([acts.Apply(uscc=firm().uscc, **told)], by=None)
    hnte = attention.build_races(Question(TODAY))[0]
    assert (hnte.behind, [one.row.stock.state for one in hnte.awaiting]) == ([], ["awaiting"])
    assert (
        hnte.sentence
        == "1个单位有任务，1个落后的全部在途、尚待公布：德感（落后序时2家，在途2家，仍缺0家）。"
    )
    assert hnte.count_in_words in leader.get(f"/{HALF_WAY}").content.decode()


def test_before_the_first_batch_closes_nobody_is_called_behind(district):
    allot(district, degan=30)
    spring = dt.date(2026, 4, 20)
    hnte = attention.build_races(Question(spring))[0]
    assert hnte.behind == []
    assert (
        hnte.sentence
        == "1个单位有任务，1个低于序时进度、首批申报尚未截止：德感（落后序时7家，在途0家，仍缺7家）。"
    )
    assert attention.build_races(Question(dt.date(2026, 5, 6)))[0].behind != []


def test_towns_are_not_taken_for_the_parks_whose_short_name_they_share(district):
    allot(district, t004=30, shuangfu=30)
    assert {one.name for one in attention.build_races(Question(TODAY))[1].behind} == {
        "双福",
        "双福街道",
    }


def test_whoever_is_in_time_is_not_named(district, leader):
    allot(district, degan=4, baisha=2)
    assert all(race.behind == [] for race in attention.build_races(Question(TODAY)))
    assert "2个单位有任务，都不落后于序时进度</a>" in leader.get(f"/{HALF_WAY}").content.decode()


def test_without_goals_the_page_says_so_and_the_bureau_is_led_to_them(district, client, leader):
    assert "2026年任务尚未下达" in leader.get(f"/{HALF_WAY}").content.decode()
    assert "/goals/2026/edit/" not in leader.get(f"/{HALF_WAY}").content.decode()
    client.force_login(district["小石"])
    assert "/goals/2026/edit/" in client.get(f"/{HALF_WAY}").content.decode()


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (dt.date(2022, 12, 31), "2022"),
        (dt.date(2027, 12, 31), None),
        (dt.date(2028, 2, 29), "2028"),
    ],
)
def test_a_year_that_can_have_no_goals_leads_to_no_form_for_them(district, client, day, year):
    with noon_of(max(day, TODAY)):
        client.force_login(district["小石"])
        page = client.get(f"/?on={day}").content.decode()
        assert (f"行动计划没有{year}年的任务" in page) == bool(year)
        led = re.findall(r"/goals/\d+/edit/", page)
        assert bool(led) != bool(year)
        assert all(client.get(link).status_code == 200 for link in led)


def test_firms_to_call_are_those_whose_certificate_ends_within_90_days_and_their_number_opens_the_list(
    leader,
):
    ends = {days: firm() for days in (-1, 0, 1, 45, 90, 91)}
    registry.apply(
        [certificate(one.uscc, until=TODAY + dt.timedelta(days)) for days, one in ends.items()],
        by=None,
    )
    page = leader.get(f"/{HALF_WAY}").content.decode()
    found = attention.build_calls(Question(TODAY))
    # A certificate counts on its last day: it lapses on the day after.
    assert [row.certificate.enterprise for row in found.first] == [
        ends[days] for days in (0, 1, 45, 90)
    ]
    assert found.firms == leader.get(found.url).context["listed"] == 4
    assert found.lapsed == leader.get(found.lapsed_url).context["listed"] == 1
    assert "另有 1 家已失效、未办结" in page
    assert "07-01 到期" in page
    assert "90天内到期、未办结 4 家" in page


def test_those_that_have_filed_come_last_and_the_renewed_and_those_that_gave_up_are_not_called(
    leader,
):
    names = ("soon", "later", "filed", "renewed", "given_up")
    ends = {name: firm() for name in names}
    days = dict(zip(names, (20, 40, 5, 30, 30), strict=True))
    done = [
        certificate(one.uscc, until=TODAY + dt.timedelta(days[name])) for name, one in ends.items()
    ]
    done += [certificate(ends["renewed"].uscc, until=TODAY + dt.timedelta(800))]
    for name in ("filed", "given_up"):
        told = {"kind": "hnte", "year": 2026, "stage": name, "on": TODAY, "note": "不再申报"}
        done.append(acts.Apply(uscc=ends[name].uscc, **told))
    registry.apply(done, by=None)
    counting.count([TODAY])
    found = attention.build_calls(Question(TODAY))
    assert [row.certificate.enterprise for row in found.first] == [
        ends["soon"],
        ends["later"],
        ends["filed"],
    ]
    assert (found.firms, found.waiting) == (3, 1)
    assert "其中 1 家已申报或公示中" in leader.get(f"/{HALF_WAY}").content.decode()


def test_the_wall_names_the_same_units_and_firms(district, leader):
    allot(district, degan=10, baisha=22)
    late = firm(hnte_expiring=True)
    page = leader.get(f"/{HALF_WAY}&tv=1").content.decode()
    assert attention.build_races(Question(TODAY))[1].sentence in page
    assert late.name in page
    assert "先联系：90天内到期、未办结 1 家，0 家已申报或公示中" in page


@pytest.mark.one_moment
def test_more_firms_need_no_more_queries(district, django_assert_max_num_queries):
    allot(district, degan=30, baisha=22, t004=9)
    firm(hnte_expiring=True)
    question = Question(TODAY)

    def asked() -> None:
        attention.build_races(question)
        attention.build_calls(question)

    asked()
    with django_assert_max_num_queries(18) as few:
        asked()
    for _ in range(8):
        firm(hnte_expiring=True, tech=True)
    counting.count([TODAY])
    with django_assert_max_num_queries(len(few)):
        asked()


def test_the_demo_adopts_the_proposal_once(district):
    demo_goals.allot_goals(district["小石"])
    need = {race.indicator.code: race for race in attention.build_races(Question(TODAY))}
    assert set(need) == {"hnte", "tech"}
    assert (
        board_on(TODAY)
        .of_kind("hnte")
        .total("全区", list(Unit.objects.reporting()), str(Scope.DISTRICT))
        .stock.goal
        > 0
    )
    assert demo_goals.allot_goals(district["小石"]) is None
