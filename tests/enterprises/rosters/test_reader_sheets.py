"""Which sheet is read, what the others make of it, and what a cell's format makes of its number."""

import datetime as dt

import pytest

from enterprises.rosters.definition.problems import FileRefused
from tests.enterprises import odd_files as odd
from tests.enterprises.handed_in import sent_in, shown, upload
from tests.enterprises.workbooks import code, firm, lines, problems, read, repacked, roster, xlsx


def book_of(folder, *sheets):
    """A workbook of (name, rows, hidden)."""

    def change(book):
        book.remove(book.active)
        for name, rows, hidden in sheets:
            sheet = book.create_sheet(name)
            sheet.sheet_state = "hidden" if hidden else "visible"
            for row in rows:
                sheet.append(row)

    return xlsx(folder / "名册.xlsx", [], change)


def dated(day, *firms):
    return [[f"数据截至：{day}"], *lines(*firms)[1:]]


def firms_of(reading):
    return [row.values["uscc"] for row in reading.rows]


NOW = dated("2026-09-30", firm(1), firm(2))
BEFORE = dated("2026-06-30", firm(3))


@pytest.mark.parametrize(
    ("others", "note"),
    [
        ([("封面", [["江津区名册"]])], "工作表“封面”有内容，未读取"),
        ([("空白", [])], "名册取自工作表“企业名册”"),
        ([("二季度", BEFORE)], "工作表“二季度”是2026-06-30的名册，未读取"),
        ([("一季度", dated("2026-03-31", firm(3))), ("二季度", BEFORE)], "2026-03-31的名册"),
        ([("2026年二季度", lines(firm(3)))], "工作表“2026年二季度”是2026-06-30的名册"),
    ],
)
def test_the_visible_sheet_whose_titles_and_day_fit_is_read_and_named(tmp_path, others, note):
    sheets = [(name, rows, False) for name, rows in others]
    reading = read(book_of(tmp_path, *sheets, ("企业名册", NOW, False)))
    assert firms_of(reading) == [code(1), code(2)]
    assert reading.problems == []
    assert "名册取自工作表“企业名册”" in reading.notes
    assert any(note in each for each in reading.notes)
    assert reading.rows[0].cells["name"] == "企业名册!B3"


def test_a_later_sheet_of_an_older_day_does_not_take_the_place_of_the_first(tmp_path):
    reading = read(book_of(tmp_path, ("三季度", NOW, False), ("二季度", BEFORE, False)))
    assert firms_of(reading) == [code(1), code(2)]
    assert reading.notes == ["工作表“二季度”是2026-06-30的名册，未读取"]


@pytest.mark.parametrize(
    "second",
    [
        dated("2026-09-30", firm(3)),
        lines(firm(3)),
        lines(firm(3))[2:],
        [["其他企业"], ["代码", code(3)]],
    ],
    ids=["same day", "no day", "no titles", "other columns"],
)
def test_firms_on_another_visible_sheet_are_an_error_with_their_place(tmp_path, second):
    reading = read(book_of(tmp_path, ("高企", NOW, False), ("科技型", second, False)))
    assert [problem.code for problem in reading.problems if problem.blocks] == ["F022"]
    problem = reading.problems[0]
    assert problem.address == "名册.xlsx"
    assert "“科技型”" in problem.reason
    assert code(3) in problem.reason


def test_a_sheet_that_only_repeats_the_firms_is_a_note(tmp_path):
    again = [["附：联系表"], [code(1), "张三"], [code(2), "李四"]]
    reading = read(book_of(tmp_path, ("名册", NOW, False), ("附表", again, False)))
    assert reading.problems == []
    assert reading.notes == ["工作表“附表”有内容，未读取"]


def hidden_in_xlsx(folder, state="hidden"):
    def change(book):
        book.active.title = "封面"
        sheet = book.create_sheet("三季度名册")
        sheet.sheet_state = state
        for row in NOW:
            sheet.append(row)

    return xlsx(folder / "名册.xlsx", [["封面"]], change)


def hidden_from_the_menu_too(folder):
    return hidden_in_xlsx(folder, "veryHidden")


def hidden_behind_an_empty_sheet(folder):
    return book_of(folder, ("封面", [], False), ("三季度名册", NOW, True))


def hidden_in_xls(folder):
    def hide(sheet):
        sheet.visibility = 1
        sheet.get_parent().add_sheet("封面").write(0, 0, "封面")
        sheet.get_parent().set_active_sheet(1)

    return odd.xls(folder / "名册.xls", NOW, hide, name="三季度名册")


def hidden_in_ods(folder):
    roster_table = odd.ods_table("三季度名册", NOW, hidden=True)
    return odd.ods(folder / "名册.ods", odd.ods_table("封面", [["封面"]]), roster_table)


@pytest.mark.parametrize(
    "build",
    [
        hidden_in_xlsx,
        hidden_from_the_menu_too,
        hidden_behind_an_empty_sheet,
        hidden_in_xls,
        hidden_in_ods,
    ],
    ids=lambda build: build.__name__,
)
def test_a_roster_on_a_hidden_sheet_only_is_named(tmp_path, build):
    with pytest.raises(FileRefused) as refused:
        read(build(tmp_path))
    problem = refused.value.problem
    assert problem.code == "F010"
    assert "隐藏的工作表“三季度名册”" in problem.reason
    assert "取消隐藏工作表“三季度名册”" in problem.fix


@pytest.mark.parametrize("gap", [1_001, 5_000, 60_000])
def test_firms_below_a_long_gap_are_read_and_the_gap_is_said(tmp_path, gap):
    def far_below(book):
        for at, value in enumerate(lines(firm(2))[2], start=1):
            book.active.cell(3 + gap, at, value)

    reading = read(xlsx(tmp_path / "名册.xlsx", lines(firm(1)), far_below))
    assert firms_of(reading) == [code(1), code(2)]
    assert reading.notes == ["第4行起有1000行以上空白，再往下的内容（如有）已一并读取"]


# --- formats of numbers -------------------------------------------------------------------------------------------
def formatted(folder, column, value, number_format, far=False):
    def change(book):
        cell = book.active[f"{column}3"]
        cell.value, cell.number_format = value, number_format
        if far:
            book.active["KO3"] = 1

    return read(xlsx(folder / "名册.xlsx", lines(firm(1)), change))


@pytest.mark.parametrize("far", [False, True], ids=["quick", "careful"])
@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (0.678, "0.0%", "67.80"),
        (1, "0%", "100.00"),
        (0.07, '0.00%;[Red]-0.00%;"无"', "7.00"),
        (0.6780000000000001, "[>0]0%", "67.80"),
        (67.8, '0.0"%"', "67.80"),
        (67.8, "0.0\\%", "67.80"),
        (67.8, "General", "67.80"),
    ],
)
def test_a_share_reads_as_its_cell_shows_it(tmp_path, value, number_format, expected, far):
    reading = formatted(tmp_path, "P", value, number_format, far)
    assert problems(reading) == []
    assert str(reading.rows[0].values["hightech_share"]) == expected


@pytest.mark.parametrize("far", [False, True], ids=["quick", "careful"])
@pytest.mark.parametrize("number_format", ["0\\.0,", '#,##0,"千"', "0.00,,"])
def test_a_number_shown_divided_is_an_error(tmp_path, number_format, far):
    assert problems(formatted(tmp_path, "J", 12_345_678, number_format, far)) == [
        ("R030", "名册!J3")
    ]


@pytest.mark.parametrize("number_format", ["#,##0", '"约"0', "#,##0.00"])
def test_a_format_that_only_decorates_changes_nothing(tmp_path, number_format):
    reading = formatted(tmp_path, "J", 1234.5, number_format)
    assert problems(reading) == reading.normalised == []
    assert str(reading.rows[0].values["revenue"]) == "1234.50"


def test_a_percentage_where_none_belongs_is_an_error(tmp_path):
    assert problems(formatted(tmp_path, "L", 50, "0%")) == [("R009", "名册!L3")]


@pytest.mark.parametrize("value", [49.99999999999999, 50.00000000000001, 50.0])
def test_the_noise_of_a_calculation_is_no_fraction_of_a_person(tmp_path, value):
    reading = formatted(tmp_path, "L", value, "General")
    assert problems(reading) == []
    assert reading.rows[0].values["staff"] == 50


def test_half_a_person_stays_an_error(tmp_path):
    assert problems(formatted(tmp_path, "L", 50.5, "General")) == [("R010", "名册!L3")]


def test_a_day_in_the_format_of_a_chinese_edition_is_a_day(tmp_path):
    path = xlsx(tmp_path / "名册.xlsx", lines(firm(1)))
    styles = "xl/styles.xml"
    path = repacked(path, {styles: lambda data: data.replace(b'numFmtId="164"', b'numFmtId="31"')})
    reading = read(path)
    assert reading.rows[0].values["registered_on"] == dt.date(2015, 3, 2)


# --- through the page ---------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.usefixtures("own_day")
def test_the_page_names_firms_that_would_be_lost_and_a_file_of_wps(unit_desk):
    def second(book):
        sheet = book.create_sheet("科技型企业")
        for row in lines(firm(2)):
            sheet.append(row)

    version = sent_in(unit_desk, roster(firm(1), change=second))
    page = shown(unit_desk, version)
    assert "工作表“科技型企业”上还有企业" in page
    answer = upload(unit_desk, b"x", name="名册.et")
    assert answer.status_code == 422
    assert "WPS 表格旧格式（.et）" in answer.content.decode()
