"""The bulletin as a Word file: the bureau's template (or the portal's) filled from a release."""

from __future__ import annotations

import io
from typing import Any

import docx
from django.utils import timezone
from docx.document import Document
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment

from targets.bulletin import charts as bulletin_charts
from targets.bulletin import template as bulletin_template
from targets.bulletin import words
from targets.bulletin.charts import Bars
from targets.bulletin.content import Bulletin


class BadTemplate(Exception):
    """The template cannot be filled; the message is a Chinese sentence."""


def fill(bulletin: Bulletin, template: bytes | None = None) -> bytes:
    """The finished .docx. Marks in the template are filled in a sandbox: it comes from a person, not from us.

    A mark that names nothing (any more) stays empty; a new template is held against `check` first.
    """
    if template is None:
        template = bulletin_template.default(bulletin.indicators.headlines)
    return _rendered(bulletin, template, Undefined)


def check(bulletin: Bulletin, template: bytes) -> None:
    """BadTemplate for one that cannot be filled, or that has a mark nothing belongs to."""
    filled = _rendered(bulletin, template, Unknown)
    left = [
        text
        for one in docx.Document(io.BytesIO(filled)).paragraphs
        if (text := one.text.strip())[:2] == "[["
    ]
    if left:
        known = [bulletin_template.chart_mark(row) for row in bulletin.indicators.headlines]
        raise BadTemplate(f"不认识的图表标记：{'、'.join(left)}。可用的有{'、'.join(known)}。")


class Unknown(StrictUndefined):
    """Says in Chinese which mark has nothing behind it."""

    @property
    def _undefined_message(self) -> str:
        return f"“{self._undefined_name}”没有对应的内容，请核对拼写。"


def _rendered(bulletin: Bulletin, template: bytes, missing: type[Undefined]) -> bytes:
    context = context_of(bulletin)
    try:
        document = DocxTemplate(io.BytesIO(template))
        if missing is Unknown:
            _refuse_unknown(document, context)
        document.render(context, jinja_env=SandboxedEnvironment(undefined=missing), autoescape=True)
    except TemplateError as error:
        raise BadTemplate(f"模板中的标记有误：{error}") from error
    except BadTemplate:
        raise
    except Exception as error:  # whatever a file that is no Word document provokes
        raise BadTemplate("模板不是可用的 Word 文件（.docx）。") from error
    finished = io.BytesIO()
    document.save(finished)
    return _with_charts(finished.getvalue(), bulletin)


def _refuse_unknown(document: DocxTemplate, context: dict[str, Any]) -> None:
    unknown = sorted(document.get_undeclared_template_variables(SandboxedEnvironment(), context))
    if unknown:
        raise BadTemplate(
            f"模板中有不认识的标记：{'、'.join(unknown)}。可用的有{'、'.join(sorted(context))}。"
        )


def context_of(bulletin: Bulletin) -> dict[str, Any]:
    """What the marks of a template may name."""
    release = bulletin.release
    made = timezone.localtime(release.made_at)
    numbers = {about: number for number, about in enumerate(bulletin.annexes, 1)}
    return {
        "title": bulletin.title_in_lines,
        "quarter": str(release.quarter),
        "edition": release.number,
        "revision_in_words": words.of_revision(release),
        "as_of": f"{release.as_of:%Y}年{release.as_of.month}月{release.as_of.day}日",
        "released_on": f"{made:%Y}年{made.month}月{made.day}日",
        "headlines": bulletin.headlines,
        "parks": bulletin.parks,
        "towns": bulletin.towns,
        "expiring": bulletin.expiring,
        "expiring_kind": bulletin.indicators.headlines[0].short_name,
        "expiring_in_words": bulletin.expiring_in_words,
        "expiring_by_month": bulletin.expiring_by_month,
        "expected": release.expected,
        "handed_in": release.handed_in,
        "applied": release.applied,
        "completion": bulletin.completion,
        "completion_in_words": words.of_completion(bulletin.completion, numbers.get("completion")),
        "completion_note": words.of_note(bulletin.completion),
        "tasks": bulletin.tasks,
        "tasks_in_words": words.of_tasks(bulletin.tasks, numbers.get("tasks")),
        "annexes": list(bulletin.annexes.values()),
        "annex": numbers,
    }


def _with_charts(filled: bytes, bulletin: Bulletin) -> bytes:
    document: Document = docx.Document(io.BytesIO(filled))
    charts = {
        bulletin_template.chart_mark(indicator): _bars(
            indicator.short_name,
            [(line["name"], line[indicator.code]) for line in bulletin.parks],
        )
        for indicator in bulletin.indicators.headlines
    }
    for paragraph in document.paragraphs:
        if bars := charts.get(paragraph.text.strip()):
            bulletin_charts.insert(document, paragraph, bars)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _bars(title: str, rows: list[tuple[str, int]]) -> Bars:
    ordered = sorted(rows, key=lambda row: -row[1])
    told = "、".join(f"{name}{firms}家" for name, firms in ordered)
    return Bars(
        title,
        [name for name, _ in ordered],
        [firms for _, firms in ordered],
        f"各园区平台{title}：{told}",
    )
