"""Reading text as Excel and WPS write it in China: UTF-8, UTF-16 or GB18030, commas or tabs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.problems import display_text
from enterprises.rosters.definition.table import MAX_COLUMNS, RawRow, RawTable, filled_rows
from enterprises.rosters.reading.formats.foreign import unmarked_encoding
from enterprises.rosters.reading.safety import HEAD_BYTES
from parks.numbers import grouped

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    # Before those of UTF-16, with which they begin.
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# ="915…" and '915…; a formula such as ="甲"&"乙" is none.
_GUARDED = re.compile(r"=\s*\"([^\"]*)\"\s*|'([^']+)")
LISTED_GUARDS = 1_000


def read_csv(path: Path, filename: str, max_rows: int) -> RawTable:
    text = decoded_text(path.read_bytes(), filename)
    # csv would read on over the character and hand it to the database.
    if "\0" in text:
        raise catalogue.BAD_TEXT.refuse(filename, "CSV 文件中含有空字符（NUL），不是文本文件")
    delimiter = _delimiter(text, filename)
    table = RawTable(filename, Path(filename).stem, "csv", [])
    numbered = enumerate(_csv_records(text, delimiter, filename), start=1)
    records = _without_guards(numbered, table)
    table.rows = list(filled_rows(records, filename, max_rows, table.notes))
    return table


def decoded_text(data: bytes, filename: str) -> str:
    marked = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    if not marked and (encoding := unmarked_encoding(data[:HEAD_BYTES])):
        marked = [encoding]
    # UTF-8 first: text in another encoding is hardly ever valid UTF-8, while nearly all is GB18030.
    for encoding in marked[:1] or ["utf-8", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise catalogue.BAD_TEXT.refuse(
        filename, "文本的编码无法识别（支持 UTF-8、GB18030、UTF-16、UTF-32）"
    )


def _delimiter(text: str, filename: str) -> str:
    """The comma or the tab; refuse others: each row would be read as a single cell.

    Where both stand, the titles decide: they are parted by what stands in their line more often.
    """
    beginning = re.split(r"\r\n|\r|\n", text[:20_000])[:20]
    commas, tabs = (max(line.count(mark) for line in beginning) for mark in ",\t")
    if tabs > commas:
        return "\t"
    if commas:
        return ","
    for mark, name in ((";", "分号"), ("，", "中文逗号"), ("|", "竖线")):
        if any(mark in line for line in beginning):
            raise catalogue.BAD_TEXT.refuse(filename, f"文本以{name}分隔，应以英文逗号分隔")
    return ","


def _csv_records(text: str, delimiter: str, filename: str) -> Iterator[tuple[object, ...]]:
    # Strict: otherwise a quotation mark that is never closed
    # swallows the rest of the file in silence.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cause = "字段过长" if "larger than" in str(error) else "引号没有成对"
            raise catalogue.BAD_TEXT.refuse(
                filename, f"CSV 文件到第{reader.line_num}行时无法读取：{cause}"
            ) from error
        yield tuple(record[:MAX_COLUMNS])


def _without_guards(records: Iterable[RawRow], table: RawTable) -> Iterator[RawRow]:
    """The rows without the guards that exports put around digits, to keep them from being numbers."""
    further = 0
    for number, record in records:
        cells = list(record)
        for at, cell in enumerate(cells):
            # A guard stands at the beginning, which is the quick test.
            if not isinstance(cell, str) or cell[:1] not in ("=", "'"):
                continue
            if match := _GUARDED.fullmatch(cell):
                cells[at] = match[1] or match[2] or ""
                if len(table.unwrapped) < LISTED_GUARDS:
                    seen, value = display_text(cell), display_text(cells[at])
                    table.unwrapped.append((number, at, seen, value))
                else:
                    further += 1
        yield number, cells
    if further:
        table.notes.append(f'另有{grouped(further)}个单元格去掉了同样的前缀（="…" 或 \'…）')
