"""Filling a template as the child process does it: without database, within limits.

The template was written by a person who uploaded it; so nothing of it is opened in a process of the
portal (see `enterprises.sandbox.child`). Only `running` starts this.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, Undefined

from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.reading import safety
from enterprises.sandbox.shortage import is_shortage
from parks.numbers import grouped
from targets.output import word_layout
from targets.word_templates import charts
from targets.word_templates.charts import Bars
from targets.word_templates.limits import TOO_DEEP, BadTemplate, CountingEnvironment

MOST_UNPACKED_BYTES = 32 * safety.MEGABYTE
"""Of all parts of a template; the portal's own takes one megabyte."""
MOST_CHARTS = 50
"""Several to each headline indicator; every one is a part of the package."""
FILLED, REFUSED = b"+", b"-"
"""First byte of the outcome; then the .docx, or the reason as text."""
NO_WORD_FILE = "模板不是可用的 Word 文件（.docx）。"
TOO_HUNGRY = "处理模板需要的内存超过上限，已停止。请检查其中的循环和图片，或从系统模板重新改起。"
TOO_LARGE = "按模板生成的文件过大，已停止。请检查其中的循环和图片。"


@dataclass(frozen=True, slots=True)
class FillingOrder:
    """`charts`: mark → what stands in its place. `note`: for the footers.

    `required`: mark that must be there → what it stands for.
    `strict`: only try whether it can be filled, and refuse marks that nothing belongs to.
    """

    max_outcome_bytes: int
    template: bytes
    context: Mapping[str, Any]
    charts: Mapping[str, Bars]
    note: str
    required: Mapping[str, str]
    strict: bool


class Unknown(StrictUndefined):
    """Says in Chinese which mark has nothing behind it."""

    @property
    def _undefined_message(self) -> str:
        return f"“{self._undefined_name}”没有对应的内容，请核对拼写。"


def carry_out(order: FillingOrder, beat: Callable[..., None]) -> bytes:
    try:
        filled = _fill(order)
        if len(filled) >= order.max_outcome_bytes:
            raise BadTemplate(TOO_LARGE)
        # Last: what else is wrong with it is worse.
        if order.required:
            _refuse_lacking_marks(DocxTemplate(io.BytesIO(order.template)), order.required)
    except BadTemplate as refusal:
        return REFUSED + str(refusal).encode(errors="replace")
    except MemoryError:
        # A moderate shortage can be reported. A great one ends the process; the parent sees that.
        return REFUSED + TOO_HUNGRY.encode()
    # Who only tries needs no file.
    return FILLED if order.strict else FILLED + filled


def _fill(order: FillingOrder) -> bytes:
    try:
        _check_package(order.template)
        filled = _render(order)
        # Only now: docxtpl writes text, so a chart's place is a mark that survives the filling.
        return _finish(filled, order)
    except BadTemplate:
        raise
    except TemplateError as error:
        raise BadTemplate(f"模板中的标记有误：{error}") from error
    except RecursionError as error:
        raise BadTemplate(TOO_DEEP) from error
    except Exception as error:  # whatever a file that is no Word document provokes
        if is_shortage(error):
            raise MemoryError from error
        raise BadTemplate(NO_WORD_FILE) from error


def _check_package(template: bytes) -> None:
    """Sizes by the zip directory and no DTD, before any part is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            safety.check_sizes(archive.infolist(), "", MOST_UNPACKED_BYTES)
            safety.check_no_doctype(archive, archive.infolist(), "")
    except FileRefused as refusal:
        raise BadTemplate(f"{refusal.problem.reason}。") from refusal


def _render(order: FillingOrder) -> bytes:
    context = dict(order.context)
    # Not strict: a template accepted once must not fail when an indicator is gone years later.
    missing: type[Undefined] = Unknown if order.strict else Undefined
    document = DocxTemplate(io.BytesIO(order.template))
    if order.strict:
        _refuse_unknown_marks(document, context)
    marks = CountingEnvironment(undefined=missing, finalize=_as_written)
    document.render(context, jinja_env=marks, autoescape=True)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _as_written(value: Any) -> Any:
    """A number as everywhere else; `bool` is no number."""
    return grouped(value) if type(value) is int else value


def _refuse_unknown_marks(document: DocxTemplate, context: dict[str, Any]) -> None:
    marks = document.get_undeclared_template_variables(CountingEnvironment(), context)
    if marks:
        unknown, known = "、".join(sorted(marks)), "、".join(sorted(context))
        raise BadTemplate(f"模板中有不认识的标记：{unknown}。可用的有{known}。")


def _refuse_lacking_marks(document: DocxTemplate, required: Mapping[str, str]) -> None:
    there = document.get_undeclared_template_variables(CountingEnvironment())
    lacking = "、".join(f"{mark}（{what}）" for mark, what in required.items() if mark not in there)
    if lacking:
        raise BadTemplate(f"模板中缺少标记：{lacking}。请从系统模板复制这些段落再上传。")


def _finish(filled: bytes, order: FillingOrder) -> bytes:
    """Every paragraph that is the mark of a chart becomes the chart, and the footers are noted."""
    document: Document = docx.Document(io.BytesIO(filled))
    texts = [(paragraph, paragraph.text.strip()) for paragraph in document.paragraphs]
    places = [(paragraph, order.charts[text]) for paragraph, text in texts if text in order.charts]
    if len(places) > MOST_CHARTS:
        raise BadTemplate(f"模板中的图表超过{MOST_CHARTS}个，已停止。请检查其中的循环。")
    if order.strict:
        _refuse_unknown_charts([text for _, text in texts], order.charts)
    for paragraph, bars in places:
        charts.insert_chart(document, paragraph, bars)
    word_layout.keep_ends_of_tables(document)
    # Not by a mark: a template of the bureau's own must not lose it.
    if order.note:
        word_layout.note_in_footers(document, order.note)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _refuse_unknown_charts(texts: list[str], charts: Mapping[str, Bars]) -> None:
    unknown = "、".join(text for text in texts if text.startswith("[[") and text not in charts)
    if unknown:
        raise BadTemplate(f"不认识的图表标记：{unknown}。可用的有{'、'.join(charts)}。")
