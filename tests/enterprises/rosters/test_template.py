"""The template: what is put in comes out of the reader, whatever program saved it, and a clerk cannot choose wrong."""

import dataclasses
import datetime as dt
import io
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from enterprises import registry
from enterprises.registry.acts import (
    Close,
    EnterPool,
    Grant,
    Place,
    RecordFigures,
    Register,
    Revoke,
)
from enterprises.reporting import prefilled
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.marks import (
    HELP_SHEET,
    LISTS_SHEET,
    STAMP_SHEET,
)
from enterprises.rosters.definition.official_names import vocabulary
from enterprises.rosters.reading.sheet import read_register
from enterprises.rosters.writing.stamps import EDITION, Stamp, unsealed
from enterprises.rosters.writing.template import HEADER_ROW, TemplateOrder, build_template
from parks.models import Unit
from tests.enterprises.vocabulary import (
    APPLICATION_STAGES,
    FIELDS,
    PARKS,
    STAGES,
    STREETS,
    TOWNS,
    VOCABULARY,
)
from tests.enterprises.workbooks import TODAY, code

DAY = dt.date(2026, 9, 30)
CHOICES = {
    "park": list(PARKS.values()),
    "town": [*STREETS, *TOWNS],
    "tech_field": FIELDS,
    "above_scale": ["是", "否"],
    "other_qualifications": ["专精特新", "制造业单项冠军"],
    "pool_stage": list(STAGES.values()),
    "planned_year": [2026, 2027, 2028],
    "application_stage": list(APPLICATION_STAGES.values()),
}
FULL = {
    "number": 1,
    "name": "=重庆测试机械有限公司",
    "uscc": code(1),
    "park": "德感工业园发展中心",
    "town": "德感街道",
    "registered_on": dt.date(2015, 3, 2),
    "industry_code": "C3670",
    "tech_field": "新材料",
    "above_scale": "是",
    "revenue": Decimal("12345678.90"),
    "rd_expense": Decimal("0.07"),
    "staff": 1234,
    "rd_staff": 8,
    "ip_class1": 0,
    "ip_class2": 3,
    "hightech_share": Decimal("67.80"),
    "tech_entered_on": dt.date(2020, 5, 6),
    "certificate_number": "GR202351100123",
    "certificate_issued_on": dt.date(2023, 10, 16),
    "other_qualifications": "专精特新、制造业单项冠军",
    "pool_stage": "培育库",
    "planned_year": 2027,
    "application_stage": "已申报",
    "contact_name": "@张三",
    "contact_phone": "-02347500000",
    "remark": "+1\n=2",
}
READ = {
    "number": "1",
    "park": "degan",
    "above_scale": True,
    "other_qualifications": ("srdi", "champion"),
    "pool_stage": "cultivation",
    "application_stage": "filed",
}
BARE = {"name": "乙公司", "uscc": code(2), "town": "几江街道"}
ORDER = TemplateOrder("degan", "德感工业园发展中心", DAY, [FULL, BARE], CHOICES)

needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)


def opened(order=ORDER):
    return openpyxl.load_workbook(io.BytesIO(build_template(order)))


def saved(folder: Path, content: bytes, name: str = "名册.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def resaved(path: Path, ending: str = "xlsx") -> Path:
    """The file as LibreOffice writes it anew."""
    out = path.parent / "resaved"
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        ending,
        "--outdir",
        str(out),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / f"{path.stem}.{ending}"


def assert_read_as_put_in(path: Path) -> None:
    reading = read_register(path, path.name, VOCABULARY, TODAY)
    assert (reading.layout, reading.reporting_unit, reading.as_of) == (
        ROSTER,
        "德感工业园发展中心",
        DAY,
    )
    assert (reading.problems, reading.normalised, reading.ignored) == ([], [], [])
    first, second = reading.rows
    assert first.values == FULL | READ
    assert {
        name: value for name, value in second.values.items() if value not in (None, "", ())
    } == BARE


def test_what_is_put_in_is_read_back_unchanged(tmp_path):
    assert_read_as_put_in(saved(tmp_path, build_template(ORDER)))


@needs_office
def test_also_after_libreoffice_saved_it(tmp_path):
    path = resaved(saved(tmp_path, build_template(ORDER)))
    assert_read_as_put_in(path)
    book = openpyxl.load_workbook(path)
    assert book[STAMP_SHEET].sheet_state != "visible"
    assert unsealed(book[STAMP_SHEET]["A1"].value) == Stamp("degan", "2026Q3")
    ranges = {
        str(each.sqref): each.formula1 for each in book.active.data_validations.dataValidation
    }
    assert len(ranges) == 7
    assert all(LISTS_SHEET in formula for formula in ranges.values())


def test_nothing_in_it_is_a_formula():
    cells = [cell for sheet in opened() for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    risky = [cell for cell in cells if isinstance(cell.value, str) and cell.value[0] in "=+-@"]
    assert len(risky) == 4
    assert all(cell.quotePrefix and cell.data_type == "s" for cell in risky)


def test_every_offered_word_is_read_as_it_stands():
    for name, words in CHOICES.items():
        column = ROSTER.column(name)
        assert all(column.parse(word, CellSource(VOCABULARY))[1] is False for word in words), name


def test_dropdowns_cover_the_whole_area_by_range():
    many = [BARE | {"uscc": code(number)} for number in range(900)]
    for order, last in (
        (ORDER, HEADER_ROW + 1000),
        (dataclasses.replace(ORDER, rows=many), HEADER_ROW + 1400),
    ):
        book = opened(order)
        sheet, lists = book.worksheets[0], book[LISTS_SHEET]
        offered = {}
        for validation in sheet.data_validations.dataValidation:
            letter, top, bottom = re.fullmatch(
                r"([A-Z]+)(\d+):\1(\d+)", str(validation.sqref)
            ).groups()
            assert (int(top), int(bottom)) == (HEADER_ROW + 1, last)
            title = sheet[f"{letter}{HEADER_ROW}"].value.split("\n")[0]
            where = re.fullmatch(r"'(.+)'!(.+)", validation.formula1)
            assert where[1] == LISTS_SHEET
            offered[title] = [row[0].value for row in lists[where[2].replace("$", "")]]
        assert offered == {
            ROSTER.column(name).title: words
            for name, words in CHOICES.items()
            if name != "other_qualifications"
        }


def test_codes_typed_below_the_last_firm_keep_their_digits():
    sheet = opened().active
    letters = {
        column.field: sheet.cell(HEADER_ROW, at).column_letter
        for at, column in enumerate(ROSTER.columns, 1)
    }
    formats = {
        name: sheet.column_dimensions[letter].number_format for name, letter in letters.items()
    }
    assert {
        formats[name] for name in ("uscc", "certificate_number", "contact_phone", "industry_code")
    } == {"@"}
    assert formats["registered_on"] == "yyyy-mm-dd"
    assert sheet[f"{letters['registered_on']}4"].number_format == "yyyy-mm-dd"
    assert sheet[f"{letters['revenue']}4"].number_format == "#,##0.00"


def test_the_sheets_and_the_stamp():
    book = opened()
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("名册", "visible"), (HELP_SHEET, "visible"), (LISTS_SHEET, "hidden"), (STAMP_SHEET, "veryHidden"),
    ]  # fmt: skip
    assert book.active.title == "名册"
    assert book.active.freeze_panes == "C4"
    assert (book.active.print_title_rows, book.active.page_setup.orientation) == (
        "$3:$3",
        "landscape",
    )
    assert unsealed(book[STAMP_SHEET]["A1"].value) == Stamp("degan", "2026Q3", EDITION)
    assert book.active["A1"].value == "江津区科技企业季度名册（2026年三季度）"


def test_every_column_is_explained_with_an_example_the_reader_takes():
    sheet = opened()[HELP_SHEET]
    told = {row[0]: row[2] for row in sheet.iter_rows(min_row=8, values_only=True)}
    header = opened().active[HEADER_ROW]
    for at, column in enumerate(ROSTER.columns):
        assert column.help
        assert told[column.title].startswith(column.help)
        assert header[at].comment.text == told[column.title]
        if "例：" in column.help:
            example = column.help.partition("例：")[2]
            column.parse(example, CellSource(VOCABULARY))


def test_a_unit_without_firms_gets_a_readable_template(tmp_path):
    path = saved(tmp_path, build_template(dataclasses.replace(ORDER, rows=[])))
    reading = read_register(path, path.name, VOCABULARY, TODAY)
    assert [problem.code for problem in reading.problems] == ["F017"]


def test_a_thousand_firms_are_all_written(tmp_path):
    """No clock is asked how fast: it would tell of the other work of the machine."""
    rows = [FULL | {"uscc": code(number)} for number in range(1000)]
    path = saved(tmp_path, build_template(dataclasses.replace(ORDER, rows=rows)))
    reading = read_register(path, path.name, VOCABULARY, TODAY)
    assert [row.values["uscc"] for row in reading.rows] == [row["uscc"] for row in rows]


# --- from the database ----------------------------------------------------------------------------------------------
def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


DEGAN = {"park": "degan", "town": "500116002"}
A, B, C, D, E = (code(number) for number in range(1, 6))


@pytest.fixture
def firms(plan):
    """A: in the park, with everything. B: in the town, no park. C: closed. D: came later. E: in another park."""
    done = [
        Register(
            uscc=A, name="甲公司", registered_on=day("2015-03-02"), industry_code="C3670", tech_field="materials",
            contact_name="张三", contact_phone="13800000000",
        ),
        Place(uscc=A, **DEGAN, since=day("2018-01-01")),
        Grant(uscc=A, kind="hnte", number="GR202051100001", valid_from=day("2020-10-09")),
        Grant(uscc=A, kind="hnte", number="GR202351100002", valid_from=day("2023-10-16")),
        Grant(uscc=A, kind="hnte", number="GR202651100003", valid_from=day("2026-10-20")),
        Grant(uscc=A, kind="tech", valid_from=day("2019-04-01")),
        Grant(uscc=A, kind="little_giant", number="X1", valid_from=day("2024-09-01")),
        Grant(uscc=A, kind="srdi", number="X2", valid_from=day("2024-01-01")),
        Grant(uscc=A, kind="champion", number="X3", valid_from=day("2018-01-01"), valid_until=day("2020-12-31")),
        RecordFigures(uscc=A, year=2024, values={"revenue": Decimal("1.00"), "staff": 1}),
        RecordFigures(uscc=A, year=2025, values={"revenue": Decimal("1250.60"), "staff": 40, "above_scale": False}),
        EnterPool(uscc=A, stage="seed", on=day("2025-03-31")),
        Register(uscc=B, name="乙公司"),
        Place(uscc=B, park="", town="500116002", since=day("2020-01-01")),
        Grant(uscc=B, kind="hnte", number="GR202051100004", valid_from=day("2020-10-09")),
        Grant(uscc=B, kind="tech", valid_from=day("2020-01-01")),
        Revoke(uscc=B, kind="tech", valid_from=day("2020-01-01"), on=day("2026-01-01")),
        RecordFigures(uscc=B, year=2024, values={"revenue": Decimal("7.00")}),
        EnterPool(uscc=B, stage="seed", on=day("2025-03-31")),
        EnterPool(uscc=B, stage="application", target_year=2033, on=day("2026-03-31")),
        Register(uscc=C, name="丙公司"),
        Place(uscc=C, **DEGAN, since=day("2020-01-01")),
        Close(uscc=C, on=DAY),
        Register(uscc=D, name="丁公司"),
        Place(uscc=D, **DEGAN, since=day("2026-10-01")),
        Register(uscc=E, name="戊公司"),
        Place(uscc=E, park="luohuang", town="500116117", since=day("2020-01-01")),
    ]  # fmt: skip
    registry.apply(done, by=None)


def unit(name: str) -> Unit:
    return Unit.objects.get(code=name)


def test_a_park_reports_its_firms_with_all_that_is_known(firms):
    (row,) = prefilled.firm_rows(unit("degan"), DAY)
    assert {name: value for name, value in row.items() if value not in (None, "")} == {
        "number": 1,
        "name": "甲公司",
        "uscc": A,
        "park": "德感工业园发展中心",
        "town": "德感街道",
        "registered_on": day("2015-03-02"),
        "industry_code": "C3670",
        "tech_field": "新材料",
        "above_scale": "否",
        "revenue": Decimal("1250.60"),
        "staff": 40,
        "tech_entered_on": day("2019-04-01"),
        "certificate_number": "GR202351100002",
        "certificate_issued_on": day("2023-10-16"),
        "other_qualifications": "专精特新中小企业、专精特新“小巨人”企业",
        "contact_name": "张三",
        "contact_phone": "13800000000",
    }
    assert {row["uscc"] for row in prefilled.firm_rows(unit("degan"), day("2026-10-01"))} == {A, D}
    assert {row["uscc"] for row in prefilled.firm_rows(unit("degan"), day("2026-09-29"))} == {A, C}


def test_a_town_reports_those_in_no_park(firms):
    (row,) = prefilled.firm_rows(unit("500116002"), DAY)
    assert (row["uscc"], row["park"]) == (B, None)
    assert row["certificate_number"] == "GR202051100004", "the latest, although it ran out"
    assert row["tech_entered_on"] is None, "it left the register"
    assert (row["pool_stage"], row["planned_year"]) == ("申报库", 2033)
    assert row["revenue"] is None, "of an earlier year: it must not come back as last year's"
    assert prefilled.firm_rows(unit("500116117"), DAY) == []
    assert prefilled.firm_rows(unit("kjj"), DAY) == []


def test_the_template_of_the_database_reads_back_without_a_word(firms, tmp_path):
    in_town = prefilled.template_order(unit("500116002"), DAY)
    assert in_town.choices["planned_year"] == [*range(2026, 2032), 2033]
    order = prefilled.template_order(unit("degan"), DAY)
    path = saved(tmp_path, build_template(order))
    reading = read_register(path, path.name, vocabulary(), TODAY)
    assert (reading.reporting_unit, len(reading.rows)) == ("德感工业园发展中心", 1)
    assert (reading.problems, reading.normalised, reading.ignored) == ([], [], [])
    for name, words in order.choices.items():
        column = ROSTER.column(name)
        assert all(column.parse(word, CellSource(vocabulary()))[1] is False for word in words), name


def test_the_number_of_queries_does_not_grow_with_the_firms(firms, django_assert_num_queries):
    degan = unit("degan")
    more = [(code(number), f"公司{number}") for number in range(10, 40)]
    with django_assert_num_queries(9):
        prefilled.template_order(degan, DAY)
    registry.apply([act for uscc, name in more for act in (
        Register(uscc=uscc, name=name, tech_field="energy"),
        Place(uscc=uscc, **DEGAN, since=day("2020-01-01")),
        Grant(uscc=uscc, kind="tech", valid_from=day("2020-01-01")),
    )], by=None)  # fmt: skip
    with django_assert_num_queries(9):
        assert len(prefilled.template_order(degan, DAY).rows) == 31
