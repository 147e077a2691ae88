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

from parks.numbers import grouped
from targets.bulletin import charts as bulletin_charts
from targets.bulletin import template as bulletin_template
from targets.bulletin import words
from targets.bulletin.charts import Bars
from targets.bulletin.content import Bulletin


class BadTemplate(Exception):
    """The template cannot be filled; the message is a Chinese sentence."""


def fill(bulletin: Bulletin, template: bytes | None = None) -> bytes:
    """The finished .docx. BadTemplate where the template cannot be filled.

    A mark that names nothing (any more) stays empty; a new template is held against `check` first.
    """
    if template is None:
        template = bulletin_template.default_template(bulletin.indicators.headlines)
    # Not strict: a template accepted once must not fail when an indicator is gone years later.
    return _render(bulletin, template, Undefined)


def check(bulletin: Bulletin, template: bytes) -> None:
    """BadTemplate for one that cannot be filled, or that has a mark nothing belongs to."""
    filled = _render(bulletin, template, Unknown)
    # Known marks have become charts: what is left of them is misspelt.
    texts = [paragraph.text.strip() for paragraph in docx.Document(io.BytesIO(filled)).paragraphs]
    unknown = "、".join(text for text in texts if text.startswith("[["))
    if unknown:
        headlines = bulletin.indicators.headlines
        known = "、".join(bulletin_template.chart_mark(indicator) for indicator in headlines)
        raise BadTemplate(f"不认识的图表标记：{unknown}。可用的有{known}。")


class Unknown(StrictUndefined):
    """Says in Chinese which mark has nothing behind it."""

    @property
    def _undefined_message(self) -> str:
        return f"“{self._undefined_name}”没有对应的内容，请核对拼写。"


def _render(bulletin: Bulletin, template: bytes, missing: type[Undefined]) -> bytes:
    """`missing`: what stands for a mark that names nothing."""
    context = context_of(bulletin)
    # The template was written by a person who uploaded it: its marks must not reach into Python.
    sandbox = SandboxedEnvironment(undefined=missing, finalize=_as_written)
    try:
        document = DocxTemplate(io.BytesIO(template))
        if missing is Unknown:
            _refuse_unknown_marks(document, context)
        document.render(context, jinja_env=sandbox, autoescape=True)
    except TemplateError as error:
        raise BadTemplate(f"模板中的标记有误：{error}") from error
    except BadTemplate:
        raise
    except Exception as error:  # whatever a file that is no Word document provokes
        raise BadTemplate("模板不是可用的 Word 文件（.docx）。") from error
    buffer = io.BytesIO()
    document.save(buffer)
    # Only now: docxtpl writes text, so a chart's place is a mark that survives the filling.
    return _draw_charts(buffer.getvalue(), bulletin)


def _as_written(value: Any) -> Any:
    """A number as everywhere else; `bool` is no number."""
    return grouped(value) if type(value) is int else value


def _refuse_unknown_marks(document: DocxTemplate, context: dict[str, Any]) -> None:
    marks = document.get_undeclared_template_variables(SandboxedEnvironment(), context)
    if marks:
        unknown, known = "、".join(sorted(marks)), "、".join(sorted(context))
        raise BadTemplate(f"模板中有不认识的标记：{unknown}。可用的有{known}。")


def context_of(bulletin: Bulletin) -> dict[str, Any]:
    """What the marks of a template may name: the bureau's templates rely on these names."""
    release = bulletin.release
    published_at = timezone.localtime(release.made_at)
    # Annexes without content are left out, so the numbers differ from quarter to quarter.
    numbers = {about: number for number, about in enumerate(bulletin.annexes, 1)}
    return {
        "title": bulletin.title_in_lines,
        "quarter": str(release.quarter),
        "edition": release.number,
        "revision_in_words": words.revision_sentence(release),
        "as_of": f"{release.as_of:%Y}年{release.as_of.month}月{release.as_of.day}日",
        "released_on": f"{published_at:%Y}年{published_at.month}月{published_at.day}日",
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
        "completion_in_words": words.completion_sentences(
            bulletin.completion, numbers.get("completion")
        ),
        "completion_note": words.completion_note(bulletin.completion),
        "tasks": bulletin.tasks,
        "tasks_in_words": words.tasks_sentence(bulletin.tasks, numbers.get("tasks")),
        "annexes": list(bulletin.annexes.values()),
        "annex": numbers,
    }


def _draw_charts(filled: bytes, bulletin: Bulletin) -> bytes:
    """Every paragraph that is the mark of a chart becomes the chart."""
    document: Document = docx.Document(io.BytesIO(filled))
    charts = {}
    for indicator in bulletin.indicators.headlines:
        firms_by_park = {line["name"]: line[indicator.code] for line in bulletin.parks}
        mark = bulletin_template.chart_mark(indicator)
        charts[mark] = _bars_of_parks(indicator.short_name, firms_by_park)
    for paragraph in document.paragraphs:
        if bars := charts.get(paragraph.text.strip()):
            bulletin_charts.insert_chart(document, paragraph, bars)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _bars_of_parks(title: str, firms_by_park: dict[str, int]) -> Bars:
    """The highest first."""
    ordered = dict(sorted(firms_by_park.items(), key=lambda entry: -entry[1]))
    in_words = "、".join(f"{name}{firms}家" for name, firms in ordered.items())
    description = f"各园区平台{title}：{in_words}"
    return Bars(title, list(ordered), list(ordered.values()), description)
