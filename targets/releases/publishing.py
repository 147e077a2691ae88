"""Publishing a quarter: its figures and lists are frozen, and never change again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from enterprises import registry
from enterprises.models import Quarter
from enterprises.reporting import board
from parks.models import User
from targets.figures import counting, frozen_counts, indicators, progress, spans
from targets.figures.counting import Counts
from targets.figures.frozen_spans import COLUMNS, FIELDS
from targets.figures.progress import Plan
from targets.models import Definition, FrozenFigure, FrozenSpan, Release, Span
from targets.releases import completion_freezing
from targets.releases import tasks as release_tasks

ROWS_PER_INSERT = 2_000
SpanRow = tuple[Any, ...]
"""Values of a span, in the order of FIELDS."""


class NotPublished(Exception):
    """Nothing was published; the message is a Chinese sentence."""


def publish(quarter: Quarter, *, by: User, reason: str = "") -> Release:
    """Freeze the quarter as it is counted now. NotPublished where a rule forbids it.

    A further edition needs a reason and something that differs.
    """
    with transaction.atomic():
        # Until the release is written no fact changes and no second edition appears.
        head = registry.lock_ledger()
        last = Release.objects.filter(quarter=quarter).order_by("-number").first()
        # What was published is corrected in the open: readers are told why they should read again.
        if last and not reason.strip():
            raise NotPublished("修订版必须写明原因。")
        # On the last day itself facts of that day may still come in.
        if timezone.localdate() <= quarter.last_day:
            raise NotPublished(f"{quarter}尚未结束，不能发布。")
        # The figures are counted from the spans: these follow the ledger, which now stands still.
        spans.refresh()
        day = quarter.last_day
        # Both definitions: a release answers for either, whichever the reader asks for later.
        counts = {definition: counting.count_stored([day], definition) for definition in Definition}
        rows, figures = _span_rows(), _figure_rows(counts, day)
        # Read once: the verdicts are judged by the very plan that is kept beside them.
        plan = progress.plan()
        contents = {
            # The plan's targets speak of valid certificates: verdicts go by their dates alone.
            "verdicts": _verdicts(counts[Definition.CERTIFICATE], day, plan),
            "plan": frozen_counts.kept(plan),
            "completion": completion_freezing.freeze_completion(day),
            "tasks": release_tasks.freeze_tasks(quarter.period),
        }
        # Without who and when: an edition that differs in these alone says nothing new.
        digest = _digest(rows, figures, contents)
        # Another edition with the same content would only make readers look for what changed.
        if last and last.digest == digest:
            raise NotPublished(f"与第{last.number}版没有任何差别，无需再发布。")
        release = _write_release(quarter, last, by, reason, head.last_entry, digest, contents)
        _write_rows(release, rows, figures)
        # As it is read ever after: days and decimals as text.
        release.refresh_from_db()
    return release


def _write_release(
    quarter: Quarter,
    last: Release | None,
    by: User,
    reason: str,
    entry: int,
    digest: str,
    contents: Mapping[str, Any],
) -> Release:
    """`entry`: the last of the ledger. `contents`: verdicts, plan, completion and tasks."""
    # How many rosters were in stands with the figures: those that were not are missing in them.
    state = board.build_board(quarter, timezone.localdate())
    return Release.objects.create(
        quarter=quarter,
        number=last.number + 1 if last else 1,
        as_of=quarter.last_day,
        # Cut to the column: PostgreSQL would refuse the longer text, SQLite would not.
        reason=reason.strip()[:300],
        ledger_entry=entry,
        expected=state.expected,
        handed_in=state.handed_in,
        applied=state.applied,
        rules=indicators.frozen(),
        digest=digest,
        made_by=by,
        **contents,
    )


def _write_rows(
    release: Release, rows: Iterable[SpanRow], figures: Iterable[Mapping[str, Any]]
) -> None:
    frozen_figures = [FrozenFigure(release=release, **figure) for figure in figures]
    FrozenFigure.objects.bulk_create(frozen_figures, batch_size=ROWS_PER_INSERT)
    frozen_spans = []
    for row in rows:
        values = dict(zip(FIELDS, row, strict=True))
        frozen_spans.append(FrozenSpan(release=release, **values))
    FrozenSpan.objects.bulk_create(frozen_spans, batch_size=ROWS_PER_INSERT)


def _span_rows() -> list[SpanRow]:
    """All spans, in an order that does not depend on how they were computed."""
    # By codes and days, never by keys: a rebuild gives new keys, and the digest must not notice.
    ordered = Span.objects.order_by("enterprise__uscc", "kind__code", "definition", "start")
    park = FIELDS.index("park")
    rows = []
    for row in ordered.values_list(*COLUMNS):
        # Live spans have no park outside the parks; frozen ones keep "" there.
        rows.append((*row[:park], row[park] or "", *row[park + 1 :]))
    return rows


def _figure_rows(counts: Mapping[Definition, Counts], day: dt.date) -> list[dict[str, Any]]:
    rows = []
    for definition, counted in counts.items():
        for figure in counted.figures(day):
            rows.append({"definition": definition.value, **figure})
    return rows


def _verdicts(counts: Counts, day: dt.date, plan: Plan) -> list[dict[str, Any]]:
    """How each target of the plan stood, in the words of the day of publishing."""
    return [
        {
            "indicator": progress_now.target.indicator.code,
            "name": progress_now.target.indicator.name,
            "due": progress_now.target.due,
            "wording": progress_now.target.wording,
            "value": progress_now.value,
            "goal": progress_now.goal,
            "met": progress_now.met,
            "missing": progress_now.missing,
            "doubled": progress_now.doubled,
        }
        for progress_now in progress.from_counts(counts, day, against=plan)
    ]


def _digest(
    rows: Iterable[SpanRow], figures: Iterable[Mapping[str, Any]], contents: Mapping[str, Any]
) -> str:
    """SHA-256 over everything frozen: equal for two editions exactly if nothing differs."""
    # Keys are sorted, so that the order in which they were written makes no difference.
    digest = hashlib.sha256(json.dumps(contents, sort_keys=True, cls=DjangoJSONEncoder).encode())
    for figure in figures:
        digest.update(repr(sorted(figure.items())).encode())
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()
