"""The annotated copy: every problem at its cell, nothing else changed, and fit to be corrected and sent in as it is."""

import datetime as dt
import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from enterprises.rosters.definition.marks import (
    COMMENT_AUTHOR,
    ERROR_FILL,
    REASON_TITLE,
    SUMMARY_SHEET,
    WARNING_FILL,
)
from enterprises.rosters.definition.problems import FileRefused, Problem, Severity
from enterprises.rosters.reading.sheet import read_register
from enterprises.rosters.writing import annotated, copying
from enterprises.rosters.writing.annotated import annotate
from enterprises.rosters.writing.summary import SUMMARY_TITLE
from enterprises.rosters.writing.template import TemplateOrder, build_template
from tests.enterprises.rosters.test_template import CHOICES, DAY, FULL, needs_office, resaved
from tests.enterprises.vocabulary import VOCABULARY
from tests.enterprises.workbooks import TODAY, code, firm, lines, read, repacked, xlsx

ROSTERS = [
    "2026Q3/luohuang.xlsx",
    "2026Q3/degan.xlsx",
    "2026Q3/500116001.xlsx",
    "2026Q2/baisha.xls",
    "2026Q2/binjiang.csv",
]
WRONG = firm(2, town="渝中区", staff=5, rd_staff=8, contact_name="@李四")
DOUBTFUL = firm(3, revenue=1, rd_expense=50)


def annotate_file(path: Path, problems: list[Problem] | None = None) -> Path:
    if problems is None:
        problems = read(path).problems
    out = path.parent / f"检查-{path.stem}.xlsx"
    out.write_bytes(annotate(path, path.suffix[1:], path.name, problems))
    return out


def roster(folder: Path, change=None) -> Path:
    return xlsx(folder / "名册.xlsx", lines(firm(1), WRONG, DOUBTFUL), change)


def copied(samples: Path, name: str, folder: Path) -> Path:
    return Path(shutil.copy(samples / name, folder))


def found(path: Path) -> list[tuple[str, str]]:
    return [
        (each.code, each.address.rpartition("!")[2])
        for each in read(path).problems
        if each.code != "F017"
    ]


def marks(path: Path) -> dict[str, str]:
    """cell → colour, of the first sheet, without the column of reasons"""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    cells = [
        cell
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb in (ERROR_FILL, WARNING_FILL)
    ]
    reasons = reason_column(sheet)
    return {
        cell.coordinate: cell.fill.fgColor.rgb for cell in cells if cell.column_letter != reasons
    }


def reason_column(sheet) -> str | None:
    return next(
        (c.column_letter for row in sheet.iter_rows() for c in row if c.value == REASON_TITLE), None
    )


# --- marks ----------------------------------------------------------------------------------------------------------
def test_each_problem_is_coloured_commented_told_in_its_row_and_listed(tmp_path):
    path = annotate_file(roster(tmp_path))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["名册", SUMMARY_SHEET]
    assert book.active.title == "名册"
    sheet, summary = book.worksheets
    assert marks(path) == {"E4": ERROR_FILL, "M4": ERROR_FILL, "K5": WARNING_FILL}
    assert "渝中区" in sheet["E4"].comment.text
    assert sheet["E4"].comment.author == COMMENT_AUTHOR
    assert sheet["AA2"].value == REASON_TITLE, "right after the last title"
    assert sheet["AA3"].value is None
    assert sheet["AA4"].value.count("【错误】") == 2
    assert sheet["AA5"].value.startswith("【提醒】上年研发费用（万元）：研发费用50.00万元")
    assert summary["A1"].value == SUMMARY_TITLE
    assert summary["A3"].value == "错误2处，提醒1处，涉及2行。"
    listed = {row[2].value: row for row in summary.iter_rows(min_row=9) if row[2].hyperlink}
    assert set(listed) == {"E4", "M4", "K5"}
    assert listed["E4"][2].hyperlink.location == "'名册'!E4"
    assert [cell.value for cell in listed["E4"]][:5] == ["错误", "R013", "E4", "所属镇街", "渝中区"]


def test_problems_of_a_row_and_of_the_file_are_told_too(tmp_path):
    problems = [
        Problem("P101", Severity.ERROR, "名册!3", "", "", "与登记不一致", "请核对"),
        Problem(
            "P001",
            Severity.ERROR,
            "名册.xlsx",
            "文件",
            "名册.xlsx",
            "没有写明数据截至日期",
            "请写明",
        ),
        Problem("P104", Severity.WARNING, "名册!B3", "企业名称", "甲", "与另一名单不同", "请核对"),
        Problem("P103", Severity.ERROR, "名册!B3", "企业名称", "甲", "名称与登记不一致", "请核对"),
    ]
    sheet, summary = openpyxl.load_workbook(annotate_file(roster(tmp_path), problems)).worksheets
    assert "与登记不一致。请核对。" in sheet["AA3"].value
    assert [row[2].value for row in summary.iter_rows() if row[0].value in ("错误", "提醒")] == [
        "整个文件",
        "第3行",
        "B3",
        "B3",
    ]
    assert sheet["B3"].comment.text.index("P103") < sheet["B3"].comment.text.index("P104"), (
        "errors first"
    )
    assert sheet["B3"].fill.fgColor.rgb == ERROR_FILL


def test_a_merged_cell_is_marked_at_its_top_left(tmp_path):
    path = roster(tmp_path, lambda book: book.active.merge_cells("E3:E4"))
    problem = Problem("R101", Severity.ERROR, "名册!E4", "所属镇街", "", "没有填写", "请补填")
    out = annotate_file(path, [problem])
    assert marks(out) == {"E3": ERROR_FILL}
    assert "没有填写" in openpyxl.load_workbook(out).worksheets[0]["E3"].comment.text


def test_too_many_comments_are_left_out_and_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(annotated, "MOST_COMMENTS", 1)
    path = annotate_file(roster(tmp_path))
    sheet, summary = openpyxl.load_workbook(path).worksheets
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["E4"]
    assert len(marks(path)) == 3
    assert any("另有2个只着色" in str(row[0]) for row in summary.iter_rows(values_only=True))


def test_what_the_user_typed_never_becomes_a_formula(tmp_path):
    evil = '=HYPERLINK("http://x","1")'

    def type_it(book):
        for address in ("E3", "Z3"):
            book.active[address] = evil
            book.active[address].data_type = "s"

    book = openpyxl.load_workbook(annotate_file(roster(tmp_path, type_it)))
    assert evil in [cell.value for row in book[SUMMARY_SHEET].iter_rows() for cell in row]
    assert [
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ] == []


# --- nothing else changed -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ROSTERS)
def test_sent_back_unchanged_it_reads_the_same(samples, tmp_path, name):
    path = copied(samples, name, tmp_path)
    before = read(path)
    after = read(annotate_file(path))
    assert [row.values for row in after.rows] == [row.values for row in before.rows]
    assert found(annotate_file(path)) == found(path)
    assert (after.reporting_unit, after.as_of) == (before.reporting_unit, before.as_of)
    if name == "2026Q3/luohuang.xlsx":
        assert len(before.problems) > 10


@needs_office
def test_so_it_does_after_libreoffice_saved_it(samples, tmp_path):
    path = copied(samples, "2026Q3/luohuang.xlsx", tmp_path)
    # LibreOffice calculates the one formula that had no result.
    assert found(resaved(annotate_file(path))) == [
        each for each in found(path) if each[0] != "R003"
    ]


def test_formulas_stay_and_keep_their_results(tmp_path):
    def formulas(book):
        book.active["J4"], book.active["L4"], book.active["Z3"], book.active["J5"] = (
            "=1+1",
            "=2+3",
            '="a"&"<b"',
            "=9+9",
        )

    path = roster(tmp_path, formulas)
    results = {b"1+1": b"n|2", b"2+3": b"n|5", b'"a"&amp;"&lt;b"': b"str|a&lt;b"}

    def calculate(part):
        for formula, result in results.items():
            kind, _, text = result.partition(b"|")
            written = b"<f>" + formula + b"</f>"
            at = part.index(written)
            start = part.rindex(b"<c ", 0, at)
            part = (
                part[:start]
                + b'<c t="'
                + kind
                + b'" '
                + part[start + 3 : at]
                + written
                + b"<v>"
                + text
                + b"</v>"
                + part[at + len(written) :].removeprefix(b"<v />").removeprefix(b"<v></v>")
            )
        return part

    repacked(path, {"xl/worksheets/sheet1.xml": calculate})
    out = annotate_file(path)
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert [sheet[address].value for address in ("J4", "L4", "Z3", "J5")] == [
        "=1+1",
        "=2+3",
        '="a"&"<b"',
        "=9+9",
    ]
    shown = openpyxl.load_workbook(out, data_only=True).worksheets[0]
    assert [shown[address].value for address in ("J4", "L4", "Z3", "J5")] == [2, 5, "a<b", None]
    assert found(out) == found(path)
    assert ("R003", "J5") in found(out)


def test_other_sheets_styles_comments_and_columns_stay(tmp_path):
    def dress(book):
        sheet = book.active
        sheet["AA2"], sheet["AA4"] = "自己的列", "自己的内容"
        sheet["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
        sheet["E4"].comment = Comment("自己的批注", "张三")
        sheet.freeze_panes = "C3"
        book.create_sheet(SUMMARY_SHEET)["A1"] = "自己的表"

    out = annotate_file(roster(tmp_path, dress))
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[0]
    assert (sheet["AA4"].value, sheet["AB2"].value) == ("自己的内容", REASON_TITLE)
    assert sheet["B3"].fill.fgColor.rgb == "FF00FF00"
    assert sheet.freeze_panes == "C3"
    assert sheet["E4"].comment.text.startswith("自己的批注")
    assert "渝中区" in sheet["E4"].comment.text
    assert book[SUMMARY_SHEET]["A1"].value == "自己的表"
    again = openpyxl.load_workbook(annotate_file(out, []))
    assert again.worksheets[0]["E4"].comment.text == "自己的批注"
    assert again[SUMMARY_SHEET]["A1"].value == "自己的表"
    assert len(again.sheetnames) == 3


def test_a_value_right_of_the_titles_is_not_overwritten(tmp_path):
    def stray(book):
        book.active["AA4"] = "旁注"

    sheet = openpyxl.load_workbook(annotate_file(roster(tmp_path, stray))).worksheets[0]
    assert (sheet["AA4"].value, sheet["AB2"].value) == ("旁注", REASON_TITLE)


# --- again and again ------------------------------------------------------------------------------------------------
def test_corrected_in_the_copy_a_cell_is_clean_and_the_rest_is_marked_anew(tmp_path):
    first = annotate_file(roster(tmp_path))
    book = openpyxl.load_workbook(first)
    book.worksheets[0]["E4"] = "德感街道"
    book.save(first)
    second = annotate_file(first)
    assert marks(second) == {"M4": ERROR_FILL, "K5": WARNING_FILL}
    sheet = openpyxl.load_workbook(second).worksheets[0]
    assert sheet["E4"].comment is None
    assert reason_column(sheet) == "AA"
    assert sheet["AA4"].value.count("【错误】") == 1
    assert openpyxl.load_workbook(second).sheetnames == ["名册", SUMMARY_SHEET]
    third = annotate_file(annotate_file(second))
    assert marks(third) == marks(second)
    assert (
        openpyxl.load_workbook(third).worksheets[0]["M4"].comment.text == sheet["M4"].comment.text
    )


def test_without_problems_no_mark_is_left(tmp_path):
    path = annotate_file(annotate_file(roster(tmp_path)), [])
    sheet, summary = openpyxl.load_workbook(path).worksheets
    assert (marks(path), reason_column(sheet)) == ({}, None)
    assert [cell for row in sheet.iter_rows() for cell in row if cell.comment] == []
    assert summary["A3"].value == "没有发现问题。"


@needs_office
def test_a_copy_that_libreoffice_saved_is_cleaned_as_well(tmp_path):
    path = annotate_file(resaved(annotate_file(roster(tmp_path))), [])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert (marks(path), reason_column(sheet)) == ({}, None)
    assert [cell for row in sheet.iter_rows() for cell in row if cell.comment] == []
    assert len(openpyxl.load_workbook(path).sheetnames) == 2


def test_the_template_stays_a_template(tmp_path):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(
        build_template(
            TemplateOrder(
                "degan",
                "德感工业园发展中心",
                DAY,
                [FULL | {"town": "渝中区", "uscc": code(1)}],
                CHOICES,
            )
        )
    )
    before = openpyxl.load_workbook(path)
    out = annotate_file(path)
    book = openpyxl.load_workbook(out)
    assert [(each.title, each.sheet_state) for each in book if each.title != SUMMARY_SHEET] == [
        (each.title, each.sheet_state) for each in before
    ]
    assert len(book.worksheets[0].data_validations.dataValidation) == 7
    assert book.worksheets[0]["B3"].comment.text == before.worksheets[0]["B3"].comment.text
    assert found(out) == found(path) == [("R013", "E4")]


# --- files of other kinds, and files that are traps -----------------------------------------------------------------
def test_a_csv_becomes_a_workbook_with_the_same_cells(tmp_path):
    path = tmp_path / "名册.csv"
    rows = [
        [value.isoformat() if isinstance(value, dt.date) else value for value in row]
        for row in lines(firm(1), WRONG)
    ]
    rows[3][25] = "=1+1"
    rows[3][23] = "李\x01四"
    path.write_text(
        "\n".join(",".join("" if value is None else str(value) for value in row) for row in rows),
        "utf-8",
    )
    out = annotate_file(path)
    assert found(out) == found(path)
    assert ("R005", "X4") in found(out)
    book = openpyxl.load_workbook(out)
    cell = book.worksheets[0]["Z4"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert any(
        "不含原有的格式" in str(row[0]) for row in book[SUMMARY_SHEET].iter_rows(values_only=True)
    )


@pytest.mark.parametrize("trap", [
    b'<mergeCells count="1"><mergeCell ref="A7:XFD1048576"/></mergeCells>',
    b'<hyperlinks><hyperlink ref="A7:XFD1048576" location="A1"/></hyperlinks>',
])  # fmt: skip
def test_an_area_over_the_whole_sheet_costs_the_styles_and_not_the_memory(tmp_path, trap):
    path = repacked(
        roster(tmp_path),
        {
            "xl/worksheets/sheet1.xml": lambda part: part.replace(
                b"</sheetData>", b"</sheetData>" + trap
            )
        },
    )
    out = annotate_file(path)
    assert found(out) == found(path)
    assert len(marks(out)) == 3
    summary = openpyxl.load_workbook(out)[SUMMARY_SHEET]
    assert any("只含名册的数据" in str(row[0]) for row in summary.iter_rows(values_only=True))


def test_a_workbook_too_large_to_hold_gives_its_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "MOST_CELLS", 10)
    path = roster(tmp_path)
    assert found(annotate_file(path)) == found(path)


def test_a_file_without_a_header_gets_its_list_all_the_same(tmp_path):
    path = xlsx(tmp_path / "名册.xlsx", [["无标题"], ["甲", "乙"]])
    with pytest.raises(FileRefused) as refusal:
        read_register(path, path.name, VOCABULARY, TODAY)
    book = openpyxl.load_workbook(annotate_file(path, [refusal.value.problem]))
    assert "F013" in [cell.value for row in book[SUMMARY_SHEET].iter_rows() for cell in row]


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "名册.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(FileRefused):
        annotate(path, "xlsx", path.name, [])


def test_the_bytes_are_a_sound_package(samples, tmp_path):
    path = copied(samples, "2026Q3/degan.xlsx", tmp_path)
    content = annotate(path, "xlsx", path.name, read(path).problems)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
