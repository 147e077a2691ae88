"""From what stands in a cell to a typed value, a note that it was changed, or a problem."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.rosters.definition import cells
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cells import CellSource
from tests.enterprises.vocabulary import VOCABULARY
from tests.enterprises.workbooks import (
    SHEET,
    code,
    firm,
    lines,
    problems,
    read,
    read_firms,
    repacked,
    xlsx,
)

SOURCE = CellSource(VOCABULARY)
DAY = dt.date(2024, 2, 9)
days = st.dates(cells.EARLIEST, cells.LATEST)


WRITTEN = """2024-2-9|2024.02.09|2024/2/9|2024年2月9日|20240209|２０２４－０２－０９| 2024-02-09 00:00:00|2024 年 2 月 9 日"""
SPELLINGS = [
    "{0}-{1}-{2}",
    "{0}.{1:02}.{2:02}",
    "{0}/{1}/{2:02}",
    "{0}年{1}月{2}日",
    "{0}{1:02}{2:02}",
]


@pytest.mark.parametrize("text", WRITTEN.split("|"))
def test_dates_written_as_text_are_read_and_noted(text):
    assert cells.date(text, SOURCE) == (DAY, True)


@given(days, st.sampled_from(SPELLINGS))
def test_every_day_is_read_back_from_every_spelling(day, spelling):
    assert cells.date(spelling.format(day.year, day.month, day.day), SOURCE)[0] == day


@given(st.dates(dt.date(1990, 1, 1), cells.LATEST), st.sampled_from([1900, 1904]))
def test_serial_numbers_count_from_the_book_s_own_epoch(day, epoch):
    serial = (day - cells.EPOCHS[epoch]).days
    assert cells.date(serial, CellSource(VOCABULARY, epoch)) == (day, True)
    assert cells.date(float(serial), CellSource(VOCABULARY, epoch)) == (day, True)


def test_known_serials():
    assert cells.date(45351, SOURCE)[0] == dt.date(2024, 2, 29)
    assert cells.date(20240209, SOURCE)[0] == DAY
    assert cells.date(45000, CellSource(VOCABULARY, 1904))[0] == dt.date(2027, 3, 16)


@pytest.mark.parametrize(
    "raw",
    ["02/03/2024", "2024-02-30", "2023-02-29", "2021年13月", "2024年", "2024-2/9", "去年", "٢٠٢٤-٠٢-٠٩", "1024-01-01",
     60, 0, -1, 2958466, 1e300, float("nan"), float("inf"), 2019.5, True, dt.time(0, 0),
     dt.datetime(1900, 2, 28)],
)  # fmt: skip
def test_what_is_no_day_is_refused(raw):
    with pytest.raises(Unreadable) as trouble:
        cells.date(raw, SOURCE)
    assert trouble.value.rule.code == "R007"


@given(st.decimals(0, 10**9, places=2))
def test_amounts_are_read_back_with_separators_unit_and_width(value):
    plain = f"{value:.2f}"
    wide = plain.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789."})
    for text in (plain, f"{value:,.2f}", f" {value:,.2f} 万元", wide):
        assert cells.amount("万元")(text, SOURCE) == (value, text != plain)


@given(st.integers(0, 10_000_000))
def test_whole_numbers_come_as_int_from_float_and_text(value):
    for raw in (value, float(value), str(value)):
        assert cells.whole()(raw, SOURCE) == (value, False)


@given(st.floats(0, 1e9))
def test_amounts_never_drift_by_more_than_half_a_cent(value):
    read_value, changed = cells.amount("万元")(value, SOURCE)
    assert abs(Decimal(repr(value)) - read_value) <= Decimal("0.005")
    assert changed or abs(Decimal(repr(value)) - read_value) <= Decimal("1e-9")


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("1234元", "R009"), ("1.2亿元", "R009"), ("12abc", "R009"), ("1.2E+5", "R008"),
        ("nan", "R008"), ("1e999", "R008"),
        ("1,23", "R008"), ("٣", "R008"), ("--", "R008"), (True, "R008"), (float("inf"), "R008"), (DAY, "R008"),
        (-12.5, "R011"), ("-3", "R011"), (1e15, "R012"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(raw, rule):
    with pytest.raises(Unreadable) as trouble:
        cells.amount("万元")(raw, SOURCE)
    assert trouble.value.rule.code == rule


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"uscc": 915001160090438751}, ("R002", "名册!C3")),
        ({"uscc": 9.15e17}, ("R002", "名册!C3")),
        ({"uscc": "9.15E+17"}, ("R002", "名册!C3")),
        ({"uscc": code(1)[:17]}, ("R001", "名册!C3")),
        ({"uscc": "91500116MAO000001X"}, ("R001", "名册!C3")),
        ({"name": "重庆_x0000_公司"}, ("R005", "名册!B3")),
        ({"name": "甲" * 121}, ("R006", "名册!B3")),
        ({"staff": 12.5}, ("R010", "名册!L3")),
        ({"planned_year": 1999}, ("R012", "名册!V3")),
        ({"hightech_share": 101}, ("R012", "名册!P3")),
        ({"park": "团结湖"}, ("R013", "名册!D3")),
        ({"other_qualifications": "专精特新、独角兽"}, ("R013", "名册!T3")),
        ({"pool_stage": "苗圃"}, ("R013", "名册!U3")),
        ({"application_stage": "不清楚"}, ("R013", "名册!W3")),
        ({"above_scale": "大概"}, ("R014", "名册!I3")),
        ({"industry_code": "3670"}, ("R016", "名册!G3")),
        ({"revenue": "#REF!"}, ("R004", "名册!J3")),
    ],
)
def test_a_bad_cell_is_one_problem_at_its_address(tmp_path, values, expected):
    assert problems(read_firms(tmp_path, firm(**values))) == [expected]


@pytest.mark.parametrize(
    ("values", "field", "value"),
    [
        ({"uscc": f" {code(1).lower()}\u3000\u200b"}, "uscc", code(1)),
        ({"name": "\ufeff重庆\u200b甲\u202e\u00ad\n有限公司\u00a0"}, "name", "重庆甲有限公司"),
        ({"town": "德感街道办事处"}, "town", "德感街道"),
        ({"park": "德感工业园"}, "park", "degan"),
        ({"above_scale": "√"}, "above_scale", True),
        ({"planned_year": "2027年", "pool_stage": "申报库"}, "planned_year", 2027),
        ({"hightech_share": "67.8%"}, "hightech_share", Decimal("67.80")),
        ({"revenue": 1234.5678}, "revenue", Decimal("1234.57")),
        ({"registered_on": 42000}, "registered_on", dt.date(2014, 12, 27)),
        ({"contact_name": "\u200b"}, "contact_name", ""),
        (
            {"other_qualifications": '专精特新"小巨人"，专精特新'},
            "other_qualifications",
            ("little_giant", "srdi"),
        ),
    ],
)
def test_a_value_read_otherwise_than_written_is_noted(tmp_path, values, field, value):
    reading = read_firms(tmp_path, firm(**values))
    assert reading.problems == []
    assert reading.rows[0].values[field] == value
    assert [note.address for note in reading.normalised] == [reading.rows[0].address(field)]


ODD_NAMES = [
    "重庆（江津）甲有限公司",
    "重庆(江津) 甲有限公司",
    "㈱⽯①",
    "𠮷野家🍜",
    "=cmd|'/c calc'!A1",
    "<script>",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_is_kept_as_it_is(tmp_path, name):
    def as_text(book):
        book.active["B3"].data_type = "s"

    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm(name=name)), as_text))
    assert reading.rows[0].values["name"] == name
    assert reading.normalised == reading.problems == []


def test_a_phone_typed_as_a_number_keeps_its_digits(tmp_path):
    assert (
        read_firms(tmp_path, firm(contact_phone=13800001234.0)).rows[0].values["contact_phone"]
        == "13800001234"
    )


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (b"<f>1200+34.5</f><v></v>", [("R003", "名册!J3")]),
        (b"<f>1200+34.5</f>", [("R003", "名册!J3")]),
        (b"<f>1200+34.5</f><v>1234.5</v>", []),
    ],
)
def test_a_formula_counts_by_its_stored_result_and_never_as_blank(tmp_path, stored, expected):
    def swap(data):
        assert b"<v>1000.5</v>" in data
        return data.replace(b"<v>1000.5</v>", stored)

    reading = read(repacked(xlsx(tmp_path / "a.xlsx", lines(firm())), {SHEET: swap}))
    assert problems(reading) == expected
    assert reading.rows[0].values["revenue"] == (None if expected else Decimal("1234.50"))


def test_a_formula_whose_result_is_an_empty_text_is_blank(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", lines(firm()))
    empty = b'<c r="J3" t="str"><f>IF(1,"","")</f><v></v></c>'
    reading = read(
        repacked(
            path, {SHEET: lambda data: data.replace(b'<c r="J3" t="n"><v>1000.5</v></c>', empty)}
        )
    )
    assert reading.rows[0].values["revenue"] is None
    assert reading.problems == []


def test_a_date_cell_out_of_range_is_no_date(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", lines(firm()))
    serial = str((dt.date(2015, 3, 2) - dt.date(1899, 12, 30)).days).encode()
    reading = read(
        repacked(path, {SHEET: lambda data: data.replace(b"<v>%s</v>" % serial, b"<v>2958466</v>")})
    )
    assert problems(reading) == [("R007", "名册!F3")]


def test_dates_of_a_1904_book_are_right(tmp_path):
    def epoch(book):
        book.epoch = dt.datetime(1904, 1, 1)

    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm(registered_on=None)), epoch))
    assert reading.rows[0].values["tech_entered_on"] == dt.date(2020, 5, 6)
