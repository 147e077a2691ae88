"""Figures of the last whole years in a roster: asked where wanted, read as titled, corrected, undone."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import registry
from enterprises.models import (
    ColumnMapping,
    LedgerEntry,
    Office,
    RosterVersion,
    SourceFile,
    YearlyFigures,
)
from enterprises.registry import acts
from enterprises.reporting import applying, file_check, submission
from enterprises.reporting.checking import examine_version
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.writing.template import FURTHER, HEADER_ROW
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import listed, sent_in, shown, to
from tests.enterprises.workbooks import TOP, code, firm, lines, roster, xlsx

pytestmark = pytest.mark.django_db
TEMPLATE = ("2026Q3", "degan")


@pytest.fixture
def desk(client, quarter, people):
    client.force_login(people["德感"])
    return client


def told(year: int, **values: object) -> None:
    """By a list of June, from the tax office."""
    office, _ = Office.objects.get_or_create(code="tax", defaults={"name": "税务部门"})
    listing = acts.Listing("税务.xlsx", dt.date(2026, 6, 30), "tax")
    source, _ = SourceFile.objects.get_or_create(
        sha256="1" * 64,
        defaults={
            "kind": "returns",
            "name": listing.name,
            "size": 1,
            "as_of": listing.as_of,
            "office": office,
        },
    )
    act = acts.RecordFigures(uscc=code(1), year=year, values=values, listing=listing)
    registry.apply([act], by=None, source=source)


def figures(year: int, number: int = 1) -> YearlyFigures | None:
    return YearlyFigures.objects.filter(enterprise__uscc=code(number), year=year).first()


def template(client, **query: str) -> openpyxl.Workbook:
    answer = client.get(reverse("roster_template", args=TEMPLATE), query)
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def titles(book: openpyxl.Workbook) -> dict[str, int]:
    """Title without breaks → its column."""
    row = book.active[HEADER_ROW]
    return {str(cell.value).replace("\n", ""): cell.column for cell in row if cell.value}


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def own(*extra: tuple[str, object], **values: object) -> bytes:
    """A unit's own file: the roster with further columns of these titles."""
    rows = lines(firm(1, **values))
    rows[0] = [TOP.format("德感工业园发展中心")]
    rows[1] += [title for title, _ in extra]
    rows[2] += [value for _, value in extra]
    return xlsx(io.BytesIO(), rows).getvalue()


def in_force(version: RosterVersion, people) -> RosterVersion:
    clerk.give_reasons(version)
    submission.hand_in(version, by=people["德感"])
    clerk.approve(version, people["小石"])
    assert version.state == "applied", version.outcome
    return version


def codes(version: RosterVersion) -> list[str]:
    return sorted(problem.code for problem in version.problems.all())


def test_who_does_not_ask_for_past_years_is_not_shown_them(desk):
    listed(1)
    assert len(titles(template(desk))) == len(ROSTER.columns)
    page = desk.get("/rosters/2026Q3/degan/").content.decode()
    assert f"{reverse('roster_template', args=TEMPLATE)}?years" in page


def test_a_template_filled_in_reaches_the_self_check_and_the_next_template(desk, people):
    listed(1, revenue=Decimal(900), staff=30)
    told(2024, revenue=Decimal("800.5"), assets=Decimal(50))
    book = template(desk, years="")
    at, sheet, row = titles(book), book.active, HEADER_ROW + 1
    years = sorted({int(title[:4]) for title in at if title[:2] == "20"})
    assert years == [2023, 2024, 2025]
    # Last year's revenue has its column already; last year's assets have none.
    assert "2025年营业收入（万元）" not in at
    assert sheet.cell(HEADER_ROW - 1, len(ROSTER.columns) + 1).value == FURTHER
    known = at["2024年营业收入（万元）"]
    assert sheet.cell(row, known).value == 800.5
    assert sheet.column_dimensions[sheet.cell(1, known).column_letter].outlineLevel == 1
    assert sheet.cell(row, at["2023年研发费用（万元）"]).value is None
    sheet.cell(row, at["2023年营业收入（万元）"], 700)
    sheet.cell(row, at["2023年研发费用（万元）"], "35万元")
    sheet.cell(row, at["2024年研发费用（万元）"], 40)
    sheet.cell(row, at["2025年负债总额（万元）"], 0)
    version = sent_in(desk, saved(book))
    assert (version.state, codes(version)) == ("ready", [])
    assert "700.00" in shown(desk, version)
    in_force(version, people)
    assert (figures(2023).revenue, figures(2023).rd_expense) == (700, 35)
    assert (figures(2024).revenue, figures(2024).rd_expense) == (Decimal("800.50"), 40)
    assert (figures(2025).liabilities, figures(2025).revenue) == (0, 900)
    # An unchanged value is no news: of 2024 only the R&D was written.
    entry = LedgerEntry.objects.filter(act="figures", effective_on=dt.date(2024, 12, 31)).latest(
        "pk"
    )
    assert set(entry.after) == {"rd_expense"}
    letter = sheet.cell(1, at["2024年研发费用（万元）"]).column_letter
    assert entry.cells["rd_expense"] == f"名册!{letter}{row}"
    again = template(desk, years="")
    assert again.active.cell(row, titles(again)["2023年营业收入（万元）"]).value == 700
    check = desk.get(reverse("firm_self_check", args=[code(1)]), {"on": "2026-10-01"})
    told_lines = check.context["check"].told.lines
    by_name = {line.name: [one and one.text for one in line.cells] for line in told_lines}
    assert by_name["营业收入"] == ["700.00", "800.50", "900.00"]
    assert by_name["研发费用"] == ["35.00", "40.00", "—"]
    desk.force_login(people["小石"])
    desk.post(reverse("roster_review", args=[version.pk, "undo"]), {"reason": "填错"})
    assert figures(2023) is None
    assert (figures(2024).revenue, figures(2024).rd_expense) == (Decimal("800.50"), None)


def test_the_block_may_be_left_empty_or_cut_off(desk):
    listed(1, revenue=Decimal(900))
    told(2024, revenue=Decimal(800))
    book = template(desk, years="")
    at = titles(book)
    for title, column in at.items():
        if title.startswith("20"):
            book.active.cell(HEADER_ROW + 1, column).value = None
    assert codes(sent_in(desk, saved(book))) == []
    first = len(ROSTER.columns) + 1
    book.active.delete_cols(first, len(at) - first + 1)
    assert codes(sent_in(desk, saved(book))) == []
    assert figures(2024).revenue == 800


@pytest.mark.parametrize(
    "title",
    [
        *(
            "2024营收",
            "24年营业收入（万元）",
            "营业收入2024",
            "营业收入（2024年）",
            "2024年度销售收入",
        ),
        *(
            "营业收入\n（2024年，万元）",
            "２０２４年 营业收入*",
            "营业收入_2024",
            "2024年上年营业收入",
        ),
    ],
)
def test_years_are_read_as_people_write_them(desk, people, title):
    listed(1)
    version = sent_in(desk, own((title, 812)))
    assert (version.summary["unknown_titles"], codes(version)) == ([], [])
    in_force(version, people)
    assert figures(2024).revenue == 812
    assert figures(2025).revenue == Decimal("1000.50")


@pytest.mark.parametrize("title", ["2023-2025年营业收入", "2024年1-6月营业收入", "2024年主营收入"])
def test_what_no_year_or_figure_is_stays_a_question(desk, title):
    listed(1)
    version = sent_in(desk, own((title, 812)))
    assert [each["title"] for each in version.summary["unknown_titles"]] == [title]
    assert codes(version) == []


def test_a_year_that_is_not_over_is_not_read_and_no_error(desk):
    listed(1)
    version = sent_in(desk, own(("2026年营业收入", 1), ("2026年资产总额", "未定")))
    assert codes(version) == []
    ignored = [note["value"] for note in version.summary["ignored"]]
    assert ignored == ["2026年度还没有结束，未读取"] * 2


def test_an_own_title_explained_once_is_known_in_every_year(desk, people):
    listed(1)
    version = sent_in(desk, own(("2024年主营收入", 812)))
    assert "境内研发费用（万元）（列名写明年度的）" in shown(desk, version)
    to(desk, version, "columns", **{"column-0": "revenue"})
    assert ColumnMapping.objects.get().key == "主营收入"
    version = sent_in(desk, own(("2024年主营收入", 812), ("2023主营收入（元）", 7_100_000)))
    assert version.summary["unknown_titles"] == []
    in_force(version, people)
    assert (figures(2024).revenue, figures(2023).revenue) == (812, 710)


def test_amounts_in_another_unit_are_converted_as_the_title_says_and_told(desk, people):
    listed(1)
    version = sent_in(
        desk, own(("2024年营业收入（元）", 8_125_000), ("2023年资产总额（亿元）", 0.5))
    )
    assert codes(version) == []
    assert "AA列“2024年营业收入（万元）”按元读取，已换算为万元" in version.summary["notes"]
    assert "812.50" in [note["value"] for note in version.summary["normalised"]]
    in_force(version, people)
    assert (figures(2024).revenue, figures(2023).assets) == (Decimal("812.50"), 5000)


def test_a_past_figure_that_differs_is_asked_about_and_a_correction_can_be_undone(desk, people):
    listed(1, revenue=Decimal(900))
    told(2024, revenue=Decimal(800))
    version = sent_in(desk, own(("2024年营业收入（万元）", 880), ("2024年资产总额", 5)))
    found = {problem.code: problem for problem in version.problems.all()}
    assert "2024年营业收入（万元）登记为800.00，现为880.00" in found["R312"].reason
    assert found["R312"].severity == "warning"
    assert found["R312"].address == found["P104"].address == "名册!AA3"
    # The same year, told by two sources.
    assert found["P104"].reason.endswith(
        "2024年度营业收入（万元）登记为800.00（税务.xlsx），本名单为880.00，相差超过1%"
    )
    in_force(version, people)
    assert (figures(2024).revenue, figures(2024).assets) == (880, 5)
    entry = LedgerEntry.objects.filter(act="figures", effective_on__year=2024).latest("pk")
    assert (entry.before["revenue"], entry.after["revenue"]) == ("800.00", "880.00")
    applying.undo_roster(version, by=people["小石"], reason="填错")
    assert (figures(2024).revenue, figures(2024).assets) == (800, None)


def test_two_sources_may_differ_a_little(desk):
    listed(1)
    told(2024, revenue=Decimal(1000))
    told(2025, revenue=Decimal(1000))
    assert codes(sent_in(desk, own(("2024年营业收入", 1010), revenue=1010.1))) == ["R312"]
    found = sent_in(desk, own(("2024年营业收入", 1000), revenue=1010.2)).problems.get()
    assert (found.code, found.title) == ("P104", "上年营业收入（万元）")


def test_last_year_s_figure_told_in_two_columns_must_agree(desk, people):
    listed(1)
    version = sent_in(desk, own(("2025年营业收入", 1000.5)))
    assert codes(version) == []
    version = sent_in(desk, own(("2025年营业收入", 1001)))
    assert (version.state, codes(version)) == ("faulty", ["R313"])
    version = sent_in(desk, own(("2025年营业收入", 1001), revenue=None))
    in_force(version, people)
    assert figures(2025).revenue == 1001


def test_rules_hold_for_each_year(desk):
    listed(1)
    version = sent_in(
        desk,
        own(
            *(("2024年职工总数", 5), ("2024年科技人员数", 6), ("2023年研发费用", 9)),
            *(("2023年营业收入", 8), ("2023年境内研发费用", 10)),
        ),
    )
    assert codes(version) == ["R110", "R111", "R121"]


def test_queries_of_a_check_do_not_grow_with_years(desk, quarter, people):
    for number in (1, 2):
        listed(number, revenue=Decimal(900))
    degan = Unit.objects.get(code="degan")
    plain = clerk.send(quarter, degan, roster(firm(1), firm(2)), people["德感"])
    with CaptureQueriesContext(connection) as without:
        recheck(plain)
    extra = [(f"{year}年{name}", 5) for year in (2023, 2024) for name in ("营业收入", "资产总额")]
    wide = clerk.send(quarter, degan, own(*extra), people["德感"])
    with CaptureQueriesContext(connection) as with_years:
        recheck(wide)
    assert len(with_years) <= len(without) + 1


def recheck(version: RosterVersion) -> None:
    examine_version(version, file_check._Nobody())
