"""Pieces of an official Word document by GB/T 9704: page, paragraphs, headings, annexes, tables.

The fonts are named, not shipped: office computers have them, and elsewhere Word takes what it has.
"""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE, BODY, HEAD, SUB, FIGURES = (
    "方正小标宋简体",
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
    "Times New Roman",
)
INSTEAD = {TITLE: "华文中宋", BODY: "仿宋", HEAD: "SimHei", SUB: "楷体"}
"""What Word takes where a font is missing: later Windows has 仿宋 and 楷体 without _GB2312."""
RED = RGBColor(0xC8, 0x10, 0x2E)
CHARACTER = 16
"""Points of a character of body text."""
LINE = Pt(28.95)
"""22 lines on a page of 225 mm."""
LEADING = 1.15
"""Height of a line in a table ÷ size of its type, whatever font it is set in: rows are then as high everywhere."""
CENTER, LEFT, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT


def page(document: Document) -> None:
    """A4, type area 156 mm × 225 mm; page numbers in dashes, outside: right on odd pages, left on even ones."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.footer_distance = Cm(2.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FIGURES, Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    _name_fonts(document)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        foot = footer.paragraphs[0]
        foot.alignment = align
        foot.paragraph_format.left_indent = foot.paragraph_format.right_indent = Pt(14)
        for part in ("— ", None, " —"):
            text = run(foot, part or "", "宋体", 14)
            if part is None:
                _field(text, "PAGE")


def _name_fonts(document: Document) -> None:
    """Into the table of fonts, each with its substitute."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    known = parse_xml(part.blob)
    for name, instead in INSTEAD.items():
        font, other = OxmlElement("w:font"), OxmlElement("w:altName")
        font.set(qn("w:name"), name)
        other.set(qn("w:val"), instead)
        font.append(other)
        known.append(font)
    part._blob = serialize_part_xml(known)


def paragraph(
    document: Document,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: float = 2,
) -> Paragraph:
    """Body text: size 3 (16 pt), 28.95 pt a line, first line `indent` characters in."""
    made = document.add_paragraph()
    form = made.paragraph_format
    form.alignment, form.first_line_indent = align, Pt(indent * CHARACTER)
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    if text:
        run(made, text, BODY, 16)
    return made


def growing(document: Document) -> Paragraph:
    """A centred paragraph whose lines are as high as what stands in them: for titles and charts."""
    made = paragraph(document, "", align=CENTER, indent=0)
    made.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    return made


def heading(document: Document, text: str) -> None:
    made = paragraph(document, "")
    made.paragraph_format.keep_with_next = True
    run(made, text, HEAD, 16)


def run(of: Paragraph, text: str, font: str, size: float) -> Run:
    made = of.add_run(text)
    made.font.name, made.font.size = FIGURES, Pt(size)
    made._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return made


def _field(of: Run, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            element.text = text
        else:
            element.set(qn("w:fldCharType"), kind)
        of._r.append(element)


def red_line(under: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", str(RED))):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    under._p.get_or_add_pPr().append(borders)


def caption(document: Document, text: str, *, before: bool = False) -> None:
    """The line under a chart, or `before` a table."""
    made = paragraph(document, "", align=CENTER, indent=0)
    made.paragraph_format.keep_with_next = before
    made.paragraph_format.line_spacing = Pt(22)
    run(made, text, SUB, 12)


def remark(document: Document, text: str) -> None:
    """A note under a table, in small type."""
    made = paragraph(document, "", align=LEFT, indent=0)
    made.paragraph_format.space_before = Pt(3)
    made.paragraph_format.line_spacing = Pt(15)
    run(made, text, BODY, 10.5)


def annex(document: Document, number: str, title: str) -> None:
    """On a new page: number at the left, title in the middle."""
    head = paragraph(document, "", indent=0, align=LEFT)
    head.paragraph_format.page_break_before = head.paragraph_format.keep_with_next = True
    run(head, number, HEAD, 16)
    name = growing(document)
    name.paragraph_format.space_before = name.paragraph_format.space_after = Pt(10)
    name.paragraph_format.keep_with_next = True
    run(name, title, TITLE, 18)


def table(
    document: Document,
    columns: Sequence[str],
    rows: str,
    fields: Sequence[str],
    widths: Sequence[float],
    *,
    groups: Sequence[tuple[int, int, str]] = (),
    size: float = 11,
    pad: float = 3,
) -> Table:
    """Head (repeated on each page) and one row per entry of `rows`. Widths in cm; `size` and `pad` in points.

    `groups`: (first column, last column, title) of columns that share a title above their own. A field may be any
    text with marks; a name alone is that of the row's attribute.
    """
    heads = 2 if groups else 1
    made = document.add_table(rows=heads + 3, cols=len(columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    _margins(made)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)
    blank = [""] * (len(columns) - 1)
    marks = [field if "{" in field else f"{{{{ row.{field} }}}}" for field in fields]
    _fill(made, heads - 1, columns, widths, HEAD, size, pad)
    _fill(made, heads, [f"{{%tr for row in {rows} %}}", *blank], widths, BODY, size, pad)
    _fill(made, heads + 1, marks, widths, BODY, size, pad)
    _fill(made, heads + 2, ["{%tr endfor %}", *blank], widths, BODY, size, pad)
    if groups:
        _group(made, columns, groups, widths, size, pad)
    _repeat(made, heads)
    return made


def _group(
    made: Table,
    columns: Sequence[str],
    groups: Sequence[tuple[int, int, str]],
    widths: Sequence[float],
    size: float,
    pad: float,
) -> None:
    """The upper of two head rows; a column of no group has one cell over both."""
    above = [""] * len(columns)
    grouped = {number for first, last, _ in groups for number in range(first, last + 1)}
    for first, _, title in groups:
        above[first] = title
    _fill(made, 0, above, widths, HEAD, size, pad)
    for first, last, _ in groups:
        made.cell(0, first).merge(made.cell(0, last))
    for number in set(range(len(columns))) - grouped:
        lower = made.cell(1, number)
        made.cell(0, number).merge(lower)
    for cell in made.rows[0].cells:
        for empty in [one for one in cell.paragraphs if not one.text][: len(cell.paragraphs) - 1]:
            empty._p.getparent().remove(empty._p)


def _margins(made: Table) -> None:
    """Narrow ones: an office table has many columns."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), "40")
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    made._tbl.tblPr.append(margins)


def _fill(
    made: Table,
    row: int,
    texts: Sequence[str],
    widths: Sequence[float],
    font: str,
    size: float,
    pad: float,
) -> None:
    for cell, text, width in zip(made.rows[row].cells, texts, widths, strict=True):
        cell.width = Cm(width)
        inside = cell.paragraphs[0]
        inside.alignment = CENTER
        form = inside.paragraph_format
        form.space_before = form.space_after = Pt(pad)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * LEADING)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        run(inside, text, font, size)


def _repeat(made: Table, heads: int) -> None:
    for row in made.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for row in list(made.rows)[:heads]:
        header = OxmlElement("w:tblHeader")
        header.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(header)
