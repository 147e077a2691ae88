"""What the bulletin says, read back from its Word file and its workbook."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import docx
import openpyxl

from tests.walk.said import Meaning, Said

FIRST_ROW = 4
"""Of a sheet: its titles."""


@dataclass(frozen=True)
class Published:
    """`indicators`: every word for an indicator that counts firms → its code. `units`: (group, short name) → code;
    a park and a street may have one name. `opened_on`: the eve of the quarter."""

    code: str
    day: dt.date
    opened_on: dt.date
    indicators: dict[str, str]
    units: dict[tuple[str, str], str]

    def stock(self, word: str, scope: str, day: dt.date, place: str = "") -> Meaning:
        code = self.indicators[word]
        return Meaning("stock", code, scope, day.isoformat(), place=place, release=self.code)


def of_workbook(page: str, content: bytes, published: Published) -> Iterator[Said]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    yield from _of_district(f"{page} 全区", _rows(book["全区"]), published)
    yield from _of_verdicts(f"{page} 目标判断", _rows(book["目标判断"]), published)
    for group in ("园区平台", "镇街"):
        rows = list(book[group].iter_rows(min_row=FIRST_ROW, values_only=True))
        yield from _of_units(f"{page} {group}", group, rows, published)
    if "目标完成情况" in book.sheetnames:
        yield from _of_goals(f"{page} 目标完成情况", _rows(book["目标完成情况"]), published)


def _rows(sheet: Any) -> Iterator[dict[str, Any]]:
    titles, *rows = sheet.iter_rows(min_row=FIRST_ROW, values_only=True)
    for row in rows:
        yield dict(zip(titles, row, strict=True))


def _of_district(page: str, rows: Iterator[dict[str, Any]], published: Published) -> Iterator[Said]:
    days = {"期初": published.opened_on, "期末": published.day}
    for row in rows:
        if day := days.get(row["项目"]):
            meaning = published.stock(row["指标"], "district", day)
            yield Said(meaning, Decimal(row["数值"]), f"{page} {row['指标']}{row['项目']}")


def _of_verdicts(page: str, rows: Iterator[dict[str, Any]], published: Published) -> Iterator[Said]:
    """Of the targets still to come: what is past its day is told by that day."""
    for row in rows:
        code, due = published.indicators.get(row["指标"]), row["期限"].date()
        if code is None or due <= published.day:
            continue
        where = f"{page} {row['指标']} {due}"
        now = published.stock(row["指标"], "district", published.day)
        yield Said(now, Decimal(row["统计日数值"]), where)
        if row["距目标还差"] is not None:
            missing = Meaning("missing", code, "district", published.day.isoformat(), place=f"due={due}",
                              release=published.code)  # fmt: skip
            yield Said(missing, Decimal(row["距目标还差"]), where)


def _of_units(
    page: str, group: str, rows: Sequence[Sequence[Any]], published: Published
) -> Iterator[Said]:
    """Every column that has the name of a kind counts its firms."""
    titles, *lines = rows
    for line in lines:
        scope = published.units[group, line[1]]
        for title, value in zip(titles, line, strict=True):
            if title in published.indicators:
                meaning = published.stock(title, scope, published.day)
                yield Said(meaning, Decimal(str(value).replace(",", "")), f"{page} {line[1]}")


def _of_goals(page: str, rows: Iterator[dict[str, Any]], published: Published) -> Iterator[Said]:
    """Towns answer for their firms outside the parks alone."""
    for row in rows:
        if scope := published.units.get((row["类别"], row["单位"])):
            place = "park=outside" if row["类别"] == "镇街" else ""
            meaning = published.stock(row["指标"], scope, published.day, place)
            yield Said(meaning, Decimal(row["年末存量完成"]), f"{page} {row['单位']}")


def of_word(page: str, content: bytes, published: Published) -> Iterator[Said]:
    """The overview's sentences, and the tables of parks and towns."""
    document = docx.Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        told = re.match(r"(.+?)([\d,]+)家，本季度.*?（期初([\d,]+)家", paragraph.text)
        if told and told[1] in published.indicators:
            for day, firms in ((published.day, told[2]), (published.opened_on, told[3])):
                meaning = published.stock(told[1], "district", day)
                yield Said(meaning, Decimal(firms.replace(",", "")), f"{page} text {day}")
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        group = rows[0][1]
        if group in ("园区平台", "镇街"):
            yield from _of_units(f"{page} table {group}", group, rows, published)
