"""Reported indicators: entered on a page, revised by a further row, used at once where targets are judged."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.utils import timezone

from targets.figures.question import Question
from targets.home import judged
from targets.models import Indicator, ReportedFigure
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
PAGE = "/reported/"


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def form(**more: object) -> dict[str, object]:
    given = {
        "indicator": "hightech_mfg_share", "year": "2025", "value": "21.5", "published_on": "2026-03-01",
        "source": "2025年统计公报",
    }  # fmt: skip
    return given | more


def test_a_figure_is_entered_and_judged_at_once(bureau, people):
    assert bureau.post(PAGE, form()).status_code == 302
    row = ReportedFigure.objects.get()
    assert (row.value, row.by) == (Decimal("21.50"), people["小石"])
    goal = next(
        goal
        for goal in judged.list_goals(Question(timezone.localdate()))
        if goal.now.target.indicator.code == "hightech_mfg_share"
    )
    assert (goal.now.value, goal.now.met) == (Decimal("21.50"), False)


def test_a_revision_is_a_further_row_and_the_first_stays_readable(bureau):
    bureau.post(PAGE, form())
    bureau.post(PAGE, form(value="22.1", published_on="2026-09-01", source="修订公报"))
    assert ReportedFigure.objects.count() == 2
    page = bureau.get(PAGE).content.decode()
    assert page.index("22.10%") < page.index("已修订") < page.index("21.50%")


def test_a_past_day_shows_what_was_known_then_on_page_and_in_the_file(bureau, client, people):
    bureau.post(PAGE, form())
    bureau.post(PAGE, form(value="22.1", published_on="2026-09-01", source="修订公报"))
    client.force_login(people["德感"])
    then = text_of(client.get(PAGE, {"on": "2026-08-31"}))
    assert "2026年8月31日已公布的数" in then
    assert "此后公布的 1 个数没有列出" in then
    assert ("21.50%" in then, "22.10%" in then, "已修订" in then) == (True, False, False)
    assert "登记一个数" not in then
    before = client.get(PAGE, {"on": "2026-02-28"}).content.decode()
    assert "21.50%" not in before
    on_the_day = client.get(PAGE, {"on": "2026-09-01"}).content.decode()
    assert ("22.10%" in on_the_day, "已修订" in on_the_day) == (True, True)
    for day, states in (("2026-08-31", ["现行"]), ("2026-09-01", ["现行", "已修订"])):
        file = b"".join(client.get(f"{PAGE}export.csv", {"on": day}).streaming_content).decode(
            "utf-8-sig"
        )
        assert [row["现行"] for row in csv.DictReader(io.StringIO(file))] == states


@pytest.mark.parametrize(
    "wrong", [{"on": "9999-01-01"}, {"on": "1999-01-01"}, {"on": "x"}, {"day": "2026-01-01"}]
)
def test_a_day_that_is_not_understood_is_said(bureau, wrong):
    answer = bureau.get(PAGE, wrong)
    assert answer.status_code == 400
    assert "alert-danger" in answer.content.decode()
    assert bureau.get(f"{PAGE}export.csv", wrong).status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"published_on": "2099-01-01"},
            "不得晚于今天",
        ),
        ({"published_on": "2024-12-31"}, "发布日期早于2025年"),
        ({"value": "-1"}, "数值不得为负"),
        ({"value": "100.01"}, "百分数不得大于100"),
        ({"value": "二"}, "输入"),
        ({"value": "1.234"}, "2"),
        ({"year": "1999"}, "数据年度应在2010至"),
        ({"year": "9999"}, "数据年度应在2010至"),
        ({"indicator": "hnte"}, "没有这项填报指标"),
        ({"indicator": ""}, "请选择指标"),
        ({"source": " "}, "必填"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(bureau, change, said):
    answer = bureau.post(PAGE, form(**change))
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not ReportedFigure.objects.exists()


def test_the_same_publication_twice_is_refused_with_the_value_known(bureau):
    bureau.post(PAGE, form())
    answer = bureau.post(PAGE, form(value="30")).content.decode()
    assert "2025年的数在这一天已登记为21.5%" in answer
    assert ReportedFigure.objects.count() == 1


@pytest.mark.one_moment
def test_the_page_costs_the_same_however_much_was_entered(bureau, django_assert_max_num_queries):
    for indicator in Indicator.objects.filter(kind="reported"):
        for year in range(2015, 2025):
            ReportedFigure.objects.create(
                indicator=indicator,
                year=year,
                value=1,
                published_on=dt.date(year + 1, 3, 1),
                source="公报",
            )
    with django_assert_max_num_queries(12):
        assert bureau.get(PAGE).status_code == 200


def test_the_bureau_alone_enters(client, people):
    for who in ("老郑", "审计", "德感"):
        client.force_login(people[who])
        assert client.post(PAGE, form()).status_code == 403
    assert not ReportedFigure.objects.exists()
