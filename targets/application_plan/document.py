"""The plan as a Word list that the bureau sends out: a page of sums, then a table for each unit."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence

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

FIRM_COLUMNS = (
    "序号",
    "企业",
    "批次",
    "类别",
    "有效期至",
    "还缺什么",
    "责任人",
    "联系人",
    "联系电话",
)
FIRM_WIDTHS = (0.9, 5.9, 1.3, 1.8, 2.1, 7.2, 2.9, 1.2, 2.4)
FIRM_SIZE, FIRM_PAD = 8.5, 1
FIRM_PROSE = frozenset({1, 5})
GROUPED = "园区平台以外"
"""Towns have a firm or two each: one table holds them all, each row with its town."""
SUM_WIDTH, NAME_WIDTH = 1.36, 2.6


def document_of(plan: ApplicationPlan, user: User) -> bytes:
    """The first page sums; then a page for each park, and one for all towns that have a firm."""
    document = docx.Document()
    word_layout.set_up_page(document)
    _add_head(document, plan, user)
    for sentence in [*words.head_of(plan), words.of_outcome(plan)[0]]:
        word_layout.paragraph(document, sentence)
    _add_sums(document, plan, user)
    if plan.entries:
        word_layout.lying_section(document)
        _add_units(document, lines_of(plan, plan.entries, user))
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
    # Of the whole district the towns together: their firms stand in one table as well.
    is_whole = user.sees_whole_district and plan.of_district
    shown = [row for row in export.shown_sums(plan, user) if not (is_whole and _is_town(row.unit))]
    word_layout.caption(document, "表1　各单位计划与任务（家）", before=True)
    rows = [
        ["—" if cell is None else _as_written(cell) for cell in export.sum_cells(plan, row)]
        for row in shown
    ]
    widths = [NAME_WIDTH, *[SUM_WIDTH] * (len(columns) - 1)]
    word_tables.filled_table(document, columns, rows, widths)
    word_layout.remark(document, f"注：{words.of_sums(plan)}")


def _as_written(cell: object) -> str:
    return grouped(cell) if isinstance(cell, int) else str(cell)


def _is_town(unit: Unit | None) -> bool:
    return unit is not None and not unit.is_park


def _add_units(document: Document, lines: Sequence[PlanLine]) -> None:
    for number, (name, of_table) in enumerate(_tables(lines), 2):
        word_layout.caption(
            document,
            f"表{number}　{name}：{_in_words(of_table)}",
            before=True,
            on_new_page=number > 2,
        )
        contact = of_table[0].unit_contact
        if contact and name != GROUPED:
            word_layout.remark(document, f"单位联系人：{contact.name}　{contact.phone}")
        rows = [_cells(place, line, name == GROUPED) for place, line in enumerate(of_table, 1)]
        word_tables.filled_table(
            document,
            FIRM_COLUMNS,
            rows,
            FIRM_WIDTHS,
            prose=FIRM_PROSE,
            size=FIRM_SIZE,
            pad=FIRM_PAD,
        )
    word_layout.remark(
        document, f"注：{words.BATCH_RULE}{words.CAVEAT}；“不公开”为无权查看的联系方式。"
    )


def _tables(lines: Iterable[PlanLine]) -> list[tuple[str, list[PlanLine]]]:
    """Of one town alone its table bears its name."""
    ordered = sorted(lines, key=_by_unit)
    towns = {line.entry.applicant.unit.pk for line in ordered if _is_town(_unit(line))}
    found: dict[str, list[PlanLine]] = {}
    for line in ordered:
        is_grouped = len(towns) > 1 and _is_town(_unit(line))
        found.setdefault(GROUPED if is_grouped else _unit(line).answering_name, []).append(line)
    return list(found.items())


def _unit(line: PlanLine) -> Unit:
    return line.entry.applicant.unit


def _by_unit(line: PlanLine) -> tuple[str, int, str]:
    unit = _unit(line)
    return unit.kind, unit.order, unit.code


def _in_words(lines: Sequence[PlanLine]) -> str:
    roles = Counter(line.entry.applicant.role for line in lines)
    parts = "、".join(f"{role.label}{roles[role]}家" for role in PlanRole if roles[role])
    return f"{len(lines)}家（{parts}）"


def _cells(number: int, line: PlanLine, with_town: bool) -> list[str]:
    entry, one = line.entry, line.entry.applicant
    step = f"下一步：{line.next_words}" if line.next_words else ""
    is_open = line.contact is not None
    return [
        str(number),
        f"{one.unit.short_name}　{one.firm.name}" if with_town else one.firm.name,
        "；".join(filter(None, [entry.batch.short, entry.batch.warning])),
        str(one.role.label),
        "" if one.ends_on is None else one.ends_on.isoformat(),
        "；".join(filter(None, [line.lacks.short or entry.ready.state.value, step])),
        _owner(line),
        one.firm.contact_name if is_open else line.contact_words,
        one.firm.contact_phone if is_open else line.contact_words,
    ]


def _owner(line: PlanLine) -> str:
    """Of the unit, to which the list goes; the bureau's where it has named nobody."""
    if line.owners.unit:
        return str(line.owners.unit)
    return f"科技局：{line.owners.bureau}" if line.owners.bureau else "未指定"
