"""Publishing a quarter: freezing its figures and lists, and telling two editions apart."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from enterprises import registry
from enterprises.models import LedgerEntry, Quarter
from enterprises.reporting import board
from parks.models import User
from targets.figures import counting, frozen_counts, indicators, progress, spans
from targets.figures.counting import Counts
from targets.figures.frozen_spans import COLUMNS, FIELDS
from targets.figures.indicators import IndicatorSet
from targets.figures.progress import Plan
from targets.goals import words as goal_words
from targets.models import Definition, FrozenFigure, FrozenSpan, Release, Span
from targets.releases import completion as release_completion
from targets.releases import tasks

ROWS_PER_INSERT = 2_000
COUNTED_FACTS = ("placement", "qualification", "closure")


class NotPublished(Exception):
    """Nothing was published; the message is a Chinese sentence."""


@dataclass(frozen=True)
class FigureChange:
    """A figure that differs between two editions."""

    definition: str
    scope: str
    indicator: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class ReleaseDifference:
    """What an edition says otherwise than the one before, and the ledger entries that made the difference.

    `beside`: sentences on goals, completion and key tasks.
    """

    figures: list[FigureChange]
    beside: list[str]
    entries: Sequence[LedgerEntry]


def publish(quarter: Quarter, *, by: User, reason: str = "") -> Release:
    """Freeze the quarter as it is counted now. A further edition needs a reason and something that differs."""
    with transaction.atomic():
        head = (
            registry.lock_ledger()
        )  # no fact changes, and no second edition appears, until the release is written
        last = Release.objects.filter(quarter=quarter).order_by("-number").first()
        if last and not reason.strip():
            raise NotPublished("修订版必须写明原因。")
        if timezone.localdate() <= quarter.last_day:
            raise NotPublished(f"{quarter}尚未结束，不能发布。")
        spans.refresh()
        day = quarter.last_day
        counts = {definition: counting.count_stored([day], definition) for definition in Definition}
        rows, figures = _rows(), _figures(counts, day)
        plan = progress.plan()
        beside = {
            "verdicts": _verdicts(counts[Definition.CERTIFICATE], day, plan),
            "plan": frozen_counts.kept(plan),
            "completion": release_completion.freeze(day),
            "tasks": tasks.freeze(quarter.period),
        }
        digest = _digest(rows, figures, beside)
        if last and last.digest == digest:
            raise NotPublished(f"与第{last.number}版没有任何差别，无需再发布。")
        release = _write(quarter, last, by, reason, head.last_entry, digest, beside)
        figures_of = [FrozenFigure(release=release, **figure) for figure in figures]
        FrozenFigure.objects.bulk_create(figures_of, batch_size=ROWS_PER_INSERT)
        spans_of = (
            FrozenSpan(release=release, **dict(zip(FIELDS, row, strict=True))) for row in rows
        )
        FrozenSpan.objects.bulk_create(spans_of, batch_size=ROWS_PER_INSERT)
        release.refresh_from_db()  # as it is read ever after: days and decimals as text
    return release


def _write(
    quarter: Quarter,
    last: Release | None,
    by: User,
    reason: str,
    entry: int,
    digest: str,
    beside: Mapping[str, Any],
) -> Release:
    """`beside`: verdicts, plan, completion and tasks."""
    state = board.build_board(quarter, timezone.localdate())
    return Release.objects.create(
        quarter=quarter,
        number=last.number + 1 if last else 1,
        as_of=quarter.last_day,
        reason=reason.strip()[:300],
        ledger_entry=entry,
        expected=state.expected,
        handed_in=state.handed_in,
        applied=state.applied,
        rules=indicators.frozen(),
        digest=digest,
        made_by=by,
        **beside,
    )


def _rows() -> list[tuple[Any, ...]]:
    found = Span.objects.order_by(
        "enterprise__uscc", "kind__code", "definition", "start"
    ).values_list(*COLUMNS)
    return [
        tuple(
            "" if value is None and field == "park" else value
            for field, value in zip(FIELDS, row, strict=True)
        )
        for row in found
    ]


def _figures(counts: Mapping[Definition, Counts], day: dt.date) -> list[dict[str, Any]]:
    return [
        {"definition": definition.value, **figure}
        for definition, counted in counts.items()
        for figure in counted.figures(day)
    ]


def _verdicts(counts: Counts, day: dt.date, plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "indicator": one.target.indicator.code,
            "name": one.target.indicator.name,
            "due": one.target.due,
            "wording": one.target.wording,
            "value": one.value,
            "goal": one.goal,
            "met": one.met,
            "missing": one.missing,
            "doubled": one.doubled,
        }
        for one in progress.from_counts(counts, day, against=plan)
    ]


def _digest(
    rows: Iterable[tuple[Any, ...]], figures: Iterable[dict[str, Any]], beside: Mapping[str, Any]
) -> str:
    digest = hashlib.sha256(json.dumps(beside, sort_keys=True, cls=DjangoJSONEncoder).encode())
    for figure in figures:
        digest.update(repr(sorted(figure.items())).encode())
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()


def difference(release: Release) -> ReleaseDifference | None:
    """Against the edition before; None for a first edition."""
    before = Release.objects.filter(quarter=release.quarter, number=release.number - 1).first()
    if before is None:
        return None
    old, new = _values(before), _values(release)
    keys = sorted(key for key in old | new if old.get(key) != new.get(key))
    changes = [FigureChange(*key, old.get(key), new.get(key)) for key in keys]
    entries = entries_between(before, release, _firms_told_otherwise(before, release))
    return ReleaseDifference(changes, [*_rows_told_otherwise(before, release)], entries)


def entries_between(before: Release, after: Release, usccs: Iterable[str]) -> list[LedgerEntry]:
    """What the ledger says of these firms' counted facts after the one release was made and up to the other."""
    entries = LedgerEntry.objects.filter(pk__gt=before.ledger_entry, pk__lte=after.ledger_entry)
    entries = entries.filter(fact__in=COUNTED_FACTS, enterprise__uscc__in=usccs)
    return list(entries.select_related("enterprise", "source", "by").order_by("pk"))


def _rows_told_otherwise(before: Release, after: Release) -> list[str]:
    """Sentences on verdicts, goals, completion and key tasks that differ."""
    completion = release_completion.differences(before, after)
    return [*_judged_otherwise(before, after), *completion, *tasks.differences(before, after)]


def _judged_otherwise(before: Release, after: Release) -> list[str]:
    """A sentence for every target that is judged otherwise, or one where only what they are judged by differs.

    Another number that changes no judgement stands among the figures; only a reported one is told here.
    """
    known = {(one["indicator"], one["due"]): one for one in before.verdicts}
    counted = indicators.released(after)
    said = [
        f"{one['name']}（{one['due'][:4]}年{one['wording']}）：{_judged(then) if then else '未列入'} → {_judged(one)}"
        for one in after.verdicts
        if (then := known.get((one["indicator"], one["due"]))) is None
        or _judgement(then, counted) != _judgement(one, counted)
    ]
    return said or (
        [] if before.plan == after.plan else ["目标、基期或填报指标的登记有更正，各项判断不变"]
    )


def _judgement(verdict: Mapping[str, Any], counted: IndicatorSet) -> tuple[Any, ...]:
    value = None if verdict["indicator"] in counted else verdict["value"]
    return verdict["goal"], verdict["met"], verdict["doubled"], value


def _judged(verdict: Mapping[str, Any]) -> str:
    met = {True: "已达到", False: "未达到"}.get(verdict["met"], "无法判断")
    doubled = {True: "，已翻番", False: "，未翻番"}.get(verdict["doubled"], "")
    return f"{_plain(verdict['value'])}（目标{_plain(verdict['goal'])}）{met}{doubled}"


def _plain(value: Any) -> str:
    return "—" if value is None else goal_words.plain(Decimal(str(value)))


def _values(release: Release) -> dict[tuple[str, str, str], Decimal | None]:
    rows = release.figures.values_list("definition", "scope", "indicator", "value")
    return {(definition, scope, indicator): value for definition, scope, indicator, value in rows}


def _firms_told_otherwise(before: Release, after: Release) -> set[str]:
    """Codes of the firms whose spans differ between the editions."""
    old, new = (set(edition.spans.values_list(*FIELDS)) for edition in (before, after))
    return {row[0] for row in old ^ new}
