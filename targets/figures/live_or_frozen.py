"""Where a page's figures come from: the facts as they are, or what a release froze of them.

Both answer the same questions.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from django.db.models import Count

from targets.figures import counting, known, progress, trend
from targets.figures.counting import Counts
from targets.figures.frozen import frozen_counts, frozen_spans
from targets.figures.known import KnownDays
from targets.figures.progress import Plan
from targets.figures.question import Question
from targets.models import MonthlySeries, Release, Scope, Span
from targets.models.derived import DaysQuerySet


class LapsingFirm(NamedTuple):
    """A firm whose count ends because this certificate runs out."""

    uscc: str
    name: str
    number: str
    valid_until: dt.date | None


class FigureSource(Protocol):
    @property
    def names(self) -> Mapping[str, str]:
        """From what a frozen span calls something to its name here."""

    def count(self, days: Sequence[dt.date]) -> Counts: ...

    def plan(self) -> Plan: ...

    def series(self, scope: str, codes: Sequence[str]) -> dict[str, MonthlySeries]:
        """Of indicators that count firms, month by month."""

    def freshness(self, series: dict[str, MonthlySeries]) -> trend.SeriesFreshness: ...

    def spans(self, scope: str) -> DaysQuerySet[Any]: ...

    def known(self) -> KnownDays | None:
        """How far the facts reach; to be asked after counting."""


class Live:
    # A frozen span is flat, a live one joins tables: one list of fields says both.
    names = dict(zip(frozen_spans.FIELDS, frozen_spans.COLUMNS, strict=True))

    def __init__(self, definition: str) -> None:
        self.definition = definition

    def count(self, days: Sequence[dt.date]) -> Counts:
        return counting.count(days, self.definition)

    def plan(self) -> Plan:
        return progress.plan()

    def series(self, scope: str, codes: Sequence[str]) -> dict[str, MonthlySeries]:
        return trend.stored(scope, codes, self.definition)

    def freshness(self, series: dict[str, MonthlySeries]) -> trend.SeriesFreshness:
        return trend.freshness(series)

    def spans(self, scope: str) -> DaysQuerySet[Any]:
        return Span.objects.filter(definition=self.definition).in_scope(scope)

    def known(self) -> KnownDays | None:
        return known.read()


class Published:
    """A release. What it knew of days other than its own comes from its frozen spans."""

    names = {name: name for name in frozen_spans.FIELDS}

    def __init__(self, release: Release, definition: str) -> None:
        self.release, self.definition = release, definition

    def count(self, days: Sequence[dt.date]) -> Counts:
        return frozen_counts.count(self.release, days, self.definition)

    def plan(self) -> Plan:
        return frozen_counts.plan(self.release)

    def series(self, scope: str, codes: Sequence[str]) -> dict[str, MonthlySeries]:
        """Month ends as the release knew them, to the plan's horizon."""
        due_days = [target.due for target in self.plan().targets]
        # The due days of the frozen plan: a target added since must not lengthen a published chart.
        last = max(due_days, default=self.release.as_of)
        months = trend.month_ends(trend.SHOWN_FROM, last)
        stocks = frozen_counts.stocks(self.release, months, self.definition, scope, codes)
        return {
            code: MonthlySeries(first_month=months[0], values=list(stocks[code])) for code in codes
        }

    def freshness(self, series: dict[str, MonthlySeries]) -> trend.SeriesFreshness:
        # What is frozen cannot fall behind the facts: it is not meant to follow them.
        return trend.SeriesFreshness(self.release.made_at, stale=False)

    def spans(self, scope: str) -> DaysQuerySet[Any]:
        return self.release.spans.filter(definition=self.definition).in_scope(scope)

    def known(self) -> KnownDays | None:
        # A release says for the quarter as a whole which rosters were in.
        return None


def source_for(question: Question) -> FigureSource:
    release, definition = question.release, str(question.definition)
    return Published(release, definition) if release else Live(definition)


def lapsing(
    source: FigureSource, kind: str, scope: str, since: dt.date, until: dt.date
) -> DaysQuerySet[Any]:
    """The spans that end in [since, until) because a certificate runs out and none follows."""
    return source.spans(scope).filter(**{source.names["kind"]: kind}).lapsing(since, until)


def soonest(source: FigureSource, spans: DaysQuerySet[Any], at_most: int) -> list[LapsingFirm]:
    """The firms of the spans that end first; of those that end together, by their codes."""
    columns = [source.names[field] for field in LapsingFirm._fields]
    # The code decides between equal days, so that a page and its reload name the same firms.
    rows = spans.order_by("end", columns[0]).values_list(*columns)[:at_most]
    return [LapsingFirm(*row) for row in rows]


class FirstSeen:
    """How many firms a roster named first between two days, over every scope.

    They are in the later stock and not in the earlier one, and did not come in between.
    """

    def __init__(self, rows: Iterable[tuple[str, str | None, str, int]]) -> None:
        self._firms: Counter[tuple[str, str]] = Counter()
        for kind, park, town, firms in rows:
            for scope in counting.scopes_of(park or None, town):
                self._firms[kind, scope] += firms

    def firms(self, kind: str, scope: str) -> int:
        return self._firms[kind, str(scope)]


def first_seen(source: FigureSource, since: dt.date, until: dt.date) -> FirstSeen:
    """From the end of `since` to the end of `until`; one query."""
    columns = [source.names[name] for name in ("kind", "park", "town")]
    begun = source.spans(Scope.DISTRICT).filter(
        start__gt=since, start__lte=until, opened_by=Span.Opening.SEEN
    )
    rows = begun.order_by().values_list(*columns).annotate(Count("id"))
    return FirstSeen(rows)


def shared(
    source: FigureSource, scope: str, day: dt.date, by: str
) -> Iterable[tuple[str, str, int]]:
    """(kind, code of the other place or "", firms) of a scope on a day; one query.

    `by`: "park" or "town", the other place of a unit's firms.
    """
    kind, place = source.names["kind"], source.names[by]
    counted = source.spans(scope).covering(day).order_by()
    rows = counted.values_list(kind, place).annotate(Count("id"))
    return [(code, where or "", firms) for code, where, firms in rows]
