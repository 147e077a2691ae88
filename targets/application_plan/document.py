"""The plan as a Word list that the bureau sends out: what it adds up to, then a table for each unit."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.shared import Pt

from enterprises.rosters.writing import list_file
from parks.district import DISTRICT
from parks.models import Unit, User
from parks.numbers import grouped
from targets.application_plan import export, words
from targets.application_plan.applicants import PlanRole
from targets.application_plan.plan import ApplicationPlan, PlanLine, lines_of
from targets.output import word_layout, word_tables
from targets.output.word_layout import CENTER, TITLE

FIRM_COLUMNS = ("序号", "企业", "批次", "类别", "有效期至", "自检", "还缺什么", "联系人")
FIRM_WIDTHS = (0.9, 3.1, 1.3, 1.3, 2.1, 1.1, 3.5, 2.3)
FIRM_PROSE = frozenset({1, 6})
SUM_WIDTH, NAME_WIDTH = 1.36, 2.6


def document_of(plan: ApplicationPlan, user: User) -> bytes:
    document = docx.Document()
    word_layout.set_up_page(document)
    _add_head(document, plan, user)
    word_layout.heading(document, "一、总体安排")
    for sentence in words.head_of(plan):
        word_layout.paragraph(document, sentence)
    word_layout.paragraph(document, words.BATCH_RULE)
    word_layout.heading(document, "二、与目标对照")
    for sentence in [*words.of_outcome(plan), *words.sums_of(plan)]:
        word_layout.paragraph(document, sentence)
    _add_sums(document, plan, user)
    word_layout.heading(document, "三、分单位名单")
    _add_units(document, lines_of(plan.entries, user, plan.asked.on))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_head(document: Document, plan: ApplicationPlan, user: User) -> None:
    title = word_layout.growing_paragraph(document)
    title.paragraph_format.space_after = Pt(8)
    word_layout.add_run(title, f"{DISTRICT.name}{words.title_of(plan)}", TITLE, 22)
    scope = words.scope_of(plan, user.sees_whole_district)
    day = f"{scope}　{words.day_of(plan.asked.on)}"
    word_layout.paragraph(document, day, align=CENTER, indent=0)
    # A list that is sent on says by itself whose it is, and whether it is invented.
    for line in list_file.head_of([], user):
        word_layout.remark(document, line)


def _add_sums(document: Document, plan: ApplicationPlan, user: User) -> None:
    columns = words.columns_of_sums(plan)
    word_layout.caption(document, "表1　各单位计划与任务（家）", before=True)
    rows = [
        ["—" if cell is None else _as_written(cell) for cell in export.sum_cells(plan, row)]
        for row in export.shown_sums(plan, user)
    ]
    widths = [NAME_WIDTH, *[SUM_WIDTH] * (len(columns) - 1)]
    word_tables.filled_table(document, columns, rows, widths)
    word_layout.remark(document, f"注：{words.of_sums(plan)}")


def _as_written(cell: object) -> str:
    return grouped(cell) if isinstance(cell, int) else str(cell)


def _add_units(document: Document, lines: Sequence[PlanLine]) -> None:
    by_unit: dict[int, list[PlanLine]] = {}
    for line in sorted(lines, key=_by_unit):
        by_unit.setdefault(line.entry.applicant.unit.pk, []).append(line)
    if not by_unit:
        word_layout.paragraph(document, "没有计划申报的企业。")
    for number, of_unit in enumerate(by_unit.values(), 2):
        unit = of_unit[0].entry.applicant.unit
        word_layout.caption(
            document, f"表{number}　{unit.answering_name}：{_in_words(of_unit)}", before=True
        )
        rows = [_cells(place, line) for place, line in enumerate(of_unit, 1)]
        word_tables.filled_table(document, FIRM_COLUMNS, rows, FIRM_WIDTHS, prose=FIRM_PROSE)
    word_layout.remark(document, f"注：{words.CAVEAT}；“不公开”为无权查看的联系方式。")


def _by_unit(line: PlanLine) -> tuple[str, int, str]:
    unit: Unit = line.entry.applicant.unit
    return unit.kind, unit.order, unit.code


def _in_words(lines: Sequence[PlanLine]) -> str:
    roles = Counter(line.entry.applicant.role for line in lines)
    parts = "、".join(f"{role.label}{roles[role]}家" for role in PlanRole if roles[role])
    return f"{len(lines)}家（{parts}）"


def _cells(number: int, line: PlanLine) -> list[str]:
    entry, one = line.entry, line.entry.applicant
    step = f"下一步：{line.next_words}" if line.next_words else ""
    return [
        str(number),
        one.firm.name,
        "；".join(filter(None, [entry.batch.short, entry.batch.warning])),
        str(one.role.label),
        "" if one.ends_on is None else one.ends_on.isoformat(),
        entry.ready.state.value,
        "；".join(filter(None, [line.lacks.short, step])),
        line.contact_words,
    ]
