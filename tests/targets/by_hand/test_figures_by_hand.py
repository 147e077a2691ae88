"""A firm's return of a year, by hand and on its page: from the form to the ledger, each value with its source."""

from decimal import Decimal

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import LedgerEntry, SourceFile, YearlyFigures
from enterprises.registry import acts
from targets.terms.catalogue import term
from tests.firms import firm
from tests.targets.by_hand.test_firm_change import (  # noqa: F401 - a fixture
    address,
    clerk,
    register,
    written,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]


def record(one, year: int, *, source: SourceFile | None = None, **values: object) -> None:
    cells = {name: f"表!{chr(67 + at)}3" for at, name in enumerate(values)} if source else {}
    act = acts.RecordFigures(uscc=one.uscc, year=year, values=values, cells=cells)
    registry.apply([act], by=None, source=source)


def test_the_figures_of_a_year_are_entered_and_corrected(clerk):  # noqa: F811
    one = firm()
    record(one, 2024, revenue=Decimal(100), staff=5)
    answer = register(
        clerk, one, "figures", year="2024", revenue="101.5", assets="80", liabilities="90"
    )
    assert "营业收入（万元）：100.00 → 101.5" in answer.content.decode()
    told = YearlyFigures.objects.get()
    # What was left empty is as it was.
    assert (told.revenue, told.staff, told.assets, told.costs) == (Decimal("101.50"), 5, 80, None)
    entry = written(one)
    assert (entry.act, entry.before["revenue"]) == ("figures", "100.00")
    register(clerk, one, "figures", year="2023", above_scale="true", ip_own="0")
    told = YearlyFigures.objects.get(year=2023)
    assert (told.above_scale, told.ip_own, told.conversions) == (True, 0, None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"year": "2026", "revenue": "1"}, "2026年度还没有结束"),
        ({"year": "1999", "revenue": "1"}, "大于或等于"),
        ({"year": "2024"}, "没有填写任何项目"),
        ({"year": "2024", "revenue": "很多"}, "输入一个数字"),
        ({"year": "2024", "assets": "-1"}, "不得为负"),
        ({"year": "2024", "staff": "3", "rd_staff": "4"}, "科技人员数不得多于职工总数"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_lost(clerk, values, said):  # noqa: F811
    one = firm()
    answer = register(clerk, one, "figures", **values)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["form"].data["year"] == values["year"]
    assert not YearlyFigures.objects.exists()


def test_a_part_above_its_whole_is_looked_at_once_more(clerk):  # noqa: F811
    one = firm()
    record(one, 2024, rd_expense=Decimal(10))
    sent = {"reason": "电话核实", "year": "2024", "rd_domestic": "11"}
    asked = clerk.post(address(one, "figures"), sent)
    doubt = "2024年度境内研发费用（万元）多于研发费用（万元）"
    assert (asked.status_code, asked.context["look"].doubts) == (422, [f"{doubt}。"])
    assert YearlyFigures.objects.get().rd_domestic is None
    register(clerk, one, "figures", year="2024", rd_domestic="11")
    assert YearlyFigures.objects.get().rd_domestic == 11
    # Nobody is asked again about what was not touched.
    assert clerk.post(address(one, "figures"), {**sent, "rd_domestic": "", "staff": "3"}).url


def test_the_page_shows_four_years_each_value_with_its_source(client, people):
    one = firm()
    source = SourceFile.objects.create(kind="returns", name="税务.xlsx", sha256="b" * 64, size=1)
    for year in range(2020, 2026):
        record(one, year, revenue=Decimal(year))
    record(one, 2025, source=source, gross_income=Decimal("5.5"), costs=Decimal(4))
    record(one, 2025, costs=Decimal(3))
    client.force_login(people["德感"])
    answer = client.get(reverse("firm", args=[one.uscc]))
    table = answer.context["figures"]
    assert (table.years, table.older) == ([2022, 2023, 2024, 2025], 2)
    rows = {row.heading: row.cells for row in table.rows}
    assert set(rows) == {"营业收入", "收入总额", "成本费用"}
    assert [cell.text for cell in rows["收入总额"]] == ["—", "—", "—", "5.50"]
    assert rows["收入总额"][-1].whence == "税务.xlsx 表!C3"
    assert rows["成本费用"][-1].whence == "人工登记"
    assert 'title="来自 税务.xlsx 表!C3">5.50</a>' in " ".join(answer.content.decode().split())
    # The value leads to its entry of the ledger.
    entries = client.get(rows["收入总额"][-1].address).context["timeline"]
    assert entries[0].entry.after == {"costs": "4", "gross_income": "5.5"}
    assert LedgerEntry.objects.latest("pk").after == {"costs": "3"}


def test_the_page_asks_as_often_for_many_years_as_for_one(
    client, people, django_assert_max_num_queries
):
    one = firm()
    record(one, 2024, revenue=Decimal(1))
    client.force_login(people["老郑"])
    client.get(reverse("firm", args=[one.uscc]))
    with django_assert_max_num_queries(32):
        client.get(reverse("firm", args=[one.uscc]))
    for year in range(2010, 2024):
        record(one, year, revenue=Decimal(1), conversions=2)
    with django_assert_max_num_queries(32):
        client.get(reverse("firm", args=[one.uscc]))


def test_the_api_takes_and_tells_them(client, people):
    one = firm()
    client.force_login(people["小石"])
    path = f"/api/v1/enterprises/{one.uscc}/"
    body = {"act": "figures", "year": 2024, "gross_income": 1300.25, "conversions": 3, "above_scale": False, "reason": "年报"}  # fmt: skip
    done = client.post(f"{path}changes/", body, content_type="application/json")
    assert (done.status_code, done.json()[0]["after"]["gross_income"]) == (200, 1300.25)
    [told] = client.get(path).json()["yearly_figures"]
    assert (told["year"], told["gross_income"], told["conversions"], told["liabilities"]) == (
        2024,
        "1300.25",
        3,
        None,
    )
    assert told["above_scale"] is False
    wrong = client.post(
        f"{path}changes/", body | {"year": 2026}, content_type="application/json"
    ).json()
    assert "2026年度还没有结束" in str(wrong)
    foreign = {"act": "rename", "name": "x", "on": "2026-01-01", "costs": "1", "reason": "x"}
    answer = client.post(f"{path}changes/", foreign, content_type="application/json")
    assert (answer.status_code, "costs" in answer.content.decode()) == (400, True)


def test_the_page_explains_what_a_row_of_figures_means(client, people):
    one = firm()
    record(one, 2024, gross_income=1, conversions=2, ip_class2_used=3)
    client.force_login(people["老郑"])
    answer = client.get(reverse("firm", args=[one.uscc]))
    headings = {row.term: row.heading for row in answer.context["figures"].rows}
    assert headings == {code: term(code).name for code in headings}
    assert (
        f'<abbr title="{term("conversions").definition}">成果转化</abbr>' in answer.content.decode()
    )
