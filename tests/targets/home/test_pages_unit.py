import datetime as dt
import json
import re

import pytest

from enterprises import jobs, registry
from enterprises.registry import acts
from parks.models import Unit
from targets.figures.question import Question
from targets.home import unit_page
from tests.firms import TODAY, firm

pytestmark = pytest.mark.django_db


def page_of(code: str, on: dt.date = TODAY) -> unit_page.UnitPage:
    return unit_page.build_page(Unit.objects.get(code=code), Question(on))


def test_every_number_of_a_town_opens_a_list_of_that_length(leader):
    firm(hnte=True, tech=True)
    firm(hnte=True, outside_parks=True)
    firm(tech=True, park="baisha")
    page = page_of("500116002")
    numbers = [(one.value, one.url) for one in page.figures] + [
        cell for part in page.parts for cell in part.firms
    ]
    assert [part.name for part in page.parts] == ["德感", "白沙", "园区平台以外"]
    for number, url in numbers:
        assert leader.get(url).context["page"].paginator.count == number


def test_a_chart_of_a_unit_that_cannot_be_is_not_found(leader):
    for scope in ("nowhere", "%00", "9" * 500):
        assert leader.get(f"/charts/lapsing.svg?scope={scope}").status_code == 404


def test_the_parts_of_a_unit_add_up_to_it(plan):
    for place in ({}, {"outside_parks": True}, {"park": "baisha"}):
        firm(hnte=True, **place)
    page = page_of("500116002")
    assert sum(part.firms[0][0] for part in page.parts) == page.figures[0].value == 3


def test_firms_about_to_lapse_are_named_soonest_first_and_at_most_twenty(leader):
    for _ in range(22):
        firm(hnte_expiring=True)
    page = page_of("degan")
    assert page.lapsing_total == 22
    assert len(page.lapsing_first) == 8
    html = leader.get(f"/units/degan/?on={TODAY}").content.decode()
    assert "全部 22 家" in html
    assert page.lapsing_first[0].name in html


def test_recent_changes_are_those_of_firms_that_ever_stood_here(plan):
    gone, foreign = firm(), firm(park="baisha", town="500116115")
    registry.apply([acts.Move(uscc=gone.uscc, park="baisha", town="500116115", on=TODAY)], by=None)
    named = {entry.enterprise_id for entry in page_of("degan").changes}
    assert gone.pk in named
    assert foreign.pk not in named


def test_a_unit_page_asks_the_database_as_often_for_many_firms_as_for_one(
    leader, django_assert_max_num_queries
):
    firm(hnte=True)
    address = f"/units/degan/?on={TODAY}"
    leader.get(address)
    with django_assert_max_num_queries(41) as few:
        leader.get(address)
    for _ in range(12):
        firm(hnte_expiring=True, tech=True)
    page_of("degan")
    with django_assert_max_num_queries(len(few)):
        leader.get(address)


def test_charts_are_drawn_on_the_server_for_pages_without_scripts(leader):
    firm(hnte_expiring=True)
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    for address in (
        "/charts/hnte-trend.svg",
        "/charts/lapsing.svg?scope=degan",
    ):
        answer = leader.get(address, {"on": TODAY} if "?" not in address else None)
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert answer.content.startswith(b"<svg")
        assert b"</svg>" in answer.content
    assert leader.get("/charts/nothing.svg").status_code == 404


def test_the_value_axis_of_each_trend_of_a_unit_begins_at_zero(leader):
    firm(hnte=True, tech=True)
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    page = leader.get("/units/degan/").content.decode()
    trends = re.findall(
        r'<script id="option-\w+-trend" type="application/json">(.*?)</script>', page
    )
    assert [json.loads(option)["yAxis"]["min"] for option in trends] == [0, 0]


def test_the_targets_page_tells_wording_baseline_tasks_and_bodies(leader):
    page = leader.get("/targets/").content.decode()
    for text in (
        "突破550家",
        "“突破”“超过”不含本数",
        "推算",
        "科技型企业挖掘",
        "考核评价",
        "区招商投资局",
        "各镇街（30）",
    ):
        assert text in page
    assert 'href="/units/shuangfu/"' in page


@pytest.mark.one_moment
def test_the_targets_page_takes_a_constant_number_of_queries(leader, django_assert_max_num_queries):
    firm(hnte=True)
    leader.get("/targets/")
    with django_assert_max_num_queries(26):
        leader.get("/targets/")
