"""A firm's self-check from what is on record: its page, its print, its answer in the API."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises import registry
from enterprises.models import Enterprise, LedgerEntry, SourceFile
from enterprises.registry import acts
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db
USCC = code(1)
ON = "2026-06-15"
SOUND = {
    "revenue": 1500, "rd_expense": 120, "rd_domestic": 120, "assets": 1400, "liabilities": 500,
    "gross_income": 1500, "nontaxable_income": 0, "hightech_income": 1200, "costs": 1300, "staff": 40,
    "rd_staff": 10, "ip_class1": 1, "ip_class2": 6, "ip_class2_used": 0, "ip_own": 7, "conversions": 6,
}  # fmt: skip


@pytest.fixture
def firm(plan) -> Enterprise:
    """A firm of 德感 with three good years."""
    registered = acts.Register(
        uscc=USCC,
        name="江津甲制造有限公司",
        registered_on=dt.date(2015, 3, 2),
        tech_field="materials",
    )
    placed = acts.Place(uscc=USCC, park="degan", town="500116002", since=dt.date(2020, 1, 1))
    registry.apply([registered, placed], by=None)
    for year in (2023, 2024, 2025):
        told(year, **SOUND)
    return Enterprise.objects.get(uscc=USCC)


def told(year: int, **values: object) -> None:
    registry.apply([acts.RecordFigures(uscc=USCC, year=year, values=values)], by=None)


def page(client, user, **query: str):
    client.force_login(user)
    return client.get(reverse("firm_self_check", args=[USCC]), {"on": ON, **query})


def lines(answer) -> dict[str, tuple[str, str]]:
    return {
        line.code: (line.answer.state.value, line.says) for line in answer.context["check"].lines
    }


def test_each_condition_is_answered_from_what_is_on_record(client, people, firm):
    answer = page(client, people["小石"])
    found = lines(answer)
    assert {code for code, (state, _) in found.items() if state == "符合"} == {
        "c1", "c2", "c3", "c4", "c5a", "c5b", "c6",
    }  # fmt: skip
    assert found["form"] == ("缺数据", "缺企业类型")
    assert found["c8"][0] == "缺数据"
    assert found["c7"][0] == "缺数据"
    html = answer.content.decode()
    assert "自检结果，不代表认定结论" in html
    assert "国科发火〔2016〕32号" in html


def test_what_fails_says_what_would_be_enough(client, people, firm):
    told(2023, rd_expense=20, rd_domestic=20)
    told(2025, rd_expense=10, rd_domestic=10)
    answer = page(client, people["小石"])
    assert lines(answer)["c5a"] == ("不符合", "近三年研发费用再增75.00万元即可")
    assert answer.context["check"].state.value == "不符合"
    assert "近三年研发费用再增75.00万元即可" in answer.content.decode()


def test_a_missing_year_is_named_and_not_failed(client, people, firm):
    answer = page(client, people["小石"], on="2027-03-01")
    state, says = lines(answer)["c5a"]
    assert state == "缺数据"
    assert says == "缺2026年营业收入，2026年研发费用"


def test_a_year_before_the_firm_is_not_asked_for(client, people, plan):
    registered = acts.Register(
        uscc=USCC, name="江津乙制造有限公司", registered_on=dt.date(2025, 2, 1)
    )
    placed = acts.Place(uscc=USCC, park="degan", town="500116002", since=dt.date(2025, 2, 1))
    registry.apply([registered, placed], by=None)
    told(2025, revenue=100, rd_expense=10)
    answer = page(client, people["小石"])
    assert lines(answer)["c5a"][0] == "符合"
    sales = answer.context["check"].told.lines[0]
    assert [told.text for told in sales.cells] == ["无", "无", "100.00"]


def test_the_told_share_counts_where_the_incomes_are_not_known(client, people, firm):
    told(2026, revenue=1, hightech_share=59)
    line = next(
        line
        for line in page(client, people["小石"], on="2027-05-01").context["check"].lines
        if line.code == "c6"
    )
    assert (line.answer.state.value, line.value) == ("不符合", "59%")
    assert "自报" in line.says
    assert "再增1.00个百分点" in line.says


def test_a_share_that_rounds_to_its_bound_is_shown_apart_from_it(client, people, firm):
    told(2025, hightech_income=Decimal("899.99"))
    line = next(
        line for line in page(client, people["小石"]).context["check"].lines if line.code == "c6"
    )
    assert (line.answer.state.value, line.value, line.margin) == ("不符合", "59.999%", "−不到0.01%")


def test_value_bound_and_margin_of_a_line_add_up_as_shown(client, people, firm):
    told(2025, staff=22, rd_staff=2)
    line = next(
        line for line in page(client, people["小石"]).context["check"].lines if line.code == "c4"
    )
    assert (line.value, line.threshold, line.margin) == ("9.09%", "10%", "−0.91%")


def test_figures_are_written_as_on_the_firms_page(client, people, firm):
    told = page(client, people["小石"]).context["check"].told
    shown = {line.name: line.cells[-1].text for line in told.lines}
    assert shown["营业收入"] == "1500.00"
    assert shown["职工总数"] == "40"
    assert "1500.00" in client.get(f"/firms/{USCC}/").content.decode()


@pytest.mark.parametrize(("on", "said"), [("昨天", "日期"), ("2015-01-01", "没有可用的认定条件")])
def test_a_day_that_makes_no_sense_is_said_in_words(client, people, firm, on, said):
    answer = page(client, people["小石"], on=on)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert answer.context["check"].on == timezone.localdate()


def test_it_costs_a_constant_number_of_queries(client, people, firm, django_assert_max_num_queries):
    client.force_login(people["小石"])
    with django_assert_max_num_queries(14):
        client.get(reverse("firm_self_check", args=[USCC]), {"on": ON})


def test_the_api_tells_the_same(client, people, firm):
    shown = page(client, people["小石"]).context["check"]
    answer = client.get(f"/api/v1/enterprises/{USCC}/self-check/", {"on": ON})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["uscc"], body["on"], body["state"]) == (USCC, ON, shown.state.name.lower())
    assert [(row["code"], row["value"], row["says"]) for row in body["conditions"]] == [
        (line.code, line.value, line.says) for line in shown.lines
    ]
    assert body["score"]["total"] == {
        "low": shown.found.score.total.low,
        "high": shown.found.score.total.high,
    }
    refused = client.get(f"/api/v1/enterprises/{USCC}/self-check/", {"on": "2015-01-01"})
    assert refused.status_code == 400


# --- where the numbers come from ------------------------------------------------------------------
@pytest.fixture
def listed(firm) -> SourceFile:
    """A list of the last year that tells sales, staff and items; each with its cell."""
    source = SourceFile.objects.create(
        kind="returns", name="年度数据表.xlsx", sha256="a" * 64, size=1, as_of=dt.date(2026, 3, 31)
    )
    values = {"revenue": 2000, "staff": 50, "ip_class2": 9}
    cells = {"revenue": "年度!K4", "staff": "年度!M4", "ip_class2": "年度!P4"}
    figures = acts.RecordFigures(uscc=USCC, year=2025, values=values, cells=cells)
    registry.apply([figures], by=None, source=source)
    return source


def test_every_number_names_its_document_cell_and_day(client, people, listed):
    answer = page(client, people["小石"])
    told = answer.context["check"].told
    found = {(each.field, each.year): each for each in told.all}
    sales, before = found["sales", 2025], found["sales", 2024]
    assert (sales.text, sales.source.document, sales.source.cell, sales.source.day) == (
        "2000.00",
        "年度数据表.xlsx",
        "年度!K4",
        dt.date(2026, 3, 31),
    )
    today = timezone.localdate()
    assert (before.source.document, before.source.cell, before.source.day) == (
        "人工登记",
        "",
        today,
    )
    # Items are of the newest year that tells them; each by its own entry.
    assert found["class2", 2025].source.cell == "年度!P4"
    assert found["class1", 2025].source.document == "人工登记"
    assert found["registered_on", None].source.document == "人工登记"
    # Nothing that is known is without a source, and nothing unknown has one.
    assert all((each.source is not None) == each.is_known for each in told.all)

    entry = LedgerEntry.objects.get(source=listed)
    html = answer.content.decode()
    assert f"?q={USCC}&amp;before={entry.pk + 1}" in html
    assert 'title="来自 年度数据表.xlsx 年度!K4">2000.00</a><span class="sub">年度!K4 [2]' in html
    assert "截至 2026-03-31" in html
    assert f"{today} 登记" in html
    whence = {line.code: whence for line, whence in answer.context["check"].shown_lines}
    assert whence["c4"] == "[1]；[2] 年度!M4"
    assert whence["c5a"] == "[1]；[2] 年度!K4"
    assert whence["c8"] == ""
    ledger = client.get(sales.source.address).content.decode()
    assert ledger.index("年度!K4") < ledger.index(f"账簿第 {entry.pk} 条")


def test_items_that_are_counted_one_by_one_are_not_told_from_a_return(client, people, listed):
    right = acts.RecordIpItem(
        uscc=USCC, right="utility_model", number="ZL202020654321.X", granted_on=dt.date(2021, 3, 4)
    )
    registry.apply([right], by=None)
    check = page(client, people["小石"]).context["check"]
    [told] = [each for each in check.told.all if each.field == "class2"]
    # The return says 9 in its cell.
    assert (told.text, told.year, told.source) == ("1", None, None)
    whence = {line.code: cells for line, cells in check.shown_lines}
    assert whence["c2"] == ""


def test_who_answered_about_incidents_is_named(client, people, firm):
    for kind, on, by in (("none", "2026-05-01", "应急局"), ("safety", "2026-02-01", "质监局")):
        answer = acts.RecordIncident(
            uscc=USCC, kind=kind, on=dt.date.fromisoformat(on), source=by, cells={"on": "答复!C2"}
        )
        registry.apply([answer], by=None)
    told = page(client, people["小石"]).context["check"].told.all
    assert [each.text for each in told if each.field == "answer"] == [
        "2026-02-01 重大安全事故（质监局答复）"
    ]
    taken_back = acts.WithdrawIncident(
        uscc=USCC, kind="safety", on=dt.date(2026, 2, 1), source="质监局"
    )
    registry.apply([taken_back], by=None)
    [shown] = [
        each
        for each in page(client, people["小石"]).context["check"].told.all
        if each.field == "answer"
    ]
    assert shown.text == "2026-05-01 无（应急局答复）"
    assert shown.source.cell == "答复!C2"


def test_the_api_names_the_same_sources(client, people, listed):
    client.force_login(people["小石"])
    body = client.get(f"/api/v1/enterprises/{USCC}/self-check/", {"on": ON}).json()
    assert body["rules_since"] == "2016-01-01"
    facts = {(row["field"], row["year"]): row for row in body["facts"]}
    entry = LedgerEntry.objects.get(source=listed)
    assert facts["sales", 2025] == {
        "field": "sales",
        "name": "营业收入",
        "year": 2025,
        "value": "2000.00",
        "source": {
            "document": "年度数据表.xlsx",
            "cell": "年度!K4",
            "day": "2026-03-31",
            "ledger_entry": entry.pk,
        },
    }
    inputs = {row["code"]: row["inputs"] for row in body["conditions"]}
    assert inputs["c5a"] == ["rd", "sales"]
    fields = {field for field, _ in facts}
    assert {"rd", "sales", "staff", "registered_on", "tech_field", "class2"} <= fields


def test_the_firms_page_leads_to_it(client, people, firm):
    client.force_login(people["德感"])
    assert reverse("firm_self_check", args=[USCC]) in client.get(f"/firms/{USCC}/").content.decode()
