"""The exported workbook: the same firms as page and API, and never a formula."""

import io
from urllib.parse import parse_qsl

import openpyxl
import pytest
from django.urls import reverse

from tests.firms import firm

pytestmark = pytest.mark.django_db
QUERIES = [
    "",
    "park=degan&sort=-name",
    "park=outside",
    "kind=hnte&valid_on=2026-06-30&sort=-issued_on",
    "q=制造&status=closed",
    "indicator=hnte&on=2026-06-30&scope=district&definition=certificate&sort=expires_on",
    "indicator=tech&on=2026-06-30&scope=degan&definition=class_year",
    "indicator=hnte&scope=district&lapsing_from=2026-07-01&lapsing_to=2026-10-01&definition=certificate",
]


@pytest.fixture
def district(people) -> None:
    for number in range(4):
        firm(hnte=True, tech=number % 2 == 0, outside_parks=number == 3)
    firm(hnte_expiring=True, name="=HYPERLINK(1)有限公司")
    firm(hnte=True, struck_off=True)
    firm(hnte_lapsed=True, tech=True)


def workbook(client, query: str) -> openpyxl.Workbook:
    answer = client.get(f"{reverse('firm_export')}?{query}")
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def codes(book: openpyxl.Workbook) -> list[str]:
    rows = list(book.active.iter_rows(values_only=True))
    first = next(number for number, row in enumerate(rows) if row[0] == "序号") + 1
    return [row[1] for row in rows[first:]]


@pytest.mark.parametrize("who", ["小石", "德感"])
@pytest.mark.parametrize("query", QUERIES)
def test_page_export_and_api_show_the_same_firms(client, people, district, query, who):
    client.force_login(people[who])
    page = client.get(reverse("firm_list"), dict(parse_qsl(query)) | {"page_size": "100"}).context[
        "rows"
    ]
    api = client.get(f"/api/v1/enterprises/?{query}").json()["results"]
    exported = codes(workbook(client, query))
    assert exported == [row.uscc for row in page] == [row["uscc"] for row in api]
    assert [row.park_code for row in page] == [row["park"] for row in api]
    assert exported or query.startswith(("q=", "park=outside"))


def test_the_head_says_what_is_listed_and_it_stays_in_view(client, people, district):
    client.force_login(people["小石"])
    book = workbook(
        client, "indicator=hnte&on=2026-06-30&scope=degan&definition=certificate&q=HYPER"
    )
    head = "".join(str(row[0]) for row in book.active.iter_rows(max_row=5, values_only=True))
    for words in (
        "德感工业园发展中心 · 高新技术企业 · 2026-06-30 · 证书日期口径",
        "名称或代码：HYPER",
        "共 1 家",
        "导出人：小石",
    ):
        assert words in head
    assert book.active.freeze_panes == "D6"


def test_text_never_becomes_a_formula(client, people, district):
    client.force_login(people["小石"])
    sheet = workbook(client, "q=HYPER").active
    cell = sheet["C6"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)有限公司", "s", True)
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
