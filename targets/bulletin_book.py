"""The bulletin's figures as an Excel workbook with native charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from enterprises.rosters.writing import bytes_of, write_text
from targets.bulletin import Bulletin, UnitLine
from targets.bulletin_template import (
    EXPIRING_COLUMNS,
    EXPIRING_FIELDS,
    PARK_COLUMNS,
    PARK_FIELDS,
    TOWN_COLUMNS,
    TOWN_FIELDS,
)

HEAD_ROW = 4
WIDEST = 40


def of(bulletin: Bulletin) -> bytes:
    """Four sheets: the district, parks with two charts, towns, expiring certificates."""
    book = Workbook()
    _district(book.active, bulletin)  # type: ignore[arg-type]
    parks = _sheet(book, bulletin, "园区平台", PARK_COLUMNS, _rows(bulletin.parks, PARK_FIELDS))
    _chart(parks, "有效期内高新技术企业（家）", PARK_FIELDS.index("hnte") + 1, len(bulletin.parks), "J4")
    _chart(parks, "科技型企业（家）", PARK_FIELDS.index("tech") + 1, len(bulletin.parks), "J20")
    _sheet(book, bulletin, "镇街", TOWN_COLUMNS, _rows(bulletin.towns, TOWN_FIELDS))
    _sheet(book, bulletin, "即将到期", EXPIRING_COLUMNS, _rows(bulletin.expiring, EXPIRING_FIELDS))
    return bytes_of(book)


def _district(sheet: Worksheet, bulletin: Bulletin) -> None:
    rows: list[list[Any]] = []
    for one in bulletin.headlines:
        rows += [
            [one.name, "期初", one.opening],
            *([one.name, reason, firms] for reason, firms in one.terms),
            [one.name, "期末", one.value],
            [one.name, "净增", one.net],
            [one.name, "园区平台内占全区（%）", one.share],
        ]
    _write(sheet, bulletin, "全区", ("指标", "项目", "数值"), rows)


def _rows(lines: Iterable[UnitLine | Any], fields: Sequence[str]) -> list[list[Any]]:
    return [[getattr(line, name) for name in fields] for line in lines]


def _sheet(
    book: Workbook, bulletin: Bulletin, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Worksheet:
    sheet = book.create_sheet(name)
    _write(sheet, bulletin, name, columns, rows)
    return sheet


def _write(
    sheet: Worksheet, bulletin: Bulletin, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    sheet.title = name
    sheet["A1"] = bulletin.title
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = f"{bulletin.release}　统计日 {bulletin.release.as_of:%Y-%m-%d}　证书日期口径"
    for number, column in enumerate(columns, 1):
        cell = sheet.cell(HEAD_ROW, number, column)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8F0F9")
        cell.alignment = Alignment(horizontal="center")
    for at, row in enumerate(rows, HEAD_ROW + 1):
        for number, value in enumerate(row, 1):
            if isinstance(value, str):
                write_text(sheet.cell(at, number), value)
            else:
                sheet.cell(at, number, value)
    for number, column in enumerate(columns, 1):
        longest = max([len(str(column)), *(len(str(row[number - 1])) for row in rows)])
        sheet.column_dimensions[get_column_letter(number)].width = min(WIDEST, 2 * longest + 2)
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, 1)


def _chart(sheet: Worksheet, title: str, column: int, rows: int, at: str) -> None:
    chart = BarChart()
    chart.type, chart.title, chart.legend, chart.gapWidth = "col", title, None, 60
    chart.add_data(Reference(sheet, min_col=column, min_row=HEAD_ROW + 1, max_row=HEAD_ROW + rows))
    chart.set_categories(Reference(sheet, min_col=2, min_row=HEAD_ROW + 1, max_row=HEAD_ROW + rows))
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.x_axis.delete = chart.y_axis.delete = False
    sheet.add_chart(chart, at)
