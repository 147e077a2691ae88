"""How people write: what can mean only one thing is taken and listed, and no firm is lost to a signature."""

import datetime as dt
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.rosters.definition import cells
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.registers import TECH_REGISTER
from enterprises.rosters.definition.vocabulary import Vocabulary, index_terms
from tests.enterprises.vocabulary import TOWNS, VOCABULARY
from tests.enterprises.workbooks import code, firm, lines, problems, read, read_firms, xlsx

SOURCE = CellSource(VOCABULARY)
NOTHING = [
    "无",
    "/",
    "—",
    "-",
    "––",
    "暂无",
    "不适用",
    "N/A",
    "空",
    "／",
    " n/a ",
    "（无）",
    "没有",
    "……",
    "\\",
]
OPTIONAL = [column.field for column in ROSTER.columns if not column.filled]


def noted(reading):
    """column's letter and row → what was read."""
    return {note.address.partition("!")[2]: note.value for note in reading.normalised}


# --- words of nothing ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("word", NOTHING)
def test_a_word_of_nothing_is_a_blank_that_is_listed(tmp_path, word):
    written = {name: word for name in OPTIONAL if name != "above_scale"}
    reading = read_firms(tmp_path, firm() | written)
    assert reading.problems == []
    blank = {column.field: column.blank for column in ROSTER.columns}
    assert {name: reading.rows[0].values[name] for name in written} == {
        name: blank[name] for name in written
    }
    assert len(reading.normalised) == len(written)
    assert set(noted(reading).values()) == {"空白"}


@pytest.mark.parametrize("word", ["无", "/", "暂无", "——"])
@pytest.mark.parametrize("field", ["name", "uscc", "town"])
def test_in_a_required_column_it_is_one_error_that_says_what_is_wanted(tmp_path, field, word):
    reading = read_firms(tmp_path, firm(**{field: word}))
    assert [problem.code for problem in reading.problems] == ["R020"]
    assert word in reading.problems[0].reason
    assert "请填写" in reading.problems[0].fix


def test_a_word_of_nothing_that_is_part_of_a_name_stays(tmp_path):
    reading = read_firms(
        tmp_path, firm(name="无极限科技有限公司", contact_name="吴空", remark="无变化")
    )
    assert reading.problems == reading.normalised == []


# --- units ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("德感", "德感街道"), ("德感街", "德感街道"), ("江津区德感街道", "德感街道"), ("重庆市江津区德感街道", "德感街道"),
        ("江津区油溪镇", "油溪镇"), ("油溪", "油溪镇"), ("油溪镇政府", "油溪镇"), ("重庆江津白沙", "白沙镇"), ("四面山", "四面山镇"),
        ("聖泉街道", "圣泉街道"), ("石蟆镇（含原羊石）", "石蟆镇"), (" 珞璜 镇 ", "珞璜镇"),
    ],
)  # fmt: skip
def test_a_town_is_known_in_every_usual_form(tmp_path, text, town):
    reading = read_firms(tmp_path, firm(town=text))
    assert reading.problems == []
    assert reading.rows[0].values["town"] == town
    assert noted(reading) == {"E3": town}


@pytest.mark.parametrize(
    ("text", "park"),
    [
        ("德感工业园", "degan"), ("德感", "degan"), ("江津德感工业园区", "degan"), ("重庆江津工业园区德感组团", "degan"),
        ("滨江", "binjiang"), ("滨江新城", "binjiang"), ("农业园", "agri"), ("白沙园区", "baisha"),
        ("双福產業園", "shuangfu"), ("园外", None), ("园区外", None), ("非园区企业", None), ("未入园", None),
    ],
)  # fmt: skip
def test_a_park_is_known_in_every_usual_form_and_outside_is_none(tmp_path, text, park):
    reading = read_firms(tmp_path, firm(park=text))
    assert reading.problems == []
    assert reading.rows[0].values["park"] == park
    assert noted(reading)["D3"] == (park or "空白")


@pytest.mark.parametrize(
    ("field", "text", "named"),
    [
        ("town", "白沙镇、石门镇", ["白沙镇", "石门镇"]), ("town", "四坪镇", ["四屏镇"]), ("town", "德感工业园", ["德感街道"]),
        ("park", "德感工业园、双福工业园", ["德感工业园发展中心", "双福工业园发展中心"]), ("park", "白沙镇", ["白沙工业园发展中心"]),
        ("park", "德感工业园（园外）", ["德感工业园发展中心"]), ("park", "拟入德感工业园", ["德感工业园发展中心"]),
    ],
)  # fmt: skip
def test_what_may_mean_several_or_none_is_an_error_that_names_the_nearest(
    tmp_path, field, text, named
):
    reading = read_firms(tmp_path, firm(**{field: text}))
    assert [problem.code for problem in reading.problems] == ["R013"]
    assert all(f"“{name}”" in reading.problems[0].reason for name in named)


def test_a_form_of_two_units_means_neither():
    words = Vocabulary(towns=index_terms([("1", ["新桥镇"], []), ("2", ["新桥街道"], [])]))
    assert words.find("towns", "新桥") is None
    assert words.find("towns", "新桥街道").code == "2"
    assert sorted(words.nearest("towns", "新桥")) == ["新桥街道", "新桥镇"]


BEFORE, AFTER = (
    ["", "江津", "江津区", "重庆市江津区", "重庆江津"],
    ["镇", "", "镇人民政府", "乡", "镇政府"],
)


def test_every_town_is_found_with_what_stands_around_its_name():
    for town, before, after in product(TOWNS, BEFORE, AFTER):
        text = before + town.removesuffix("镇") + after
        assert cells.choice("towns", "镇街")(text, SOURCE)[0] == town, text


# --- days, years, counts --------------------------------------------------------------------------------------
STAMPS = """2026-03-02 08:30:00|2026/3/2 8:30|2026-03-02T08:30:00|2026-03-02T08:30:00Z|2026-03-02T08:30:00.123+08:00|2026年3月2日 8时30分|
2026年3月2日星期一|2026/3/2 上午 8:30:00|2-Mar-2026|Mar 2, 2026|2 March 2026|March 2nd, 2026|2026-03-02（补）|2026年3月2日(变更后)|2026-03-02 8:30（新证）|46083|46083.354|2026年3月2日8:30|二〇二六年三月二日|2026\\3\\2|'2026-03-02|2026-03-01T16:00:00.000Z"""


@pytest.mark.parametrize("text", [text.strip() for text in STAMPS.split("|")])
def test_a_time_stamp_is_its_day_in_china(tmp_path, text):
    reading = read_firms(tmp_path, firm(tech_entered_on=text))
    assert reading.problems == []
    assert reading.rows[0].values["tech_entered_on"] == dt.date(2026, 3, 2)
    assert noted(reading) == {"Q3": "2026-03-02"}


@given(st.datetimes(dt.datetime(1990, 1, 2), dt.datetime(2099, 12, 30)))
def test_every_moment_is_read_as_its_day(moment):
    for text in (f"{moment:%Y-%m-%d %H:%M:%S}", moment.isoformat(), f"{moment:%Y/%m/%d %H:%M}"):
        assert cells.date(text, SOURCE) == (moment.date(), True)
    utc = (moment - dt.timedelta(hours=8)).isoformat(timespec="milliseconds") + "Z"
    assert cells.date(utc, SOURCE)[0] == moment.date()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2021年13月", "没有13月"), ("2024-13-01", "没有13月"), ("2024-00-10", "没有0月"), ("2024年2月", "缺少日"),
        ("2024年", "缺少月和日"), ("2024-02-30", "没有2024年2月30日"), ("24-2-9", "年份应写四位"), ("2024-2-9 25:10", "这个时刻"),
        ("2024-02-09至2027-02-08", "后面还有别的内容"), ("9-Feb-24", "年份应写四位"), ("31-Feb-2024", "没有2024年2月31日"),
        ("2024-02-09（2027-02-08止）", "后面还有别的内容"), ("Foo 9, 2024", ""), ("1900-01-00", "没有1900年1月0日"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_for_its_true_cause(text, reason):
    with pytest.raises(Unreadable) as trouble:
        cells.date(text, SOURCE)
    assert reason in trouble.value.reason


@pytest.mark.parametrize("text", ["2024年3月", "2024-3", "2024/03", "2024.3", "2024年03月份"])
def test_the_month_of_registration_is_enough(tmp_path, text):
    entered = {"tech_entered_on": dt.date(2024, 5, 6)}
    for layout in (ROSTER, TECH_REGISTER):
        reading = read_firms(tmp_path, firm(registered_on=text, **entered), layout=layout)
        assert reading.problems == []
        assert reading.rows[0].values["registered_on"] == dt.date(2024, 3, 1)
        assert "2024-03-01" in noted(reading).values()


@pytest.mark.parametrize(
    "raw", [2027, "2027年", "2027年度", "2027 年", "2027-06", "2027年上半年", dt.datetime(2027, 1, 1), dt.date(2027, 12, 31),
            dt.datetime(1905, 7, 19), "2027-01-01"],
)  # fmt: skip
def test_a_year_is_read_from_all_that_names_one(raw):
    assert cells.year(2000, 2100)(raw, SOURCE) == (2027, raw != 2027)


@pytest.mark.parametrize("raw", [1999, "45000", "2027/2028", "明年", dt.datetime(1999, 1, 1), True])
def test_what_names_no_year_is_refused(raw):
    with pytest.raises(Unreadable):
        cells.year(2000, 2100)(raw, SOURCE)


@given(st.integers(0, 100_000), st.sampled_from([1e-14, -1e-14, 1e-9]))
def test_the_noise_of_a_float_is_no_fraction(value, noise):
    assert cells.whole("人")(value + noise, SOURCE)[0] == value


def test_a_count_with_noise_is_what_the_sheet_shows_and_half_a_person_refused(tmp_path):
    """Excel shows fifteen digits, so that the clerk has seen 50: nothing was changed."""
    reading = read_firms(tmp_path, firm(staff=49.99999999999999))
    assert (reading.rows[0].values["staff"], noted(reading), problems(reading)) == (50, {}, [])
    assert problems(read_firms(tmp_path, firm(staff=50.5))) == [("R010", "名册!L3")]


# --- codes, yes and no ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ['="{}"', "'{}", "‘{}", '"{}"', "“{}”", "={}", " '{} ", "='{}'"])
def test_a_guarded_code_is_unwrapped(tmp_path, form):
    path = tmp_path / "名册.xlsx"

    def as_text(book):
        book.active["C3"].data_type = "s"

    reading = read(xlsx(path, lines(firm(uscc=form.format(code(1)))), as_text))
    assert reading.problems == []
    assert reading.rows[0].values["uscc"] == code(1)
    assert noted(reading) == {"C3": code(1)}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("✓", True), ("✔", True), ("✔️", True), ("√", True), ("☑", True), ("TRUE", True), ("true", True), (True, True),
        ("规上", True), ("有", True), ("是（新增）", True), ("Y", True), (1, True), ("x", False), ("×", False), ("✗", False),
        ("FALSE", False), (False, False), ("规下", False), ("非规上", False), ("无", False), ("0", False),
    ],
)  # fmt: skip
def test_yes_and_no_in_words_and_signs_are_listed_in_words(tmp_path, raw, value):
    reading = read_firms(tmp_path, firm(above_scale=raw))
    assert reading.problems == []
    assert reading.rows[0].values["above_scale"] is value
    assert noted(reading) == {"I3": "是" if value else "否"}


@pytest.mark.parametrize("raw", ["大概", "是否", "规", "是/否", 2])
def test_what_is_neither_is_refused(tmp_path, raw):
    assert problems(read_firms(tmp_path, firm(above_scale=raw))) == [("R014", "名册!I3")]


# --- firms and other rows ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values",
    [
        {"contact_name": "负责人：张三"}, {"contact_phone": "联系电话：13900000000"}, {"remark": "材料已盖章（盖章）"},
        {"remark": "小计"}, {"number": "小计"}, {"remark": "说明：新设"}, {"contact_name": "经办人：李四", "remark": "注：待核"},
        {"contact_name": "填表人", "contact_phone": "日期：2026-10-08"}, {"number": "合计"}, {"uscc": "办理中", "remark": "备注：新办"},
    ],
)  # fmt: skip
def test_a_firm_without_code_is_no_signature_whatever_else_stands_in_its_row(tmp_path, values):
    reading = read_firms(tmp_path, firm(1), firm(2) | {"uscc": None} | values)
    assert len(reading.rows) == 2
    assert [problem.address for problem in reading.problems] == ["名册!C4"]
    assert reading.ignored == []


def test_a_name_and_a_signature_s_words_alone_are_a_firm(tmp_path):
    line = (
        [None, "重庆新增漏码科技有限公司"] + [None] * 20 + ["负责人：王五", "联系电话：13900000000"]
    )
    reading = read(xlsx(tmp_path / "a.xlsx", [*lines(firm()), line]))
    assert [row.values["name"] for row in reading.rows][1] == "重庆新增漏码科技有限公司"


BLANKS = [None] * 6


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (["单位负责人：李四", None, "填表人：张三", None, "联系电话：023-47520000", None, "填报日期：2026年10月8日"], "签字行"),
        (["填表人：", "张三", None, None, "联系电话：", "13800000000"], "签字行"),
        (["审核人（签字）：", "李四", "2026年10月8日"], "签字行"),
        ([None, "德感工业园发展中心", "（盖章）", "2026年10月8日"], "签字行"),
        ([None, "合计", "2家", *BLANKS, 2001], "合计行"),
        (["合计", None, 45, *BLANKS, 2001, 30, 400, 20, 3, 4], "合计行"),
        (["小计", "德感街道", None, *BLANKS, 2001, 30], "合计行"),
        ([None, "总计：", "共2户", *BLANKS, 2001], "合计行"),
        (["德感街道小计", None, None, *BLANKS, 5.5], "合计行"),
        (["说明：", "本表每季度报送"], "说明文字"),
        (["第1页 共3页"], "说明文字"),
        ([5, None, None, "德感工业园发展中心", "德感街道", None, None, None, "否"], "没有企业名称和信用代码"),
        ([5, None, None, "德感工业园发展中心", "德感街道", None, None, "新材料", "否", 0, 0], "没有企业名称和信用代码"),
        ([5, "/", "/", "德感工业园发展中心", "德感街道", "/", "/", "/", "否"], "没有企业名称和信用代码"),
    ],
)  # fmt: skip
def test_what_is_no_firm_by_the_whole_row_is_passed_over_and_listed(tmp_path, line, reason):
    reading = read(xlsx(tmp_path / "a.xlsx", [*lines(firm()), line]))
    assert len(reading.rows) == 1
    assert [note.value for note in reading.ignored] == [reason]
    assert reading.problems == []


# --- columns ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("title", "field", "exact"),
    [("手机", "contact_phone", "联系电话"), ("成立日期", "registered_on", "注册日期"), ("营业收入", "revenue", "上年营业收入（万元）")],
)  # fmt: skip
def test_another_title_beside_the_exact_one_is_a_further_column(tmp_path, title, field, exact):
    good = firm(contact_phone="13800000000")
    for first in (False, True):
        rows = lines(good)
        for row, value in zip(rows, ("", title, "13911111111"), strict=True):
            row.insert(0 if first else len(row), value)
        reading = read(xlsx(tmp_path / "a.xlsx", rows))
        assert reading.problems == []
        assert reading.rows[0].values[field] == read_firms(tmp_path, good).rows[0].values[field]
        assert [each.title for each in reading.unknown_titles] == [title]
        assert [note.seen for note in reading.ignored] == [title]
        assert f"“{exact}”" in reading.ignored[0].value


def test_two_titles_of_which_none_is_the_exact_one_are_refused(tmp_path):
    rows = lines(firm())
    rows[1] = ["电话" if title == "联系电话" else title for title in rows[1]] + ["手机"]
    with pytest.raises(FileRefused, match="“电话”与AA列“手机”"):
        read(xlsx(tmp_path / "a.xlsx", rows))


def test_a_renamed_column_is_asked_about_and_not_called_missing(tmp_path):
    rows = lines(firm(1), firm(2))
    rows[1] = ["单位全名" if title == "企业名称" else title for title in rows[1]]
    with pytest.raises(FileRefused) as refusal:
        read(xlsx(tmp_path / "a.xlsx", rows))
    assert "请说明这几列是什么：“单位全名”（B2）可能是“企业名称”" in refusal.value.problem.fix
    rows[1] = [title for title in rows[1] if title != "单位全名"]
    with pytest.raises(FileRefused) as refusal:
        read(
            xlsx(
                tmp_path / "b.xlsx", [rows[0], rows[1], *([*row[:1], *row[2:]] for row in rows[2:])]
            )
        )
    assert "请补上这些列" in refusal.value.problem.fix


def test_a_rule_waits_while_its_column_is_asked_about(tmp_path):
    rows = lines(firm(pool_stage="申报库", planned_year=2027))
    rows[1] = ["打算哪年报" if title == "拟申报年度" else title for title in rows[1]]
    reading = read(xlsx(tmp_path / "a.xlsx", rows))
    assert reading.problems == []
    assert [each.title for each in reading.unknown_titles] == ["打算哪年报"]
