"""What an unknown title probably means, judged by known titles and by the values below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import islice

from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.column import Column, title_key
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.problems import UnknownTitle, display_text
from enterprises.rosters.definition.spelling import says_nothing
from enterprises.rosters.definition.table import RawTable, is_blank

SAMPLES, JUDGED_VALUES, SEARCHED_ROWS = 3, 50, 2_000
COMPARED_LENGTH = 60
PLAUSIBLE = 0.5
"""Least confidence of a suggestion."""
CERTAIN_BY_VALUE = 0.9
"""Share of readable values that is enough to recognise a telling column, whatever its title."""
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
    """One entry per title.

    A field not in `known` is suggested at most once, where the confidence is greatest.
    """
    places = list(places)
    samples, ranked = {}, []
    for at, title in places:
        samples[at] = list(islice(_values_below(table, header_row, at), JUDGED_VALUES))
        for column in layout.columns:
            if column.field in known:
                continue
            confidence = _confidence(title, column, samples[at], source)
            if confidence >= PLAUSIBLE:
                ranked.append((confidence, at, column.field))
    # The best pair of title and field takes its field first; then come the next ones, by the place.
    ranked.sort(key=lambda candidate: (-candidate[0], candidate[1]))
    suggestions: dict[int, tuple[str, float]] = {}
    suggested_fields = set()
    for confidence, at, name in ranked:
        if at not in suggestions and name not in suggested_fields:
            suggestions[at] = name, confidence
            suggested_fields.add(name)
    titles = []
    for at, title in places:
        name, confidence = suggestions.get(at, ("", 0.0))
        address, examples = table.address(header_row, at), _distinct_examples(samples[at])
        titles.append(UnknownTitle(title, address, name, confidence, examples))
    return titles


def _values_below(table: RawTable, header_row: int, at: int) -> Iterator[object]:
    """The filled cells of a column in the first rows below the header."""
    rows = (values for number, values in table.rows if number > header_row)
    for values in islice(rows, SEARCHED_ROWS):
        if at < len(values) and not is_blank(values[at]) and not says_nothing(values[at]):
            yield values[at]


def _distinct_examples(values: list[object]) -> tuple[str, ...]:
    # A dict keeps the order in which the values stand in the file.
    return tuple(islice(dict.fromkeys(map(display_text, values)), SAMPLES))


def _confidence(title: str, column: Column, values: list[object], source: CellSource) -> float:
    key = title_key(title)[:COMPARED_LENGTH]
    likeness = max(_title_likeness(key, title_key(known)) for known in column.all_titles)
    readable = _readable_share(column, values, source)
    # Codes, certificates and official names are recognised by themselves, under any title.
    if values and column.telling and readable >= CERTAIN_BY_VALUE:
        likeness = max(likeness, CERTAIN_BY_VALUE)
    # A product: the best title is no suggestion while the values below it cannot be read.
    return round(likeness * readable, 2)


def _title_likeness(title: str, known: str) -> float:
    """Share of characters in common, from 0 to 1."""
    ratio = SequenceMatcher(None, title, known, autojunk=False).ratio()
    shorter, longer = sorted((title, known), key=len)
    # A title that contains the whole of the other means the same more often than their lengths
    # suggest.
    if len(shorter) >= 3 and shorter in longer:
        return max(ratio, 0.7)
    return ratio


def _readable_share(column: Column, values: list[object], source: CellSource) -> float:
    """Share of the values that the column can read; 1 without values."""
    if not values:
        return 1.0
    readable = 0
    for value in values:
        try:
            column.parse(value, source)
        except Unreadable:
            continue
        readable += 1
    return readable / len(values)
