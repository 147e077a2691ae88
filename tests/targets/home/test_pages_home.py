import datetime as dt
from itertools import pairwise

import pytest

from enterprises import jobs, registry
from parks.models import Unit
from targets.figures import counting, trend
from targets.figures.question import Question
from targets.home import charts, dashboard, judged, lapsing
from targets.models import MonthlySeries, ReportedFigure, Scope
from tests.firms import TODAY, certificate, firm
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
ON = f"?on={TODAY}"


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def figures(page: dashboard.DistrictFigures) -> list[dashboard.Figure]:
    return [one.figure for one in page.headlines] + [
        row.figure for rows in page.parks.values() for row in rows
    ]


def test_every_number_of_the_home_page_opens_a_list_of_that_length(leader):
    for wanted in (
        {"hnte": True},
        {"hnte": True, "outside_parks": True},
        {"hnte_expiring": True, "park": "baisha"},
    ):
        firm(**wanted)
    page = dashboard.count_district(Question(TODAY))
    numbers = [(one.value, one.url) for one in figures(page)] + [
        (one.firms, one.url) for one in page.lapsing
    ]
    numbers += [(one.share.outside, one.outside_url) for one in page.headlines]
    assert {number for number, _ in numbers} >= {0, 1, 3}
    for number, url in numbers:
        assert leader.get(url).context["page"].paginator.count == number


def test_the_empty_portal_says_so_and_divides_by_nothing(leader):
    page = leader.get("/", {"on": TODAY}).content.decode()
    assert "还没有企业登记" in page
    assert "现低于基期" in page
    assert "全区暂无企业，占比无从计算" in page
    assert "逐月数据尚未计算" in page
    assert "尚未填报" in page


def test_without_a_plan_the_home_page_says_what_to_do(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("老郑", role="leader"))
    assert "指标尚未载入" in client.get("/").content.decode()


@pytest.mark.parametrize(
    "wrong", ["on=2026-02-30", "on=昨天", "on=9999-12-31", "on=0001-01-01", "definition=both"]
)
def test_a_question_not_understood_is_answered_in_words(leader, wrong):
    for address in ("/", "/targets/", "/units/degan/"):
        answer = leader.get(f"{address}?{wrong}")
        assert answer.status_code == 400
        assert "下面显示的是今天" in answer.content.decode()


def test_a_past_target_shows_how_it_stood_on_its_day_and_how_it_stands_now(plan):
    due = dt.date(2025, 12, 31)
    one, other = firm(), firm()
    registry.apply(
        [certificate(one.uscc, until=due), certificate(other.uscc, until=due + dt.timedelta(1))],
        by=None,
    )
    first, second = dashboard.count_district(Question(due + dt.timedelta(1))).headlines[0].goals
    assert (first.overdue, first.at_due.value, first.now.value) == (True, 2, 1)
    assert (second.overdue, second.now.missing) == (False, 700)


def test_a_goal_met_on_its_day_and_lost_since_is_told_apart(leader):
    goal = judged.list_goals(Question(TODAY))[0].now.target
    goal.value = 1
    goal.save()
    both = [firm(), firm()]
    registry.apply([certificate(one.uscc, until=dt.date(2026, 3, 1)) for one in both], by=None)
    answer = leader.get(f"/{ON}")
    page = answer.content.decode()
    assert "到期已达到" in page
    assert "又低于目标，距目标还差 2 家" in text_of(answer)


def test_thousands_are_set_apart_from_ten_thousand_on_alike_in_text_and_on_axes(leader):
    goal = judged.list_goals(Question(TODAY))[1].now.target
    firm(hnte=True)
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    for value, told, on_axis, not_on_axis in (
        (9999, "9999家1家9999家", "8000", "8,000"),
        (23456, "23,456家1家23,456家", "20,000", "20000"),
    ):
        goal.value = value
        goal.save()
        assert told in text_of(leader.get(f"/targets/{ON}")).replace(" ", "")
        drawn = leader.get(f"/charts/hnte-trend.svg{ON}").content.decode()
        assert f">{on_axis}<" in drawn
        assert f">{not_on_axis}<" not in drawn


def test_before_its_day_a_target_is_not_due_and_from_its_day_on_it_is_judged(leader):
    firm(hnte=True)
    for day, said in (("2025-12-30", "未到期"), ("2025-12-31", "到期未达到")):
        goal = leader.get(f"/?on={day}").context["page"].headlines[0].goals[0]
        assert goal.now.standing.label == said
        assert f"2025年 突破550家 {said}" in text_of(leader.get(f"/?on={day}"))
        told = leader.get(f"/api/v1/progress/?as_of={day}").json()["targets"][0]
        assert told["standing"] == goal.now.standing.value
    page = text_of(leader.get(f"/{ON}"))
    assert "2027年 超过700家 未到期" in page
    assert "到期未达到" in page


def test_the_95_percent_clause_names_slack_and_excess(leader):
    firm(hnte=True, outside_parks=True)
    firm(tech=True)
    page = leader.get(f"/{ON}").content.decode()
    assert "超出 1 家" in page
    assert "另有 0 家余量" in page


def test_the_home_page_asks_the_database_as_often_for_many_firms_as_for_one(
    leader, django_assert_max_num_queries
):
    firm(hnte=True)
    leader.get(f"/{ON}")
    # One of them asks whether the year may be given goals, for it has none.
    with django_assert_max_num_queries(41) as few:
        leader.get(f"/{ON}")
    for _ in range(12):
        firm(hnte=True, tech=True)
    counting.count([TODAY])
    with django_assert_max_num_queries(len(few)):
        leader.get(f"/{ON}")


def test_the_class_year_is_counted_named_and_passed_on(leader):
    year = firm()
    registry.apply([certificate(year.uscc, until=dt.date(2026, 3, 1))], by=None)
    page = dashboard.count_district(Question(TODAY, "class_year"))
    assert page.headlines[0].figure.value == 0
    assert (
        dashboard.count_district(Question(dt.date(2025, 12, 31), "class_year"))
        .headlines[0]
        .figure.value
        == 1
    )
    assert "definition=class_year" in page.headlines[0].figure.url
    assert "认定年度口径" in leader.get("/?definition=class_year").content.decode()


def test_entered_figures_appear_with_their_year(leader):
    indicator = next(
        goal.now.target.indicator
        for goal in judged.list_goals(Question(TODAY))
        if goal.now.target.indicator.code == "hightech_mfg_share"
    )
    ReportedFigure.objects.create(
        indicator=indicator,
        year=2025,
        value="22.00",
        published_on=dt.date(2026, 3, 1),
        source="统计公报",
    )
    page = leader.get(f"/targets/{ON}").content.decode()
    assert "22.00%" in page
    assert "2025年，2026-03-01发布" in page


def test_the_rest_of_a_quarter_and_the_next_four_follow_without_a_gap():
    labels = [label for label, _, _ in lapsing.quarters_after(dt.date(2026, 11, 23))]
    assert labels == [
        "2026年四季度余下",
        "2027年一季度",
        "2027年二季度",
        "2027年三季度",
        "2027年四季度",
    ]
    for day in (dt.date(2026, 11, 23), dt.date(2026, 12, 31), dt.date(2027, 1, 1)):
        periods = lapsing.quarters_after(day)
        assert periods[0][1] == day + dt.timedelta(1)
        assert all(before[2] == after[1] for before, after in pairwise(periods))
    assert len(lapsing.quarters_after(dt.date(2026, 12, 31))) == 4


def test_the_target_path_runs_from_the_baseline_over_2025_to_2027(plan):
    points = trend.path_points(
        [goal.now for goal in dashboard.count_district(Question(TODAY)).headlines[0].goals]
    )
    assert [int(value) for _, value in points] == [350, 550, 700]
    assert trend.path_on(points, dt.date(2025, 12, 31)) == 550
    assert trend.path_on(points, dt.date(2022, 12, 30)) is None
    assert 550 < trend.path_on(points, TODAY) < 700


def test_a_series_older_than_the_facts_is_called_so_and_the_bureau_recomputes(bureau):
    firm(hnte=True)
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    assert "逐月数据绘制" not in bureau.get("/").content.decode()
    firm(hnte=True)
    assert "逐月数据绘制" in bureau.get("/").content.decode()
    assert bureau.post("/recompute/").status_code == 302
    assert MonthlySeries.objects.filter(scope=Scope.DISTRICT, indicator="hnte").exists()


def test_the_month_of_the_asked_day_shows_that_day_and_only_days_to_come_are_expected(plan):
    firm(hnte_expiring=True)
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    asked = Question(TODAY - dt.timedelta(5))
    row = trend.stored(Scope.DISTRICT, ["hnte"], asked.definition)["hnte"]
    months = {one.day: one for one in trend.months(row, asked, 1, [], today=TODAY)}
    assert TODAY not in months
    assert (months[asked.on].value, months[asked.on].to_come) == (1, False)
    assert (months[dt.date(2026, 7, 31)].value, months[dt.date(2026, 7, 31)].to_come) == (0, True)


def test_the_tail_of_a_chart_begins_where_the_known_months_end(plan):
    months = [
        trend.TrendMonth(dt.date(2026, 5, 31), 9, None, False),
        trend.TrendMonth(TODAY, 8, None, False),
        trend.TrendMonth(dt.date(2026, 7, 31), 3, None, True),
    ]
    figure = dashboard.count_district(Question(TODAY)).headlines[0].figure
    chart = charts.figure_trend("trend", figure, months, Question(TODAY))
    assert [line["data"] for line in chart.option["series"]] == [[9, 8, None], [None, 8, 3]]
    assert "2026年7月末余3家" in chart.conclusion


def test_only_the_bureau_recomputes(client, people):
    for name in ("老郑", "审计", "德感"):
        client.force_login(people[name])
        assert client.post("/recompute/").status_code == 403
    client.force_login(people["小石"])
    assert client.get("/recompute/").status_code == 405


def test_reporters_are_sent_to_their_own_unit_and_see_no_other(client, people):
    client.force_login(people["德感"])
    assert client.get("/").url == "/units/degan/"
    assert client.get("/units/degan/").status_code == 200
    for other in Unit.objects.exclude(code="degan"):
        assert client.get(f"/units/{other.code}/").status_code == 404
    assert client.get("/charts/hnte-trend.svg").status_code == 404
    assert client.get("/charts/lapsing.svg?scope=baisha").status_code == 404


def test_reporters_read_the_plan_without_links_to_firms_of_others(client, people):
    client.force_login(people["德感"])
    page = client.get("/targets/").content.decode()
    assert "突破550家" in page
    assert "indicator=hnte" not in page
    assert 'href="/units/' not in page


def test_departments_have_no_page(leader):
    assert leader.get("/units/kjj/").status_code == 404


def test_a_register_without_an_end_gets_no_tail(plan):
    months = [
        trend.TrendMonth(TODAY, 8, None, False),
        trend.TrendMonth(dt.date(2026, 7, 31), 9, None, True),
    ]
    figure = dashboard.count_district(Question(TODAY)).headlines[1].figure
    chart = charts.figure_trend("trend", figure, months, Question(TODAY))
    assert len(chart.option["series"]) == 1
    assert "推算" not in chart.conclusion
