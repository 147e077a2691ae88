"""The numbers of the charts on the home and unit pages, as files."""

import csv
import io

import openpyxl
import pytest

from enterprises import jobs
from targets.figures.question import Question
from targets.home import chart_data, charts, dashboard
from tests.firms import TODAY, firm

pytestmark = pytest.mark.django_db
AT = f"?on={TODAY}&definition=certificate"


@pytest.fixture
def district(people):
    firm(hnte=True, tech=True)
    firm(hnte=True, park="baisha")
    firm(hnte_expiring=True, tech=True, park="baisha")
    return people


def rows_of(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_has_the_numbers_that_the_chart_draws(district, leader):
    got = rows_of(leader.get(f"/charts/lapsing.csv{AT}"))
    shown = dashboard.count_district(Question(TODAY)).lapsing
    assert got == [["项目", "家数"], *([one.label, str(one.firms)] for one in shown)]
    assert sum(int(firms) for _, firms in got[1:]) > 0


def test_a_series_has_a_row_each_month_and_the_named_goals_are_plain_numbers(district, leader):
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    chart = charts.district_charts(dashboard.count_district(Question(TODAY)))["hnte-trend"]
    names, rows = chart_data.table_of(chart.option)
    assert names[:2] == ["实际家数", "目标进度线（基期为推算）"]
    by_month = {row[0]: row[1:] for row in rows}
    assert by_month["2026-06"][0] == 3
    assert by_month["2027-12"][1] == 700
    answer = leader.get(f"/charts/hnte-trend.xlsx{AT}")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [[cell.value for cell in row] for row in sheet]
    assert cells[0][0] == "高新技术企业逐月走势"
    assert any(chart.conclusion == row[0] for row in cells)
    assert [row[1:] for row in cells[-len(rows) :]] == rows


def test_the_file_of_a_unit_is_for_those_who_see_it(district, client):
    client.force_login(district["德感"])
    got = rows_of(client.get(f"/charts/lapsing.csv{AT}&scope=degan"))
    assert got[0] == ["项目", "家数"]
    for address in (
        f"/charts/lapsing.csv{AT}&scope=baisha",
        f"/charts/lapsing.csv{AT}",
        f"/charts/none.csv{AT}",
    ):
        assert client.get(address).status_code == 404


def test_every_chart_of_the_home_page_offers_picture_and_data(district, leader):
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    page = leader.get(f"/?on={TODAY}").content.decode()
    for name in charts.district_charts(dashboard.count_district(Question(TODAY))):
        for ending in ("svg", "xlsx", "csv"):
            address = f"/charts/{name}.{ending}?on={TODAY}&amp;definition=certificate"
            assert address in page
            assert leader.get(address.replace("&amp;", "&")).status_code == 200
