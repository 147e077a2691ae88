"""Filling a Word template in a child process with limits: a template is a program somebody uploaded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from enterprises.sandbox.parent import ChildRun, run_child
from targets.word_templates.charts import Bars
from targets.word_templates.filling import FILLED, REFUSED, TOO_HUNGRY, FillingOrder
from targets.word_templates.limits import BadTemplate
from targets.word_templates.plain import as_plain

# Named to the child, so a move of the module must be followed here.
CHILD = "targets.word_templates.filling"
MOST_CPU_SECONDS = 10
"""The portal's own template takes half a second. A page waits, so it is less than a roster may take."""
MOST_FILLED_BYTES = 8 * 1024 * 1024
"""A template has two megabytes at most, and the text filled in packs well. All of it comes into the
web process."""
MOST_AT_ONCE = 2
"""Of a web process with four threads: the others go on answering whatever a template does."""
LARGEST_TEMPLATE = 2_000_000
TOO_LARGE = "模板超过2 MB。"
LONGEST_REASON = 1_000
TOO_SLOW = "处理模板用时过长，已停止。请检查其中的循环和运算；服务器繁忙时请稍后再试。"
CRASHED = "处理模板时意外中断。请从系统模板重新改起。"
BUSY = "正在按模板生成其他文件，请稍后再试。"

log = logging.getLogger(__name__)
turns = threading.BoundedSemaphore(MOST_AT_ONCE)


class Busy(Exception):
    """Nothing is wrong with the template; the message is a Chinese sentence."""


def fill_in_child(
    template: bytes,
    context: Mapping[str, Any],
    *,
    charts: Mapping[str, Bars] | None = None,
    note: str = "",
    required: Mapping[str, str] | None = None,
    strict: bool,
) -> bytes:
    """The finished .docx. BadTemplate where the template cannot be filled, Busy without a turn.

    `charts`, `note`, `required`, `strict`: as in FillingOrder; strict gives no file.
    """
    if len(template) > LARGEST_TEMPLATE:
        raise BadTemplate(TOO_LARGE)
    order = FillingOrder(
        max_outcome_bytes=MOST_FILLED_BYTES,
        template=template,
        context=as_plain(context),
        charts=charts or {},
        note=note,
        required=required or {},
        strict=strict,
    )
    run = _run_in_turn(order)
    kind, content = bytes(run.received[:1]), bytes(run.received[1:])
    if run.complete and kind == FILLED:
        return content
    if run.complete and kind == REFUSED:
        # A child that a template has taken over may say anything.
        raise BadTemplate(content.decode(errors="replace")[:LONGEST_REASON])
    raise BadTemplate(_reason_without_outcome(run))


def _run_in_turn(order: FillingOrder) -> ChildRun:
    if not turns.acquire(blocking=False):
        raise Busy(BUSY)
    try:
        run = ChildRun()
        run_child(CHILD, order, run, cpu_seconds=min(MOST_CPU_SECONDS, settings.READER_CPU_SECONDS))
        return run
    finally:
        turns.release()


def _reason_without_outcome(run: ChildRun) -> str:
    log.warning("filling a template ended with %s: %r", run.exit_code, run.complaint[-500:])
    if run.too_slow:
        return TOO_SLOW
    return TOO_HUNGRY if run.too_hungry else CRASHED
