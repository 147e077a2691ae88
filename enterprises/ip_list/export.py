"""The list of rights as .xlsx."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.firms.ip.listing import RightLine, lines_of
from enterprises.rosters.writing.list_file import Columns, download
from parks.district import DISTRICT
from parks.models import User

COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("知识产权类别", 20), ("分类", 8), ("授权号", 24),
    ("知识产权名称", 42), ("授权日期", 12), ("保护期至", 12), ("取得方式", 12), ("取得日期", 12),
    ("终止日期", 12), ("已用于高企申报年度", 20), ("申报能否使用", 20),
)  # fmt: skip
"""Titles that the reader of such a list knows, so that the file can be loaded again."""


def export_items(judged: Any, *, user: User, asked: Sequence[str]) -> FileResponse:
    """`judged`: rows as of today, in their order; `asked`: the filters in words."""
    today = timezone.localdate()
    said = [f"按 {today} 申报判断" + (f"；{'，'.join(asked)}" if asked else "")]
    return download(
        f"知识产权_{timezone.localtime():%Y%m%d_%H%M}",
        "xlsx",
        title=f"{DISTRICT.name}企业知识产权",
        said=said,
        user=user,
        columns=COLUMNS,
        rows=(_cells(line) for line in lines_of(judged, today)),
    )


def _cells(line: RightLine) -> list[Any]:
    item = line.item
    return [
        item.enterprise.uscc,
        item.enterprise.name,
        str(item.kind),
        str(line.ip_class.label),
        item.number,
        item.title,
        item.granted_on,
        item.ends_on,
        item.get_obtained_display(),
        item.since,
        item.until,
        item.used_first,
        line.says,
    ]
