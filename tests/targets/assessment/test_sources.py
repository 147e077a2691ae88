"""What items are measured by, from facts told through the front doors, against counting by hand."""

import datetime as dt
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta

from enterprises import registry
from enterprises.models import Qualification
from enterprises.records import door, kinds
from enterprises.records.telling import Telling
from enterprises.registry import acts
from parks.models import Unit
from targets.goals import revisions as goal_revisions
from targets.models import AssessmentItem, TaskFigure
from tests.clock import noon_of
from tests.firms import TODAY, certificate, firm, founding
from tests.targets.assessment import scene
from tests.targets.meetings import scene as meetings
from tests.targets.page_text import text_of
from tests.targets.reporting import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]


@pytest.fixture
def leader(people):
    with noon_of(TODAY):
        yield signed_in(people["老郑"])


def goals_of(people, wanted: dict[str, tuple[int, int]], kind: str = "hnte") -> None:
    rows = {
        (kind, unit.pk): goal_revisions.Wanted(*wanted.get(unit.code, (0, 0)))
        for unit in Unit.objects.reporting()
    }
    goal_revisions.save_revision(2026, rows, seen=0, reason="", by=people["小石"])


def lapsed(days_ago: int, renewed_after: int | None = None, **place: object) -> None:
    """A certificate of a firm that ran out, renewed so many days after that, or not."""
    one = firm(**place)
    last = TODAY - dt.timedelta(days=days_ago)
    done = [certificate(one.uscc, until=last)]
    if renewed_after is not None:
        begins = last + dt.timedelta(days=renewed_after)
        until = begins + relativedelta(years=3)
        done.append(certificate(one.uscc, until=until))
    registry.apply(done, by=None)


def test_goals_are_scored_by_stock_against_goal(people, leader):
    for _ in range(9):
        firm(hnte=True)
    goals_of(people, {"degan": (10, 4)})
    told = scene.told(leader, "高企年末存量")
    assert (told["part"], told["whole"]) == (9, 10)
    assert Decimal(told["points"]) == scene.straight(90, 30, 80, 100, 33) == 15
    # One more certificate: the whole of the way from 90 % to 100 %.
    assert Decimal(told["gain"]) == 15
    first = scene.told(leader, "高企首次认定")
    assert (first["part"], first["whole"], first["points"]) == (0, 4, "0.00")
    other = scene.told(leader, "高企年末存量", "baisha")
    assert (other["points"], other["note"]) == (None, "没有分解到任务，不计入")


def test_renewals_are_those_of_certificates_that_lapsed_in_the_year(people, leader):
    lapsed(20)
    lapsed(40, renewed_after=10)
    lapsed(60, renewed_after=-30)
    lapsed(100, renewed_after=90)
    lapsed(170, renewed_after=200)  # too late: an entry anew
    lapsed(200, renewed_after=10)  # of the year before
    lapsed(-20)  # still holds
    lapsed(30, park="baisha", town="500116108")
    # Counted from the certificates alone, by the words of the glossary.
    due, renewed = 0, 0
    for one in Qualification.objects.filter(enterprise__placements__park__code="degan"):
        if not dt.date(2026, 1, 1) <= one.valid_until + dt.timedelta(days=1) <= TODAY:
            continue
        due += 1
        later = one.enterprise.qualifications.filter(valid_from__gt=one.valid_from)
        renewed += any((row.valid_from - one.valid_until).days <= 181 for row in later)
    told = scene.told(leader, "高企续证")
    assert (told["part"], told["whole"]) == (renewed, due) == (3, 5)
    assert Decimal(told["points"]) == scene.straight(60, 15, 50, 90) == Decimal("3.75")
    cases = {case["told"]: case["counted"] for case in told["cases"]}
    assert len(cases) == 5
    assert sum(cases.values()) == 3
    page = leader.get(f"/assessment/items/{scene.item('高企续证').pk}/degan/")
    assert text_of(page).count("有效期至") == 5


def test_who_was_in_the_pool_before_its_first_certificate(people, leader):
    for entered in (TODAY - dt.timedelta(days=90), TODAY - dt.timedelta(days=20), None):
        uscc, done = founding("degan", "500116002")
        begins = TODAY - dt.timedelta(days=20)
        if entered:
            done.append(acts.EnterPool(uscc=uscc, stage="seed", target_year=2026, on=entered))
        done.append(certificate(uscc, until=begins + relativedelta(years=3)))
        for act in done:
            registry.apply([act], by=None)
    told = scene.told(leader, "先入库后认定")
    # Who entered on the very day of the certificate was not in it before.
    assert (told["part"], told["whole"]) == (1, 3)
    assert Decimal(told["points"]) == scene.straight(100 / 3, 5, 0, 80)


def test_registers_count_records_or_firms_of_the_unit_that_answers_today(people, leader):
    of_records, of_firms = (
        AssessmentItem.objects.create(
            scheme=scene.sheet(),
            order=90,
            title=code,
            source=AssessmentItem.Source.REGISTER,
            figure=TaskFigure.objects.get(code=code),
            weight=6,
            cap=6,
            full=4,
        )
        for code in ("loans", "loan_firms")
    )
    stays, moves = firm(), firm()
    for number, holder in (("1", stays), ("2", stays), ("3", moves)):
        loan = {"number": number, "enterprise": holder.pk, "firm_name": holder.name}
        loan |= {"klass": "credit", "amount": 10, "since": dt.date(2026, 3, 1)}
        door.tell(kinds.kind_coded("loan"), [Telling(loan, TODAY, {})], by=None)
    registry.apply([acts.Move(uscc=moves.uscc, park="baisha", town="500116108", on=TODAY)], by=None)
    counted = {
        (item.title, unit): scene.told(leader, item.title, unit)
        for item in (of_records, of_firms)
        for unit in ("degan", "baisha", "luohuang")
    }
    assert [told["part"] for told in counted.values()] == [2, 1, 0, 1, 1, 0]
    points = [Decimal(told["points"]) for told in counted.values()]
    assert points == [scene.straight(part, 6, 0, 4) for part in (2, 1, 0, 1, 1, 0)]
    page = leader.get(f"/assessment/items/{of_records.pk}/degan/")
    assert page.content.decode().count("/registers/records/") >= 2


def test_rosters_in_time_and_right_at_once(people, leader):
    by, due = people["德感"], dt.date(2026, 4, 15)
    first, second = scene.quarter(1, due), scene.quarter(2, dt.date(2026, 6, 20))
    scene.quarter(3, dt.date(2026, 10, 15))  # not due yet
    scene.roster(first, by, due, "replaced")
    scene.roster(first, by, due + dt.timedelta(days=9))  # a correction makes nobody late
    scene.roster(second, by, dt.date(2026, 6, 21))
    told = scene.told(leader, "名册按时")
    assert (told["part"], told["whole"], told["points"]) == (1, 2, "2.50")
    assert [case["counted"] for case in told["cases"]] == [False, True]
    right = scene.told(leader, "名册一次报对")
    assert (right["part"], right["whole"]) == (1, 2)
    silent = scene.told(leader, "名册按时", "baisha")
    assert (silent["part"], silent["whole"], silent["points"]) == (0, 2, "0.00")


def test_a_roster_that_nobody_has_looked_at_is_neither_right_nor_wrong(people, leader):
    one = scene.quarter(1, dt.date(2026, 4, 15))
    scene.roster(one, people["德感"], dt.date(2026, 4, 14), "submitted")
    right = scene.told(leader, "名册一次报对")
    assert (right["whole"], right["points"], right["note"]) == (
        0, None, "本年还没有审核过的名册，不计入",
    )  # fmt: skip
    assert scene.told(leader, "名册按时")["points"] == "5.00"


def test_reports_on_tasks_that_came_by_the_due_day(people, leader):
    scene.quarter(1, dt.date(2026, 4, 15))
    told = scene.told(leader, "重点任务按时报告")
    owed = [case["name"] for case in told["cases"]]
    assert told["whole"] == len(owed) > 0
    assert (told["part"], told["points"]) == (0, "0.00")


def test_decisions_count_by_the_day_on_which_closing_was_asked(people, leader):
    office, degan = meetings.held(people), signed_in(people["德感"])
    due = (TODAY + dt.timedelta(days=30)).isoformat()
    kept, late = [meetings.decide(office, due=due) for _ in range(2)]
    meetings.step(degan, kept, "ask", "完成", uploads=[meetings.evidence()])
    assert scene.told(leader, "会议决定按期办结")["note"] == "本年没有到期的会议决定，得满分"
    with noon_of(TODAY + dt.timedelta(days=31)):
        # The office closes it after the due day: it had been asked in time.
        office, degan = signed_in(people["小石"]), signed_in(people["德感"])
        assert meetings.step(office, kept, "close", "").status_code == 302
        meetings.step(degan, late, "ask", "完成", uploads=[meetings.evidence()])
        meetings.step(office, late, "close", "")
        told = scene.told(signed_in(people["老郑"]), "会议决定按期办结")
    assert (told["part"], told["whole"], told["points"]) == (1, 2, "2.50")


def test_what_is_left_out_is_shared_out_and_the_page_says_so(people, leader):
    firm(hnte=True)
    goals_of(people, {"degan": (1, 0)})
    reply = scene.of_unit(leader)
    points = {one["item"]: one["points"] for one in reply["items"]}
    judged = [item for item in scene.sheet().items.all() if points[item.pk] is not None]
    got = sum(Decimal(points[item.pk]) for item in judged)
    weights = sum(item.weight for item in judged)
    assert weights < 100
    assert Decimal(reply["points"]) == round(got * 100 / weights, 2)
    assert f"其余{weights.normalize():f}分按比例折算为100分" in text_of(
        leader.get("/assessment/units/degan/?year=2026")
    )


def test_one_more_firm_moves_every_item_that_it_touches(people, leader):
    for _ in range(8):
        firm(hnte=True)
    goals_of(people, {"degan": (10, 4)})
    before = scene.of_unit(leader)
    promised = next(deed for deed in before["best"] if "再新增1家" in deed["words"])
    uscc, done = founding("degan", "500116002")
    entered = acts.EnterPool(
        uscc=uscc, stage="seed", target_year=2026, on=TODAY - dt.timedelta(days=9)
    )
    granted = acts.Grant(
        uscc=uscc, kind="hnte", number="GR202650000001",
        valid_from=TODAY - dt.timedelta(days=1), valid_until=TODAY + relativedelta(years=3, days=-2),
    )  # fmt: skip
    for act in (*done, entered, granted):
        registry.apply([act], by=None)
    after = scene.of_unit(leader)
    gained = {
        one["item"]: Decimal(new["points"] or 0) - Decimal(one["points"] or 0)
        for one, new in zip(before["items"], after["items"], strict=True)
    }
    stock, first = scene.item("高企年末存量").pk, scene.item("高企首次认定").pk
    assert gained[stock] == Decimal(next(o for o in before["items"] if o["item"] == stock)["gain"])
    assert gained[first] == Decimal(next(o for o in before["items"] if o["item"] == first)["gain"])
    assert Decimal(promised["total"]) > 0


def test_nothing_is_measured_of_a_year_to_come(people, leader):
    reply = scene.of_unit(leader, year=2027)
    assert {one["part"] for one in reply["items"]} == {None}
