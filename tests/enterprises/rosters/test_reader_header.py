"""Finding the header, mapping the columns, and leaving out what is no firm."""

import datetime as dt

import pytest

from enterprises.rosters.definition.column import title_key
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.registers import HNTE_REGISTER, LAYOUTS, TECH_REGISTER
from tests.enterprises.workbooks import code, firm, lines, read, read_firms, xlsx

CERTIFICATE = {
    "certificate_number": "GR202351100123",
    "certificate_issued_on": dt.date(2023, 11, 1),
    "certificate_valid_until": dt.date(2026, 11, 1),
    "recognition": "重新认定",
}
RIGHT = {
    "right": "发明专利",
    "right_number": "ZL202110123456.7",
    "granted_on": dt.date(2022, 5, 6),
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_kind_of_list_is_told_by_its_header(tmp_path, layout):
    reading = read_firms(tmp_path, firm(year=2024, **CERTIFICATE, **RIGHT), layout=layout)
    assert reading.layout is layout
    assert reading.problems == reading.ignored == []


def test_titles_and_blank_rows_above_the_header_are_passed(tmp_path):
    head = [
        [None],
        ["江津区名册"],
        ["报送部门:  德感工业园发展中心 （盖章）", None, "数据截止日期：2026年6月30日"],
        [None],
    ]
    reading = read(xlsx(tmp_path / "a.xlsx", head + lines(firm())))
    assert (reading.reporting_unit, reading.as_of) == ("德感工业园发展中心", dt.date(2026, 6, 30))
    assert reading.rows[0].number == 7


def test_a_header_below_the_twentieth_row_is_not_found(tmp_path):
    with pytest.raises(FileRefused, match="前20行"):
        read(xlsx(tmp_path / "a.xlsx", [["题"]] * 20 + lines(firm())))


@pytest.mark.parametrize(
    "title", ["*企业名称", "企 业\n名称（必填）", "　企业名称：", "公司名称", "【必填】企业名称"]
)
def test_titles_match_however_they_are_decorated(tmp_path, title):
    rows = lines(firm())
    rows[1] = [title if each == "企业名称" else each for each in rows[1]]
    assert read(xlsx(tmp_path / "a.xlsx", rows)).rows[0].values["name"] == firm()["name"]


def test_roman_numerals_and_brackets_of_either_width_are_the_same_title():
    assert title_key("Ⅰ类知识产权数") == title_key("I类知识产权数")
    assert title_key("上年营业收入（万元）") == title_key("上年营业收入 (万元)")


def test_no_title_stands_for_two_fields_of_a_layout():
    for layout in LAYOUTS:
        titles = [
            title_key(title)
            for column in layout.columns
            for title in set(map(title_key, column.all_titles))
        ]
        assert len(titles) == len(set(titles)), layout.name


def test_columns_may_stand_in_any_order_and_unknown_ones_are_named(tmp_path):
    rows = [[*reversed(line), "法人代表"] for line in lines(firm())[1:]]
    reading = read(xlsx(tmp_path / "a.xlsx", rows))
    assert reading.extra_titles == ["法人代表"]
    assert reading.rows[0].values["uscc"] == code(1)
    assert reading.rows[0].cells["number"] == "名册!Z2"


def test_a_header_in_two_rows_is_joined(tmp_path):
    rows = lines(firm())
    upper, lower = list(rows[1]), [None] * len(rows[1])
    upper[1], lower[1] = "企业", "名称"
    upper[2], lower[2] = None, "统一社会信用代码"
    upper[9], lower[9] = "上年", "营业收入（万元）"
    reading = read(xlsx(tmp_path / "a.xlsx", [rows[0], upper, lower, rows[2]]))
    assert [row.number for row in reading.rows] == [4]
    assert reading.rows[0].values["name"] == firm()["name"]
    assert reading.rows[0].values["revenue"] == 1000.5


def test_a_title_given_twice_is_refused_naming_both(tmp_path):
    rows = lines(firm())
    rows[1] = [*rows[1], "企业名称（必填）"]
    with pytest.raises(FileRefused, match="B列“企业名称”与AA列“企业名称（必填）”"):
        read(xlsx(tmp_path / "a.xlsx", rows))


def test_missing_columns_are_refused_all_together(tmp_path):
    rows = [
        [line[at] for at in range(len(line)) if at not in (3, 16)] if len(line) > 1 else line
        for line in lines(firm())
    ]
    with pytest.raises(FileRefused, match="“所属园区平台”、“科技型企业入库日期”"):
        read(xlsx(tmp_path / "a.xlsx", rows))


def test_an_empty_roster_is_a_warning_and_an_empty_register_is_refused(tmp_path):
    reading = read_firms(tmp_path, layout=ROSTER)
    assert [(problem.code, problem.blocks) for problem in reading.problems] == [("F017", False)]
    for layout in (HNTE_REGISTER, TECH_REGISTER):
        with pytest.raises(FileRefused, match="没有任何企业"):
            read_firms(tmp_path, layout=layout)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ([None, "填表人：张三    审核人：李四"], "签字行"),
        (["填报单位（盖章）：", None, None, "填报日期：2026-7-1"], "签字行"),
        ([None, "（单位盖章）"], "签字行"),
        (["合 计", None, None, None, None, None, None, None, None, 5000], "合计行"),
        (["说明：1.本表每季度报送。"], "说明文字"),
        (["注1：金额单位为万元"], "说明文字"),
        ([99], "没有企业名称和信用代码"),
        ([99, None, None, "德感工业园发展中心"], "没有企业名称和信用代码"),
    ],
)
def test_what_is_no_firm_is_listed_as_passed_over(tmp_path, line, reason):
    reading = read(xlsx(tmp_path / "a.xlsx", [*lines(firm()), [None], line]))
    assert len(reading.rows) == 1
    assert [note.value for note in reading.ignored] == [reason]
    assert reading.problems == []


def test_a_repeated_header_is_passed_over(tmp_path):
    rows = lines(firm(1), firm(2))
    reading = read(xlsx(tmp_path / "a.xlsx", [*rows[:3], rows[1], rows[3]]))
    assert [row.number for row in reading.rows] == [3, 5]
    assert [note.value for note in reading.ignored] == ["重复的标题行"]


def test_a_firm_whose_name_and_code_were_forgotten_is_no_signature(tmp_path):
    reading = read_firms(tmp_path, firm(name=None, uscc=None))
    assert [(problem.code, problem.address) for problem in reading.problems] == [
        ("R101", "名册!B3"),
        ("R101", "名册!C3"),
    ]


@pytest.mark.parametrize("name", ["合计科技有限公司", "说明书印刷厂", "日期钟表有限公司"])
def test_a_firm_named_like_a_total_is_still_a_firm(tmp_path, name):
    reading = read_firms(tmp_path, firm(name=name, uscc=None))
    assert [problem.address for problem in reading.problems] == ["名册!C3"]
