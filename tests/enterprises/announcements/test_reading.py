"""From a document to its lists: every shape in which offices send firms, and no row lost or made up."""

import json
import zipfile
from unicodedata import category, normalize

import docx
import openpyxl
import pytest

from enterprises.announcements.reading.reader import read_document, read_pasted
from enterprises.announcements.reading.titles import Field
from enterprises.rosters.definition.problems import FileRefused
from tests.enterprises.announcements.made_pdf import Page, pdf

LARGE = 30_000_000
TITLE = "关于2026年第一批高新技术企业备案的公告"
ONE, TWO, THREE = ("重庆甲机械有限公司", "重庆乙电子股份有限公司", "丙（重庆）科技有限责任公司")
HEADER = ["序号", "企业名称", "证书编号"]
ROWS = [["1", ONE, "GR202651100001"], ["2", TWO, "GR202651100002"], ["3", THREE, "GR202651100003"]]


def read(path, filename=None):
    return read_document(path, filename or path.name, LARGE)


def told(contents, *fields):
    fields = fields or (Field.NAME, Field.NUMBER)
    return [tuple(line.text(name) for name in fields) for line in contents.lines]


EXPECTED = [(name, number) for _, name, number in ROWS]


# --- the samples --------------------------------------------------------------------------------------------------
def key(text):
    shown = "".join(sign for sign in normalize("NFKC", text or "") if category(sign) != "Cf")
    return "".join(shown.split()).upper()


@pytest.mark.long
def test_every_line_of_the_samples_is_read_as_it_is_printed(samples):
    folder = samples / "announcements"
    truth = json.loads((folder / "truth.json").read_text())
    fields = (Field.NAME, Field.NUMBER, Field.CODE, Field.NEW_NAME, Field.DISTRICT)
    for file in truth["files"]:
        if not file["readable"]:
            with pytest.raises(FileRefused):
                read(folder / file["file"])
            continue
        lines = read(folder / file["file"]).lines
        # Paragraphs that bear numbers are no column of numbers to the truth.
        found = [
            (
                line.n,
                line.table,
                file["tables"] and line.no,
                *(key(line.text(name)) for name in fields),
            )
            for line in lines
        ]
        names = [name.value for name in fields]
        wanted = [
            (
                line["n"],
                line["table"],
                file["tables"] and line.get("no"),
                *(key(line.get(name)) for name in names),
            )
            for line in file["lines"]
        ]
        assert found == wanted, file["file"]


# --- Word ---------------------------------------------------------------------------------------------------------
def word(path, *parts):
    document = docx.Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(rows=0, cols=len(part[0]))
        for row in part:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    document.save(path)
    return path


def test_a_table_in_word_with_text_around_it(tmp_path):
    contents = read(word(tmp_path / "a.docx", TITLE, [HEADER, *ROWS], "2026年11月5日"))
    assert told(contents) == EXPECTED
    assert contents.texts == [TITLE, "2026年11月5日"]
    assert contents.lines[0].place == "表1第2行"


def test_two_tables_are_two_lists_and_a_header_in_between_is_none(tmp_path):
    path = word(
        tmp_path / "a.docx", "附件1", [HEADER, ROWS[0], HEADER, ROWS[1]], "附件2", [HEADER, ROWS[2]]
    )
    contents = read(path)
    assert [(line.n, line.table) for line in contents.lines] == [(1, 1), (2, 1), (3, 2)]
    assert [each.what for each in contents.ignored] == ["重复表头"]
    assert contents.listings[1].heading == ["附件2"]


def test_firms_side_by_side_share_the_district_that_stands_once(tmp_path):
    rows = [["区县", "企业名称", "企业名称"], ["江津区", ONE, TWO], ["", THREE, ""]]
    contents = read(word(tmp_path / "a.docx", rows))
    assert told(contents, Field.NAME, Field.DISTRICT) == [
        (ONE, "江津区"), (TWO, "江津区"), (THREE, "江津区"),
    ]  # fmt: skip


def test_side_by_side_lists_go_by_their_numbers(tmp_path):
    rows = [["序号", "企业名称", "序号", "企业名称"], ["1", ONE, "3", THREE], ["2", TWO, "", ""]]
    assert told(read(word(tmp_path / "a.docx", rows)), Field.NAME) == [(ONE,), (TWO,), (THREE,)]


def test_a_row_that_goes_on_in_the_next_one_is_one_firm(tmp_path):
    rows = [
        HEADER,
        ["1", "重庆市江津区甲乙丙", "GR2026511"],
        ["", "机械有限公司", "00001"],
        ROWS[1],
    ]
    contents = read(word(tmp_path / "a.docx", rows))
    assert told(contents)[0] == ("重庆市江津区甲乙丙机械有限公司", "GR202651100001")
    assert len(contents.lines) == 2


def test_a_row_that_goes_on_does_so_under_its_own_firm(tmp_path):
    rows = [
        ["序号", "企业名称", "序号", "企业名称"],
        ["1", "重庆市江津区甲乙", "2", TWO],
        ["", "机械有限公司", "", ""],
    ]
    contents = read(word(tmp_path / "a.docx", rows))
    assert told(contents, Field.NAME) == [("重庆市江津区甲乙机械有限公司",), (TWO,)]


def test_totals_remarks_and_signatures_are_ignored_and_said(tmp_path):
    rows = [
        HEADER,
        *ROWS,
        ["合计", "3家", ""],
        ["", "注：以证书为准", ""],
        ["", "填表人：张三", ""],
    ]
    contents = read(word(tmp_path / "a.docx", rows))
    assert told(contents) == EXPECTED
    assert [each.what for each in contents.ignored] == ["合计", "注", "填表人"]


def test_a_reason_that_begins_like_a_remark_costs_no_firm(tmp_path):
    rows = [["序号", "企业名称", "退库原因"], ["1", ONE, "注销"], ["2", TWO, "说明：自愿"]]
    assert len(read(word(tmp_path / "a.docx", rows)).lines) == 2


def test_a_header_of_two_rows(tmp_path):
    rows = [
        ["序号", "企业名称", "", "变更日期"],
        ["", "变更前", "变更后", ""],
        ["1", ONE, TWO, "2026-10-04"],
    ]
    contents = read(word(tmp_path / "a.docx", rows))
    assert told(contents, Field.NAME, Field.NEW_NAME, Field.DAY) == [(ONE, TWO, "2026-10-04")]


@pytest.mark.parametrize(
    "text",
    [
        f"1．{ONE}\n2、{TWO}\n(3){THREE}",
        f"{ONE}\n{TWO}\n{THREE}",
        f"经核查，{ONE}（证书编号：GR202651100001）、{TWO}（证书编号：GR202651100002）、"
        f"{THREE}（证书编号：GR202651100003）等3家企业不再符合条件。",
        f"1\t{ONE}\n2\t{TWO}\n3\t{THREE}",
        f"序号\t企业名称\n1\t{ONE}\n2\t{TWO}\n3\t{THREE}",
    ],
)
def test_names_in_text_whether_in_a_document_or_pasted(tmp_path, text):
    assert told(read_pasted(text), Field.NAME) == [(ONE,), (TWO,), (THREE,)]
    if "\t" not in text:
        contents = read(word(tmp_path / "a.docx", TITLE, *text.split("\n")))
        assert told(contents, Field.NAME) == [(ONE,), (TWO,), (THREE,)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", ["．", "\t", ","])
def test_names_in_a_text_file(tmp_path, mark, encoding):
    lines = [f"{number}{mark}{name}" for number, name, _ in ROWS]
    header = [] if mark == "．" else [f"序号{mark}企业名称"]
    (tmp_path / "a.txt").write_bytes("\r\n".join([TITLE, *header, *lines]).encode(encoding))
    contents = read(tmp_path / "a.txt")
    assert told(contents, Field.NAME) == [(ONE,), (TWO,), (THREE,)]
    assert contents.texts[0] == TITLE


def test_what_was_deleted_under_review_is_not_read(tmp_path):
    path = word(tmp_path / "a.docx", TITLE, f"1．{ONE}")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    deleted = f'<w:p><w:del w:id="1" w:author="x"><w:r><w:delText>2．{TWO}</w:delText></w:r></w:del></w:p>'
    inserted = f'<w:ins w:id="2" w:author="x"><w:p><w:r><w:t>2．{THREE}</w:t></w:r></w:p></w:ins>'
    body = parts["word/document.xml"].decode()
    parts["word/document.xml"] = body.replace(
        "<w:sectPr", f"{deleted}{inserted}<w:sectPr", 1
    ).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert told(read(path), Field.NAME) == [(ONE,), (THREE,)]


# --- spreadsheets and pages ----------------------------------------------------------------------------------------
def test_every_visible_sheet_with_its_name(tmp_path):
    book = openpyxl.Workbook()
    for name, rows, hidden in (
        ("新认定", ROWS[:2], False),
        ("旧", ROWS, True),
        ("复核", ROWS[2:], False),
    ):
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if hidden else "visible"
        for row in ([TITLE], HEADER, *rows):
            sheet.append(row)
    del book["Sheet"]
    book.save(tmp_path / "a.xlsx")
    contents = read(tmp_path / "a.xlsx")
    assert told(contents) == EXPECTED
    assert [listing.title for listing in contents.listings] == ["新认定", "复核"]
    assert contents.lines[0].place == "新认定第3行"


def test_a_text_file_of_the_city_system(tmp_path):
    lines = [",".join(row) for row in ([TITLE, "", ""], HEADER, *ROWS)]
    (tmp_path / "a.csv").write_bytes("\r\n".join(lines).encode("gb18030"))
    assert told(read(tmp_path / "a.csv")) == EXPECTED


def test_columns_without_titles_are_told_by_what_stands_in_them(tmp_path):
    rows = [[number, name, "91500116MA00000000"[:17] + "X"] for number, name, _ in ROWS]
    contents = read(word(tmp_path / "a.docx", "名单", rows))
    assert told(contents, Field.NUMBER_IN_LIST, Field.NAME)[0] == ("1", ONE)
    assert contents.lines[0].text(Field.CODE)


def test_a_web_page(tmp_path):
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (HEADER, *ROWS)
    )
    page = f"<html><script>alert(1)</script><body><div><h1>{TITLE}</h1></div><table>{rows}</table></body></html>"
    (tmp_path / "a.html").write_text(page)
    contents = read(tmp_path / "a.html")
    assert told(contents) == EXPECTED
    assert contents.texts == [TITLE]


# --- PDF ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("ruled", [True, False])
def test_a_printed_table_however_the_page_is_turned(tmp_path, ruled, turned):
    page = Page(turned).write(TITLE).table([HEADER, *ROWS], [40, 260, 180], ruled=ruled)
    contents = read(pdf(tmp_path / "a.pdf", page.write("2026年11月5日").write("— 1 —", 280)))
    assert told(contents) == EXPECTED
    assert TITLE in contents.texts
    assert "2026年11月5日" in contents.texts


def test_a_name_that_is_broken_in_its_column(tmp_path):
    page = Page().write(TITLE).table([HEADER, *ROWS], [40, 66, 180])
    assert told(read(pdf(tmp_path / "a.pdf", page))) == EXPECTED


@pytest.mark.parametrize("header", [[HEADER], []])
@pytest.mark.parametrize("ruled", [True, False])
def test_a_list_over_two_pages_is_one(tmp_path, header, ruled):
    first = (
        Page().write(TITLE).table([HEADER, *ROWS[:2]], [40, 260, 180], ruled=ruled).write("1", 280)
    )
    second = Page().table([*header, *ROWS[2:]], [40, 260, 180], ruled=ruled).write("2", 280)
    contents = read(pdf(tmp_path / "a.pdf", first, second))
    assert told(contents) == EXPECTED
    assert len(contents.listings) == 1


def test_two_attachments_are_two_lists(tmp_path):
    first = Page().write("附件1").table([HEADER, ROWS[0]], [40, 260, 180])
    first.write("附件2").write("复核不合格的企业").table([HEADER, *ROWS[1:]], [40, 260, 180])
    contents = read(pdf(tmp_path / "a.pdf", first))
    assert [line.table for line in contents.lines] == [1, 2, 2]
    assert contents.listings[1].heading == ["附件2", "复核不合格的企业"]


def test_a_drawing_beside_the_table_is_no_table(tmp_path):
    page = Page().write(TITLE)
    page.draw(60, 700, 90, 700).draw(60, 695, 60, 690)
    page.table([HEADER, *ROWS], [40, 260, 180])
    assert told(read(pdf(tmp_path / "a.pdf", page))) == EXPECTED
