"""A copy of a user's file to write into: the whole workbook, or else the bare cells of its list.

Bare cells are copied from old formats, from workbooks that only a tolerant reader can read, and
from those that would take too much memory.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import iterparse
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.workbook.child import INVALID_TITLE_REGEX

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.letters import letter_of
from enterprises.rosters.definition.marks import OWN_SHEETS
from enterprises.rosters.definition.table import MAX_DATA_ROWS, RawTable, is_blank
from enterprises.rosters.reading.safety import MEGABYTE, check_package
from enterprises.rosters.reading.workbook import read_table
from enterprises.rosters.writing.cells_out import bytes_of, text_width, write_raw

MOST_CELLS = 1_000_000
"""Cells a workbook may have in memory, merged and linked areas included: about 500 MB."""
WIDEST, NARROWEST = 44, 8
_SAMPLE_ROWS = 300

_CELL = re.compile(rb"<(?:\w+:)?(?:c|row|comment)[ >/]")
_AREA = re.compile(
    rb"<(?:\w+:)?(?:mergeCell|hyperlink) [^<>]*\bref=[\"']([A-Z]{1,3}[0-9]+:[A-Z]{1,3}[0-9]+)[\"']"
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
# A cell with a formula and an empty result, exactly as openpyxl writes it.
_WRITTEN_FORMULA = re.compile(
    rb"<c r=\"([A-Z]+[0-9]+)\"([^>]*)>"
    rb"(<f(?:>| [^>]*[^/]>)[^<]*</f>|<f[^>]*/>)(?:<v ?/>|<v></v>)</c>"
)

Results = Mapping[str, tuple[str, str]]
"""Cell → type and text of its formula's last result, as they stand in the file."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Copy:
    """`sheet`: the one with the list. `losses`: what the copy lacks, in Chinese.

    `results`: title of a sheet → results of its formulas.
    """

    book: Workbook
    sheet: Any
    losses: list[str] = field(default_factory=list)
    results: dict[str, Results] = field(default_factory=dict)

    def value_at(self, row: int, column: int) -> object:
        """The cell's value; for a formula its last result."""
        cell = self.sheet.cell(row, column)
        result = self.results.get(self.sheet.title, {}).get(cell.coordinate)
        return result[1] if result else cell.value

    def to_bytes(self) -> bytes:
        content = bytes_of(self.book)
        parts = {}
        for sheet in self.book.worksheets:
            if results := self.results.get(sheet.title):
                parts[sheet.path.lstrip("/")] = results
        return _with_results(content, parts) if parts else content


def copy_of(path: Path, kind: str, filename: str, sheet: str | None = None) -> Copy:
    """`kind` as in `safety.kind_of`. `sheet`: name of the list's sheet, or the first visible one.

    Raises FileRefused for a file that cannot be opened.
    """
    if kind != "xlsx":
        return _bare_copy(path, filename, sheet, "原文件不是 .xlsx：副本只含数据，不含原有的格式")
    with zipfile.ZipFile(path) as archive:
        check_package(archive, filename)
        pictures = any(name.startswith("xl/media/") for name in archive.namelist())
    try:
        if _cells_in_memory(path) <= MOST_CELLS:
            return _whole_copy(path, sheet, ["原表中的图片没有带入副本"] if pictures else [])
    except Exception as error:
        # openpyxl raises whatever a broken part provokes. The reader has read the cells all the
        # same.
        log.warning("no full copy of a workbook: %r", error, exc_info=True)
    return _bare_copy(
        path,
        filename,
        sheet,
        "原文件过大或结构特殊：副本只含名册的数据，不含格式、公式和其他工作表",
    )


# --- the whole workbook ---
def _whole_copy(path: Path, name: str | None, losses: list[str]) -> Copy:
    # Loaded with formulas, not with results, so that the user's formulas survive.
    results = dict(_formula_results(path))
    with path.open("rb") as file:
        book = load_workbook(file, rich_text=True)
    if name in book.sheetnames and name not in OWN_SHEETS:
        return Copy(book, book[name], losses, results)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    users_sheets = [sheet for sheet in visible if sheet.title not in OWN_SHEETS]
    if not visible:
        raise ValueError("no visible sheet")
    return Copy(book, (users_sheets or visible)[0], losses, results)


def _cells_in_memory(path: Path) -> int:
    """Cells that loading the whole workbook would make.

    openpyxl makes every cell of a merged or linked area: one over a whole sheet takes gigabytes.
    """
    cells = 0
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.filename.endswith(".xml") or entry.filename == "xl/sharedStrings.xml":
                continue
            with archive.open(entry) as stream:
                for block in _blocks_of_tags(stream):
                    cells += sum(1 for _ in _CELL.finditer(block))
                    cells += sum(
                        _cells_of_area(match[1].decode()) for match in _AREA.finditer(block)
                    )
    return cells


def _blocks_of_tags(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in blocks that end behind a tag, so that no tag is cut in two."""
    rest = b""
    while block := stream.read(MEGABYTE):
        block = rest + block
        cut = block.rfind(b">") + 1
        yield block[:cut]
        # No real tag is as long as this; the cut keeps the work linear.
        rest = block[cut:][-MEGABYTE:]
    yield rest


def _cells_of_area(area: str) -> int:
    left, top, right, bottom = range_boundaries(area)
    return abs((right or 0) - (left or 0) + 1) * abs((bottom or 0) - (top or 0) + 1)


def _formula_results(path: Path) -> Iterator[tuple[str, Results]]:
    """(title, results) of every sheet with formulas.

    openpyxl drops the results. The copy, sent in as it is, would then be refused as not calculated.
    """
    with path.open("rb") as file:
        book = load_workbook(file, read_only=True)
        parts = {sheet.title: sheet._worksheet_path for sheet in book.worksheets}
        book.close()
    with zipfile.ZipFile(path) as archive:
        for title, part in parts.items():
            with archive.open(part) as stream:
                has_formulas = any(_FORMULA.search(block) for block in _blocks_of_tags(stream))
            if has_formulas:
                with archive.open(part) as stream:
                    yield title, dict(_results_in(stream))


def _results_in(stream: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    for _, element in iterparse(stream):
        name = element.tag.rpartition("}")[2]
        address = element.get("r")
        if name == "c" and address and element.get("t") != "s":
            texts = {child.tag.rpartition("}")[2]: child.text for child in element}
            if "f" in texts and "v" in texts:
                yield address, (element.get("t", "n"), texts["v"] or "")
        elif name == "row":
            element.clear()


def _with_results(content: bytes, parts: Mapping[str, Results]) -> bytes:
    """The package with the results put behind their formulas."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename in parts:
                data = _sheet_with_results(data, parts[entry.filename])
            new.writestr(entry, data)
    return stream.getvalue()


def _sheet_with_results(sheet: bytes, results: Results) -> bytes:
    def with_result(match: re.Match[bytes]) -> bytes:
        result = results.get(match[1].decode())
        if result is None or (result[0] != "str" and not result[1]):
            return match[0]
        kind, text = result[0].encode(), escape(result[1]).encode()
        return b'<c r="%s"%s t="%s">%s<v>%s</v></c>' % (match[1], match[2], kind, match[3], text)

    return _WRITTEN_FORMULA.sub(with_result, sheet)


# --- bare cells ---
def _bare_copy(path: Path, filename: str, name: str | None, loss: str) -> Copy:
    """The sheet that is read, with its values at their addresses."""
    # The file's size was judged when it was read, so its own size is the limit here.
    size, today = path.stat().st_size, dt.date.today()
    table = read_table(path, filename, MAX_DATA_ROWS, size, today, sheet=name)
    book = Workbook()
    sheet = book.active
    sheet.title = INVALID_TITLE_REGEX.sub("_", table.sheet)[:31].strip("'") or "名册"
    # Days that stand as plain numbers must mean the same days again.
    if table.epoch == 1904:
        book.epoch = MAC_EPOCH
    for number, values in table.rows:
        for at, value in enumerate(values, 1):
            if value is not None and value != "" and (number, at - 1) not in table.failures:
                _write_value(sheet.cell(number, at), value)
    for (row, at), rule in table.failures.items():
        # What stood in the cell is not known. These stand-ins lead to the same problem when read.
        cell = sheet.cell(row, at + 1)
        cell.value = "=NA()" if rule is catalogue.FORMULA else "#N/A"
    _fit_columns(sheet, table)
    return Copy(book, sheet, [loss])


def _write_value(cell: Any, value: object) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)
    if isinstance(value, str):
        # As text, or the spreadsheet program makes numbers of codes at the next edit.
        cell.number_format = "@"
        write_raw(cell, value)
        return
    cell.value = value
    has_time = isinstance(value, dt.datetime) and value.time() != dt.time()
    if isinstance(value, dt.date) and not has_time:
        cell.number_format = "yyyy-mm-dd"


def _fit_columns(sheet: Any, table: RawTable) -> None:
    widths: dict[int, int] = {}
    for _, values in table.rows[:_SAMPLE_ROWS]:
        filled = [at for at, value in enumerate(values) if not is_blank(value)]
        if len(filled) < 2:
            # A title stands alone in its row and may run over the cells beside it.
            continue
        for at in filled:
            width = text_width(str(values[at])) + 2
            if isinstance(values[at], dt.date):
                width = 11
            widths[at] = max(widths.get(at, NARROWEST), width)
    for at, width in widths.items():
        sheet.column_dimensions[letter_of(at + 1)].width = min(width, WIDEST)
