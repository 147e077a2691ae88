"""Next year's plan through its front doors: who is in it, in which batch, what they lack, and what it adds up to."""

import datetime as dt
import io

import docx
import openpyxl
import pytest

from enterprises import registry
from enterprises.models import Enterprise, QualificationKind
from enterprises.registry import acts
from parks.models import Unit
from targets.figures import spans
from targets.goals import revisions as goal_revisions
from targets.models import ApplicationBatch
from tests.clock import noon_of
from tests.firms import TODAY, certificate, code, firm
from tests.targets.page_text import text_of
from tests.targets.renewals.test_renewals import tell

pytestmark = pytest.mark.django_db
AT, API = "/pool/plan/", "/api/v1/pool/plan/"
NEXT = TODAY.year + 1
AUTUMN = dt.date(NEXT, 10, 16)
CLOSINGS = (dt.date(NEXT, 4, 30), dt.date(NEXT, 6, 30), dt.date(NEXT, 9, 15))
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def own_day():
    """The plan is made today: in the middle of 2026."""
    with noon_of(TODAY):
        yield


def holder(name: str, until: dt.date, **where) -> Enterprise:
    """A firm with a certificate until a day."""
    one = firm(name=f"江津{name}有限公司", **where)
    registry.apply([certificate(one.uscc, until=until)], by=None)
    return one


def waiting(name: str, stage: str = "application", year: int = NEXT, **where) -> Enterprise:
    """A firm of the reserve pool that is meant for a year."""
    one = firm(name=f"江津{name}有限公司", **where)
    pool(one, stage, year)
    return one


def pool(one: Enterprise, stage: str = "application", year: int = NEXT) -> None:
    entry = acts.EnterPool(uscc=one.uscc, stage=stage, target_year=year, on=TODAY - 30 * DAY)
    registry.apply([entry], by=None)


def enter_district(people) -> dict[str, Enterprise]:
    """In 德感 two to certify again, one first and one after a gap; one each in 白沙 and outside the parks.

    All others have a reason not to be in the plan.
    """
    ours = {
        "续证": holder("续证", AUTUMN),
        "早到": holder("早到", dt.date(NEXT, 3, 1)),
        "首次": waiting("首次"),
        "白沙": waiting("白沙", "cultivation", park="baisha", town="500116108"),
        "园外": holder("园外", AUTUMN, outside_parks=True),
        "再来": holder("再来", dt.date(2024, 5, 1)),
        "已证": holder("已证", dt.date(NEXT + 1, 5, 1)),
        "续毕": holder("续毕", dt.date(NEXT, 2, 1)),
        "放弃": holder("放弃", AUTUMN),
        "后年": waiting("后年", year=NEXT + 1),
        "注销": waiting("注销"),
        "迁出": waiting("迁出"),
        "刚失": holder("刚失", TODAY - 10 * DAY),
    }
    for name in ("再来", "已证"):
        pool(ours[name])
    renewed = certificate(ours["续毕"].uscc, until=dt.date(NEXT + 2, 4, 1))
    gone = [
        acts.Close(uscc=ours["注销"].uscc, on=TODAY - 3 * DAY),
        acts.Leave(uscc=ours["迁出"].uscc, on=TODAY - 3 * DAY),
    ]
    registry.apply([renewed, *gone], by=None)
    tell(ours["放弃"], "given_up", year=NEXT)
    contact = acts.Register(
        uscc=ours["首次"].uscc,
        name="江津首次有限公司",
        contact_name="张三",
        contact_phone="13800000001",
    )
    registry.apply([contact], by=None)
    return ours


PLANNED = {"续证", "早到", "园外", "再来", "首次", "白沙"}


@pytest.fixture
def announced(plan) -> list[ApplicationBatch]:
    kind = QualificationKind.objects.get(code="hnte")
    return [
        ApplicationBatch.objects.create(
            kind=kind, year=NEXT, number=number, closes_on=closes_on, source="通知"
        )
        for number, closes_on in enumerate(CLOSINGS, 1)
    ]


@pytest.fixture
def desk(client, people):
    client.force_login(people["小石"])
    return client


def shown(client, query: str = ""):
    answer = client.get(AT + query)
    assert answer.status_code == 200, answer.content.decode()
    return answer


def entries(client, query: str = "") -> dict:
    """By the short name of the firm."""
    found = shown(client, query).context["plan"].entries
    return {entry.applicant.firm.name[2:4]: entry for entry in found}


def lines(client) -> dict:
    """The entries as the page shows them, by the short name of the firm."""
    groups = shown(client).context["groups"]
    found = [line for batch in groups for unit in batch.units for line in unit.lines]
    return {line.entry.applicant.firm.name[2:4]: line for line in found}


def told(client, query: str = "") -> dict:
    answer = client.get(API + query)
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- who is in it ---------------------------------------------------------------------------------------------------
def test_certificates_that_end_in_the_year_and_the_pool_meant_for_it_are_planned(desk, district):
    found = entries(desk)
    assert set(found) == PLANNED
    assert {name: entry.applicant.role.value for name, entry in found.items()} == {
        "续证": "again", "早到": "again", "园外": "again", "再来": "regained", "首次": "first", "白沙": "first",
    }  # fmt: skip
    html = text_of(shown(desk))
    assert "计划申报6家：重新认定3家、失效后再认定1家、首次认定2家" in html
    assert "另有1家本年度已放弃申报或未通过" in html
    assert "13800000001" in html


def test_an_entry_of_the_pool_ends_on_its_day_and_with_it_the_plan(desk, district):
    leave = acts.LeavePool(uscc=district["首次"].uscc, on=TODAY, because="不再符合")
    registry.apply([leave], by=None)
    assert set(entries(desk)) == PLANNED - {"首次"}


def test_those_left_over_from_before_the_year_are_counted_and_open_their_list(desk, district):
    answer = shown(desk)
    assert [row.certificate.enterprise for row in answer.context["plan"].found.lapsed] == [
        district["刚失"]
    ]
    assert desk.get(answer.context["lapsed_url"]).context["listed"] == 1


def test_this_years_plan_has_this_years_firms(desk, district):
    assert set(entries(desk, f"?year={TODAY.year}")) == {"刚失"}


def test_each_firm_lacks_what_its_own_page_says(desk, district):
    figures = {"revenue": 1000, "rd_expense": 10, "rd_domestic": 5, "staff": 100, "rd_staff": 4}
    for year in range(TODAY.year - 3, TODAY.year):
        for name in ("首次", "续证"):
            told_of = acts.RecordFigures(uscc=district[name].uscc, year=year, values=figures)
            registry.apply([told_of], by=None)
    found = lines(desk)
    assert len(found) == len(entries(desk))
    for line in found.values():
        check = desk.get(f"/firms/{line.entry.applicant.firm.uscc}/self-check/").context["check"]
        assert line.entry.ready.state == check.state
        by_state = {state: [] for state in ("不符合", "缺数据")}
        for condition in check.lines:
            by_state.setdefault(condition.answer.state.value, []).append(condition)
        assert line.lacks.unknown == [condition.name for condition in by_state["缺数据"]]
        said = [condition.says.partition("；")[0] for condition in by_state["不符合"]]
        assert line.lacks.failed == said
    assert found["首次"].lacks.failed[0] == "职工总数不变时，再有科技人员6人即可"


# --- in which batch -------------------------------------------------------------------------------------------------
def test_without_a_calendar_all_stand_in_one_group(desk, district):
    groups = shown(desk).context["groups"]
    assert [group.label for group in groups] == ["批次未公布"]
    assert [unit.name for unit in groups[0].units] == ["德感", "白沙", "德感（园区外）"]


def test_who_lacks_nothing_applies_first_and_who_must_cure_something_last(
    desk, district, announced
):
    failing = acts.RecordFigures(
        uscc=district["首次"].uscc, year=TODAY.year - 1, values={"staff": 100, "rd_staff": 4}
    )
    registry.apply([failing], by=None)
    found = entries(desk)
    assert {name: entry.batch.number for name, entry in found.items()} == {
        "续证": 1, "早到": 1, "园外": 1, "再来": 1, "首次": 3, "白沙": 1,
    }  # fmt: skip
    assert lines(desk)["首次"].lacks.failed == ["职工总数不变时，再有科技人员6人即可"]
    assert "再有科技人员6人即可" in text_of(shown(desk))


def test_a_certificate_that_ends_before_the_batch_closes_is_flagged(desk, district, announced):
    found = entries(desk)
    assert {name for name, entry in found.items() if entry.batch.warning} == {"早到"}
    html = text_of(shown(desk))
    assert f"证书{NEXT}-03-01到期，早于该批截止" in html
    assert "其中1家没有合适的批次，已标出" in html


@pytest.mark.parametrize(("ends", "batch"), [(AUTUMN, 3), (CLOSINGS[2], 3), (CLOSINGS[2] - DAY, 2)])
def test_who_must_cure_something_gets_the_last_batch_that_the_certificate_sees(
    desk, people, announced, ends, batch
):
    one = holder("补补", ends)
    values = {"staff": 100, "rd_staff": 4}
    registry.apply([acts.RecordFigures(uscc=one.uscc, year=TODAY.year - 1, values=values)], by=None)
    assert (entries(desk)["补补"].batch.number, entries(desk)["补补"].batch.warning) == (batch, "")


@pytest.mark.parametrize(
    ("on", "batch", "flagged"),
    [
        (CLOSINGS[0] - 365 * DAY, 1, False),
        (CLOSINGS[0] - 364 * DAY, 2, False),
        (CLOSINGS[2] - 364 * DAY, 3, True),
    ],
)
def test_a_young_firm_waits_until_it_is_a_year_old(desk, people, announced, on, batch, flagged):
    uscc = code(9_000_001)
    founded = [
        acts.Register(uscc=uscc, name="江津新办有限公司", registered_on=on),
        acts.Place(uscc=uscc, park="degan", town="500116002", since=on),
        acts.EnterPool(uscc=uscc, stage="seed", target_year=NEXT, on=on),
    ]
    registry.apply(founded, by=None)
    with noon_of(max(TODAY, on)):
        desk.force_login(people["小石"])
        entry = entries(desk)["新办"]
    assert (entry.batch.number, bool(entry.batch.warning)) == (batch, flagged)


def test_an_application_under_way_names_its_batch_and_its_next_step(
    desk, people, district, announced
):
    tell(district["续证"], "preparing", year=NEXT, batch=2)
    step = acts.NextStep(
        uscc=district["续证"].uscc, kind="hnte", next_action="催审计报告",
        next_on=dt.date(2026, 12, 5), owner=people["小石"].username,
    )  # fmt: skip
    registry.apply([step], by=None)
    assert entries(desk)["续证"].batch.number == 2
    html = text_of(shown(desk))
    assert "准备中" in html
    assert f"催审计报告 12-05 {people['小石']}" in html


def test_the_groups_follow_the_batches_and_their_numbers_are_the_lists(desk, district, announced):
    tell(district["续证"], "preparing", year=NEXT, batch=2)
    groups = shown(desk).context["groups"]
    assert [(group.label, group.firms) for group in groups] == [
        ("第1批（4月30日截止）", 5), ("第2批（6月30日截止）", 1),
    ]  # fmt: skip
    assert all(unit.firms == len(unit.lines) for group in groups for unit in group.units)


# --- what it adds up to ---------------------------------------------------------------------------------------------
def allotted(people, **stock: int) -> None:
    """Goals of next year by unit; nothing for the others."""
    wanted = {
        (kind, unit.pk): goal_revisions.Wanted(stock.get(unit.code.replace("500116", "t"), 0), 1)
        for kind in ("hnte", "tech")
        for unit in Unit.objects.reporting()
    }
    goal_revisions.save_revision(NEXT, wanted, seen=0, reason="", by=people["小石"])


def test_the_sums_are_those_of_the_firm_list_and_of_the_goals(desk, people, district):
    allotted(people, degan=9, baisha=2, t002=1)
    sums = shown(desk).context["plan"].sums
    rows = [*sums.units, sums.parks, sums.outside, sums.district]
    for row in rows:
        assert desk.get(row.stock_url).context["page"].paginator.count == row.stock, row.name
        assert desk.get(row.lapsing_url).context["page"].paginator.count == row.lapsing, row.name
    goals = {row["scope"]: row for row in desk.get(f"/api/v1/goals/?year={NEXT}").json()["rows"]}
    for row in sums.units:
        goal = goals[row.unit.code]["measures"]["stock"]
        assert (row.stock, row.goals.stock) == (goal["done"], goal["goal"])
    district_row = goals["district"]["measures"]["stock"]
    assert (sums.district.stock, sums.district.goals.stock) == (district_row["done"], 12)
    assert sums.need.smallest == desk.get(f"/api/v1/goals/?year={NEXT}").json()["needed"]


def test_the_rows_add_up_and_say_what_is_wanted_beyond_the_plan(desk, people, district):
    allotted(people, degan=9, baisha=2, t002=1)
    sums = shown(desk).context["plan"].sums
    for field in ("stock", "base", "lapsing", "again", "regained", "first", "most"):
        parts = sum(getattr(row, field) for row in sums.units)
        assert parts == getattr(sums.district, field), field
        both = getattr(sums.parks, field) + getattr(sums.outside, field)
        assert both == getattr(sums.district, field), field
    degan = next(row for row in sums.units if row.unit.code == "degan")
    # 续证, 早到, 已证, 续毕 and 放弃 count today; 续证, 早到 and 放弃 lapse next year.
    assert (degan.stock, degan.lapsing) == (5, 3)
    assert (degan.again, degan.regained, degan.first) == (2, 1, 1)
    assert degan.most == degan.base - 3 + 4
    assert (degan.goals.stock, degan.beyond) == (9, max(9 - degan.most, 0))
    assert sums.district.goals.stock == 12


def test_one_unit_reads_its_own_sum_before_the_districts(client, people, district):
    allotted(people, degan=90)
    client.force_login(people["德感"])
    plan = shown(client).context["plan"]
    html = text_of(shown(client))
    own = f"可到{plan.own.most}家；年末任务90家，计划外还需{90 - plan.own.most}家"
    assert own in html
    whole = f"全区现有{plan.sums.district.stock}家"
    assert html.index(own) < html.index(whole)
    lacking = plan.sums.need.smallest - plan.sums.district.most
    assert f"即至少{plan.sums.need.smallest}家）少{lacking}家" in html


def test_a_certificate_of_the_last_day_still_counts_on_it(desk, people):
    holder("岁末", dt.date(NEXT, 12, 31))
    row = shown(desk).context["plan"].sums.district
    assert (row.stock, row.lapsing, row.again, row.holding) == (1, 0, 1, 1)
    assert row.most == row.base
    assert desk.get(row.lapsing_url).context["page"].paginator.count == 0


def test_the_park_share_is_told_for_today_and_for_the_plan(desk, district):
    plan = shown(desk).context["plan"]
    html = text_of(shown(desk))
    assert f"现有：园区平台以外{plan.outside_now}家，{plan.sums.district.stock}家中" in html
    then = f"园区平台以外{plan.sums.outside.most}家，{plan.sums.district.most}家中"
    assert f"计划内的全部取得证书：{then}" in html


def test_few_cases_give_no_range(desk, district):
    answer = told(desk)
    assert [chance["certified"] for chance in answer["chances"]] == [None, None, None]
    assert answer["passing"] is answer["by_plan"] is None
    assert "往年样本不足（0/0），不作推算" in text_of(shown(desk))


def past(firms: int, certified: int) -> None:
    """So many firms of last year's applications, the first of them certified."""
    for number in range(firms):
        one = firm()
        tell(one, "filed", on=dt.date(2025, 5, 1), year=2025)
        if number < certified:
            until = dt.date(2028, 9, 30)
            registry.apply([certificate(one.uscc, until=until)], by=None)
        else:
            tell(one, "rejected", on=dt.date(2025, 9, 30), year=2025)


def test_last_years_pass_rate_stands_in_for_the_pools_and_is_the_applications_pages(desk, people):
    past(40, 30)
    for number in range(10):
        waiting(f"候选{number}")
    answer = told(desk)
    (chance,) = answer["chances"]
    assert (chance["firms"], chance["hits"], chance["of"]) == (10, 30, 40)
    assert 0 < chance["certified"]["low"] <= 7.5 <= chance["certified"]["high"] <= 10
    assert answer["passing"] == chance["certified"]
    html = text_of(shown(desk))
    assert "按2025年首次申报的通过率（已出结果的）75.0%（30/40）" in html
    assert "75.0%（30/40）" in text_of(desk.get("/applications/?year=2025&role=first"))


def test_the_forecast_beside_the_plan_is_the_outlooks(desk, people):
    past(40, 30)
    for number in range(40):
        one = firm()
        registry.apply([certificate(one.uscc, until=dt.date(2023, 3, 1) + number * DAY)], by=None)
    holder("续证", AUTUMN)
    expected = told(desk)["forecast"]
    assert expected is not None
    table = desk.get("/outlook/").context["tables"]["stock"]
    row = next(row for row in table.rows if str(row[0].value) == f"{NEXT}-12-31")
    assert row[4].value == f"{expected['low']}至{expected['high']}"
    by_unit = shown(desk).context["plan"].sums
    assert sum(row.base for row in by_unit.units) == by_unit.district.base


# --- who sees what --------------------------------------------------------------------------------------------------
def test_each_sees_the_own_units_firms_and_contacts(client, people, district):
    for who, sees, contact in (
        ("小石", PLANNED, "张三"), ("老郑", PLANNED, "不公开"), ("德感", {"续证", "早到", "再来", "首次"}, "张三"),
        ("街道", {"园外"}, ""),
    ):  # fmt: skip
        client.force_login(people[who])
        assert set(entries(client)) == sees, who
        assert contact in text_of(shown(client))
        assert {row["name"][2:4] for row in told(client)["firms"]} == sees
        contacts = {row["name"][2:4]: row["contact"] for row in told(client)["firms"]}
        assert contacts.get("首次") == ("张三 13800000001" if contact == "张三" else None)
        assert ("张三" in str(sheets(client))) == (contact == "张三"), who
        assert ("13800000001" in " ".join(words_of(client))) == (contact == "张三"), who


def test_the_unit_filter_lists_that_units_firms(desk, district):
    assert set(entries(desk, "?unit=baisha")) == {"白沙"}
    assert set(entries(desk, "?unit=500116002")) == {"园外"}
    assert {row["unit"] for row in told(desk, "?unit=degan")["firms"]} == {"degan"}


@pytest.mark.parametrize(
    "query",
    ["year=2031", "year=x", "unit=nowhere", "colour=red", "year=2027&year=2026", "unit=%00"],
)
def test_what_is_not_understood_is_said(desk, district, query):
    answer = desk.get(f"{AT}?{query}")
    assert answer.status_code == 400
    assert "下面按默认条件显示" in answer.content.decode()
    assert desk.get(f"{API}?{query}").status_code == 400
    for name in ("list.xlsx", "list.docx"):
        assert desk.get(f"{AT}{name}?{query}").status_code == 404


def test_an_empty_portal_and_an_empty_plan_say_so(desk):
    assert "没有证书在当年到期的企业" in text_of(shown(desk))
    assert sheets(desk)["名单"][-1][0] == "序号"
    assert "没有计划申报的企业。" in words_of(desk)


# --- files ----------------------------------------------------------------------------------------------------------
def sheets(client, query: str = "") -> dict[str, list[tuple]]:
    content = b"".join(client.get(f"{AT}list.xlsx{query}").streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def words_of(client, query: str = "") -> list[str]:
    """Every paragraph and cell of the Word list."""
    content = b"".join(client.get(f"{AT}list.docx{query}").streaming_content)
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]


def table_under(rows: list[tuple], first: str) -> list[dict]:
    start = next(number for number, row in enumerate(rows) if row[0] == first)
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]


def test_the_workbook_has_the_firms_and_the_sums_of_the_page(desk, people, district, announced):
    allotted(people, degan=9)
    plan = shown(desk).context["plan"]
    found = sheets(desk)
    rows = table_under(found["名单"], "序号")
    listed = [
        (entry.applicant.firm.uscc, entry.batch.label, entry.ready.state.value)
        for entry in plan.entries
    ]
    assert [(row["统一社会信用代码"], row["批次"], row["自检"]) for row in rows] == listed
    early = next(row for row in rows if "早到" in row["企业名称"])
    assert early["有效期至"].date() == dt.date(NEXT, 3, 1)
    assert "早于该批截止" in early["批次提醒"]
    sums = {row["单位"]: row for row in table_under(found["汇总"], "单位")}
    for row in (*plan.sums.units, plan.sums.district):
        cells = sums[row.name]
        goal = row.goals.stock if row.goals else None
        assert (cells["现有"], cells["到期"], cells["全部取得证书"]) == (
            row.stock,
            row.lapsing,
            row.most,
        )
        assert (cells["年末任务"], cells["计划外还需"]) == (goal, row.beyond)


def test_the_word_list_has_title_day_sums_and_a_table_for_each_unit(desk, people, district):
    allotted(people, degan=9)
    plan = shown(desk).context["plan"]
    content = b"".join(desk.get(f"{AT}list.docx").streaming_content)
    document = docx.Document(io.BytesIO(content))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    assert paragraphs[0] == f"江津区{NEXT}年高新技术企业申报计划"
    assert paragraphs[1] == "全区　2026年6月30日"
    assert [text for text in paragraphs if text.startswith("表")] == [
        "表1　各单位计划与任务（家）",
        "表2　德感：4家（首次认定1家、失效后再认定1家、重新认定2家）",
        "表3　白沙：1家（首次认定1家）",
        "表4　德感（园区外）：1家（重新认定1家）",
    ]
    sums, *units = document.tables
    last = dict(zip(*([cell.text for cell in sums.rows[at].cells] for at in (0, -1)), strict=True))
    assert (last["单位"], last["现有"]) == ("全区", str(plan.sums.district.stock))
    assert (last["到期"], last["年末任务"]) == (str(plan.sums.district.lapsing), "9")
    firms = [row.cells[1].text for table in units for row in table.rows[1:]]
    assert sorted(firms) == sorted(entry.applicant.firm.name for entry in plan.entries)


def test_files_of_a_unit_hold_that_unit_alone(client, people, district):
    client.force_login(people["德感"])
    assert len(table_under(sheets(client)["名单"], "序号")) == 4
    assert [row["单位"] for row in table_under(sheets(client)["汇总"], "单位")] == ["德感", "全区"]


def test_a_name_that_looks_like_a_formula_stays_a_name(desk, people):
    one = waiting("候选")
    registry.apply([acts.Rename(uscc=one.uscc, name="=1+1公司", on=TODAY)], by=None)
    (row,) = table_under(sheets(desk)["名单"], "序号")
    assert row["企业名称"] == "=1+1公司"


# --- as often for many as for few -----------------------------------------------------------------------------------
@pytest.mark.proof
@pytest.mark.parametrize("path", [AT, f"{AT}list.xlsx", f"{AT}list.docx", API])
def test_many_firms_ask_as_often_as_few(
    client, people, district, announced, django_assert_max_num_queries, path
):
    client.force_login(people["德感"])
    tell(district["首次"], "preparing", year=NEXT)
    spans.refresh()
    client.get(path)
    # What leaves as a file is told in the security log.
    most = 75 if path.startswith(f"{AT}list") else 67
    with django_assert_max_num_queries(most) as asked:
        client.get(path)
        few = len(asked.captured_queries)
    for number in range(30):
        tell(waiting(f"候选{number}"), "preparing", year=NEXT)
        holder(f"到期{number}", AUTUMN)
    spans.refresh()
    client.get(path)
    with django_assert_max_num_queries(few):
        assert client.get(path).status_code == 200
    assert len(shown(client).context["plan"].entries) == 64


def test_a_long_list_is_cut_into_pages_and_its_groups_keep_their_numbers(desk, people):
    for number in range(60):
        waiting(f"候选{number}")
    first, second = shown(desk), shown(desk, "?page=2")
    assert [group.firms for group in first.context["groups"]] == [60]
    lines = [len(answer.context["page"]) for answer in (first, second)]
    assert lines == [50, 10]
