"""A counted indicator of a further kind is rows of tables: no line of code names it, and it stands everywhere.

Two kinds that the plan does not measure are added: 专精特新中小企业 (`srdi`) as a headline with targets, and
创新型中小企业 (`innovative_sme`) as a figure beside the others. The plan asks for no share of either in the parks.

Who holds a certificate of `srdi`, which lasts three years:

| firm | where            | from       | counts on 2026-06-30 | on 2026-09-30 |
|------|------------------|------------|----------------------|---------------|
| 甲   | 德感, 德感街道   | 2024-09-15 | yes                  | yes           |
| 乙   | no park, 德感街道 | 2024-09-15 | yes                  | yes           |
| 丙   | 白沙, 塘河镇     | 2023-08-15 | yes                  | no, ran out   |
| 丁   | 白沙, 塘河镇     | 2026-07-20 | no                   | yes           |
| 戊   | 德感, 德感街道   | 2026-08-03 | no                   | yes           |

So 3 firms become 4 in the third quarter: two are recognised, one lapses.
"""

import csv
import datetime as dt
import io
import re

import docx
import openpyxl
import pytest

from enterprises import jobs, registry
from enterprises.models import Period, QualificationKind, SourceFile
from enterprises.registry import acts
from enterprises.reporting import quarters
from targets import recompute
from targets.models import Baseline, Indicator, MonthlySeries, Release, Target
from targets.releases import publishing
from tests import clerk
from tests.clock import noon_of
from tests.firms import firm
from tests.snapshots import Snapshot
from tests.targets import page_text

pytestmark = pytest.mark.django_db
JUNE, DAY = dt.date(2026, 6, 30), dt.date(2026, 9, 30)
ON = f"on={DAY}"
QUARTER = f"since={JUNE}&until={DAY}&definition=certificate"
API = "/api/v1/"
TANGHE = "500116107"
"""塘河镇."""
FIRMS = {"甲": "2024-09-15", "乙": "2024-09-15", "丁": "2026-07-20", "戊": "2026-08-03"}
"""Those that count at the quarter's end, with the day of their certificate."""


def add_indicator(kind: str, order: int, *, headline: bool) -> Indicator:
    counted = QualificationKind.objects.get(code=kind)
    return Indicator.objects.create(
        code=kind,
        name=f"{counted.name}数量",
        short_name=counted.short_name,
        unit_label="家",
        kind=Indicator.Kind.COUNTED,
        qualification_kind=counted,
        headline=headline,
        order=order,
    )


def aim(indicator: Indicator, year: int, operator: str, value: int, wording: str) -> None:
    Target.objects.create(
        indicator=indicator,
        due=dt.date(year, 12, 31),
        operator=operator,
        value=value,
        wording=wording,
    )


def certify(name: str, since: str, kind: str = "srdi", **place: object) -> None:
    holder = firm(name=f"江津{name}制造有限公司", **place)
    first_day = dt.date.fromisoformat(since)
    registry.apply([acts.Grant(uscc=holder.uscc, kind=kind, valid_from=first_day)], by=None)


def enter_district(people) -> None:
    """The two further indicators and firms that hold them."""
    headline = add_indicator("srdi", 50, headline=True)
    aim(headline, 2026, "gte", 6, "达到6家")
    aim(headline, 2027, "gt", 9, "超过9家")
    Baseline.objects.create(
        indicator=headline, day=dt.date(2022, 12, 31), value=2, basis="entered", source="本局台账"
    )
    aim(add_indicator("innovative_sme", 51, headline=False), 2027, "gt", 4, "超过4家")
    certify("甲", FIRMS["甲"])
    certify("乙", FIRMS["乙"], outside_parks=True)
    certify("丙", "2023-08-15", park="baisha", town=TANGHE)
    certify("丁", FIRMS["丁"], park="baisha", town=TANGHE)
    certify("戊", FIRMS["戊"])
    certify("己", "2025-01-01", "innovative_sme")
    certify("庚", "2026-07-01", "innovative_sme", park="baisha", town=TANGHE)
    firm(hnte=True, tech=True)
    SourceFile.objects.create(kind="roster", name="名册", sha256="0" * 64, size=1, as_of=DAY)


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("by_data", enter_district)


@pytest.fixture
def bureau(client, people, district):
    """The browser of a clerk of the bureau, in that district."""
    client.force_login(people["小石"])
    return client


@pytest.fixture
def allotted(bureau) -> None:
    """The bureau adopts the goals that the portal proposes for 2026."""
    form = bureau.get("/goals/2026/edit/").context["form"]
    offered = {name: str(form[name].value()) for name in form.fields}
    assert bureau.post("/goals/2026/edit/", offered).status_code == 302


@pytest.fixture
def release(bureau, allotted, people) -> Release:
    """The second quarter is published, then the third: this one."""
    second = quarters.open_quarter(Period(2026, 2), by=people["小石"])
    publishing.publish(second, by=people["小石"])
    return publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])


def text_of(page) -> str:
    """What a reader sees of a page: nothing is ever called None."""
    text = page_text.text_of(page)
    assert "None" not in text
    return text


def answer_of(client, path: str) -> dict:
    answer = client.get(API + path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def listed(client, address: str) -> int:
    """How many firms the list behind a number has."""
    context = client.get(address).context
    page = context["shown"] if "shown" in context else context["page"]
    return page.paginator.count


def scopes_of(rows: list[dict], kind: str) -> dict[str, dict]:
    return {row["scope"]: row for row in rows if row.get("kind", row.get("indicator")) == kind}


# --- figures against targets ----------------------------------------------------------------------------------------
def test_it_stands_among_the_targets(bureau):
    text = text_of(bureau.get(f"/targets/?{ON}"))
    assert "专精特新中小企业数量 基期 2022-12-31：2家" in text
    assert "2026年 达到6家 6家 4 家 2家 未到期" in text
    assert "2027年 超过9家 9家 4 家 6家 未到期" in text
    assert "创新型中小企业数量 2027年 超过4家 4家 2 家 3家 未到期" in text


def test_a_headline_stands_on_the_home_page_and_every_number_opens_its_firms(bureau):
    page = bureau.get(f"/?{ON}")
    headline = page.context["page"].headlines[-1]
    assert (headline.figure.indicator.code, headline.figure.value) == ("srdi", 4)
    assert headline.figure.change == 1  # 甲, 乙 and 丙 a year ago
    assert headline.share.share == 75
    for address, firms in (
        (headline.figure.url, 4),
        (headline.parks_url, 3),
        (headline.outside_url, 1),
    ):
        assert listed(bureau, address) == firms
    ranking = page.context["page"].parks["srdi"]
    assert {row.unit.code: row.figure.value for row in ranking if row.figure.value} == {
        "degan": 2, "baisha": 1,
    }  # fmt: skip
    text = text_of(page)
    assert "专精特新：各园区平台" in text
    assert "2026年 达到6家 未到期 距目标还差 2 家" in text


def test_what_is_no_headline_stands_among_the_other_figures_of_the_home_page(bureau):
    page = bureau.get(f"/?{ON}")
    others = {goal.now.target.indicator.code: goal.now for goal in page.context["page"].others}
    assert (others["innovative_sme"].value, others["innovative_sme"].missing) == (2, 3)
    assert "srdi" not in others


def test_where_the_plan_asks_for_no_share_in_the_parks_no_clause_is_shown(bureau):
    for address in (f"/?{ON}", f"/?tv=1&{ON}"):
        text = text_of(bureau.get(address))
        assert text.count("最多可有") == 2  # 高新技术企业 and 科技型企业 alone
    assert "园区平台占 95%以上" in text_of(bureau.get(f"/?{ON}"))


def test_both_stand_on_the_page_of_a_unit(bureau):
    page = bureau.get(f"/units/degan/?{ON}").context["page"]
    figures = {figure.indicator.code: figure for figure in page.figures}
    assert (figures["srdi"].value, figures["innovative_sme"].value) == (2, 1)
    assert listed(bureau, figures["srdi"].url) == 2
    assert listed(bureau, figures["innovative_sme"].url) == 1
    town = text_of(bureau.get(f"/units/{TANGHE}/?{ON}"))
    assert re.search(r"专精特新 1 家 占全区 25\.00%", town)
    assert re.search(r"创新型中小 1 家 占全区 50\.00%", town)


def test_the_monthly_series_are_reckoned_and_drawn(bureau):
    job = jobs.run_inline(jobs.submit(kind="recompute", params={}))
    assert job.state == "done", job.error
    series = MonthlySeries.objects.get(indicator="srdi", scope="district", definition="certificate")
    months = dict(zip(recompute.month_ends(), series.values, strict=True))
    assert (months[dt.date(2026, 6, 30)], months[dt.date(2026, 9, 30)]) == (3, 4)
    assert bureau.get(f"/charts/srdi-trend.svg?{ON}").status_code == 200
    assert "专精特新逐月走势" in text_of(bureau.get(f"/?{ON}"))


# --- changes --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "opening", "gained", "lapsed", "closing"),
    [("srdi", 3, 2, 1, 4), ("innovative_sme", 1, 1, 0, 2)],
)
def test_the_bridge_tells_why_it_changed_and_names_the_firms(
    bureau, kind, opening, gained, lapsed, closing
):
    page = bureau.get(f"/bridge/?kind={kind}&{QUARTER}").context["page"]
    numbers = {number.label: number for number in page.numbers}
    told = [numbers[label].firms for label in ("期初", "首次认定", "到期未续", "期末")]
    assert told == [opening, gained, lapsed, closing]
    for number in page.numbers:
        assert listed(bureau, number.url) == number.firms, number


def test_the_list_behind_a_change_names_its_firms(bureau):
    recognised = text_of(bureau.get(f"/bridge/list/?kind=srdi&scope=district&term=first&{QUARTER}"))
    assert "江津丁制造有限公司" in recognised
    assert "江津戊制造有限公司" in recognised
    lapsed = text_of(bureau.get(f"/bridge/list/?kind=srdi&scope=district&term=expired&{QUARTER}"))
    assert "江津丙制造有限公司" in lapsed


# --- goals ----------------------------------------------------------------------------------------------------------
def test_the_form_of_the_bureau_proposes_what_the_district_needs(bureau):
    """Three firms at the year's beginning, six needed: each of the three units keeps its firm and adds one."""
    page = bureau.get("/goals/2026/edit/")
    form = page.context["form"]
    proposed = {
        name: form[name].value()
        for name in form.fields
        if name.startswith("srdi-") and form[name].value()
    }
    assert proposed == {
        f"srdi-{unit}-{part}": firms
        for unit in ("degan", "baisha", "500116002")
        for part, firms in (("stock", 2), ("first", 1))
    }
    text = text_of(page)
    assert "合计6家，正好等于全区目标（2026年达到6家，即至少6家）。" in text
    assert "园区平台占比：行动计划没有要求。" in text
    assert page.content.decode().count('colspan="10"') == 2  # a unit's name, three kinds of three


@pytest.fixture
def own_day():
    """The goals page judges today: it is DAY."""
    with noon_of(DAY):
        yield


def test_its_goals_are_allotted_and_followed(bureau, allotted, own_day):
    page = bureau.get("/goals/?kind=srdi&year=2026")
    district = page.context["page"].district
    reached = [(measure.done, measure.goal) for measure in district.measures.values()]
    assert reached == [(4, 6), (1, 3), (2, 3)]
    rows = {row.unit.code: row for row in page.context["page"].rows}
    assert [(rows[unit].stock.done, rows[unit].stock.goal) for unit in ("degan", "baisha")] == [
        (2, 2), (1, 2),
    ]  # fmt: skip
    # 75 % of the year is over, 5 firms are due. Certificates of this kind do not come by batches: nobody waits for one.
    assert (district.stock.due, district.stock.state) == (5, "lagging")
    assert [lever.need.indicator.code for lever, *_ in page.context["page"].levers] == [
        "hnte",
        "tech",
    ]
    text = text_of(page)
    assert "合计6家，正好等于全区目标（2026年达到6家，即至少6家）。" in text
    exported = bureau.get("/goals/export.csv?kind=srdi&year=2026")
    cells = list(csv.reader(io.StringIO(exported.getvalue().decode("utf-8-sig"))))
    assert cells[-1][:9] == ["全区", "全区", "3", "4", "6", "1", "3", "2", "3"]
    assert "专精特新" in text_of(bureau.get("/goals/2026/1/"))
    own = {
        goal.indicator.code: goal
        for goal in bureau.get(f"/units/baisha/?{ON}").context["page"].goals
    }
    assert own["srdi"].measures["stock"].gap == 1


# --- outlook --------------------------------------------------------------------------------------------------------
def test_the_outlook_counts_what_remains_and_says_what_it_lacks(bureau):
    page = bureau.get(f"/outlook/?kind=srdi&{ON}")
    text = text_of(page)
    assert "专精特新逐季预测" in text
    assert "2026年9月30日有4家。" in text
    assert "2027年底仍有效的证书，只能是2025至2027年发的；已发2家。" in text
    assert "到2029年8月31日有4家到期，2027年9月最多（2家）。" in text
    supposed = answer_of(bureau, f"outlook/?kind=srdi&renewal=100&wins=3&{ON}")
    aims = [row for row in supposed["verdicts"] if row["indicator"] == "srdi"]
    assert [(row["smallest"], row["stock"]) for row in aims] == [(6, 4), (10, 4)]


# --- the API --------------------------------------------------------------------------------------------------------
def test_the_api_lists_both_with_their_figures_and_progress(bureau):
    indicators = {row["code"]: row for row in answer_of(bureau, "indicators/")["results"]}
    assert indicators["srdi"]["name"] == "专精特新中小企业数量"
    assert indicators["innovative_sme"]["kind"] == "counted"
    figures = answer_of(bureau, f"figures/?as_of={DAY}")["figures"]
    values = {scope: row["value"] for scope, row in scopes_of(figures, "srdi").items()}
    assert {scope: value for scope, value in values.items() if value} == {
        "district": 4, "parks": 3, "outside": 1, "degan": 2, "baisha": 1, "500116002": 3, TANGHE: 1,
    }  # fmt: skip
    assert scopes_of(figures, "innovative_sme")["district"]["value"] == 2
    progress = answer_of(bureau, f"progress/?as_of={DAY}")
    told = [
        (row["indicator"], row["value"], row["smallest"], row["missing"], row["met"])
        for row in progress["targets"]
        if row["indicator"] in ("srdi", "innovative_sme")
    ]
    assert told == [
        ("srdi", 4, 6, 2, False), ("srdi", 4, 10, 6, False), ("innovative_sme", 2, 5, 3, False),
    ]  # fmt: skip
    assert progress["park_shares"][-1] == {
        "indicator": "srdi", "share": 75, "district": 4, "outside": 1, "floor": None,
        "operator": None, "due": None, "allowed_outside": None, "slack": None, "met": None, "at_due": None,
    }  # fmt: skip


def test_the_api_tells_the_changes_of_both(bureau):
    for kind, gained, lapsed, closing in (("srdi", 2, 1, 4), ("innovative_sme", 1, 0, 2)):
        flows = answer_of(bureau, f"flows/?kind={kind}&{QUARTER}")
        district = scopes_of(flows["bridges"], kind)["district"]
        assert (district["flows"]["first"], district["flows"]["expired"]) == (gained, lapsed)
        assert district["closing"] == closing


def test_the_api_tells_the_goals(bureau, allotted):
    goals = answer_of(bureau, "goals/?kind=srdi&year=2026")
    assert (goals["needed"], goals["revision"]) == (6, 1)
    district = next(row for row in goals["rows"] if row["scope"] == "district")
    reached = {name: (row["done"], row["goal"]) for name, row in district["measures"].items()}
    assert reached == {"stock": (4, 6), "net": (1, 3), "first": (2, 3)}


# --- a release and its bulletin -------------------------------------------------------------------------------------
def test_a_release_freezes_both_and_lists_the_firms(bureau, release):
    text = text_of(bureau.get(f"/releases/{release.code}/"))
    assert "专精特新中小企业数量 2026年 达到6家 未到期 4 2 未到期" in text
    assert "创新型中小企业数量 2027年 超过4家 未到期 2 3 未到期" in text
    # 高新技术企业, 科技型企业, 小巨人, 单项冠军, 专精特新, 创新型中小.
    assert "德感工业园发展中心 1 1 0 0 2 1" in text
    firms = text_of(bureau.get(f"/releases/{release.code}/firms/?indicator=srdi"))
    assert "共 4 家" in firms
    for name, since in FIRMS.items():
        assert re.search(rf"江津{name}制造有限公司 .{{0,60}}{since}", firms)
    told = answer_of(bureau, f"releases/{release.code}/firms/?indicator=innovative_sme")
    assert {row["name"] for row in told["results"]} == {"江津己制造有限公司", "江津庚制造有限公司"}


def test_figures_of_a_release_stay_what_they_were_when_the_rows_are_taken_away(bureau, release):
    Indicator.objects.filter(code="srdi").update(headline=False, short_name="另一个名字")
    page = bureau.get(f"/?release={release.code}")
    headline = page.context["page"].headlines[-1]
    assert (headline.figure.indicator.short_name, headline.figure.value) == ("专精特新", 4)
    assert listed(bureau, headline.figure.url) == 4


def test_a_release_is_bridged_from_the_one_before(bureau, release):
    text = text_of(bureau.get(f"/releases/{release.code}/"))
    # 上期公布, 更正增加, 更正减少, six gains, five losses, 本期公布, 净增.
    assert "专精特新 3 0 0 2 0 0 0 0 0 1 0 0 0 0 4 +1" in text
    assert "创新型中小 1 0 0 1 0 0 0 0 0 0 0 0 0 0 2 +1" in text
    assert "专精特新：园区平台内、外" in text
    address = f"/releases/{release.code}/changes/?kind=srdi&term=first"
    assert "江津丁制造有限公司" in text_of(bureau.get(address))


def test_the_bulletin_speaks_of_the_headline(bureau, release):
    document = docx.Document(_file(bureau.get(f"/releases/{release.code}/bulletin.docx")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "专精特新中小企业4家，本季度净增1家（期初3家；其中首次认定2家、到期未续1家）" in text
    assert "2026年目标达到6家，距目标还差2家。2027年目标超过9家，距目标还差6家。" in text
    assert text.count("园区平台内占全区") == 2  # where the plan asks for it
    assert "各园区平台专精特新中小企业（家）" in text
    parks = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    place = parks[0].index("专精特新")
    told = {row[1]: row[place : place + 2] for row in parks[1:]}
    assert (told["德感"], told["白沙"]) == (["2", "1"], ["1", "0"])


def test_the_sheets_of_the_bulletin_carry_it(bureau, release):
    workbook = openpyxl.load_workbook(_file(bureau.get(f"/releases/{release.code}/bulletin.xlsx")))
    district = [row for row in _rows(workbook, "全区") if row[0] == "专精特新中小企业"]
    assert {row[1]: row[2] for row in district if row[2]} == {
        "期初": 3, "首次认定": 2, "到期未续": 1, "期末": 4, "净增": 1,
    }  # fmt: skip
    goals = {row[3]: row for row in _rows(workbook, "目标完成情况") if row[0] == "专精特新"}
    assert goals["全区合计"][4:6] == (6, 4)
    chained = {(row[0], row[1]): row for row in _rows(workbook, "与上期衔接")}
    assert chained["专精特新", "全区"][2:] == (3, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 1)


def _file(answer) -> io.BytesIO:
    assert answer.status_code == 200
    return io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def _rows(workbook, sheet: str) -> list[tuple]:
    return list(workbook[sheet].iter_rows(min_row=5, values_only=True))
