"""Whose file it is, and where the rules across units and quarters begin to speak."""

import datetime as dt
import math
from decimal import Decimal
from types import SimpleNamespace

import pytest

from enterprises.loading import compared_figures
from enterprises.models import Enterprise, RosterFirm, YearlyFigures
from enterprises.reporting import cross_rules
from enterprises.reporting.cross_rules import CheckedSheet
from enterprises.reporting.situations import Known
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.reading.sheet import Reading
from enterprises.rosters.writing.stamps import EDITION, OLDEST_TAKEN, Stamp
from parks.models import Unit
from tests.enterprises.handed_in import listed
from tests.enterprises.vocabulary import VOCABULARY
from tests.enterprises.workbooks import code, firm

pytestmark = pytest.mark.django_db
DEGAN, BAISHA = "德感工业园发展中心", "白沙工业园发展中心"
LAST_DAY = dt.date(2026, 9, 30)


def reading(
    *rows: RosterRow, unit: str | None = DEGAN, as_of: dt.date | None = None, sealed: str = ""
) -> Reading:
    return Reading("a.xlsx", ROSTER, unit, as_of, rows=list(rows), sealed=sealed)


def row(number: int = 1, unread: frozenset[str] = frozenset(), **values: object) -> RosterRow:
    fields = {"uscc": code(number), "park": None, "town": None, **values}
    at = {"uscc": 2, "park": 3, "town": 4, "revenue": 9, "name": 1}
    seen = {name: f"见{value}" for name, value in fields.items()}
    return RosterRow("名册", number + 2, fields, at, seen, unread)


# --- whose file it is -----------------------------------------------------------------------------
@pytest.fixture
def version(quarter):
    """Of 德感, for the third quarter of 2026."""
    return SimpleNamespace(
        roster=SimpleNamespace(unit=Unit.objects.get(code="degan"), quarter=quarter)
    )


def stamp(unit: str = "degan", quarter: str = "2026Q3", edition: int = EDITION) -> str:
    return Stamp(unit, quarter, edition).sealed()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"unit": "德感工业园"},
        {"unit": "某单位"},
        {"unit": None},
        {"as_of": dt.date(2026, 7, 1)},
        {"as_of": LAST_DAY},
        {"sealed": stamp()},
        {"sealed": stamp(quarter="")},
        {"sealed": stamp(edition=OLDEST_TAKEN)},
        {"sealed": stamp(), "unit": BAISHA},  # the stamp knows better than the title
    ],
)
def test_a_file_that_may_be_the_unit_s_own_is_taken(version, values):
    assert cross_rules.wrong_file_problem(version, reading(**values), VOCABULARY) is None


@pytest.mark.parametrize(
    ("values", "rule", "title", "seen", "words"),
    [
        ({"unit": BAISHA}, "F031", "填报单位", BAISHA, f"文件属于“{BAISHA}”，现在报送的是“{DEGAN}”"),
        ({"unit": "白沙镇"}, "F031", "填报单位", "白沙镇", "文件属于“白沙镇”"),
        ({"sealed": stamp("baisha")}, "F031", "填报单位", BAISHA, f"文件属于“{BAISHA}”"),
        ({"sealed": stamp("nowhere")}, "F031", "填报单位", "nowhere", "文件属于“nowhere”"),
        # Another unit's file of another quarter, by an old template: the unit comes first.
        ({"sealed": stamp("baisha", "2026Q2", 0)}, "F031", "填报单位", BAISHA, BAISHA),
        ({"sealed": stamp(quarter="2026Q2", edition=0)}, "F032", "季度", "2026Q2", "模板是2026Q2的"),
        ({"as_of": dt.date(2026, 6, 30)}, "F032", "数据截至", "2026-06-30", "数据截至2026-06-30，"),
        ({"as_of": dt.date(2026, 10, 1)}, "F032", "数据截至", "2026-10-01", "截至日应为2026-09-30"),
        ({"sealed": stamp(edition=OLDEST_TAKEN - 1)}, "F033", "模板", "第0版", "模板版本过旧"),
    ],
)  # fmt: skip
def test_a_file_of_another_unit_or_quarter_is_named_for_what_it_is(
    version, values, rule, title, seen, words
):
    problem = cross_rules.wrong_file_problem(version, reading(**values), VOCABULARY)
    assert (problem.code, problem.address) == (rule, "a.xlsx")
    assert (problem.title, problem.seen) == (title, seen)
    assert words in problem.reason


# --- rows of other units --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("unit", "values", "expected"),
    [
        ("degan", {"park": "degan"}, None),
        ("degan", {"park": "degan", "town": "500116117"}, None),
        ("degan", {"park": "baisha"}, ("名册!D3", "见baisha", f"填的是其他园区平台，不属于{DEGAN}")),
        ("degan", {"park": None}, ("名册!D3", "见None", f"没有填所属园区平台，不属于{DEGAN}")),
        ("degan", {"park": None, "unread": frozenset({"park"})}, None),
        ("500116002", {"town": "500116002"}, None),
        ("500116002", {"town": None}, None),
        ("500116002", {"town": "500116117"}, ("名册!E3", "见500116117", "填的是其他镇街，不属于德感街道")),
        (
            "500116002", {"park": "degan", "town": "500116002"},
            ("名册!D3", "见degan", "企业在园区平台内，由园区报送"),
        ),
    ],
)  # fmt: skip
def test_rows_of_firms_that_another_unit_reports(plan, unit, values, expected):
    rows = reading(row(**values))
    problems = list(cross_rules.foreign_rows(rows, Unit.objects.get(code=unit)))
    assert {problem.code for problem in problems} <= {"R307"}
    assert [(p.address, p.seen.rstrip(), p.reason) for p in problems] == (
        [expected] if expected else []
    )
    assert {problem.title for problem in problems} <= {"所属园区平台", "所属镇街"}


# --- firms ----------------------------------------------------------------------------------------
def sheet(*rows: RosterRow, firms: dict | None = None, version=None, **known) -> CheckedSheet:
    return CheckedSheet(version, reading(*rows), rows, firms or {}, Known(**known))


@pytest.mark.parametrize(
    ("expected", "listed_firms", "speaks"),
    [
        (17, 12, False),  # 5 missing, 70.6 % listed
        (17, 11, True),
        (16, 11, True),  # 5 missing, 68.8 %
        (15, 11, False),  # 4 missing
        (10, 6, False),  # 60 %, but 4 missing
        (20, 14, False),  # 70 % exactly
        (20, 13, True),
    ],
)
def test_a_roster_is_much_shorter_by_both_bounds(expected, listed_firms, speaks):
    rows = [row(number) for number in range(1, listed_firms + 1)]
    problems = list(cross_rules._much_shorter(sheet(*rows, expected=[None] * expected)))
    assert [(p.code, p.address, p.title, p.seen) for p in problems] == (
        [("R303", "a.xlsx", "名册", f"{listed_firms}家")] if speaks else []
    )
    assert all(
        p.reason == f"名册列了{listed_firms}家，登记在本单位的有{expected}家" for p in problems
    )


def test_only_a_missing_firm_with_a_certificate_is_asked_about():
    missing, new = RosterFirm.Kind.MISSING, RosterFirm.Kind.NEW
    rows = [(1, missing, True), (2, missing, False), (3, new, True)]
    firms = {
        code(number): RosterFirm(
            uscc=code(number), name=f"{number}号", kind=kind, holds_certificate=holds
        )
        for number, kind, holds in rows
    }
    [problem] = cross_rules._holder_missing(sheet(firms=firms))
    assert (problem.code, problem.address, problem.title) == ("R305", "a.xlsx", "企业")
    assert (problem.seen, problem.reason) == (code(1), "1号的高企证书仍有效，名册没有列")


def test_another_name_and_a_closed_firm_are_found_at_their_cells():
    firms = {
        code(1): SimpleNamespace(registered_name="原名"),
        code(2): SimpleNamespace(registered_name=""),
    }
    rows = [row(1, name="新名"), row(2, name="乙")]
    [problem] = cross_rules._other_name(sheet(*rows, firms=firms))
    assert (problem.code, problem.address, problem.title) == ("R302", "名册!B3", "企业名称")
    assert (problem.seen, problem.reason) == ("见新名", "登记的名称是“原名”")
    closed = SimpleNamespace(closed=SimpleNamespace(closed_on=dt.date(2026, 7, 1)))
    known = {code(1): closed, code(2): SimpleNamespace(closed=None)}
    [problem] = cross_rules._closed_listed(sheet(*rows, row(3), by_code=known))
    assert (problem.code, problem.address) == ("R306", "名册!C3")
    assert (problem.title, problem.reason) == ("统一社会信用代码", "企业已于2026-07-01注销")


# --- figures that jump ----------------------------------------------------------------------------
def test_the_usual_range_is_the_wider_of_two():
    assert compared_figures._usual_range([]) == (0, 0)
    assert compared_figures._usual_range([0.5]) == (0.5 - math.log(3), 0.5 + math.log(3))
    # Median 2, median deviation 1: six times 1.4826.
    low, high = compared_figures._usual_range([0, 1, 2, 3, 9])
    assert (low, high) == (pytest.approx(2 - 8.8956), pytest.approx(2 + 8.8956))


@pytest.mark.parametrize(
    ("old", "new"), [(None, 5), (5, None), (0, 5), (5, 0), (-1, 5), (5, -1), (Decimal(0), 1)]
)
def test_what_cannot_be_compared_has_no_ratio(old, new):
    before = {code(1): YearlyFigures(revenue=old)}
    assert compared_figures._log_ratio(row(revenue=new), "revenue", before) is None


def test_a_ratio_is_logarithmic_and_goes_from_the_registered_figure_to_the_new_one():
    before = {code(1): YearlyFigures(revenue=Decimal("0.5"))}
    assert compared_figures._log_ratio(row(revenue=2), "revenue", before) == math.log(4)
    assert compared_figures._log_ratio(row(2, revenue=2), "revenue", before) is None


def test_the_figures_before_are_those_of_the_year_or_else_of_the_year_before(plan):
    for number, years in ((1, (2024, 2025)), (2, (2024,)), (3, (2023, 2026))):
        listed(number)
        YearlyFigures.objects.bulk_create(
            YearlyFigures(
                enterprise=Enterprise.objects.get(uscc=code(number)), year=year, staff=year
            )
            for year in years
        )
    codes = [code(1), code(2), code(3)]
    found = compared_figures._newest(compared_figures.compared([], ROSTER, codes, 2025))
    assert {uscc: figures.staff for uscc, figures in found.items()} == {
        code(1): 2025,
        code(2): 2024,
    }


@pytest.mark.parametrize(
    ("revenue", "speaks"), [(3000, False), (3001, True), (334, False), (333, True)]
)
def test_a_figure_jumps_beyond_a_factor_of_three(send, revenue, speaks):
    for number in range(1, 5):
        listed(number, revenue=Decimal("1000"))
    firms = [firm(number, revenue=revenue if number == 3 else 1000) for number in range(1, 5)]
    problems = list(send(*firms).problems.all())
    assert [(p.code, p.uscc, p.address) for p in problems] == (
        [("R304", code(3), "名册!J5")] if speaks else []
    )
    assert all(
        p.reason.startswith("上年营业收入登记为1000.00，现为") and p.title == "上年营业收入（万元）"
        for p in problems
    )


def test_each_figure_is_compared_with_its_own(send):
    for number in range(1, 5):
        listed(number, revenue=Decimal("1000.5"), rd_expense=Decimal("50"), staff=40)
    values = {1: {"rd_expense": 500}, 2: {"staff": 400}}
    version = send(*[firm(number, **values.get(number, {})) for number in range(1, 5)])
    assert sorted((p.code, p.title) for p in version.problems.all()) == [
        ("R304", "上年研发费用（万元）"),
        ("R304", "职工总数"),
    ]
