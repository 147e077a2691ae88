"""What an edition of a quarter says otherwise than the one before, and the entries behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enterprises.models import LedgerEntry
from parks.numbers import plain
from targets.drafts import frozen as bulletin_texts
from targets.figures.counting import Value
from targets.figures.frozen.frozen_spans import FIELDS
from targets.models import Release
from targets.releases import completion as release_completion
from targets.releases import tasks as release_tasks
from targets.releases import verdicts
from targets.releases.verdicts import ReleasedVerdict

COUNTED_FACTS = ("placement", "qualification", "closure")
"""Facts on which a figure depends; other entries of the ledger cannot explain a difference."""
DOUBLED_WORDS: Mapping[bool | None, str] = {True: "，已翻番", False: "，未翻番"}


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
    """`beside`: sentences on goals, completion and key tasks.

    `entries`: of the ledger, those that made the difference.
    """

    figures: list[FigureChange]
    beside: list[str]
    entries: Sequence[LedgerEntry]


def edition_before(release: Release) -> Release | None:
    """None for a first edition."""
    return Release.objects.filter(quarter=release.quarter, number=release.number - 1).first()


def difference_to_before(release: Release) -> ReleaseDifference | None:
    """Against the edition before; None for a first edition."""
    before = edition_before(release)
    if before is None:
        return None
    old, new = _figures_by_key(before), _figures_by_key(release)
    # An indicator or unit may be in one edition only: its figure is then None in the other.
    changes = []
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            changes.append(FigureChange(*key, old.get(key), new.get(key)))
    entries = entries_between(before, release, _firms_with_other_spans(before, release))
    return ReleaseDifference(changes, sentences_beside(before, release), entries)


def entries_between(before: Release, after: Release, usccs: Iterable[str]) -> list[LedgerEntry]:
    """What the ledger says of these firms' counted facts between the making of two releases.

    `after` may be a draft.
    """
    # Half-open: the earlier release's own last entry is in its figures already.
    entries = LedgerEntry.objects.filter(pk__gt=before.ledger_entry, pk__lte=after.ledger_entry)
    entries = entries.filter(fact__in=COUNTED_FACTS, enterprise__uscc__in=usccs)
    return list(entries.select_related("enterprise", "source", "by").order_by("pk"))


def sentences_beside(before: Release, after: Release) -> list[str]:
    """What differs besides figures and lists: judgements, completion of goals, key tasks, words.

    `after` may be a draft.
    """
    return [
        *_verdict_differences(before, after),
        *release_completion.completion_differences(before, after),
        *release_tasks.task_differences(before, after),
        *bulletin_texts.differences(before.bulletin, after.bulletin),
    ]


def _verdict_differences(before: Release, after: Release) -> list[str]:
    """A sentence for every target that is judged otherwise.

    One sentence where only what they are judged by differs. Another number that changes no
    judgement stands among the figures; only a reported one is told here.
    """
    old_verdicts = {(row.indicator, row.due): row for row in verdicts.verdicts_of_release(before)}
    sentences = []
    for new in verdicts.verdicts_of_release(after):
        old = old_verdicts.get((new.indicator, new.due))
        if old and _judgement(old) == _judgement(new):
            continue
        # A target that was added since had no verdict that could have changed.
        then = _verdict_in_words(old) if old else "没有这一目标"
        now = _verdict_in_words(new)
        # Past the due day the release's own day may be judged otherwise and decide nothing.
        if then == now:
            continue
        target = f"{new.name}（{new.due:%Y}年{new.wording}）"
        sentences.append(f"{target}：{then} → {now}")
    if not sentences and before.plan != after.plan:
        sentences.append("目标、基期或填报指标的登记有更正，各项判断不变")
    return sentences


def _judgement(verdict: ReleasedVerdict) -> tuple[Any, ...]:
    now = verdict.now
    # A counted number stands among the figures; here it matters only by what it decides. That of
    # the due day stands nowhere else.
    value = None if verdict.is_counted else now.value
    return now.goal, now.met, now.doubled, value, verdict.at_due


def _verdict_in_words(verdict: ReleasedVerdict) -> str:
    """The verdict stands once: past the due day it is that day's."""
    now, at_due = verdict.now, verdict.at_due
    number = f"{_number_in_words(now.value)}（目标{_number_in_words(now.goal)}）"
    judged = verdict.standing_in_words + DOUBLED_WORDS.get(verdict.standing.doubled, "")
    if at_due is None:
        return number + judged
    return f"{number}，到期日{_number_in_words(at_due.value)}{judged}"


def _number_in_words(value: Value) -> str:
    return "—" if value is None else plain(Decimal(value))


def _figures_by_key(release: Release) -> dict[tuple[str, str, str], Decimal | None]:
    """(definition, scope, indicator) → value."""
    figures = {}
    rows = release.figures.values_list("definition", "scope", "indicator", "value")
    for definition, scope, indicator, value in rows:
        figures[definition, scope, indicator] = value
    return figures


def _firms_with_other_spans(before: Release, after: Release) -> set[str]:
    """Codes of the firms whose spans differ between the editions."""
    # Rows are compared whole: a span that only changed its certificate counts as different.
    old = set(before.spans.values_list(*FIELDS))
    new = set(after.spans.values_list(*FIELDS))
    uscc = FIELDS.index("uscc")
    return {row[uscc] for row in old ^ new}
