"""Publishing a quarter: its figures and lists are frozen, and never change again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from enterprises import registry
from enterprises.models import Quarter
from enterprises.refusal import Refusal
from enterprises.reporting import board
from enterprises.reporting.board import QuarterBoard
from parks.models import User
from targets.drafts import frozen as bulletin_texts
from targets.drafts.frozen import Freezing
from targets.figures import counting, indicators, past_due, progress, spans
from targets.figures.counting import Counts, Value
from targets.figures.frozen import frozen_counts
from targets.figures.frozen.frozen_spans import COLUMNS, FIELDS
from targets.models import Definition, FrozenFigure, FrozenSpan, Release, Span
from targets.releases import completion, completion_freezing, verdicts
from targets.releases import tasks as release_tasks

ROWS_PER_INSERT = 2_000
SpanRow = tuple[Any, ...]
"""Values of a span, in the order of FIELDS."""


class NotPublished(Refusal):
    """Nothing was published; the message is a Chinese sentence."""


@dataclass(frozen=True)
class ReleaseDraft:
    """A quarter as it would be published now, with the rows of its lists and figures.

    `release` is not stored, nor are they. `last`: the edition before. `rosters`: where those of the
    quarter stand. `text`: head and words of its bulletin.
    """

    release: Release
    last: Release | None
    rosters: QuarterBoard
    text: Freezing
    rows: list[SpanRow]
    figures: list[dict[str, Any]]

    def spans_by_firm(self, kind: str, definition: str, day: dt.date) -> dict[str, FrozenSpan]:
        """As `changed_firms.spans_by_firm` reads them of a release; not stored."""
        firms = {}
        for row in self.rows:
            values = dict(zip(FIELDS, row, strict=True))
            if (values["kind"], values["definition"]) != (kind, definition):
                continue
            span = FrozenSpan(**values)
            if span.days.covers(day):
                firms[span.uscc] = span
        return firms

    def figure(self, definition: str, scope: str, indicator: str) -> Value:
        wanted = (definition, scope, indicator)
        for row in self.figures:
            if (row["definition"], row["scope"], row["indicator"]) == wanted:
                value: Value = row["value"]
                return value
        return None

    @property
    def says_nothing_new(self) -> bool:
        """Another edition of the same content would only make readers look for what changed."""
        if self.last is None:
            return False
        contents = _contents_of(self.release)
        _tell_as(self.last, contents)
        return _digest(self.rows, self.figures, contents) == self.last.digest


def _tell_as(last: Release, contents: dict[str, Any]) -> None:
    """What the edition before did not keep yet, or what is worded anew each day, is no news."""
    if not verdicts.knows_due_days(last):
        contents["verdicts"] = verdicts.without_due_days(contents["verdicts"])
    if not release_tasks.knows_figures(last.tasks):
        contents["tasks"] = release_tasks.without_figures(contents["tasks"])
    kept = contents["completion"]
    if kept and not completion.knows_flight(last.completion):
        contents["completion"] = completion.as_before_flight(kept, last.completion)
    if last.bulletin:
        contents["bulletin"] = bulletin_texts.with_words_of(contents["bulletin"], last.bulletin)
    else:
        del contents["bulletin"]


def publish(quarter: Quarter, *, by: User, reason: str = "") -> Release:
    """Freeze the quarter as it is counted now. NotPublished where a rule forbids it.

    A further edition needs a reason and something that differs.
    """
    with transaction.atomic():
        # Until the release is written no fact changes and no second edition appears.
        registry.lock_ledger()
        refuse_without_reason(last_edition(quarter), reason)
        return store(make_draft(quarter, by=by, reason=reason))


def store(draft: ReleaseDraft) -> Release:
    """Make the draft a release. The ledger must have been locked before the draft was made."""
    refuse_repetition(draft)
    release = draft.release
    release.save(force_insert=True)
    _write_rows(release, draft.rows, draft.figures)
    # As it is read ever after: days and decimals as text.
    release.refresh_from_db()
    return release


def last_edition(quarter: Quarter) -> Release | None:
    return Release.objects.filter(quarter=quarter).order_by("-number").first()


def refuse_before_its_end(quarter: Quarter) -> None:
    # On the last day itself facts of that day may still come in.
    if timezone.localdate() <= quarter.last_day:
        raise NotPublished(f"{quarter}尚未结束，不能发布。", "not_ended")


def refuse_without_reason(last: Release | None, reason: str) -> None:
    # What was published is corrected in the open: readers are told why they should read again.
    if last and not reason.strip():
        raise NotPublished("修订版必须写明原因。", "reason")


def refuse_repetition(draft: ReleaseDraft) -> None:
    if sentence := repetition_in_words(draft):
        raise NotPublished(sentence, "same")


def repetition_in_words(draft: ReleaseDraft) -> str:
    """Empty where the draft says something new."""
    if draft.last and draft.says_nothing_new:
        return f"与第{draft.last.number}版没有任何差别，无需再发布。"
    return ""


def make_draft(quarter: Quarter, *, by: User, reason: str = "") -> ReleaseDraft:
    """What would be published now. NotPublished while the quarter has not ended."""
    refuse_before_its_end(quarter)
    # The figures are counted from the spans: these follow the ledger.
    spans.refresh()
    entry = spans.mark()
    day, last = quarter.last_day, last_edition(quarter)
    # Read once: the verdicts are judged by the very plan that is kept beside them.
    plan = progress.plan()
    days = [*past_due.due_days_before(plan, day), day]
    # Both definitions: a release answers for either, whichever the reader asks for later.
    counts = {definition: counting.count_stored(days, definition) for definition in Definition}
    rows, figures = _span_rows(), _figure_rows(counts, day)
    text = bulletin_texts.freeze(quarter, timezone.localdate())
    contents = {
        "verdicts": verdicts.freeze_verdicts(counts[Definition.CERTIFICATE], day, plan),
        "plan": frozen_counts.kept(plan),
        "completion": completion_freezing.freeze_completion(day),
        "tasks": release_tasks.freeze_tasks(quarter.period),
        "bulletin": text.contents,
    }
    # How many rosters were in stands with the figures: those that were not are missing in them.
    state = board.build_board(quarter, timezone.localdate())
    release = Release(
        quarter=quarter,
        number=last.number + 1 if last else 1,
        as_of=day,
        # Cut to the column: PostgreSQL would refuse the longer text, SQLite would not.
        reason=reason.strip()[:300],
        ledger_entry=entry,
        expected=state.expected,
        handed_in=state.handed_in,
        applied=state.applied,
        rules=indicators.frozen(),
        # Without who and when: an edition that differs in these alone says nothing new.
        digest=_digest(rows, figures, contents),
        made_by=by,
        **_as_kept({**contents, "bulletin": text.contents | text.made}),
    )
    return ReleaseDraft(release, last, state, text, rows, figures)


def _contents_of(release: Release) -> dict[str, Any]:
    names = ("verdicts", "plan", "completion", "tasks")
    contents = {name: getattr(release, name) for name in names}
    return contents | {"bulletin": bulletin_texts.without_makers(release.bulletin)}


def _as_kept(contents: Mapping[str, Any]) -> dict[str, Any]:
    """As a column of JSON gives it back: a draft is read by the code that reads releases."""
    kept: dict[str, Any] = json.loads(json.dumps(contents, cls=DjangoJSONEncoder))
    return kept


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
