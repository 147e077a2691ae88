"""The list of the renewals page as .xlsx or .csv."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from parks.models import User
from targets.output.spreadsheet import Columns, download
from targets.renewals import page
from targets.renewals.form import RenewalsQuestion
from targets.renewals.page import RenewalLine

COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("单位", 20), ("联系人", 24), ("证书编号", 20), ("有效期至", 12),
    ("剩余天数", 10), ("续证状态", 10), ("自何时起", 12), ("申报年度", 10), ("批次", 8), ("辅导机构", 24), ("备注", 40),
    ("新证书编号", 20),
)  # fmt: skip


def export_renewals(asked: RenewalsQuestion, user: User, form_at: str) -> FileResponse:
    every = asked.rows(user)
    listed = asked.listed(every)
    cells = [_cells(line) for line in page.lines_of(listed, user)]
    name = f"续证名单_{asked.kind.short_name}_{timezone.localtime():%Y%m%d_%H%M}"
    where = asked.unit.name if asked.unit else "全区" if user.sees_whole_district else "本单位"
    said = [
        f"{asked.kind.name}　{where}　状态截至 {asked.on}　{page.sentence(asked, every)}",
        f"本表：{asked.state_label}，共 {len(listed)} 家；“有效期至”当日仍有效，次日失效",
    ]
    title = "江津区证书到期与续证名单"
    return download(name, form_at, title=title, said=said, user=user, columns=COLUMNS, rows=cells)


def _cells(line: RenewalLine) -> list[Any]:
    row, told = line.row, line.row.standing.application
    firm, new = row.certificate.enterprise, row.standing.renewed_by
    return [
        firm.uscc, firm.name, row.unit_name, "不公开" if line.contact is None else line.contact,
        row.certificate.number, row.last_day, row.days_left, row.standing.state.label, row.standing.since,
        told.year if told else None, told.batch if told else None, told.agency if told else "",
        told.note if told else "", new.number if new else "",
    ]  # fmt: skip
