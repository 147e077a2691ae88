"""A column of the roster is described in one place: all that is made of it follows from its object."""

import ast
import dataclasses
import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from enterprises import registry
from enterprises.firms import figures
from enterprises.firms.sources import NO_SOURCES
from enterprises.loading import row_acts
from enterprises.models import YearlyFigures
from enterprises.registry.acts import Place, RecordFigures, Register
from enterprises.reporting import prefilled
from enterprises.rosters.definition import cells, years
from enterprises.rosters.definition.column import (
    WHOLE,
    ChoiceSource,
    Column,
    Dropdown,
    Fact,
    FirmPageCell,
    Look,
)
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.marks import HELP_SHEET, LISTS_SHEET
from enterprises.rosters.definition.records import layouts
from enterprises.rosters.definition.registers import HNTE_REGISTER, TECH_REGISTER
from enterprises.rosters.reading.sheet import read_register
from enterprises.rosters.writing import template
from enterprises.rosters.writing.template import HEADER_ROW, TemplateOrder, build_template
from parks.models import Unit
from tests.enterprises.vocabulary import VOCABULARY
from tests.enterprises.workbooks import TODAY, code

DAY = dt.date(2026, 9, 30)
BASE = Path(settings.BASE_DIR)
COLUMNS = {
    "enterprises/rosters/definition/columns.py",
    "enterprises/rosters/definition/registers.py",
}
DESCRIBED_IN = COLUMNS | {"enterprises/models/yearly.py"}
RULES = {"enterprises/rosters/definition/rules.py", "enterprises/reporting/cross_rules.py"}
"""A rule about a figure names it."""
CHOSEN = {
    "enterprises/admin/facts.py",
    "enterprises/demo/reported.py",
    "enterprises/demo/returns.py",
    "enterprises/demo/rosters.py",
    "targets/task_figures/firm_sets.py",
}
"""The admin lists a few, the demo district makes figures up, a figure of a task counts who does R&D."""
JUDGED_IN = ("enterprises/eligibility/", "enterprises/firms/self_check/", "enterprises/mining/")
"""The conditions of a qualification are about certain figures."""

DOCTORS = Column(
    "doctors",
    "博士人数",
    cells.whole("人"),
    ("博士",),
    guidance="具有博士学位的职工人数，填整数",
    example="3",
    look=Look(9, WHOLE),
    fact=Fact.FIGURES,
    firm_page=FirmPageCell("博士", unit="人"),
)
EXPORTS = Column(
    "exports",
    "是否出口",
    cells.yes_no,
    guidance="上一年度有无出口",
    dropdown=Dropdown(ChoiceSource.YES_NO),
    fact=Fact.FIGURES,
    firm_page=FirmPageCell("出口", is_number=False),
)
WIDER = dataclasses.replace(
    ROSTER, columns=(*ROSTER.columns[:-1], DOCTORS, EXPORTS, ROSTER.columns[-1])
)
ROW = {
    "name": "重庆测试机械有限公司",
    "uscc": code(1),
    "town": "德感街道",
    "staff": 40,
    "doctors": 4,
    "exports": "是",
}


@pytest.fixture
def wider(monkeypatch):
    """The portal as it would be with two more columns, and two more fields of the yearly figures."""
    for module in (template, row_acts, prefilled, years):
        monkeypatch.setattr(module, "ROSTER", WIDER)
    monkeypatch.setattr(layouts, "LAYOUTS", (WIDER, HNTE_REGISTER, TECH_REGISTER))
    monkeypatch.setattr(YearlyFigures, "doctors", 4, raising=False)
    monkeypatch.setattr(YearlyFigures, "exports", True, raising=False)


def test_a_new_column_is_in_the_template(wider):
    order = TemplateOrder("degan", "德感工业园发展中心", DAY, [ROW], {"exports": ["是", "否"]})
    book = openpyxl.load_workbook(io.BytesIO(build_template(order)))
    at = WIDER.columns.index(DOCTORS) + 1
    title = book.active.cell(HEADER_ROW, at)
    assert (title.value, title.comment.text) == (
        "博士人数",
        "具有博士学位的职工人数，填整数。例：3",
    )
    look = book.active.column_dimensions[title.column_letter]
    assert (look.width, look.number_format) == (9, "#,##0")
    assert book.active.cell(HEADER_ROW + 1, at).value == 4
    helped = {row[0].value: row[2].value for row in book[HELP_SHEET].iter_rows()}
    assert helped["博士人数"] == title.comment.text
    assert [cell.value for cell in book[LISTS_SHEET]["A"]] == ["是否出口", "是", "否"]


def test_a_new_column_is_read_and_planned(wider, tmp_path):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(build_template(TemplateOrder("degan", "德感工业园发展中心", DAY, [ROW])))
    reading = read_register(path, path.name, VOCABULARY, TODAY)
    assert (reading.problems, reading.normalised, reading.ignored) == ([], [], [])
    (row,) = reading.rows
    (recorded,) = [
        act for act in row_acts.acts_of(row, DAY, TODAY, None) if isinstance(act, RecordFigures)
    ]
    assert recorded.values == {"staff": 40, "doctors": 4, "exports": True}
    assert recorded.cells["doctors"] == row.address("doctors")


def test_a_new_column_is_prefilled_and_has_its_choices(wider, plan):
    registry.apply(
        [
            Register(uscc=code(1), name="甲公司"),
            Place(uscc=code(1), park="degan", town="500116002", since=dt.date(2020, 1, 1)),
            RecordFigures(uscc=code(1), year=2025, values={"staff": 40}),
        ],
        by=None,
    )
    order = prefilled.template_order(Unit.objects.get(code="degan"), DAY)
    assert [(row["staff"], row["doctors"], row["exports"]) for row in order.rows] == [(40, 4, "是")]
    assert order.choices["exports"] == ["是", "否"]


def test_a_new_column_is_on_the_page_of_a_firm(wider):
    years = [YearlyFigures(year=2025, staff=40), YearlyFigures(year=2024, staff=38, costs=0)]
    table = figures.figures_table(years, NO_SOURCES)
    assert table.years == [2024, 2025]
    rows = {row.heading: row for row in table.rows}
    assert [cell.text for cell in rows["博士"].cells] == ["4人", "4人"]
    assert [cell.text for cell in rows["出口"].cells] == ["是", "是"]
    assert (rows["博士"].is_number, rows["出口"].is_number) == (True, False)
    assert [cell.text for cell in rows["职工"].cells] == ["38", "40"]
    assert [cell.text for cell in rows["成本费用"].cells] == ["0", "—"]
    # What none of the years tells has no row.
    assert set(rows) == {"博士", "出口", "职工", "成本费用"}


def names_in(path: Path) -> set[str]:
    """Every text, name, attribute and keyword that a source file holds."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        if isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
    return found


def test_no_other_file_names_a_yearly_figure():
    fields = {column.field for column in years.figure_columns()}
    assert fields == {
        field.name for field in YearlyFigures._meta.fields
    } - {"id", "enterprise", "year"}  # fmt: skip
    naming = {}
    for app in ("enterprises", "targets", "parks"):
        for path in sorted((BASE / app).rglob("*.py")):
            place = str(path.relative_to(BASE))
            if "migrations" in path.parts or place.startswith(JUDGED_IN):
                continue
            if named := names_in(path) & fields:
                naming[place] = named
    assert set(naming) == DESCRIBED_IN | RULES | CHOSEN
    assert set().union(*(naming[place] for place in COLUMNS)) == fields
    pages = {path.name: path.read_text("utf-8") for path in (BASE / "templates").rglob("*.html")}
    # The summary of a firm's page names last year's revenue.
    assert {
        (page, name) for page, text in pages.items() for name in fields if f".{name}" in text
    } == {("firm.html", "revenue")}


def test_every_column_of_the_roster_says_all_that_the_template_needs():
    for column in ROSTER.columns:
        assert column.guidance, column.field
        assert column.look.width, column.field
        assert column.fact or column.field in ("number", "remark"), column.field
        assert (column.firm_page is not None) == (column.fact is Fact.FIGURES), column.field
