"""The page of candidates, its file and its answer in the API: who is on which list, and what is said of them."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.registry import acts
from tests.clock import noon_of
from tests.firms import certificate
from tests.firms import code as uscc_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
DAY = dt.date(2026, 11, 30)
SOUND = {
    "revenue": 1500, "rd_expense": 120, "rd_domestic": 120, "assets": 1400, "liabilities": 500,
    "gross_income": 1500, "nontaxable_income": 0, "hightech_income": 1200, "costs": 1300, "staff": 40,
    "rd_staff": 10, "ip_class1": 1, "ip_class2": 6, "ip_class2_used": 0, "ip_own": 7, "conversions": 6,
}  # fmt: skip
YEARS = (2023, 2024, 2025)


@pytest.fixture(autouse=True)
def _on_the_day():
    with noon_of(DAY):
        yield


class Made:
    """Firms of 德感 unless said otherwise, by their number."""

    def __init__(self) -> None:
        self.number = 0

    def firm(
        self, name="", park="degan", years=YEARS, registered_on=dt.date(2015, 3, 2), **other
    ) -> str:
        self.number += 1
        uscc = uscc_of(500_000 + self.number)
        name = name or f"江津候选{self.number}号公司"
        told: list[acts.Act] = [
            acts.Register(
                uscc=uscc, name=name, registered_on=registered_on, tech_field="materials",
                legal_form="有限责任公司",
            ),
            acts.Place(uscc=uscc, park=park, town="500116002", since=dt.date(2020, 1, 1)),
        ]  # fmt: skip
        values = {**SOUND, **other}
        told += [acts.RecordFigures(uscc=uscc, year=year, values=values) for year in years]
        registry.apply(told, by=None)
        return name

    def holding(self, kind: str, name: str) -> None:
        uscc = Enterprise.objects.get(name=name).uscc
        until = dt.date(2027, 5, 6)
        granted = certificate(uscc, until=until)
        if kind != "hnte":
            granted = acts.Grant(
                uscc=uscc, kind=kind, number=f"{kind}{self.number}", valid_from=dt.date(2026, 5, 6)
            )
        registry.apply([granted], by=None)


@pytest.fixture
def made(plan) -> Made:
    return Made()


def act(name: str, told, /, **values) -> None:
    registry.apply([told(uscc=Enterprise.objects.get(name=name).uscc, **values)], by=None)


def page(client, user, **query: str):
    client.force_login(user)
    return client.get(reverse("pool-candidates"), query)


def outcomes(answer) -> dict[str, str]:
    """Name → outcome, in the order of the page."""
    return {line.firm.name: line.outcome.value for line in answer.context["lines"]}


def line_of(answer, name: str):
    return next(line for line in answer.context["lines"] if line.firm.name == name)


def words(notes) -> list[str]:
    return [note.in_words for note in notes]


def test_a_firm_that_passes_what_can_be_tested_is_a_candidate_and_told_what_is_missing(
    client, people, made
):
    name = made.firm()
    answer = page(client, people["小石"])
    line = line_of(answer, name)
    assert line.outcome.value == "ready"
    assert words(line.unknown) == ["一年内无重大事故和严重违法：缺有无事故和违法的答复"]
    assert [note.name for note in line.open] == ["创新能力评价"]
    assert len(line.met) == 8
    assert line.data_in_words == "2025年"
    html = answer.content.decode()
    for said in (
        "自检结果，不代表认定结论",
        "国科发火〔2016〕32号",
        "至少按2025年的数据达到",
        "不在库",
    ):
        assert said in html
    check = reverse("firm_self_check", args=[line.firm.uscc])
    assert f'href="{check}?on={DAY}"' in html
    assert f'href="{reverse("firm", args=[line.firm.uscc])}"' in html
    shown = client.get(check, {"on": str(DAY)}).context["check"]
    assert {each.code: each.answer.state for each in shown.lines} == {
        note.code: note.state for note in line.notes
    }
    assert (line.score.low, line.score.high) == tuple(shown.found.score.total)


def test_one_failure_is_a_near_miss_with_its_cure_and_two_are_none(client, people, made):
    near = made.firm(rd_expense=60, rd_domestic=60)
    made.firm(rd_expense=60, rd_domestic=60, rd_staff=3)
    answer = page(client, people["小石"])
    assert outcomes(answer) == {near: "near"}
    assert words(line_of(answer, near).failed) == [
        "近三年研发费用占销售收入：近三年研发费用再增45.00万元即可"
    ]
    assert answer.context["page"].left_out == 1
    assert "共核对 2 家，1 家不在本名单：至少两项不符合" in answer.content.decode()


def test_without_any_return_a_firm_is_no_candidate_and_without_the_last_one_it_lacks_data(
    client, people, made
):
    nothing = made.firm(years=())
    old = made.firm(years=(2023,))
    answer = page(client, people["小石"])
    assert outcomes(answer) == {old: "lacking", nothing: "no_data"}
    assert line_of(answer, old).data_in_words == "2023年，早2年"
    assert line_of(answer, nothing).data_in_words == "无数据"


def test_where_older_years_are_missing_the_last_one_alone_must_be_enough(client, people, made):
    little, much = made.firm(years=(2025,), rd_expense=10), made.firm(years=(2025,))
    answer = page(client, people["小石"])
    assert outcomes(answer) == {much: "ready", little: "lacking"}
    told = words(line_of(answer, little).unknown)
    assert any("仅2025年为0.67%，标准5%" in each for each in told)


def test_only_firms_that_are_here_in_business_and_uncertified_are_gone_through(
    client, people, made
):
    certified, closed, left, lapsed = (made.firm() for _ in range(4))
    made.holding("hnte", certified)
    act(closed, acts.Close, on=DAY)
    act(left, acts.Leave, on=DAY)
    registry.apply(
        [certificate(Enterprise.objects.get(name=lapsed).uscc, until=dt.date(2026, 11, 29))],
        by=None,
    )
    assert outcomes(page(client, people["小石"])) == {lapsed: "ready"}


def test_more_proved_comes_first_then_less_unknown_then_the_higher_score(client, people, made):
    low = made.firm(conversions=4)
    high = made.firm()
    unknown = made.firm(ip_class2_used=None, ip_class1=0)
    proved = made.firm()
    act(proved, acts.RecordIncident, kind="none", on=dt.date(2026, 6, 1), source="应急局")
    near = made.firm(rd_staff=3)
    assert list(outcomes(page(client, people["小石"]))) == [proved, high, low, unknown, near]


def test_a_units_person_sees_the_own_firms_alone(client, people, made):
    own, other = made.firm(), made.firm(park="baisha")
    assert outcomes(page(client, people["小石"])).keys() == {own, other}
    assert outcomes(page(client, people["德感"])).keys() == {own}
    assert outcomes(page(client, people["小石"], unit="baisha")).keys() == {other}
    assert page(client, people["德感"], unit="baisha").status_code == 400
    body = client.get("/api/v1/pool/candidates/").json()
    assert [row["name"] for row in body["results"]] == [own]
    answer = client.get(reverse("pool-candidates-export"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    told = str(list(sheet.values))
    assert own in told
    assert other not in told


def test_filters_narrow_the_list_and_its_numbers(client, people, made):
    pooled, ready, near = (
        made.firm(name="江津甲公司"),
        made.firm(name="江津乙公司"),
        made.firm(rd_staff=3),
    )
    act(pooled, acts.EnterPool, stage="seed", on=dt.date(2026, 1, 1))
    bureau = people["小石"]
    assert outcomes(page(client, bureau, outcome="near")).keys() == {near}
    assert outcomes(page(client, bureau, pool="in")).keys() == {pooled}
    assert outcomes(page(client, bureau, pool="out")).keys() == {ready, near}
    assert outcomes(page(client, bureau, q="甲")).keys() == {pooled}
    chips = {
        chip.label: chip.firms for chip in page(client, bureau, pool="out").context["page"].chips
    }
    assert chips == {"全部": 2, "可测项全部符合": 1, "差一项": 1, "缺数据": 0, "无数据": 0}
    assert line_of(page(client, bureau), pooled).stage == "种子库"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"outcome": "failed"}, "结果"),
        ({"pool": "maybe"}, "后备库"),
        ({"show": "nothing"}, "名单"),
        ({"on": "明天"}, "假设申报日"),
        ({"on": "2015-01-01"}, "前没有全部可用的条件"),
        ({"q": "\u200b"}, "没有可检索的文字"),
        ({"state": "ready"}, "不认识的参数"),
    ],
)
def test_what_is_not_understood_is_said_and_answered_by_default(client, people, made, query, said):
    name = made.firm()
    answer = page(client, people["小石"], **query)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert name in outcomes(answer)
    assert client.get(reverse("pool-candidates-export"), query).status_code == 404
    assert client.get("/api/v1/pool/candidates/", query).status_code == 400


def test_before_last_years_returns_are_in_the_year_before_is_asked_for(client, people, made):
    first, _ = made.firm(), made.firm()
    with noon_of(dt.date(2027, 2, 1)):
        answer = page(client, people["小石"])
        assert answer.context["asked"].on == dt.date(2026, 12, 31)
        assert outcomes(answer)[first] == "ready"
        act(first, acts.RecordFigures, year=2026, values=SOUND)
        assert page(client, people["小石"]).context["asked"].on == dt.date(2027, 2, 1)
        assert outcomes(page(client, people["小石"], on="2026-12-31"))[first] == "ready"


def test_certified_firms_that_would_fail_today_are_a_risk(client, people, made):
    sound, weak, weaker = (
        made.firm(),
        made.firm(rd_staff=3),
        made.firm(rd_staff=3, hightech_income=1),
    )
    for name in (sound, weak, weaker):
        made.holding("hnte", name)
    made.firm(rd_staff=3)
    answer = page(client, people["小石"], show="at_risk")
    assert outcomes(answer) == {weaker: "failed", weak: "near"}
    assert line_of(answer, weak).until == dt.date(2027, 5, 6)
    assert "再有科技人员1人即可" in answer.content.decode()


def test_the_file_holds_the_whole_list_as_filtered(client, people, made):
    ready, _ = made.firm(name="=江津公式公司"), made.firm(rd_staff=3)
    client.force_login(people["小石"])
    answer = client.get(reverse("pool-candidates-export"), {"outcome": "ready"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    titles = next(row for row in rows if row[0] == "序号")
    told = [dict(zip(titles, row, strict=True)) for row in rows[rows.index(titles) + 1 :]]
    assert [row["企业名称"] for row in told] == [ready]
    assert told[0]["缺什么"] == "一年内无重大事故和严重违法：缺有无事故和违法的答复"
    assert (told[0]["符合项数"], told[0]["最新数据年度"]) == (8, 2025)
    assert "自检结果，不代表认定结论" in str(rows[:6])


def test_the_api_tells_the_same(client, people, made):
    made.firm(), made.firm(rd_staff=3)
    lines = {line.firm.uscc: line for line in page(client, people["小石"]).context["lines"]}
    body = client.get("/api/v1/pool/candidates/").json()
    assert {row["uscc"] for row in body["results"]} == set(lines)
    for row in body["results"]:
        line = lines[row["uscc"]]
        assert (row["rank"], row["outcome"], row["unit"]) == (
            line.rank,
            line.outcome.value,
            "degan",
        )
        assert [(each["code"], each["says"]) for each in row["conditions"]] == [
            (note.code, note.says) for note in line.notes
        ]
        assert (row["score"]["low"], row["score"]["high"]) == tuple(line.score)
    near = client.get("/api/v1/pool/candidates/", {"outcome": "near"}).json()["results"]
    assert [row["rank"] for row in near] == [1]


@pytest.mark.parametrize("show", ["candidates", "at_risk", "little_giant", "tech_sme"])
def test_more_firms_need_no_more_queries(client, people, made, show):
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert page(client, people["小石"], show=show).status_code == 200
        return len(taken)

    for kind in ("hnte", "srdi", ""):
        name = made.firm(rd_staff=3 if kind == "hnte" else 10)
        if kind:
            made.holding(kind, name)
    queries()
    few = queries()
    for kind in ("hnte", "srdi", "") * 3:
        name = made.firm(rd_staff=3 if kind == "hnte" else 10)
        if kind:
            made.holding(kind, name)
    # Whoever reads first brings the judgements up to what was written.
    queries()
    assert queries() == few < 30


def test_a_long_list_is_cut_into_pages(client, people, made):
    for _ in range(51):
        made.firm()
    answer = page(client, people["小石"])
    assert len(answer.context["lines"]) == 50
    assert "1–50 / 51" in answer.content.decode()
    last = page(client, people["小石"], page="2").context["lines"]
    assert [line.rank for line in last] == [51]
