"""A bulletin has one ranking, by how far each unit is with its goal; how many firms it has is a column."""

import io

import docx
import openpyxl
import pytest

from parks.models import Unit
from targets.goals import revisions as goal_revisions
from targets.models import Release
from targets.releases import publishing
from tests import clerk
from tests.firms import firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(people) -> Release:
    """双福 has most firms and is furthest behind; 德感 and 白沙 are equal; two towns have goals."""
    for number in range(4):
        firm(hnte=True, park="shuangfu", tech=number < 1)
    firm(hnte=True, tech=True)
    firm(hnte=True, park="baisha", town="500116107")
    for _ in range(2):
        firm(hnte=True, outside_parks=True)
    firm(hnte=True, outside_parks=True, town="500116107")
    units = {unit.code: unit.pk for unit in Unit.objects.all()}
    stocks = {"shuangfu": 40, "degan": 2, "baisha": 2, "500116002": 4, "500116107": 1}
    wanted = {
        ("hnte", units[code]): goal_revisions.Wanted(stock, 1) for code, stock in stocks.items()
    }
    goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=people["小石"])
    return publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])


def file_of(client, name: str) -> io.BytesIO:
    return io.BytesIO(b"".join(client.get(f"/releases/2026Q3-1/{name}").streaming_content))


def order_of(release: Release, group: str) -> list[tuple[int | None, str]]:
    """As the release froze it."""
    rows = release.completion["rows"]
    return [
        (row["rank"], row["name"])
        for row in rows
        if row["kind"] == "hnte" and row["group"] == group
    ]


def test_every_table_of_page_word_and_excel_has_the_order_of_the_completion(
    client, people, release
):
    parks, towns = order_of(release, "park"), order_of(release, "town")
    assert parks[:3] == [(1, "德感"), (1, "白沙"), (3, "双福")]
    assert [rank for rank, _ in towns[:3]] == [1, 2, None]
    client.force_login(people["老郑"])
    tables = [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in docx.Document(file_of(client, "bulletin.docx")).tables
    ]
    in_word = [(row[0], row[1]) for row in tables[0][1:]]
    assert in_word == [("—" if rank is None else str(rank), name) for rank, name in parks]
    completion = [(row[0], row[1]) for row in tables[1][2:8]]
    assert completion == in_word
    assert [row[1] for row in tables[3][1:]] == [name for _, name in towns]
    assert tables[0][1][2:5] == ["50.0", "1", "1"]
    assert tables[0][3][2:5] == ["10.0", "36", "4"]

    book = openpyxl.load_workbook(file_of(client, "bulletin.xlsx"))
    rows = list(book["园区平台"].iter_rows(min_row=5, values_only=True))
    assert [row[:2] for row in rows] == [(rank or "—", name) for rank, name in parks]
    goals = list(book["目标完成情况"].iter_rows(min_row=5, values_only=True))
    assert [(row[2], row[3]) for row in goals[:6]] == parks
    towns_in_excel = list(book["镇街"].iter_rows(min_row=5, values_only=True))
    assert [row[:2] for row in towns_in_excel] == [(rank or "—", name) for rank, name in towns]

    page = client.get("/releases/2026Q3-1/").context["page"]
    lines = {title: [line.name for line in lines] for title, lines in page.groups}
    assert lines["镇街"] == [name for _, name in towns]
    by_code = dict(Unit.objects.values_list("name", "short_name"))
    assert [by_code[name] for name in lines["园区平台"]] == [name for _, name in parks]


def test_what_the_ranking_is_by_is_said_under_the_table(client, people, release):
    client.force_login(people["老郑"])
    document = docx.Document(file_of(client, "bulletin.docx"))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert (
        "注：位次、完成率、全年还差按高新技术企业年末存量目标，与各单位目标完成情况表一致" in text
    )
    assert "完成目标的位次和本季度净增见表1" in text
