"""Agenda and minutes as Word files: the bureau's template, or the portal's, filled from a meeting."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import docx
from docx.document import Document
from docx.shared import Pt

from parks.district import DISTRICT, PLAN
from targets.meetings import standing
from targets.meetings.measures import Gauge
from targets.models import AgendaItem, Decision, Meeting, MeetingTemplate
from targets.output import word_layout, word_tables
from targets.output.word_layout import CENTER, TITLE
from targets.word_templates import running

Purpose = MeetingTemplate.Purpose
OPEN_COLUMNS = ("序号", "决定事项", "牵头单位", "期限", "状态")
OPEN_FIELDS = ("code", "words", "lead", "due", "standing")
OPEN_WIDTHS = (1.5, 7.4, 2.9, 2.2, 1.6)


def fill(meeting: Meeting, purpose: str, today: dt.date) -> bytes:
    """The finished .docx; BadTemplate or Busy where there is none."""
    return running.fill_in_child(
        template_in_use(purpose)[1], context_of(meeting, today), strict=False
    )


def template_in_use(purpose: str) -> tuple[str, bytes]:
    """Its name and content: the bureau's newest, or the portal's own."""
    kept = MeetingTemplate.objects.filter(purpose=purpose).first()
    if kept:
        return kept.name, bytes(kept.content)
    return default_name(purpose), default_template(purpose)


def default_name(purpose: str) -> str:
    return f"{Purpose(purpose).label}模板.docx"


def check(meeting: Meeting, template: bytes, today: dt.date) -> None:
    """BadTemplate for one that cannot be filled, or that has a mark nothing belongs to; or Busy."""
    running.fill_in_child(template, context_of(meeting, today), strict=True)


# --- what the marks may name: the bureau's templates rely on these names ---
def context_of(meeting: Meeting, today: dt.date) -> dict[str, Any]:
    gauge = Gauge(today)
    decisions = list(standing.with_steps(meeting.decisions.order_by("number")))
    before = [
        one
        for one in standing.open_decisions(today, listed=True).decisions
        if one.meeting_id != meeting.pk
    ]
    items = meeting.items.filter(is_dropped=False)
    return {
        "number": meeting.number,
        "day": _in_words(meeting.day),
        "place": meeting.place or "待定",
        "chair": meeting.chair or "待定",
        "today": _in_words(today),
        "items": [_item(item, decisions, gauge, today) for item in items],
        "decisions": [_decision(one, gauge, today) for one in decisions],
        "open_decisions": [_decision(one, gauge, today) for one in before],
    }


def _item(
    item: AgendaItem, decisions: list[Decision], gauge: Gauge, today: dt.date
) -> dict[str, Any]:
    own = [one for one in decisions if one.item_id == item.pk]
    as_of = f"（截至{_in_words(item.as_of)}）" if item.as_of else ""
    return {
        "title": item.title,
        # What the office added has neither.
        "reason": f"{item.reason}{as_of}",
        "lines": [line for line in item.minutes.splitlines() if line.strip()],
        "decisions": [_decision(one, gauge, today) for one in own],
    }


def _decision(decision: Decision, gauge: Gauge, today: dt.date) -> dict[str, Any]:
    supporting = "、".join(unit.told_apart for unit in decision.supporting.all())
    judged = gauge.judge(decision)
    late = decision.is_overdue(today)
    return {
        "code": decision.code,
        "words": decision.words.rstrip("。"),
        "lead": decision.last.lead.told_apart,
        "supporting": supporting,
        "due": decision.last.due.isoformat(),
        "measure": f"{judged.sentence}（{judged.label}）" if judged else "",
        "standing": "逾期" if late else decision.last.get_state_display(),
    }


def _in_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# --- the portal's own templates ---
def default_template(purpose: str) -> bytes:
    document = docx.Document()
    word_layout.set_up_page(document)
    title = word_layout.growing_paragraph(document)
    title.paragraph_format.space_after = Pt(10)
    name = f"{DISTRICT.name}{PLAN.short_name}联席会议第{{{{ number }}}}次会议"
    word_layout.add_run(title, f"{name}{Purpose(purpose).label}", TITLE, 22)
    day = "{{ day }}　{{ place }}　主持：{{ chair }}"
    word_layout.paragraph(document, day, align=CENTER, indent=0)
    if purpose == Purpose.AGENDA:
        _add_agenda(document)
    else:
        _add_minutes(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_agenda(document: Document) -> None:
    _add_lines(
        document,
        "{%p for item in items %}",
        "{{ loop.index }}.{{ item.title }}",
        "{%p if item.reason %}",
        "{{ item.reason }}",
        "{%p endif %}",
        "{%p endfor %}",
        "{%p if open_decisions %}",
    )
    caption = "未办结的决定（截至{{ today }}，{{ open_decisions|length }}项）"
    word_layout.caption(document, caption, before=True)
    word_tables.marked_table(
        document, OPEN_COLUMNS, "open_decisions", OPEN_FIELDS, OPEN_WIDTHS, size=10, pad=2
    )
    _add_lines(document, "{%p endif %}")


def _add_minutes(document: Document) -> None:
    _add_lines(document, "{%p for item in items %}")
    word_layout.heading(document, "{{ loop.index }}.{{ item.title }}")
    _add_lines(
        document,
        "{%p for line in item.lines %}",
        "{{ line }}",
        "{%p endfor %}",
        "{%p endfor %}",
        "{%p if decisions %}",
    )
    word_layout.heading(document, "会议决定")
    _add_lines(
        document,
        "{%p for one in decisions %}",
        "决定{{ one.code }}：{{ one.words }}。牵头单位：{{ one.lead }}；"
        "{% if one.supporting %}配合单位：{{ one.supporting }}；{% endif %}"
        "办结期限：{{ one.due }}{% if one.measure %}；衡量：{{ one.measure }}{% endif %}。",
        "{%p endfor %}",
        "{%p endif %}",
    )


def _add_lines(document: Document, *texts: str) -> None:
    for text in texts:
        word_layout.paragraph(document, text)
