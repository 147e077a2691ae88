"""What an unknown title probably means: by its likeness to known titles, and by the values below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import islice

from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.columns import Column, Layout, title_key
from enterprises.rosters.definition.problems import UnknownTitle, shown
from enterprises.rosters.definition.table import RawTable, is_blank

SAMPLES, JUDGED_VALUES, SEARCHED_ROWS = 3, 50, 2_000
COMPARED_LENGTH = 60
PLAUSIBLE = 0.5
"""Least confidence of a suggestion."""
CERTAIN_BY_VALUE = 0.9
TELLING = frozenset(("uscc", "certificate_number", "park", "town", "tech_field", "pool_stage"))
"""Fields whose values hardly any other column has."""

Place = tuple[int, str]
"""Column from 0, title."""


def unknown_titles(
    table: RawTable,
    header_row: int,
    layout: Layout,
    known: set[str],
    places: Iterable[Place],
    source: CellSource,
) -> list[UnknownTitle]:
    """One entry per title. Every field not in `known` is suggested at most once, where the confidence is greatest."""
    open_columns = [column for column in layout.columns if column.field not in known]
    places = list(places)
    samples = {at: list(islice(_values(table, header_row, at), JUDGED_VALUES)) for at, _ in places}
    ranked = sorted(
        (
            (confidence, at, column.field)
            for at, title in places
            for column in open_columns
            if (confidence := _confidence(title, column, samples[at], source)) >= PLAUSIBLE
        ),
        key=lambda entry: (-entry[0], entry[1]),
    )
    taken: dict[int, tuple[str, float]] = {}
    for confidence, at, name in ranked:
        if at not in taken and name not in {suggested for suggested, _ in taken.values()}:
            taken[at] = name, confidence
    return [
        UnknownTitle(
            title, table.address(header_row, at), *taken.get(at, ("", 0.0)), _shown(samples[at])
        )
        for at, title in places
    ]


def _values(table: RawTable, header_row: int, at: int) -> Iterator[object]:
    rows = islice((values for number, values in table.rows if number > header_row), SEARCHED_ROWS)
    return (values[at] for values in rows if at < len(values) and not is_blank(values[at]))


def _shown(values: list[object]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(map(shown, values)), SAMPLES))


def _confidence(title: str, column: Column, values: list[object], source: CellSource) -> float:
    key = title_key(title)[:COMPARED_LENGTH]
    likeness = max(_likeness(key, title_key(known)) for known in column.titles())
    readable = _readable(column, values, source)
    if values and column.field in TELLING and readable >= CERTAIN_BY_VALUE:
        likeness = max(likeness, CERTAIN_BY_VALUE)
    return round(likeness * readable, 2)


def _likeness(one: str, other: str) -> float:
    """Share of characters in common; a title that contains another whole is at least fairly like it."""
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    shorter, longer = sorted((one, other), key=len)
    return max(ratio, 0.7) if len(shorter) >= 3 and shorter in longer else ratio


def _readable(column: Column, values: list[object], source: CellSource) -> float:
    """Share of the values that the column can read; 1 without values."""
    good = 0
    for value in values:
        try:
            column.parse(value, source)
        except Unreadable:
            continue
        good += 1
    return good / len(values) if values else 1.0
