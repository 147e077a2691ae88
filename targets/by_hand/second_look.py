"""What a doubtful change would do: the doubts, old and new values, what is counted today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from enterprises import registry
from enterprises.firms.timeline import Teller, TimelineEntry
from enterprises.models import Enterprise, Qualification, QualificationKind
from enterprises.registry import acts
from parks.models import User
from targets.by_hand.merged_words import MergeInWords, merge_in_words
from targets.figures import counting, spans
from targets.figures.spans import Facts
from targets.models import Definition, Scope


@dataclass(frozen=True)
class CountedToday:
    """A figure of the district today, and as it would be after the change."""

    label: str
    before: int
    after: int

    @property
    def in_words(self) -> str:
        if self.before == self.after:
            return f"{self.label}数 {self.before}，不变"
        return f"{self.label}数 {self.before} → {self.after}"


@dataclass(frozen=True)
class SecondLook:
    """`merge`: what goes from one record to the other, where the act merges two."""

    doubts: list[str]
    changes: list[TimelineEntry]
    figures: list[CountedToday]
    merge: MergeInWords | None = None


def look_again(firm: Enterprise, act: acts.Act, *, by: User) -> SecondLook:
    """What the act would do if it were confirmed; writes nothing."""
    confirmed = replace(act, confirmed=True)
    report = registry.preview([confirmed], by=by)
    entries = [change.to_entry() for change in report.changes]
    teller = Teller(firm.qualifications.select_related("kind"))
    merge = merge_in_words(entries, teller) if isinstance(act, acts.Merge) else None
    return SecondLook(
        doubts=[doubt.point for doubt in report.doubts],
        changes=teller.tell(merge.altered if merge else entries, contacts=True),
        figures=_figures_of_kinds_held(firm, confirmed),
        merge=merge,
    )


def _figures_of_kinds_held(firm: Enterprise, act: acts.Act) -> list[CountedToday]:
    """The district's stock today of each counted kind that the firm has ever held."""
    today = timezone.localdate()
    counts = counting.count([today], Definition.CERTIFICATE)
    # An act may be about two records of one firm.
    of_firms = Enterprise.objects.filter(uscc__in={firm.uscc, *act.codes})
    present = spans.facts_of([one.pk for one in of_firms]).values()
    changed = [
        Facts(to_be.facts[Qualification], to_be.placements, to_be.closures)
        for to_be in registry.foreseen([act]).values()
    ]
    kinds = {kind.pk: kind for kind in QualificationKind.objects.prefetch_related("terms")}
    held = {row.kind_id for facts in changed for row in facts.qualifications}
    now, then = _counted_kinds(present, kinds), _counted_kinds(changed, kinds)
    figures = []
    for indicator in counts.indicators.stocks:
        if indicator.kind_id in held:
            stock = counts.stock(today, indicator.kind, Scope.DISTRICT)
            more = then[indicator.kind_id] - now[indicator.kind_id]
            figures.append(CountedToday(indicator.kind_name, stock, stock + more))
    return figures


def _counted_kinds(firms: Iterable[Facts], kinds: dict[int, QualificationKind]) -> Counter[int]:
    """Kind → how many of the firms with these facts count for it today."""
    today, counted = timezone.localdate(), Counter[int]()
    for facts in firms:
        found: Sequence[spans.Span] = spans.spans_of(facts, kinds, [Definition.CERTIFICATE])
        counted.update({span.kind_id for span in found if span.start <= today < span.end})
    return counted
