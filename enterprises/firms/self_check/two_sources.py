"""What two sources tell otherwise of the same year: a warning beside the self-check, never a verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from enterprises.firms.sources import FirmSources
from enterprises.models import LedgerEntry, YearlyFigures
from enterprises.registry.acts.figures import TOLERANCE, differ
from enterprises.registry.origins import BY_HAND, maker_of
from enterprises.rosters.definition.registers import COMPARED_BETWEEN_SOURCES


def told_otherwise(sources: FirmSources, years: Sequence[int]) -> list[str]:
    """A sentence per figure and year that another source told before."""
    told: dict[tuple[int, str], list[LedgerEntry]] = defaultdict(list)
    for entry in sources.of_figures:
        if entry.effective_on is None or entry.effective_on.year not in years:
            continue
        for name in COMPARED_BETWEEN_SOURCES & entry.after.keys():
            if entry.after[name] is not None:
                told[entry.effective_on.year, name].append(entry)
    sentences = []
    for (year, name), entries in sorted(told.items(), key=lambda pair: pair[0]):
        *earlier, last = entries
        others = {_maker(one): one for one in earlier if _maker(one) != _maker(last)}
        for one in others.values():
            before, now = Decimal(str(one.after[name])), Decimal(str(last.after[name]))
            if differ(before, now):
                sentences.append(
                    f"{year}年{YearlyFigures.title_of(name)}，{_place(one)}为{before}，"
                    f"{_place(last)}为{now}，相差超过{TOLERANCE:.0%}，请核对；自检按{now}计算"
                )
    return sentences


def _maker(entry: LedgerEntry) -> str:
    """Empty for a person, who is no maker of lists."""
    source = entry.source
    if source is None:
        return ""
    return maker_of(source.kind, source.office.code if source.office else None)


def _place(entry: LedgerEntry) -> str:
    if entry.source is None:
        return BY_HAND
    return f"{entry.source.office or entry.source.get_kind_display()}（{entry.source.name}）"
