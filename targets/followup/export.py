"""The list of firms to call as .xlsx or .csv."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.rosters.writing.list_file import Columns, download
from parks.district import DISTRICT
from targets.followup.page import FollowUpLine, FollowUpPage, lines_of

COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("单位", 18), ("列入原因", 44), ("单位责任人", 20), ("科技局责任人", 20),
    ("企业联系人", 14), ("企业电话", 18), ("单位联系人", 14), ("单位电话", 18), ("最近对接", 12), ("对接人", 14),
    ("最近的期限", 12), ("要做的事", 28),
)  # fmt: skip


def export_followup(page: FollowUpPage, form_at: str) -> FileResponse:
    asked = page.asked
    lines = lines_of(page.listed, asked.user)
    conditions = page.filters_in_words or "无"
    return download(
        f"对接名单_{timezone.localtime():%Y%m%d_%H%M}",
        form_at,
        title=f"{DISTRICT.name}企业对接名单",
        said=[f"截至 {asked.today}　条件：{conditions}　共 {len(lines)} 家"],
        user=asked.user,
        columns=COLUMNS,
        rows=map(_cells, lines),
    )


def _cells(line: FollowUpLine) -> list[Any]:
    row, firm, due = line.row, line.row.firm, line.row.next_due
    contact = [firm.contact_name, firm.contact_phone]
    unit = line.unit_contact
    return [
        firm.uscc,
        firm.name,
        row.unit.answering_name,
        "；".join(f"{why.label}：{words}" for why, words in row.whys.items()),
        str(row.owners.unit or ""),
        str(row.owners.bureau or ""),
        *(contact if line.may_tell else ["不公开", "不公开"]),
        *([unit.name, unit.phone] if unit else ["", ""]),
        row.last.on if row.last else None,
        str(row.last.by) if row.last else "",
        due.day if due else None,
        due.what if due else "",
    ]
