"""The yearly figures of a list beside the registered ones: leaps, corrections, two columns of one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from enterprises.models import YearlyFigures
from enterprises.models.chunks import chunks
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.row import RosterRow

LEAST_FACTOR, MADS = 3.0, 6.0
"""A figure jumps when it differs by more than this factor, and by more than so many median
deviations."""
MAD_TO_SIGMA = 1.4826
"""The median deviation of a normal distribution, times this, is its standard deviation."""
Found = Iterator[tuple[RosterRow, str, str]]
"""Row, field, reason."""


@dataclass(frozen=True)
class ComparedFigures:
    """`last_year`: of the columns that name none. `registered`: by the firm's code and the year."""

    rows: Sequence[RosterRow]
    layout: Layout
    last_year: int
    registered: Mapping[tuple[str, int], YearlyFigures]


def compared(
    rows: Sequence[RosterRow], layout: Layout, codes: Sequence[str], last_year: int
) -> ComparedFigures:
    named = {column.year for column in layout.columns_of_years if column.year}
    years = named | {last_year, last_year - 1}
    registered = {}
    for portion in chunks(codes):
        found = YearlyFigures.objects.filter(enterprise__uscc__in=portion, year__in=years)
        for row in found.select_related("enterprise"):
            registered[row.enterprise.uscc, row.year] = row
    return ComparedFigures(rows, layout, last_year, registered)


# --- columns that name their year ---
def changed_under_year(figures: ComparedFigures) -> Found:
    """A figure under a title with its year that is registered otherwise."""
    columns = figures.layout.columns_of_years
    for row in figures.rows:
        for column in columns:
            value = row.values.get(column.field)
            registered = figures.registered.get((row.values["uscc"], column.year or 0))
            known = getattr(registered, column.figure, None)
            if value is not None and known is not None and value != known:
                yield row, column.field, f"{column.title}登记为{known}，现为{value}"


def told_twice(figures: ComparedFigures) -> Found:
    """Last year's figure under the list's own title, and another under a title with the year."""
    layout = figures.layout
    columns = [
        column
        for column in layout.columns_of_years
        if column.year == figures.last_year and column.figure in layout.fields
    ]
    for row in figures.rows:
        for column in columns:
            named, own = row.values.get(column.field), row.values.get(column.figure)
            if named is not None and own is not None and named != own:
                own_title = layout.column(column.figure).title
                reason = f"“{own_title}”为{own}，“{column.title}”为{named}"
                yield row, column.field, reason


# --- leaps ---
def jumps(figures: ComparedFigures, name: str, title: str) -> Iterator[tuple[RosterRow, str]]:
    """Log ratios to the registered figures, judged by the file's own spread.

    Logarithms, because figures are skewed. The file's own spread, because a price rise that moves
    every firm is no error. The wider of the two bounds holds: the factor, or the median deviations
    around the median.
    """
    before = _newest(figures)
    ratios: list[tuple[RosterRow, float]] = []
    for row in figures.rows:
        ratio = _log_ratio(row, name, before)
        if ratio is not None:
            ratios.append((row, ratio))
    low, high = _usual_range([ratio for _, ratio in ratios])
    for row, ratio in ratios:
        if not low <= ratio <= high:
            old = getattr(before[row.values["uscc"]], name)
            yield row, f"{title}登记为{old}，现为{row.values[name]}"


def _newest(figures: ComparedFigures) -> dict[str, YearlyFigures]:
    """Firm's code → its figures of the last year, or of the year before where there are none yet."""
    newest: dict[str, YearlyFigures] = {}
    # In the order of years, so that the later figures replace the earlier ones.
    for year in (figures.last_year - 1, figures.last_year):
        newest |= {uscc: row for (uscc, of), row in figures.registered.items() if of == year}
    return newest


def _log_ratio(row: RosterRow, name: str, before: Mapping[str, YearlyFigures]) -> float | None:
    registered = before.get(row.values["uscc"])
    if registered is None:
        return None
    old, new = getattr(registered, name), row.values.get(name)
    if not old or not new or Decimal(old) <= 0 or Decimal(new) <= 0:
        return None
    return math.log(float(new) / float(old))


def _usual_range(ratios: Sequence[float]) -> tuple[float, float]:
    if not ratios:
        return 0.0, 0.0
    # Medians, because a few wrong figures must not move the bounds that are to find them.
    middle = median(ratios)
    spread = MADS * MAD_TO_SIGMA * median(abs(ratio - middle) for ratio in ratios)
    reach = max(math.log(LEAST_FACTOR), spread)
    return middle - reach, middle + reach
