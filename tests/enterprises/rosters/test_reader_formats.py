"""Two ways lead to the cells of an .xlsx: the quick one and the careful one. They must tell the same."""

import datetime as dt
import re
import string
from contextlib import closing

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from enterprises.rosters.definition.problems import FileRefused, display_text
from enterprises.rosters.definition.table import MAX_DATA_ROWS, is_blank
from enterprises.rosters.reading import xlsx as reader
from tests.effort import examples
from tests.enterprises.workbooks import SHEET, firm, lines, problems, read, repacked, xlsx


@pytest.fixture
def ways(monkeypatch):
    """Reads a file twice, as it comes and with care; also says whether the first way was the quick one."""
    quick, careful = reader._read_with_calamine, reader._read_with_care

    def both(path, judge):
        taken = []
        monkeypatch.setattr(
            reader, "_read_with_calamine", lambda *given: taken.append(quick) or quick(*given)
        )
        monkeypatch.setattr(
            reader, "_read_with_care", lambda *given: taken.append(careful) or careful(*given)
        )
        first = judge(path)
        was_quick = taken == [quick]
        monkeypatch.setattr(reader, "_read_with_calamine", careful)
        return first, judge(path), was_quick

    return both


def said(reading):
    """All of a reading; raw values as a clerk sees them, for 12 is also 12.0 and midnight no time of day."""
    rows = [
        (row.sheet, row.number, dict(row.values), dict(row.at), row.unread) for row in reading.rows
    ]
    seen = [
        {name: display_text(value) for name, value in row.seen.items() if not is_blank(value)}
        for row in reading.rows
    ]
    told = (
        reading.problems,
        reading.normalised,
        reading.ignored,
        reading.notes,
        reading.unknown_titles,
    )
    return (
        rows,
        seen,
        told,
        reading.reporting_unit,
        reading.as_of,
        reading.extra_titles,
        reading.sealed,
    )


def test_every_sample_reads_the_same_either_way(ways, samples):
    paths = sorted(
        path for folder in ("2026Q2", "2026Q3") for path in (samples / folder).glob("*.xlsx")
    )
    assert len(paths) > 60
    for path in paths:
        quick, careful, was_quick = ways(path, lambda path: said(read(path)))
        assert was_quick, path.name
        assert quick == careful, path.name


def odd_values(book):
    sheet = book.active
    for column, value in enumerate([0, 1, 59, 60, 61, 45351, 45351.5, 0.5], start=1):
        sheet.cell(5, column, value).number_format = "yyyy-mm-dd"
    for column, number_format in enumerate(
        ["h:mm", "[h]:mm", "0%", "General", '0"年"', "[$-804]yyyy年m月d日"], start=1
    ):
        sheet.cell(6, column, 45000.25).number_format = number_format
    values = [True, False, "=1+1", "#N/A", "  a\nb ", "<&>", 1e300, 12.0, 3]
    for column, value in enumerate(values, start=1):
        sheet.cell(7, column, value)


@pytest.mark.parametrize("epoch", [dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)])
def test_odd_values_read_the_same_either_way(ways, tmp_path, epoch):
    def change(book):
        book.epoch = epoch
        odd_values(book)

    path = xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2)), change)
    quick, careful, was_quick = ways(path, lambda path: said(read(path)))
    assert was_quick
    assert quick == careful


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9).map(lambda value: round(value, 6)),
    st.dates(dt.date(1990, 1, 1), dt.date(2099, 1, 1)),
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 1, 1)).map(
        lambda value: value.replace(microsecond=0)
    ),
    st.text(string.printable[:-5] + "甲　乙㈱Ⅰé𠮷", max_size=12).filter(
        lambda text: not text.startswith("=")
    ),
    st.sampled_from(["#N/A", "#REF!", "=SUM(1,2)", "2024.2.9", "1,234.5 万元"]),
)


@given(st.lists(st.lists(values, min_size=3, max_size=12), min_size=1, max_size=6))
@hypothesis_settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_the_cells_hold_they_read_the_same_either_way(ways, tmp_path, rows):
    path = xlsx(tmp_path / "a.xlsx", rows)

    def cells(path):
        with closing(reader.XlsxBook(path, path.name, MAX_DATA_ROWS)) as book:
            table = book.table(book.sheets[0])
        held = [
            (
                number,
                [
                    (at, display_text(value))
                    for at, value in enumerate(values)
                    if not is_blank(value)
                ],
            )
            for number, values in table.rows
        ]
        return held, {at: rule.code for at, rule in table.failures.items()}, table.notes

    quick, careful, was_quick = ways(path, cells)
    assert was_quick
    assert quick == careful


# --- what only the careful way may read -----------------------------------------------------------------------------
def in_utf16(data):
    text = data.decode("utf-8")
    return ("\ufeff" + text[text.find("?>") + 2 if text.startswith("<?xml") else 0 :]).encode(
        "utf-16-le"
    )


def without_references(data):
    rows = [b'<row r="%d"' % number for number in range(1, 9)]
    for row in rows:
        data = data.replace(row, b"<row")
    return data


UNUSUAL = {
    "a comment": lambda data: data.replace(b"<sheetData>", b"<!-- --><sheetData>"),
    "rows without numbers": without_references,
    "attributes in another order": lambda data: data.replace(
        b'<c r="J3" t="n"', b'<c t="n" r="J3"'
    ),
    "single quotes": lambda data: data.replace(b'<c r="J3" t="n"', b"<c r='J3' t='n'"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_sheet_is_read_with_care_and_in_full(ways, tmp_path, name):
    path = repacked(xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2))), {SHEET: UNUSUAL[name]})
    reading, _, was_quick = ways(path, lambda path: said(read(path)))
    assert not was_quick
    assert reading == said(read(xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2)))))


def test_a_sheet_in_utf16_is_read_with_its_formulas(ways, tmp_path):
    def formula(data):
        return in_utf16(data.replace(b"<v>1000.5</v>", b"<f>1+1</f>"))

    path = repacked(xlsx(tmp_path / "a.xlsx", lines(firm(1))), {SHEET: formula})
    reading, _, was_quick = ways(path, read)
    assert not was_quick
    assert problems(reading) == [("R003", "名册!J3")]


MALFORMED = {
    "a closing tag too many": lambda data: data.replace(b"</c>", b"</c></c>", 1),
    "a tag left open": lambda data: data.replace(
        b'<c r="J3" t="n"><v>1000.5</v></c>', b'<c r="J3" t="n"><v>1000.5</c>'
    ),
    "a control character": lambda data: data.replace(b"<v>1000.5</v>", b"<v>10\x0100.5</v>"),
    "an unknown entity": lambda data: data.replace(b"<v>1000.5</v>", b"<v>&x;</v>"),
    "bytes that are no UTF-8": lambda data: data.replace(b"91500116MA0000001N", b"\xff\xfe"),
    "a cell inside a cell": lambda data: data.replace(b'<c r="C3"', b'<c r="B9"><c r="C3"', 1),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_sheet_is_refused_and_not_read_in_part(tmp_path, name):
    path = xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2)))
    whole = path.read_bytes()
    path = repacked(path, {SHEET: MALFORMED[name]})
    assert path.read_bytes() != whole
    with pytest.raises(FileRefused, match="损坏"):
        read(path)


def with_shared_strings(path):
    """The workbook as Excel writes it: texts in a table of their own."""
    texts: list[bytes] = []

    def shared(match):
        texts.append(match[2])
        return b'<c r="%s" t="s"><v>%d</v></c>' % (match[1], len(texts) - 1)

    inline = re.compile(rb'<c r="(\w+)" t="inlineStr"><is>(.*?)</is></c>')
    path = repacked(path, {SHEET: lambda data: inline.sub(shared, data)})
    table = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
    kind = b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"'
    entry = b'<Override PartName="/xl/sharedStrings.xml" ' + kind + b"/></Types>"
    add_entry = lambda data: data if kind in data else data.replace(b"</Types>", entry)  # noqa: E731
    strings = b"".join(b"<si>%s</si>" % text for text in texts)
    return repacked(
        path, {"[Content_Types].xml": add_entry, "xl/sharedStrings.xml": table % strings}
    )


def test_shared_texts_read_the_same_either_way(ways, tmp_path):
    path = with_shared_strings(xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2)), odd_values))
    quick, careful, was_quick = ways(path, lambda path: said(read(path)))
    assert was_quick
    assert (
        quick
        == careful
        == said(read(xlsx(tmp_path / "b.xlsx", lines(firm(1), firm(2)), odd_values)))
    )


def test_a_malformed_table_of_texts_is_refused(tmp_path):
    path = with_shared_strings(xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2))))
    path = repacked(
        path, {"xl/sharedStrings.xml": lambda data: data.replace(b"</t></si>", b"</si>", 1)}
    )
    with pytest.raises(FileRefused, match="损坏"):
        read(path)


def test_rows_out_of_order_are_refused_before_one_is_lost(tmp_path):
    def swap(data):
        first, second = data.index(b'<row r="3"'), data.index(b'<row r="4"')
        end = data.index(b"</sheetData>")
        return data[:first] + data[second:end] + data[first:second] + data[end:]

    path = repacked(xlsx(tmp_path / "a.xlsx", lines(firm(1), firm(2))), {SHEET: swap})
    with pytest.raises(FileRefused, match="第3行排在第4行之后"):
        read(path)


def test_error_cells_behind_the_last_value_are_not_lost(tmp_path):
    def errors(book):
        book.active["D9"] = "#REF!"
        book.active["AA3"] = "#N/A"

    reading = read(xlsx(tmp_path / "a.xlsx", lines(firm(1)), errors))
    assert [(note.address, note.seen) for note in reading.ignored] == [
        ("名册!AA3", "#N/A"),
        ("名册!D9", "#REF!"),
    ]


def test_a_workbook_that_openpyxl_wrote_is_plain(tmp_path, ways):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    for line in lines(firm(1)):
        sheet.append(line)
    book.save(tmp_path / "a.xlsx")
    assert ways(tmp_path / "a.xlsx", lambda path: said(read(path)))[2]
