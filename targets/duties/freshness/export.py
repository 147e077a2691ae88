"""The list of what to bring up to date as .xlsx or .csv: to hand to the firms."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.firms import contacts
from enterprises.rosters.writing.list_file import Columns, download
from parks.district import DISTRICT
from parks.models import User
from targets.duties.freshness import page
from targets.duties.freshness.form import FreshQuestion
from targets.duties.freshness.page import FreshLine

COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("单位", 20), ("联系人", 24), ("身份", 12), ("新旧", 14),
    ("最新年度", 10), ("旧几年", 8), ("各来源最新年度", 40), ("待补项目数", 12), ("待补项目", 80),
)  # fmt: skip


def export_freshness(question: FreshQuestion, user: User, form_at: str) -> FileResponse:
    listed = question.listed(question.rows(user))
    ahead = question.ahead
    before = (
        f"{ahead.batch}，{ahead.day} 截止" if ahead.batch else "申报日历没有待截止的批次，按今天"
    )
    return download(
        f"数据新鲜度_{timezone.localtime():%Y%m%d_%H%M}",
        form_at,
        title=f"{DISTRICT.name}申报前要补充的企业数据",
        said=[
            f"{before}，应有 {ahead.year} 年度数据　{question.part_label}　{question.age_label}，"
            f"共 {len(listed)} 家",
            "待补项目只列后备库企业，按自检所缺；自检结果不代表认定结论",
        ],
        user=user,
        columns=COLUMNS,
        rows=[_cells_of(line) for line in page.lines_of(listed, user)],
    )


def _cells_of(line: FreshLine) -> list[Any]:
    row = line.row
    return [
        row.firm.uscc,
        row.firm.name,
        row.unit.answering_name,
        contacts.contact_told(line.contact),
        row.stands,
        row.age.label,
        row.newest,
        row.years_old,
        line.sources,
        len(row.missing),
        "、".join(row.missing),
    ]
