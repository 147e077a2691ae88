"""Nasty Word files: bombs, entities, depths, foreign parts, and text that its print does not show."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import docx

from tests.enterprises.announcements.hostile_files import HEADER, MEGABYTE, ROWS, TITLE, UNSEEN

NAMES = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
BODY = "word/document.xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
Parts = dict[str, bytes]


def run(text: str, how: str = "") -> str:
    return f"<w:r><w:rPr>{how}</w:rPr><w:t>{escape(text)}</w:t></w:r>"


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def paragraphs(text: str, many: int) -> str:
    return paragraph(run(text)) * many


def cell(content: str, how: str = "") -> str:
    return f"<w:tc><w:tcPr>{how}</w:tcPr>{content}</w:tc>"


def row(texts: Sequence[str], how: str = "") -> str:
    cells = "".join(cell(paragraph(run(text))) for text in texts)
    return f"<w:tr><w:trPr>{how}</w:trPr>{cells}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


LISTED = table(row(HEADER), *map(row, ROWS))
FOURTH = ["4", UNSEEN, "GR202651100004"]


def xml_of(body: str, head: str = "", names: str = NAMES) -> str:
    return f'<?xml version="1.0"?>{head}<w:document xmlns:w="{names}"><w:body>{body}</w:body></w:document>'


def parts_of(body: str = LISTED, **keys: str) -> Parts:
    """A .docx as Word saves it, with a body written by hand."""
    kept = io.BytesIO()
    docx.Document().save(kept)
    with zipfile.ZipFile(kept) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return parts | {BODY: xml_of(paragraph(run(TITLE)) + body, **keys).encode()}


def packed(folder: Path, parts: Parts, name: str = "a.docx") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in parts.items():
            archive.writestr(entry, data)
    return path


def word_of(folder: Path, body: str = LISTED, **keys: str) -> Path:
    return packed(folder, parts_of(body, **keys))


# --- bombs --------------------------------------------------------------------------------------------------------
def bomb(folder: Path) -> Path:
    return word_of(folder, paragraphs("甲" * 1000, 60_000))


def bomb_in_a_part_that_nobody_reads(folder: Path) -> Path:
    return packed(folder, parts_of() | {"word/media/image1.png": bytes(300 * MEGABYTE)})


def many_entries(folder: Path) -> Path:
    return packed(folder, parts_of() | {f"word/media/{at}.png": b"" for at in range(10_000)})


def size_that_lies(folder: Path) -> Path:
    """The directory says that the body is small."""
    path = word_of(folder, paragraphs("甲" * 1000, 60_000))
    data, size = (
        path.read_bytes(),
        len(xml_of(paragraph(run(TITLE)) + paragraphs("甲" * 1000, 60_000)).encode()),
    )
    told = size.to_bytes(4, "little")
    assert told in data
    path.write_bytes(data.replace(told, (1000).to_bytes(4, "little")))
    return path


def many_rows(folder: Path) -> Path:
    rows = "".join(row([str(at), f"重庆{at}有限公司"]) for at in range(200_000))
    return word_of(folder, table(row(HEADER[:2]), rows))


def wide_cells(folder: Path) -> Path:
    wide = cell(paragraph(run("甲")), '<w:gridSpan w:val="999999999"/>')
    return word_of(folder, table(f"<w:tr>{wide * 5_000}</w:tr>", row(HEADER), *map(row, ROWS)))


def digits_that_are_none(folder: Path) -> Path:
    """Signs that count as digits and are no number: ², ፩; and a number of 10,000 digits."""
    odd = cell(paragraph(run("甲")), '<w:gridSpan w:val="²"/>')
    rows = [["²", ROWS[0][1], ""], ["፩", ROWS[1][1], ""], ["9" * 10_000, ROWS[2][1], ""]]
    return word_of(folder, table(f"<w:tr>{odd}</w:tr>", row(HEADER), *map(row, rows)))


def one_endless_text(folder: Path) -> Path:
    """A million signs without a stop, which a search for names must not try from each of them."""
    return word_of(folder, paragraph(run("甲乙丙丁" * 80_000)))


def endless_brackets(folder: Path) -> Path:
    return word_of(folder, paragraph(run("甲（重庆）" * 60_000)))


# --- XML ----------------------------------------------------------------------------------------------------------
def entities(folder: Path) -> Path:
    told = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 12))
    return word_of(folder, "<w:p>&a11;</w:p>", head=f'<!DOCTYPE w [<!ENTITY a0 "甲">{told}]>')


def late_entities(folder: Path) -> Path:
    """Behind so many blanks that a look at the beginning finds no DTD."""
    head = " " * 200_000 + '<!DOCTYPE w [<!ENTITY a "甲有限公司">]>'
    return word_of(folder, "<w:p><w:r><w:t>&a;</w:t></w:r></w:p>" + LISTED, head=head)


def other_file(folder: Path) -> Path:
    head = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return word_of(folder, "<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", head=head)


def other_machine(folder: Path) -> Path:
    head = '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/a.dtd">'
    return word_of(folder, head=head)


def entities_in_utf_32(folder: Path) -> Path:
    body = xml_of(LISTED, head='<!DOCTYPE w [<!ENTITY a "甲">]>').replace(
        "?>", ' encoding="utf-32"?>', 1
    )
    return packed(folder, parts_of() | {BODY: body.encode("utf-32")})


def depth(folder: Path) -> Path:
    return word_of(folder, "<w:sdt>" * 60_000 + "</w:sdt>" * 60_000)


def tables_in_tables(folder: Path) -> Path:
    inner = LISTED
    for _ in range(300):
        inner = table(f"<w:tr>{cell(inner)}</w:tr>")
    return word_of(folder, inner)


def broken(folder: Path) -> Path:
    path = word_of(folder)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def half_a_body(folder: Path) -> Path:
    parts = parts_of()
    return packed(folder, parts | {BODY: parts[BODY][:-300]})


def no_body(folder: Path) -> Path:
    return packed(folder, {"word/other.xml": b"<a/>"})


def no_list(folder: Path) -> Path:
    return word_of(folder, paragraphs("会议通知", 3))


def no_word(folder: Path) -> Path:
    return packed(folder, parts_of() | {BODY: b"<svg/>"})


# --- packages -----------------------------------------------------------------------------------------------------
def macros(folder: Path) -> Path:
    return packed(folder, parts_of() | {"word/vbaProject.bin": b"x"})


def file_of_macros(folder: Path) -> Path:
    return packed(folder, parts_of(), "a.docm")


def names_that_climb(folder: Path) -> Path:
    return packed(folder, parts_of() | {"../../../tmp/climbed.xml": b"<a/>", "/etc/x": b"<a/>"})


def name_twice(folder: Path) -> Path:
    path = word_of(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("Word/Document.xml", xml_of(table(row(HEADER), row(FOURTH))))
    return path


def locked(folder: Path) -> Path:
    path = folder / "a.docx"
    held = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + held + bytes(1000))
    return path


def locked_entries(folder: Path) -> Path:
    path = word_of(folder)
    data = path.read_bytes().replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )
    path.write_bytes(data)
    return path


def old_word_renamed(folder: Path) -> Path:
    path = folder / "a.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    return path


def rich_text_renamed(folder: Path) -> Path:
    path = folder / "a.docx"
    path.write_bytes(b"{\\rtf1\\ansi " + b"x" * 500)
    return path


def workbook_renamed(folder: Path) -> Path:
    return packed(folder, {"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"})


def word_named_page(folder: Path) -> Path:
    return word_of(folder).rename(folder / "a.pdf")


def word_named_text(folder: Path) -> Path:
    return word_of(folder).rename(folder / "a.txt")


def picture_only(folder: Path) -> Path:
    parts = parts_of() | {BODY: xml_of("<w:p><w:r><w:drawing/></w:r></w:p>").encode()}
    return packed(folder, parts)


def linked_pictures(folder: Path) -> Path:
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
        ' Target="http://127.0.0.1:9/a.png" TargetMode="External"/></Relationships>'
    )
    return packed(folder, parts_of() | {"word/_rels/document.xml.rels": link.encode()})


def part_put_in(folder: Path) -> Path:
    """Another document that Word would show; what it holds is said to be unread."""
    return packed(folder, parts_of(LISTED + "<w:altChunk/>") | {"word/a.html": b"<p>x</p>"})


def strict(folder: Path) -> Path:
    return word_of(folder, names=STRICT)


def body_of_another_name(folder: Path) -> Path:
    parts = parts_of()
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}" Target="/word/document2.xml"/></Relationships>'
    )
    return packed(
        folder,
        {"_rels/.rels": links.encode(), "word/document2.xml": parts[BODY]},
    )


# --- what the print does not show ---------------------------------------------------------------------------------
def _with_row(how: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        return word_of(folder, table(row(HEADER), *map(row, ROWS), row(FOURTH, how)))

    return make


deleted_row = _with_row('<w:del w:id="1" w:author="x"/>')
hidden_row = _with_row("<w:hidden/>")


def _with_cell(*runs: str) -> str:
    first = "".join(cell(paragraph(part)) for part in ("", "".join(runs), ""))
    return table(row(HEADER), f"<w:tr>{first}</w:tr>", *map(row, ROWS))


def hidden_text(folder: Path) -> Path:
    return word_of(folder, _with_cell(run(UNSEEN, "<w:vanish/>")))


def moved_text(folder: Path) -> Path:
    return word_of(folder, _with_cell(f"<w:moveFrom>{run(UNSEEN)}</w:moveFrom>"))


def text_that_is_not_hidden(folder: Path) -> Path:
    shown = [run(text, '<w:vanish w:val="0"/>') for text in ROWS[0]]
    cells = "".join(cell(paragraph(text)) for text in shown)
    return word_of(folder, table(row(HEADER), f"<w:tr>{cells}</w:tr>", *map(row, ROWS[1:])))


def list_in_a_text_box(folder: Path) -> Path:
    """With the same box again, for old programs."""
    markup = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = f"<w:txbxContent>{LISTED}</w:txbxContent>"
    held = f"<m:Choice>{box}</m:Choice><m:Fallback>{box}</m:Fallback>"
    return word_of(
        folder,
        f'<w:p><w:r><m:AlternateContent xmlns:m="{markup}">{held}</m:AlternateContent></w:r></w:p>',
    )


def list_in_a_cell(folder: Path) -> Path:
    return word_of(folder, table(f"<w:tr>{cell(LISTED)}{cell(paragraph(run('说明')))}</w:tr>"))


def sounds_above_signs(folder: Path) -> Path:
    ruby = f"<w:ruby><w:rt>{run('chóng')}</w:rt><w:rubyBase>{run('重')}</w:rubyBase></w:ruby>"
    name = f"<w:r>{ruby}</w:r>{run(ROWS[0][1][1:])}"
    cells = [run(ROWS[0][0]), name, run(ROWS[0][2])]
    first = "".join(cell(paragraph(part)) for part in cells)
    return word_of(folder, table(row(HEADER), f"<w:tr>{first}</w:tr>", *map(row, ROWS[1:])))


def row_that_begins_later(folder: Path) -> Path:
    first, *others = ROWS
    late = row(first[1:], '<w:gridBefore w:val="1"/>')
    return word_of(folder, table(row(HEADER), late, *map(row, others)))
