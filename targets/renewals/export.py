"""The list of the renewals page as .xlsx or .csv."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.firms import contacts
from enterprises.rosters.writing.list_file import Columns, download
from parks.district import DISTRICT
from parks.models import User
from targets.renewals import page
from targets.renewals.form import RenewalsQuestion
from targets.renewals.page import RenewalLine

COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("单位", 20), ("联系人", 24), ("证书编号", 20), ("有效期至", 12),
    ("剩余天数", 10), ("续证状态", 10), ("自何时起", 12), ("申报年度", 10), ("批次", 8), ("辅导机构", 24), ("备注", 40),
    ("新证书编号", 20),
)  # fmt: skip


def export_renewals(question: RenewalsQuestion, user: User, form_at: str) -> FileResponse:
    rows = question.rows(user)
    listed = question.listed(rows)
    summary = page.summary_sentence(question, rows)
    return download(
        f"续证名单_{question.kind.short_name}_{timezone.localtime():%Y%m%d_%H%M}",
        form_at,
        title=f"{DISTRICT.name}证书到期与续证名单",
        said=[
            f"{question.kind.name}　{user.scope_words(question.unit)}　状态截至 {question.on}　{summary}",
            f"本表：{question.state_label}，共 {len(listed)} 家；“有效期至”当日仍有效，次日失效",
        ],
        user=user,
        columns=COLUMNS,
        rows=[_line_cells(line) for line in page.lines_of(listed, user)],
    )


def _line_cells(line: RenewalLine) -> list[Any]:
    row, standing = line.row, line.row.standing
    firm = row.certificate.enterprise
    applied: list[Any] = [None, None, "", ""]
    if standing.application:
        application = standing.application
        applied = [application.year, application.batch, application.agency, application.note]
    return [
        firm.uscc,
        firm.name,
        row.unit_name,
        contacts.contact_told(line.contact),
        row.certificate.number,
        row.last_day,
        row.days_left,
        standing.state.label,
        standing.since,
        *applied,
        standing.renewed_by.number if standing.renewed_by else "",
    ]
