"""Lists as clerks paste and keep them: from a chat, with remarks, ticks, former names and columns of their own."""

import openpyxl
import pytest

from enterprises.announcements.reading.reader import read_pasted
from enterprises.announcements.reading.titles import Field
from tests.enterprises.announcements.made_pdf import Page, pdf
from tests.enterprises.announcements.test_reading import (
    EXPECTED,
    HEADER,
    ONE,
    ROWS,
    THREE,
    TITLE,
    TWO,
    read,
    told,
    word,
)

MARKS = [
    "1、",
    "2. ",
    "3)",
    "(4) ",
    "5：",
    "6 ",
    "【7】",
    "@小李 8、",
    "No.9 ",
    "✓",
    "√ ",
    "· ",
    "- ",
    "1️⃣ ",
    "①",
    "→",
    "• ",
]
REMARKS = ["", " ✅", "（已报）", "；", " 已核", " 13812345678", "  张三", "。"]


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("mark", MARKS)
def test_a_name_in_a_chat_however_it_is_numbered_and_remarked_upon(mark, remark):
    contents = read_pasted(f"{TITLE}\n{mark}{ONE}{remark}\n{mark}{THREE}{remark}")
    assert told(contents, Field.NAME) == [(ONE,), (THREE,)]


@pytest.mark.parametrize("between", ["、", "  ", "，", "；", " / ", "和"])
def test_several_names_in_a_line(between):
    assert told(read_pasted(between.join([ONE, TWO, THREE])), Field.NAME) == [
        (ONE,),
        (TWO,),
        (THREE,),
    ]


def test_codes_and_numbers_behind_a_name():
    contents = read_pasted(f"1 {ONE} 91500116MA5U000002 GR202651100001\n2 {TWO}")
    assert told(contents, Field.NAME, Field.CODE, Field.NUMBER) == [
        (ONE, "91500116MA5U000002", "GR202651100001"), (TWO, "", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["更名为", "变更为", "现更名为", "→", "->", "——>"])
def test_a_rename_in_a_line(word):
    contents = read_pasted(f"1、{ONE}{word}{TWO}")
    assert told(contents, Field.NAME, Field.NEW_NAME) == [(ONE, TWO)]


def test_a_sentence_that_counts_its_firms_and_one_that_mentions_a_firm():
    counted = f"经核查，{ONE}、{TWO}和{THREE}等3家企业不再符合条件。"
    assert told(read_pasted(counted), Field.NAME) == [(ONE,), (TWO,), (THREE,)]
    mentioned = read_pasted(f"会议由{ONE}承办，地点在三楼。")
    assert not mentioned.lines
    assert [each.what for each in mentioned.ignored] == ["没有认出企业名称"]


def test_a_line_of_which_no_name_was_read_is_told():
    contents = read_pasted(
        f"1、{ONE}\n2、联系过{TWO}的王总，他说下周把材料补齐以后再报给我们科室的同志统一审核"
    )
    assert [each.place for each in contents.ignored] == ["第2行"]


@pytest.mark.parametrize(
    "written",
    [
        f"{ONE}（曾用名：重庆老名字有限公司）",
        f"{ONE}(原重庆老名字有限公司)",
        f"{ONE}*",
        f"“{ONE}”",
        f"{ONE}【更名】",
    ],
)
def test_a_name_with_what_people_write_around_it(tmp_path, written):
    path = word(tmp_path / "a.docx", [HEADER, ["1", written, ""], ROWS[1]])
    assert told(read(path), Field.NAME) == [(ONE,), (TWO,)]


def test_a_district_in_brackets_behind_the_name(tmp_path):
    path = word(tmp_path / "a.docx", [HEADER, ["1", f"{ONE}（江津区）", ""]])
    assert told(read(path), Field.NAME, Field.DISTRICT) == [(ONE, "江津区")]


@pytest.mark.parametrize(
    "name", ["重庆丁（有限合伙）", "重庆丁企业管理中心（普通合伙）", "重庆丁集团有限公司江津分公司"]
)
def test_what_belongs_to_a_name_stays(tmp_path, name):
    assert told(read(word(tmp_path / "a.docx", [HEADER, ["1", name, ""]])), Field.NAME) == [(name,)]
    assert told(read_pasted(f"1、{name}"), Field.NAME) == [(name,)]


def test_two_lists_on_one_sheet_with_columns_of_their_own(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        [TITLE], HEADER, ROWS[0], [], ["二、重新认定"], ["序号", "单位名称（全称）", "镇街", "高企证书号"],
        ["1", TWO, "几江街道", "GR202651100002"],
    ):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    contents = read(tmp_path / "a.xlsx")
    assert told(contents) == EXPECTED[:2]
    assert [line.table for line in contents.lines] == [1, 2]


def test_titles_that_nobody_knows_beside_that_of_the_names(tmp_path):
    rows = [["镇街", "企业名称", "镇街", "企业名称", "是否高企"], ["几江", ONE, "双福", TWO, "是"]]
    assert told(read(word(tmp_path / "a.docx", rows)), Field.NAME) == [(ONE,), (TWO,)]


def test_a_title_that_is_merged_over_both_rows_of_a_header(tmp_path):
    rows = [["序号", "基本信息", "高企"], ["", "企业名称", "证书编号"], ROWS[0]]
    contents = read(word(tmp_path / "a.docx", rows))
    assert told(contents) == EXPECTED[:1]
    assert contents.lines[0].no == 1


def printed_rows(page, rows, *, step):
    """Rows without ruling lines whose long texts go on above and below the number in their middle."""
    for number, upper, lower, code in rows:
        page.write(upper, 100)
        page.height += 20 - step
        page.write(number, 78, down=False).write(code, 300)
        page.height += 20 - step
        page.write(lower, 100)
        page.height -= 15
    return page


def test_rows_without_lines_whose_number_stands_in_the_middle(tmp_path):
    page = Page().write(TITLE)
    page.write("序号", 50, down=False).write("企业名称", 100, down=False).write("证书编号", 300)
    rows = [(number, name[:6], name[6:], code) for number, name, code in ROWS]
    contents = read(
        pdf(tmp_path / "a.pdf", printed_rows(page, rows, step=7).write("2026年11月5日", 300))
    )
    assert told(contents) == EXPECTED
    assert [line.no for line in contents.lines] == [1, 2, 3]
    assert contents.texts[-1] == "2026年11月5日"


def test_a_name_that_touches_the_code_beside_it(tmp_path):
    page = Page().write(TITLE)
    page.write("序号", 50, down=False).write("企业名称", 100, down=False).write("证书编号", 200)
    for number, name, code in ROWS[:2]:
        page.write(number, 50, down=False).write(name, 200 - 10 * len(name), down=False).write(
            code, 200
        )
    assert told(read(pdf(tmp_path / "a.pdf", page))) == EXPECTED[:2]
