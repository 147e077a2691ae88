"""Reading CSV as Excel and WPS write it in China: UTF-8, UTF-16 with its mark, or GB18030."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from enterprises.rosters.definition import catalogue
from enterprises.rosters.definition.table import MAX_COLUMNS, RawTable, filled_rows

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_csv(path: Path, filename: str, max_rows: int) -> RawTable:
    text = _decoded_text(path.read_bytes(), filename)
    # csv would read on over the character and hand it to the database.
    if "\0" in text:
        raise catalogue.BAD_TEXT.refuse(filename, "CSV 文件中含有空字符（NUL），不是文本文件")
    _check_delimiter(text, filename)
    table = RawTable(filename, Path(filename).stem, "csv", [])
    table.rows = list(filled_rows(_csv_records(text, filename), filename, max_rows, table.notes))
    return table


def _decoded_text(data: bytes, filename: str) -> str:
    marked = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    # UTF-8 first: text in another encoding is hardly ever valid UTF-8, while nearly all is GB18030.
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise catalogue.BAD_TEXT.refuse(
        filename, "CSV 文件的编码无法识别（支持 UTF-8、GB18030、带标记的 UTF-16）"
    )


def _check_delimiter(text: str, filename: str) -> None:
    """Refuse a file with another delimiter: each of its rows would be read as a single cell."""
    beginning = "\n".join(re.split(r"\r\n|\r|\n", text[:20_000])[:20])
    if "," in beginning:
        return
    for mark, name in (("\t", "制表符"), (";", "分号"), ("，", "中文逗号")):
        if mark in beginning:
            raise catalogue.BAD_TEXT.refuse(filename, f"CSV 文件以{name}分隔，应以英文逗号分隔")


def _csv_records(text: str, filename: str) -> Iterator[tuple[object, ...]]:
    # Strict: otherwise a quotation mark that is never closed
    # swallows the rest of the file in silence.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
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
