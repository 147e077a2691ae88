"""What one more thing done gives a unit, over all items that it touches: 再新增1家, 再续证1家 …"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from targets.assessment import scoring
from targets.assessment.sheet import ItemScore, UnitSheet
from targets.models import AssessmentItem, Indicator

Source, Measure = AssessmentItem.Source, AssessmentItem.Measure


@dataclass(frozen=True)
class OneMore:
    """`parts`: items with what each gains. `total`: what the unit's total gains, which may be
    scaled.
    """

    words: str
    parts: Sequence[tuple[AssessmentItem, Decimal]]
    total: Decimal


def deeds_of(row: UnitSheet) -> list[OneMore]:
    """Those that give something, the most first."""
    found = [
        *(_certify(row, indicator) for indicator in _indicators(row, Source.GOAL)),
        *(_renew(row, indicator) for indicator in _indicators(row, Source.RENEWAL)),
        *(_deed(row, line.source.more_words(line.item), [line]) for line in _others(row)),
    ]
    deeds = [deed for deed in found if deed.total > 0]
    return sorted(deeds, key=lambda deed: -deed.total)


def _indicators(row: UnitSheet, source: str) -> list[Indicator]:
    """Of the items of a source, each once, in the sheet's order."""
    found = {
        line.item.indicator.pk: line.item.indicator
        for line in row.lines
        if line.item.source == source and line.item.indicator
    }
    return list(found.values())


def _lines(row: UnitSheet, fits: Callable[[AssessmentItem], bool]) -> list[ItemScore]:
    return [line for line in row.lines if fits(line.item)]


def _certify(row: UnitSheet, indicator: Indicator) -> OneMore:
    """A firm is first recognised; where entering the pool counts, it was in it."""
    touched = _lines(
        row,
        lambda item: (
            item.indicator_id == indicator.pk and item.source in (Source.GOAL, Source.POOL)
        ),
    )
    pooled = any(line.item.source == Source.POOL for line in touched)
    before = "（此前已入后备库）" if pooled else ""
    return _deed(row, f"再新增1家{indicator.short_name}{before}", touched)


def _renew(row: UnitSheet, indicator: Indicator) -> OneMore:
    """A lapsed certificate is renewed: its firm counts again, and is no first recognition."""
    renewals = _lines(
        row, lambda item: item.indicator_id == indicator.pk and item.source == Source.RENEWAL
    )
    # Without one that lapsed there is none to renew.
    possible = [line for line in renewals if line.with_one_more is not None]
    counted = _lines(
        row,
        lambda item: (
            item.indicator_id == indicator.pk
            and item.source == Source.GOAL
            and item.measure != Measure.FIRST
        ),
    )
    words = f"到期未续的{indicator.short_name}再续证1家"
    return _deed(row, words, [*possible, *counted] if possible else [])


def _others(row: UnitSheet) -> list[ItemScore]:
    told = (Source.GOAL, Source.RENEWAL, Source.POOL)
    return _lines(row, lambda item: item.source not in told)


def _deed(row: UnitSheet, words: str, touched: Sequence[ItemScore]) -> OneMore:
    gains = [(line.item, line.gain) for line in touched]
    parts = [(item, gain) for item, gain in gains if gain]
    after = {id(line): line.with_one_more for line in touched}
    lines = [
        (line.item.weight, line.points if after.get(id(line)) is None else after[id(line)])
        for line in row.lines
    ]
    new = scoring.total_of(lines, row.total.of).points or scoring.ZERO
    return OneMore(words, parts, new - (row.points or scoring.ZERO))
