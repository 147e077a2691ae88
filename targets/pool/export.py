"""A list of the pool as .xlsx or .csv."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.firms import contacts
from enterprises.rosters.writing.list_file import Columns, download
from parks.district import DISTRICT
from parks.models import User
from targets.pool.conversion import read_courses
from targets.pool.page import PoolCourseLine, PoolLine, course_lines_of, lines_of
from targets.pool.question import PoolQuestion, PoolView
from targets.pool.reading import read_pool

COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("单位", 20), ("联系人", 24), ("层级", 10), ("拟申报年度", 12),
    ("在该层级自", 12), ("下次复核", 12), ("到期原因", 20), ("建议", 16), ("符合", 8), ("不符合", 8), ("缺数据", 8),
    ("差什么", 60), ("数据年度", 10),
)  # fmt: skip
COURSE_COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("入库日期", 12), ("最后层级", 10), ("结果", 12), ("出库日期", 12),
    ("出库情形", 30),
)  # fmt: skip
NO_VERDICT = "自检结果，不代表认定结论"


def export_pool(question: PoolQuestion, user: User, form_at: str) -> FileResponse:
    columns, rows = COLUMNS, []
    if question.view == PoolView.COHORT:
        columns = COURSE_COLUMNS
        courses = question.courses(read_courses(question.on, user, question.unit))
        rows = [_course_cells(line) for line in course_lines_of(courses, question.on)]
    else:
        reading = read_pool(question.on, user, question.unit)
        listed = question.listed(reading)
        rows = [_line_cells(line) for line in lines_of(listed, user, reading)]
    label = PoolView(question.view).label
    return download(
        f"后备库_{label}_{timezone.localtime():%Y%m%d_%H%M}",
        form_at,
        title=f"{DISTRICT.name}高新技术企业后备库：{label}",
        said=[
            f"{user.scope_words(question.unit)}　截至 {question.on}　共 {len(rows)} 家",
            NO_VERDICT,
        ],
        user=user,
        columns=columns,
        rows=rows,
    )


def _course_cells(line: PoolCourseLine) -> list[Any]:
    last = line.last
    ended_by = last.get_ended_by_display() if line.over_on else ""
    return [
        last.enterprise.uscc,
        last.enterprise.name,
        line.course.first.since,
        last.get_stage_display(),
        line.result.label,
        line.over_on,
        line.how or ended_by,
    ]


def _line_cells(line: PoolLine) -> list[Any]:
    row = line.row
    stay: list[Any] = ["", None, None, None]
    if row.stay:
        told = row.stay
        stay = [told.get_stage_display(), told.target_year, row.at_stage_since, row.review_day]
    return [
        line.firm.uscc,
        line.firm.name,
        line.unit.name if line.unit else "",
        contacts.contact_told(line.contact),
        *stay,
        "、".join(due.label for due in row.due),
        row.proposal.label if row.proposal else "",
        row.met,
        row.failed,
        row.missing,
        "；".join(line.all_lacks),
        row.newest_year,
    ]
