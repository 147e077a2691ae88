"""The list of candidates as .xlsx."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse
from django.utils import timezone

from enterprises.firms import contacts
from enterprises.mining.details import ConditionNote
from enterprises.mining.page import CandidateLine, CandidatesPage
from enterprises.rosters.writing.list_file import Columns, download
from parks.district import DISTRICT

COLUMNS: Columns = (
    ("统一社会信用代码", 22), ("企业名称", 42), ("单位", 20), ("联系人", 24), ("后备库", 10), ("结果", 16),
    ("符合项数", 10), ("怎样达到", 60), ("缺什么", 60), ("待评", 30), ("最低得分", 10), ("最高得分", 10),
    ("最新数据年度", 12), ("有效期至", 12),
)  # fmt: skip


def export_candidates(page: CandidatesPage) -> FileResponse:
    """The whole list, in its order: the number of a row is its rank."""
    label = page.asked.list.label
    return download(
        f"{label}_{timezone.localtime():%Y%m%d_%H%M}",
        "xlsx",
        title=f"{DISTRICT.name}{label}",
        said=_said(page),
        user=page.asked.user,
        columns=COLUMNS,
        rows=[_cells(page, line) for line in page.all_lines()],
    )


def _said(page: CandidatesPage) -> list[str]:
    told = page.asked.filters_in_words()
    said = [
        f"按 {page.asked.on} 申报推算，共 {len(page.listed)} 家" + (f"；{told}" if told else "")
    ]
    said.append(f"依据：{page.basis.document}。自检结果，不代表认定结论")
    if page.basis.untested:
        said.append(f"现有数据不能检验：{'、'.join(page.basis.untested)}。{page.basis.note}")
    return said


def _cells(page: CandidatesPage, line: CandidateLine) -> list[Any]:
    score = line.score if page.teller.has_score else None
    return [
        line.firm.uscc,
        line.firm.name,
        line.unit.answering_name if line.unit else "",
        contacts.contact_told(line.contact),
        line.stage,
        str(line.outcome.label),
        len(line.met),
        _told(line.failed),
        _told(line.unknown),
        "、".join(note.name for note in line.open),
        score and score.low,
        score and score.high,
        line.sifted.year,
        line.until,
    ]


def _told(notes: Sequence[ConditionNote]) -> str:
    return "；".join(note.in_words for note in notes)
