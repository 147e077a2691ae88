"""Pieces of an official Word document by GB/T 9704: page, paragraphs, headings, annexes.

The fonts are named, not shipped: office computers have them, and elsewhere Word takes what it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE, BODY, HEAD, SUB, FOOTER = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
FIGURES = "Times New Roman"
INSTEAD = {TITLE: "华文中宋", BODY: "仿宋", HEAD: "SimHei", SUB: "楷体"}
"""What Word takes where a font is missing: later Windows has 仿宋 and 楷体 without _GB2312."""
RED = RGBColor(0xC8, 0x10, 0x2E)
CHARACTER = 16
"""Points of a character of body text."""
LINE = Pt(28.95)
"""22 lines on a page of 225 mm."""
THICK, THIN = 8, 4
"""Of a ruled line, in eighths of a point."""
AFTER_BORDERS = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
    "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd",
    "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
    "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap",
    "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip
"""What follows the borders in a paragraph's form."""
ROWS_TOGETHER = 5
"""Of a table's end: so many at least stand on its last page."""
SHORT_TABLE = 12
"""Rows of a table that is not broken at all."""
CENTER, LEFT, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT


def set_up_page(document: Document) -> None:
    """A4, type area 156 mm × 225 mm, page numbers in dashes on the outer side of the page."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    # GB/T 9704: 37 mm above and 28 mm to the left leave the type area of 156 × 225 mm.
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.footer_distance = Cm(2.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FIGURES, Pt(16)
    # Word has a font of its own for East Asian characters: naming one font sets only Latin ones.
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    _name_fonts(document)
    document.settings.odd_and_even_pages_header_footer = True
    # The outer side is right on odd pages and left on even ones.
    for footer, align in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        foot = footer.paragraphs[0]
        foot.alignment = align
        foot.paragraph_format.left_indent = foot.paragraph_format.right_indent = Pt(14)
        add_run(foot, "— ", FOOTER, 14)
        _add_field(add_run(foot, "", FOOTER, 14), "PAGE")
        add_run(foot, " —", FOOTER, 14)


def lying_section(document: Document) -> None:
    """From here on pages lie on their side, for tables of many columns: 257 mm × 165 mm of them."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.3)
    section.footer_distance = Cm(1.3)


def _name_fonts(document: Document) -> None:
    """Into the table of fonts, each with its substitute."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    known = parse_xml(part.blob)
    for name, instead in INSTEAD.items():
        font, substitute = OxmlElement("w:font"), OxmlElement("w:altName")
        font.set(qn("w:name"), name)
        substitute.set(qn("w:val"), instead)
        font.append(substitute)
        known.append(font)
    # To python-docx the table of fonts is only bytes, so bytes are put back.
    part._blob = serialize_part_xml(known)


def paragraph(
    document: Document,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: float = 2,
) -> Paragraph:
    """Body text: size 3 (16 pt), 28.95 pt a line, first line `indent` characters in."""
    text_block = document.add_paragraph()
    form = text_block.paragraph_format
    form.alignment, form.first_line_indent = align, Pt(indent * CHARACTER)
    form.space_before = form.space_after = Pt(0)
    # Exactly, so that a page has its 22 lines whatever font the office's computer puts in.
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    if text:
        add_run(text_block, text, BODY, 16)
    return text_block


def growing_paragraph(document: Document) -> Paragraph:
    """A centred paragraph whose lines are as high as what stands in them: for titles and charts."""
    text_block = paragraph(document, "", align=CENTER, indent=0)
    # At an exact height Word would cut off large letters and charts.
    text_block.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    return text_block


def heading(document: Document, text: str) -> None:
    text_block = paragraph(document, "")
    # A heading alone at the foot of a page belongs to nothing.
    text_block.paragraph_format.keep_with_next = True
    add_run(text_block, text, HEAD, 16)


def add_run(inside: Paragraph, text: str, font: str, size: float) -> Run:
    text_block = inside.add_run(text)
    text_block.font.name, text_block.font.size = FIGURES, Pt(size)
    text_block._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return text_block


def _add_field(run: Run, code: str) -> None:
    """A field that Word computes, such as PAGE: begin, instruction, end."""
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            element.text = text
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def note_in_footers(document: Document, text: str) -> None:
    """Under the number of every page, whatever template the document was made of."""
    for number, section in enumerate(document.sections):
        footers = [section.footer]
        if document.settings.odd_and_even_pages_header_footer:
            footers.append(section.even_page_footer)
        if section.different_first_page_header_footer:
            footers.append(section.first_page_footer)
        for footer in footers:
            # One that is linked to the section before shows that one's note.
            if number == 0 or not footer.is_linked_to_previous:
                add_run(footer.add_paragraph(), text, FOOTER, 9)


def line_of_two(document: Document, left: str, right: str, size: float = 16) -> Paragraph:
    """One line of which one text begins at the left and one ends at the right."""
    line = paragraph(document, "", align=LEFT, indent=0)
    section = document.sections[0]
    width = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    line.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    add_run(line, f"{left}\t{right}" if right else left, BODY, size)
    return line


def red_line_under(text: Paragraph) -> None:
    _set_borders(text, {"bottom": (18, 6, str(RED))})


def foot_line(
    document: Document, left: str, right: str = "", *, above: int = 0, below: int = 0
) -> None:
    """A line at the foot of the paper, ruled above and below as thick as asked for; of size 4."""
    line = line_of_two(document, left, right, 14)
    form = line.paragraph_format
    form.keep_together = True
    form.line_spacing = Pt(22)
    form.space_before = Pt(12 if above else 0)
    # The last line of all is ruled thick below.
    form.keep_with_next = below != THICK
    sides = {}
    if above:
        sides["top"] = (above, 4, "auto")
    if below:
        sides["bottom"] = (below, 4, "auto")
    _set_borders(line, sides)


def _set_borders(text: Paragraph, sides: Mapping[str, tuple[int, int, str]]) -> None:
    """Side → eighths of a point, points of space, colour. python-docx knows no borders of paragraphs."""
    borders = OxmlElement("w:pBdr")
    for side, (size, space, colour) in sides.items():
        border = OxmlElement(f"w:{side}")
        told = (("val", "single"), ("sz", str(size)), ("space", str(space)), ("color", colour))
        for name, value in told:
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    form = text._p.get_or_add_pPr()
    # Word wants the parts of a paragraph's form in their order.
    form.insert_element_before(borders, *AFTER_BORDERS)


def caption(
    document: Document, text: str, *, before: bool = False, on_new_page: bool = False
) -> None:
    """The line under a chart, or `before` a table."""
    text_block = paragraph(document, "", align=CENTER, indent=0)
    text_block.paragraph_format.keep_with_next = before
    text_block.paragraph_format.page_break_before = on_new_page
    text_block.paragraph_format.line_spacing = Pt(22)
    add_run(text_block, text, SUB, 12)


def remark(document: Document, text: str) -> None:
    """A note under a table, in small type."""
    text_block = paragraph(document, "", align=LEFT, indent=0)
    text_block.paragraph_format.space_before = Pt(3)
    text_block.paragraph_format.line_spacing = Pt(15)
    add_run(text_block, text, BODY, 10.5)


def keep_ends_of_tables(document: Document) -> None:
    """The last rows of a table stand on one page with the notes below and the foot of the paper.

    So no page begins with a row, a note or the foot alone.
    """
    for found in document.tables:
        notes, rows = _notes_below(found._tbl), found._tbl.tr_lst
        kept = rows[-ROWS_TOGETHER:] if len(rows) > SHORT_TABLE else rows
        # The last of all has nothing to be kept with.
        for element in [*kept, *notes][:-1]:
            inside = [element] if element.tag == qn("w:p") else element.iter(qn("w:p"))
            for text in inside:
                Paragraph(text, found).paragraph_format.keep_with_next = True


def _notes_below(table: Any) -> list[Any]:
    notes = []
    element = table.getnext()
    while element is not None and element.tag == qn("w:p") and _is_note(element):
        notes.append(element)
        element = element.getnext()
    return notes


def _is_note(element: Any) -> bool:
    """Text that belongs to what stands above it: no new page, no caption of what follows."""
    form = element.find(qn("w:pPr"))
    has_text = any(text.text for text in element.iter(qn("w:t")))
    if form is None or not has_text or form.find(qn("w:pageBreakBefore")) is not None:
        return False
    return form.find(qn("w:keepNext")) is None or form.find(qn("w:pBdr")) is not None


def annex(document: Document, number: str, title: str) -> None:
    """On a new page: number at the left, title in the middle."""
    head = paragraph(document, "", indent=0, align=LEFT)
    head.paragraph_format.page_break_before = head.paragraph_format.keep_with_next = True
    add_run(head, number, HEAD, 16)
    name = growing_paragraph(document)
    name.paragraph_format.space_before = name.paragraph_format.space_after = Pt(10)
    name.paragraph_format.keep_with_next = True
    add_run(name, title, TITLE, 18)
