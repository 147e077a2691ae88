"""The list of the page of yearly duties as .xlsx or .csv."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.firms import contacts
from enterprises.rosters.writing.list_file import Columns, download
from parks.district import DISTRICT
from parks.models import User
from targets.duties import page
from targets.duties.form import DutiesQuestion
from targets.duties.page import HolderLine

COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("单位", 20), ("联系人", 24), ("证书编号", 20), ("年度", 8),
    ("截止日", 12), ("状态", 12), ("办理日期", 12), ("由谁确认", 30), ("未办年度", 20), ("可能失去资格", 14),
)  # fmt: skip


def export_duties(question: DutiesQuestion, user: User, form_at: str) -> FileResponse:
    found = question.found(user)
    listed = question.listed(found.rows)
    duty = question.duty
    return download(
        f"{duty.short_name}_{question.year}年度_{timezone.localtime():%Y%m%d_%H%M}",
        form_at,
        title=f"{DISTRICT.name}{duty.name}（{question.year}年度）",
        said=[
            f"{user.scope_words(question.unit)}　截止 {question.due_on}　状态截至 {question.on}　"
            f"{page.summary_sentence(question, found.rows)}",
            f"本表：{question.state_label}，共 {len(listed)} 家；以截止日计入{duty.kind}的企业为应办",
            f"文件：{duty.document}；依据：{duty.source}",
        ],
        user=user,
        columns=COLUMNS,
        rows=[_cells_of(line) for line in page.lines_of(listed, user)],
    )


def _cells_of(line: HolderLine) -> list[Any]:
    row, firm = line.row, line.row.span.enterprise
    return [
        firm.uscc,
        firm.name,
        row.unit.answering_name,
        contacts.contact_told(line.contact),
        row.span.qualification.number,
        row.year,
        row.due_on,
        row.state.label,
        row.done.done_on if row.done else None,
        row.done.source if row.done else "",
        line.missed_words,
        "是" if row.at_risk else "",
    ]
