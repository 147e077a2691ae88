"""What the XML of a worksheet shows besides its values: one pass over its bytes, in linear time.

calamine gives error cells and formulas without a result as blanks, and no fast reader shows hidden
rows or filters. So they are looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import IO
from xml.parsers import expat

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.letters import number_of
from enterprises.rosters.definition.table import HEADER_ROWS, MAX_COLUMNS, Area, too_many
from enterprises.rosters.reading.package import Parts
from enterprises.rosters.reading.safety import MEGABYTE, is_utf8

# openpyxl holds a whole row in memory, at twenty times its length.
MAX_ROW_BYTES = 8 * MEGABYTE
MAX_AREAS = 5_000
"""Merged areas that are noted of a sheet."""

# No pattern may look past the next "<": each part of a hostile file is looked at a few times only.
_TAG = rb"<(?:\w+:)?"
_ROOT = re.compile(rb"<(\w+:)?worksheet[\s>]")
_FORMULA = re.compile(_TAG + rb"f[ >/]")
# A cell behind column GR, which is the 200th and the last that is read.
_FAR_CELL = re.compile(_TAG + rb"c [^<>]*\br=[\"'](?:G[S-Z]|[H-Z][A-Z]|[A-Z]{3})[0-9]")
# Patterns that begin with _TAG hold for any sheet; the others only for a plain one.
_ANY_ROW_NUMBER = re.compile(_TAG + rb"row(?=[\s/>])(?:[^<>]*?\br=[\"'](\d{1,18})[\"'])?")
_HIDDEN_ROW = re.compile(
    _TAG + rb"row (?=[^<>]*\bhidden=[\"'](?:1|true)[\"'])(?:[^<>]*?\br=[\"'](\d{1,7})[\"'])?"
)
_HIDDEN_COLUMN = re.compile(_TAG + rb"col (?=[^<>]*\bhidden=[\"'](?:1|true)[\"'])([^<>]*)>")
_MERGED = re.compile(
    _TAG + rb"mergeCell [^<>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_FILTER = re.compile(
    _TAG
    + rb"autoFilter [^<>]*?\bref=[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})[\"']"
)
_FILTER_SET = re.compile(_TAG + rb"filterColumn[ >/]")
# A cell not written as Excel and WPS write it, and any cell behind column GR.
_ODD_CELL = re.compile(rb'<c(?! r="(?:[A-F]?[A-Z]|G[A-R])[1-9][0-9]{0,6}"[ />])[\s/>]')
# Comments and CDATA could hide tags from the patterns, or show some that are none.
_ODD_MARKS = (b"<!", b" t='")
_ROW_NUMBER = re.compile(rb'<row(?=[\s/>])(?: r="([1-9][0-9]{0,6})"(?=[ />]))?')
_CELL_START = b'<c r="'
_REST_OF_CELL = re.compile(rb'([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>(.*)', re.DOTALL)
# <v> holds a result or a value, <t> a text that stands in the cell itself.
_RESULT = re.compile(rb"<v(?: [^<>]*)?>([^<]*)</v>")
_FILLED = re.compile(rb"<(?:v|t)(?: [^<>]*)?>[^<]")


@dataclass(slots=True)
class SheetFacts:
    """What was found in one sheet.

    `plain`: written so that patterns can read it safely. Otherwise only an XML parser may judge it.
    `formulas`: it has some. `far`: it has cells behind the last column that is read.
    `last_row`: the greatest row number. `filled`: rows with values, only for a plain sheet.
    `errors`: error cells with their text, only for a plain sheet; keys are (row, column from 0).
    `unanswered`: formulas without a result, likewise.
    `styled`: cells with a number format that was asked for → its index, likewise.
    `filter`: the area that a filter is on; `filter_set`: it hides rows.
    """

    plain: bool = True
    formulas: bool = False
    far: bool = False
    last_row: int = 0
    filled: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unanswered: list[tuple[int, int]] = field(default_factory=list)
    styled: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    filter: str = ""
    filter_set: bool = False


def look_through(
    parts: Parts, part: str, filename: str, max_rows: int, styles: Collection[int] = ()
) -> SheetFacts:
    """The facts of a sheet. Raises FileRefused for an endless row and for too many rows.

    `styles`: the number formats whose cells are to be noted.

    Reading to the end also proves the part's checksum. Raises ExpatError for a plain sheet that is
    not well-formed: calamine would read a part of it without an error.
    """
    # expat only proves the XML well-formed; it builds nothing, so it needs hardly any memory.
    facts, parser = SheetFacts(), expat.ParserCreate()
    styled = _styled_cell(styles) if styles else None
    with parts.open(part) as stream:
        for number, block in enumerate(_whole_rows(stream, filename)):
            if number == 0:
                facts.plain = is_utf8(block) and re.search(rb"<worksheet[\s>]", block) is not None
                # Patterns find nothing in another encoding, so the worst is assumed.
                facts.formulas = not is_utf8(block)
            _look_through_block(block, facts, filename)
            if facts.plain:
                parser.Parse(block, False)
                for match in styled.finditer(block) if styled else ():
                    at = int(match[2]), number_of(match[1].decode()) - 1
                    facts.styled[at] = int(match[3])
                # Rows with nothing but formats do not count: some files have tens of thousands.
                for row in block.split(b"<row"):
                    facts.filled += _FILLED.search(row) is not None
                if facts.filled > max_rows + 2 * HEADER_ROWS:
                    raise too_many(filename, max_rows)
    if facts.plain:
        parser.Parse(b"", True)
    facts.hidden_columns = sorted(set(facts.hidden_columns))
    return facts


def _styled_cell(styles: Collection[int]) -> re.Pattern[bytes]:
    """Finds the cells of a plain sheet that have one of these formats, and no error."""
    joined = b"|".join(b"%d" % style for style in styles)
    return re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?=[^<>]*? s="(' + joined + rb')")[^<>]*>')


def prove_whole(parts: Parts, part: str) -> None:
    """Raises ExpatError unless the part is well-formed XML."""
    parser = expat.ParserCreate()
    with parts.open(part) as stream:
        while block := stream.read(MEGABYTE):
            parser.Parse(block, False)
    parser.Parse(b"", True)


def _whole_rows(stream: IO[bytes], filename: str, size: int = MEGABYTE) -> Iterator[bytes]:
    """The sheet in blocks that end where a row begins, so that no row is cut in two.

    Behind the end of the rows they end at a tag.
    """
    rest = stream.read(size)
    root = _ROOT.search(rest)
    prefix = (root[1] or b"") if root else b""
    row, end, behind = b"<" + prefix + b"row", b"</" + prefix + b"sheetData", False
    while block := stream.read(size):
        rest += block
        behind = behind or end in rest
        cut = rest.rfind(b">") + 1 if behind else rest.rfind(row)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        if len(rest) > MAX_ROW_BYTES:
            raise catalogue.SUSPICIOUS.refuse(
                filename, "工作表中有异常庞大的行，为安全起见不予读取"
            )
    if len(rest) > MAX_ROW_BYTES + size:
        raise catalogue.SUSPICIOUS.refuse(filename, "工作表中有异常庞大的行，为安全起见不予读取")
    yield rest


def _look_through_block(block: bytes, facts: SheetFacts, filename: str) -> None:
    """Note what the block shows.

    Each pattern is only tried where a quick look finds its word: most blocks hold nothing but
    cells.
    """
    facts.plain = facts.plain and _is_plain(block)
    _count_rows(block, facts, filename)
    if not facts.plain:
        facts.far = facts.far or _FAR_CELL.search(block) is not None
    if not facts.formulas and (b"<f" in block or b":f" in block):
        facts.formulas = _FORMULA.search(block) is not None
    if b"hidden=" in block:
        facts.hidden_rows += [int(match[1] or 0) for match in _HIDDEN_ROW.finditer(block)]
        facts.hidden_columns += _hidden_columns(block)
    if b"mergeCell " in block and len(facts.merged) < MAX_AREAS:
        facts.merged += [_area(match) for match in _MERGED.finditer(block)]
    if b"autoFilter" in block and (match := _FILTER.search(block)):
        facts.filter = str(_area(match))
    if b"filterColumn" in block and _FILTER_SET.search(block):
        facts.filter_set = True
    if facts.plain and (facts.formulas or b't="e"' in block):
        _judge_cells(block, facts)


def _is_plain(block: bytes) -> bool:
    return _ODD_CELL.search(block) is None and not any(mark in block for mark in _ODD_MARKS)


def _hidden_columns(block: bytes) -> Iterator[int]:
    """Numbers from 0; one element of the XML stands for a range of columns."""
    for match in _HIDDEN_COLUMN.finditer(block):
        first = re.search(rb"\bmin=[\"'](\d{1,5})", match[1])
        last = re.search(rb"\bmax=[\"'](\d{1,5})", match[1])
        if first and last:
            yield from range(int(first[1]) - 1, min(int(last[1]), MAX_COLUMNS))


def _area(match: re.Match[bytes]) -> Area:
    left, top, right, bottom = match.groups()
    first = number_of(left.decode()) - 1
    last = number_of(right.decode()) - 1
    return Area(int(top), first, int(bottom), last)


def _count_rows(block: bytes, facts: SheetFacts, filename: str) -> None:
    """Note the last row number, and whether every row has one."""
    pattern = _ROW_NUMBER if facts.plain else _ANY_ROW_NUMBER
    for match in pattern.finditer(block):
        number = int(match[1] or 0)
        # A reader would lose rows whose numbers go back.
        if number and number <= facts.last_row:
            raise catalogue.DAMAGED.refuse(
                filename, f"工作表中第{number}行排在第{facts.last_row}行之后，次序错乱"
            )
        facts.plain = facts.plain and number > 0
        facts.last_row = number or facts.last_row + 1


def _judge_cells(block: bytes, facts: SheetFacts) -> None:
    """Note error cells and formulas without a result. Only for a plain sheet."""
    for text in block.split(_CELL_START)[1:]:
        if b"<f" not in text and b't="e"' not in text:
            continue
        cell = _REST_OF_CELL.match(text.partition(b"</c>")[0])
        # "/" at the end: an empty cell, and what follows it belongs to no cell.
        if cell is None or cell[3].endswith(b"/"):
            continue
        letters, digits, attributes, body = cell.groups()
        at = int(digits), number_of(letters.decode()) - 1
        result = _RESULT.search(body)
        if b't="e"' in attributes:
            facts.errors[at] = unescape(result[1].decode()) if result else "#N/A"
        elif b"<f" in body and not _has_result(attributes, body, result):
            facts.unanswered.append(at)


def _has_result(attributes: bytes, body: bytes, result: re.Match[bytes] | None) -> bool:
    """An empty text is a result."""
    if b"<is" in body or (result and result[1]):
        return True
    return b"<v" in body and b't="str"' in attributes
