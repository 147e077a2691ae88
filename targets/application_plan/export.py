"""The plan as a workbook: the firms batch by batch, and the sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from enterprises.rosters.writing.list_file import NUMBER, Columns, finished, head_of, heading, text
from parks.district import DISTRICT
from parks.models import User
from targets.application_plan import words
from targets.application_plan.plan import ApplicationPlan, PlanLine, lines_of
from targets.application_plan.sums import PlanSum

FIRMS: Columns = (
    NUMBER, ("批次", 20), ("批次提醒", 30), ("单位", 18), ("统一社会信用代码", 22), ("企业名称", 40), ("类别", 14),
    ("有效期至", 12), ("后备库", 10), ("自检", 10), ("还缺什么", 60), ("联系人", 12), ("联系电话", 18),
    ("单位责任人", 18), ("科技局责任人", 18), ("单位联系人", 14), ("单位电话", 16),
    ("申报状态", 10), ("下一步", 24), ("下一步日期", 12), ("下一步责任人", 14),
)  # fmt: skip
SUM_WIDTH = 14


def workbook_of(plan: ApplicationPlan, user: User) -> IO[bytes]:
    """No cell can become a formula."""
    book = Workbook(write_only=True)
    title = f"{DISTRICT.name}{words.title_of(plan)}"
    scope = words.scope_of(plan, user.sees_whole_district)
    first = f"{scope}　统计日 {plan.asked.on}　证书日期口径"
    narrowed = plan.asked.narrowed_in_words
    only = [f"只列{narrowed}：{len(plan.listed)}家"] if narrowed else []
    head = head_of([first, *words.head_of(plan), *only, words.BATCH_RULE], user)
    lines = enumerate(lines_of(plan, plan.listed, user), 1)
    _sheet(book, "名单", title, head, FIRMS, (_cells(number, line) for number, line in lines))
    sums = [first, *words.of_outcome(plan), *words.sums_of(plan), words.of_sums(plan)]
    columns = [(name, SUM_WIDTH) for name in words.columns_of_sums(plan)]
    rows = (sum_cells(plan, row) for row in shown_sums(plan, user))
    _sheet(book, "汇总", title, head_of(sums, user), columns, rows)
    return finished(book)


def _sheet(
    book: Workbook,
    name: str,
    title: str,
    head: Sequence[str],
    columns: Columns,
    rows: Iterable[Sequence[Any]],
) -> None:
    sheet: Any = book.create_sheet(name)
    for number, (_, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([text(sheet, title, Font(bold=True, size=14))])
    for line in head:
        sheet.append([text(sheet, line)])
    sheet.append([heading(sheet, column) for column, _ in columns])
    for row in rows:
        sheet.append([text(sheet, cell) if isinstance(cell, str) else cell for cell in row])


def _cells(number: int, line: PlanLine) -> list[Any]:
    entry, one = line.entry, line.entry.applicant
    is_open = line.contact is not None
    return [
        number,
        entry.batch.label,
        entry.batch.warning,
        one.unit.answering_name,
        one.firm.uscc,
        one.firm.name,
        str(one.role.label),
        one.ends_on,
        one.stage_label,
        entry.ready.state.value,
        line.lacks.words,
        one.firm.contact_name if is_open else line.contact_words,
        one.firm.contact_phone if is_open else "",
        str(line.owners.unit or ""),
        str(line.owners.bureau or ""),
        line.unit_contact.name if line.unit_contact else "",
        line.unit_contact.phone if line.unit_contact else "",
        line.state_label,
        one.application.next_action if one.application else "",
        one.application.next_on if one.application else None,
        line.owner,
    ]


def shown_sums(plan: ApplicationPlan, user: User) -> list[PlanSum]:
    """The units that the viewer may see, the sums of those who see all, and the district."""
    sums = plan.sums
    if not user.sees_whole_district:
        return [*(row for row in sums.units if row.unit == user.unit), sums.district]
    parks = [row for row in sums.units if row.unit and row.unit.is_park]
    towns = [row for row in sums.units if row.unit and not row.unit.is_park]
    return [*parks, sums.parks, *towns, sums.outside, sums.district]


def sum_cells(plan: ApplicationPlan, row: PlanSum) -> list[Any]:
    """In the order of `words.columns_of_sums`."""
    base = [row.base] if words.of_base_column(plan) else []
    goal = row.goals.stock if row.goals else None
    numbers = [row.lapsing, row.again, row.regained, row.first, row.most, goal, row.beyond]
    return [row.name, row.stock, *base, *numbers]
