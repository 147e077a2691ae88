"""The table of a score sheet as .xlsx or .csv."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.rosters.writing.list_file import download
from parks.models import User
from parks.numbers import plain
from targets.assessment.page import BoardPage, SheetRow, rule_words

SIMULATED = "模拟：方案尚未下达"


def export_board(page: BoardPage, user: User, form_at: str) -> FileResponse:
    """What the page shows; of each item the points and what was measured."""
    scheme = page.scheme
    columns: list[tuple[str, int]] = [("单位", 22), ("名次", 8), ("总分", 10)]
    for item in page.sheet.items:
        columns += [(f"{item}（{plain(item.weight)}分）", 14), (f"{item}：数值", 18)]
    state = SIMULATED if scheme.is_draft else scheme.get_state_display()
    return download(
        f"考核_{scheme.year}_{scheme.get_kind_display()}_{timezone.localtime():%Y%m%d_%H%M}",
        form_at,
        title=f"{scheme.year}年{scheme}",
        said=[
            f"{state}　{scheme.document or scheme.basis}　统计日 {page.sheet.day}",
            *(f"{item}：{rule_words(item)}" for item in page.sheet.items),
        ],
        user=user,
        columns=columns,
        rows=[_cells(row, page) for row in page.rows],
    )


def _cells(row: SheetRow, page: BoardPage) -> list[Any]:
    rank = row.sheet.rank if page.sees_ranking else None
    cells: list[Any] = [row.unit.told_apart, rank, row.sheet.points]
    for cell in row.cells:
        cells += [cell.line.points, cell.line.value]
    # Of other units a reporter has the total alone.
    missing = 3 + 2 * len(page.columns) - len(cells)
    return cells + [None] * missing
