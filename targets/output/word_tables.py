"""Tables of an official Word document: the head on every page, no row broken between two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell

from targets.output.word_layout import BODY, CENTER, HEAD, LEFT, add_run

LEADING = 1.15
"""Height of a line in a table ÷ size of its type, whatever font it is set in.

Rows are then as high everywhere.
"""


def filled_table(
    document: Document,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
    *,
    prose: frozenset[int] = frozenset(),
    size: float = 9,
    pad: float = 1.5,
) -> Table:
    """Head and rows as they are; the columns of `prose` begin at the left. Widths in cm."""
    texts = [columns, *rows]
    new_table = _empty_table(document, len(texts), widths)
    # Asked for once: to find one row, all before it are walked.
    for number, row in enumerate(new_table.rows):
        cells = row.cells
        _fill_cells(cells, texts[number], widths, BODY if number else HEAD, size, pad)
        for place in prose if number else ():
            cells[place].paragraphs[0].alignment = LEFT
    _repeat_heads(new_table, 1)
    return new_table


def marked_table(
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
    """For a template: head, and one row per entry of `rows` when the marks are filled.

    `rows`: name of the entries in the template. `fields`: any text with marks, or the name of an
    attribute of the entry. `groups`: (first column, last column, title) of columns that share a
    title above their own. Widths in cm; `size` and `pad` in points.
    """
    heads = 2 if groups else 1
    # Below the head: the mark that begins the loop, the repeated row, the mark that ends the loop.
    new_table = _empty_table(document, heads + 3, widths)
    blank = [""] * (len(columns) - 1)
    marks = [field if "{" in field else f"{{{{ row.{field} }}}}" for field in fields]
    _fill_row(new_table, heads - 1, columns, widths, HEAD, size, pad)
    _fill_row(new_table, heads, [f"{{%tr for row in {rows} %}}", *blank], widths, BODY, size, pad)
    _fill_row(new_table, heads + 1, marks, widths, BODY, size, pad)
    _fill_row(new_table, heads + 2, ["{%tr endfor %}", *blank], widths, BODY, size, pad)
    if groups:
        _add_groups(new_table, columns, groups, widths, size, pad)
    _repeat_heads(new_table, heads)
    return new_table


def _empty_table(document: Document, rows: int, widths: Sequence[float]) -> Table:
    new_table = document.add_table(rows=rows, cols=len(widths), style="Table Grid")
    new_table.alignment = WD_TABLE_ALIGNMENT.CENTER
    # The columns keep their widths, whatever is filled in.
    new_table.autofit = False
    _narrow_margins(new_table)
    for column, width in zip(new_table.columns, widths, strict=True):
        column.width = Cm(width)
    return new_table


def _add_groups(
    new_table: Table,
    columns: Sequence[str],
    groups: Sequence[tuple[int, int, str]],
    widths: Sequence[float],
    size: float,
    pad: float,
) -> None:
    """The upper of two head rows; a column of no group has one cell over both."""
    above = [""] * len(columns)
    ungrouped = set(range(len(columns)))
    for first, last, title in groups:
        above[first] = title
        ungrouped -= set(range(first, last + 1))
    _fill_row(new_table, 0, above, widths, HEAD, size, pad)
    for first, last, _ in groups:
        new_table.cell(0, first).merge(new_table.cell(0, last))
    for number in ungrouped:
        lower = new_table.cell(1, number)
        new_table.cell(0, number).merge(lower)
    # A merged cell keeps the empty paragraphs of all its parts, and would be as high as these.
    for cell in new_table.rows[0].cells:
        empty = [part for part in cell.paragraphs if not part.text]
        # A cell must keep at least one paragraph.
        for blank in empty[: len(cell.paragraphs) - 1]:
            blank._p.getparent().remove(blank._p)


def _narrow_margins(new_table: Table) -> None:
    """An office table has many columns."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), "40")
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    new_table._tbl.tblPr.append(margins)


def _fill_row(
    new_table: Table,
    row: int,
    texts: Sequence[str],
    widths: Sequence[float],
    font: str,
    size: float,
    pad: float,
) -> None:
    _fill_cells(new_table.rows[row].cells, texts, widths, font, size, pad)


def _fill_cells(
    cells: Sequence[_Cell],
    texts: Sequence[str],
    widths: Sequence[float],
    font: str,
    size: float,
    pad: float,
) -> None:
    for cell, text, width in zip(cells, texts, widths, strict=True):
        cell.width = Cm(width)
        inside = cell.paragraphs[0]
        inside.alignment = CENTER
        form = inside.paragraph_format
        form.space_before = form.space_after = Pt(pad)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * LEADING)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        add_run(inside, text, font, size)


def _repeat_heads(new_table: Table, heads: int) -> None:
    """On each page; and no row is broken between two pages."""
    for row in new_table.rows:
        # A row that is broken between two pages reads like two.
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for row in list(new_table.rows)[:heads]:
        header = OxmlElement("w:tblHeader")
        header.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(header)
