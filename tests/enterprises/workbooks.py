"""Files for the reader's tests, made on the spot: a good roster, and a good roster with something done to it."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import openpyxl
from django.conf import settings

from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.reading.sheet import Reading, read_register
from enterprises.uscc import check_character
from tests.enterprises.vocabulary import VOCABULARY

TODAY = dt.date(2026, 11, 23)
SHEET = "xl/worksheets/sheet1.xml"
TOP = "填报单位：{}　数据截至：2026-09-30"
Target = TypeVar("Target", Path, io.BytesIO)
Change = Callable[[openpyxl.Workbook], None]


def code(number: int) -> str:
    body = f"91500116MA{number:07d}"
    return body + check_character(body)


def firm(number: int = 1, **values: object) -> dict[str, object]:
    """A firm nobody could object to, with some values replaced."""
    good = {
        "number": number,
        "name": f"重庆测试{number}号机械有限公司",
        "uscc": code(number),
        "park": "德感工业园发展中心",
        "town": "德感街道",
        "registered_on": dt.date(2015, 3, 2),
        "tech_entered_on": dt.date(2020, 5, 6),
        "revenue": 1000.5,
        "rd_expense": 50,
        "staff": 40,
        "rd_staff": 8,
    }
    return good | values


def lines(*firms: dict[str, object], layout: Layout = ROSTER) -> list[list[object]]:
    """The title line, the header and one line per firm."""
    header = [column.title for column in layout.columns]
    rows = [[each.get(column.field) for column in layout.columns] for each in firms]
    return [["江津区名册"], header, *rows]


def xlsx(path: Target, rows: list[list[object]], change: Change | None = None) -> Target:
    book = openpyxl.Workbook()
    book.active.title = "名册"
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def roster(
    *firms: dict[str, object],
    unit: str = "德感工业园发展中心",
    top: str = TOP,
    change: Change | None = None,
) -> bytes:
    """The file of a unit's roster that lists these firms."""
    rows = lines(*firms)
    rows[0] = [top.format(unit)]
    return xlsx(io.BytesIO(), rows, change).getvalue()


def repacked(path: Path, parts: dict[str, bytes | Callable[[bytes], bytes]]) -> Path:
    """The package with parts replaced, rewritten or added."""
    with zipfile.ZipFile(path) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    for name, part in parts.items():
        kept[name] = part(kept[name]) if callable(part) else part
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in kept.items():
            new.writestr(name, data)
    path.write_bytes(buffer.getvalue())
    return path


def read(path: Path, filename: str | None = None) -> Reading:
    return read_register(
        path, filename or path.name, VOCABULARY, TODAY, max_bytes=settings.MAX_REGISTER_BYTES
    )


def read_firms(folder: Path, *firms: dict[str, object], layout: Layout = ROSTER) -> Reading:
    return read(xlsx(folder / "名册.xlsx", lines(*firms, layout=layout)))


def problems(reading: Reading) -> list[tuple[str, str]]:
    return [(problem.code, problem.address) for problem in reading.problems]
