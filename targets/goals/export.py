"""The table of the goals page as .xlsx or .csv."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.rosters.writing.list_file import Columns, download
from parks.models import User
from targets.goals import words
from targets.goals.completion import Completion
from targets.goals.page import GoalRow, GoalsPage

COLUMNS: Columns = (
    ("单位", 22), ("类别", 14), ("年初存量", 10), ("现有", 10), ("年末目标", 10), ("净增", 8), ("净增目标", 10),
    ("首次认定", 10), ("首次认定目标", 13), ("考核项", 10), ("完成率（%）", 12), ("全年还差", 10), ("序时应达", 10),
    ("落后序时", 10), ("在途", 8), ("仍缺", 8), ("领先序时（百分点）", 18), ("状态", 10), ("自何时起", 12),
    ("现有的数据截至", 30),
)  # fmt: skip


def export_goals(page: GoalsPage, kind: str, user: User, form_at: str) -> FileResponse:
    """`kind` is the short name of the indicator asked, `form_at` xlsx or csv."""
    rows = [_cells_of_row(row, group, page) for group, row in _rows_with_group(page)]
    name = f"任务分解_{page.asked.year}_{kind}_{timezone.localtime():%Y%m%d_%H%M}"
    # The file may be sent on without the page: it says itself what it counts, and as of when.
    head = [
        f"{kind}　统计日 {page.asked.day}　证书日期口径　{page.revision or '尚未下达'}",
        *words.of_page(page).values(),
        words.PARTITION,
        words.CREDIT,
    ]
    title = f"{page.asked.year}年任务分解与完成情况"
    return download(name, form_at, title=title, said=head, user=user, columns=COLUMNS, rows=rows)


def _data_until(row: GoalRow) -> str | None:
    return (row.reach.in_words if row.reach else "") or None


def _rows_with_group(page: GoalsPage) -> list[tuple[str, GoalRow]]:
    """With the title of their group: units, the sum below them, and the district last."""
    rows = []
    for group in page.groups:
        rows += [(group.title, row) for row in group.rows]
        if group.total:
            rows.append((group.title, group.total))
    rows.append(("全区", page.district))
    return rows


def _cells_of_row(row: GoalRow, group: str, page: GoalsPage) -> list[Any]:
    # In the order of COLUMNS. None leaves a cell empty: a dash would make the column text.
    asked: Completion = row.asked
    return [
        row.name, group, row.stock.start, row.stock.done, row.stock.goal, row.net.done,
        row.net.goal, row.first.done, row.first.goal, page.asked.measure.label, asked.rate,
        asked.gap, asked.due, asked.behind, asked.in_flight, asked.still_missing, asked.deviation,
        asked.state.label, asked.since, _data_until(row),
    ]  # fmt: skip
