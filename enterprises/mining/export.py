"""The list of candidates as .xlsx, row by row."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import IO, Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from enterprises.firms import contacts
from enterprises.mining.details import ConditionNote
from enterprises.mining.page import CandidateLine, CandidatesPage
from enterprises.models import SourceFile
from enterprises.rosters.writing.cells_out import bytes_of, write_text
from parks.district import DISTRICT

COLUMNS = (
    ("序号", 6), ("统一社会信用代码", 22), ("企业名称", 42), ("单位", 20), ("联系人", 24), ("后备库", 10),
    ("结果", 16), ("符合项数", 10), ("怎样达到", 60), ("缺什么", 60), ("待评", 30), ("最低得分", 10), ("最高得分", 10),
    ("最新数据年度", 12), ("有效期至", 12),
)  # fmt: skip


def workbook(page: CandidatesPage) -> IO[bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(page.asked.list.label)
    for number, (_, width) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    head = list(_head(page))
    sheet.freeze_panes = f"D{len(head) + 2}"
    bold = Font(bold=True)
    for told in head:
        sheet.append([_text(sheet, told, bold if told == head[0] else None)])
    sheet.append([_text(sheet, title, bold) for title, _ in COLUMNS])
    for line in page.all_lines():
        cells = [
            _text(sheet, value) if isinstance(value, str) else value for value in _cells(page, line)
        ]
        sheet.append(cells)
    return io.BytesIO(bytes_of(book))


def _head(page: CandidatesPage) -> Sequence[str]:
    asked, user = page.asked, page.asked.user
    head = [f"{DISTRICT.name}{asked.list.label}"]
    if SourceFile.objects.tell_of_a_demo():
        head.append(f"演示数据：企业和数字均为程序生成，不是{DISTRICT.name}真实情况")
    told = asked.filters_in_words()
    head.append(f"按 {asked.on} 申报推算，共 {len(page.listed)} 家" + (f"；{told}" if told else ""))
    head.append(f"依据：{page.basis.document}。自检结果，不代表认定结论")
    if page.basis.untested:
        head.append(f"现有数据不能检验：{'、'.join(page.basis.untested)}。{page.basis.note}")
    exported_at = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    head.append(f"导出时间：{exported_at}　导出人：{user}（{user.username}）")
    return head


def _cells(page: CandidatesPage, line: CandidateLine) -> list[Any]:
    score = line.score if page.teller.has_score else None
    return [
        line.rank,
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


def _text(sheet: Any, value: str, font: Font | None = None) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    write_text(cell, value)
    if font:
        cell.font = font
    return cell
