"""Tables of the bridge and of the firms behind it as .xlsx and .csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import FileResponse

from targets.bridge import events
from targets.bridge.form import BridgeForm, EventsForm
from targets.bridge.page import BridgePage
from targets.figures.question import BridgeQuestion
from targets.output import spreadsheet

ASKED = (("资质", 14), ("口径", 14), ("期初日", 12), ("期末日", 12))
"""Columns that repeat in every line of a .csv what was asked; a workbook says it in its head."""


def of_bridge(form: BridgeForm, page: BridgePage, form_at: str) -> FileResponse:
    """All rows of the page: parks and their totals, then towns; each group ends with the district."""
    columns = [
        ("分组", 14),
        ("单位", 22),
        *((title, 12) for title in page.titles),
        ("净增", 10),
        ("新增", 10),
    ]
    rows = [
        [
            group.title,
            row.name,
            *(number.firms for number in row.numbers),
            row.bridge.net,
            row.bridge.newly,
        ]
        for group in page.groups
        for row in group.rows
    ]
    said = "净增＝期末－期初；新增＝首次认定（入库）＋失效（退库）后再认定（入库）；镇街与园区平台不可相加"
    return _file("增减变动", [said], columns, rows, form, page.question, form_at)


def of_events(form: EventsForm, form_at: str) -> FileResponse:
    question, spans = form.question, events.found(form).order_by("day", "uscc")
    rows = (events.row(event, form.units) for event in events.events_of_spans(spans, form))
    said = f"{headline(form)}：{spans.count()}家次；减少的变动日为不再计入的第一天"
    return _file("增减企业名单", [said], events.TITLES, rows, form, question, form_at)


def headline(form: EventsForm) -> str:
    """The term in words, without its number: 全区 · 高新技术企业 · 到期未续."""
    question = form.question
    own = form.user.sees_whole_district or question.scope == form.own_scope
    where = form.named(question.scope) + ("" if own else "中的本单位企业")
    return f"{where} · {form.kinds[question.kind]} · {form.label_asked}"


def _file(
    title: str,
    said: Sequence[str],
    columns: spreadsheet.Columns,
    rows: Iterable[Sequence[Any]],
    form: BridgeForm,
    question: BridgeQuestion,
    form_at: str,
) -> FileResponse:
    if form_at == "csv":
        columns, rows = [*columns, *ASKED], _with_question(rows, form, question)
    return spreadsheet.download(
        f"{title}_{question.since:%Y%m%d}-{question.until:%Y%m%d}",
        form_at,
        title=f"江津区{title}",
        said=_said(said, form, question),
        user=form.user,
        columns=columns,
        rows=rows,
    )


def _with_question(
    rows: Iterable[Sequence[Any]], form: BridgeForm, question: BridgeQuestion
) -> Iterator[Sequence[Any]]:
    asked = [form.kinds[question.kind], question.definition_label, question.since, question.until]
    return ([*row, *asked] for row in rows)


def _said(said: Sequence[str], form: BridgeForm, question: BridgeQuestion) -> list[str]:
    asked = f"{form.kinds[question.kind]}；{question.definition_label}；{question.since}（日终）至 {question.until}（日终）"
    return [asked, *said]
