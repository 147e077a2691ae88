"""Tables of the bridge and of the firms behind it as .xlsx and .csv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse

from enterprises.rosters.writing import list_file
from parks.district import DISTRICT
from targets.bridge import events
from targets.bridge.form import BridgeForm, EventsForm
from targets.bridge.page import BridgePage
from targets.terms.catalogue import described

ASKED = (("资质", 14), ("口径", 14), ("期初日", 12), ("期末日", 12))
"""Columns that repeat in every line of a .csv what was asked; a workbook says it in its head."""


def export_bridge(form: BridgeForm, page: BridgePage, form_at: str) -> FileResponse:
    """All rows of the page: parks and their totals, then towns; the district closes each group."""
    columns = [("分组", 14), ("单位", 22)]
    columns += [(title, 12) for title in page.titles]
    columns += [("净增", 10), ("新增", 10)]
    rows = []
    for group in page.groups:
        for row in group.rows:
            firms = [number.firms for number in row.numbers]
            rows.append([group.title, row.name, *firms, row.bridge.net, row.bridge.newly])
    note = f"{described('net')}{described('first_seen')}{described('newly')}镇街与园区平台不可相加"
    return _download("增减变动", note, columns, rows, form, form_at)


def export_events(form: EventsForm, form_at: str) -> FileResponse:
    spans = events.find_spans(form).order_by("day", "uscc")
    # A generator: the list may have as many rows as the district has firms.
    rows = (events.event_cells(event, form.units) for event in events.events_of_spans(spans, form))
    note = f"{list_title(form)}：{spans.count()}家次；减少的变动日为不再计入的第一天"
    return _download("增减企业名单", note, events.TITLES, rows, form, form_at)


def list_title(form: EventsForm) -> str:
    """The term in words, without its number: 全区 · 高新技术企业 · 到期未续."""
    question = form.question
    where = form.scope_name(question.scope)
    if not form.user.sees_whole_district and question.scope != form.own_scope:
        where += "中的本单位企业"
    return f"{where} · {form.kinds[question.kind]} · {form.label_asked}"


def _download(
    title: str,
    note: str,
    columns: list_file.Columns,
    rows: Iterable[Sequence[Any]],
    form: BridgeForm,
    form_at: str,
) -> FileResponse:
    question = form.question
    kind, definition = form.kinds[question.kind], question.definition_label
    # A .csv has no head: without these columns its numbers could not be told from another day's.
    if form_at == "csv":
        asked = [kind, definition, question.since, question.until]
        columns = [*columns, *ASKED]
        rows = ([*row, *asked] for row in rows)
    days = f"{question.since}（日终）至 {question.until}（日终）"
    return list_file.download(
        f"{title}_{question.since:%Y%m%d}-{question.until:%Y%m%d}",
        form_at,
        title=f"{DISTRICT.name}{title}",
        said=[f"{kind}；{definition}；{days}", note],
        user=form.user,
        columns=columns,
        rows=rows,
    )
