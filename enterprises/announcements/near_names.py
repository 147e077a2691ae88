"""Registered names that differ from a printed one in a character or two: shown, never taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from enterprises.announcements.matching import Match, Pile
from enterprises.announcements.meaning import near_names
from enterprises.announcements.reading.titles import Field
from enterprises.models import Enterprise
from enterprises.uscc import normalise

SHORTEST = 6
"""Of shorter names a character is too large a part."""


def near_firms(
    matches: Iterable[Match], expected: Sequence[Enterprise]
) -> dict[int, list[Enterprise]]:
    """Number of a line that is nobody's → firms with almost its name.

    Firms that the list was expected to name are tried for every line. All others only for lines
    that say to be of the district: nine of ten near names are other firms. A firm that the list
    names elsewhere is none.
    """
    rules = near_names()
    matches = list(matches)
    named = {match.firm.pk for match in matches if match.firm}
    strangers = [
        match for match in matches if match.pile == Pile.UNKNOWN and not match.is_settled_by_person
    ]
    by_expected = {firm.name_key: firm.pk for firm in expected}
    by_all: dict[str, int] = {}
    if any(match.is_local for match in strangers):
        rows = Enterprise.objects.registered().exclude(pk__in=named)
        by_all = dict(rows.values_list("name_key", "pk"))
    found: dict[int, list[int]] = {}
    for match in strangers:
        name = normalise(match.line.text(Field.NAME))
        if len(name) < SHORTEST:
            continue
        ids = _nearest(name, by_expected, rules["of_expected"], rules["most"])
        if match.is_local:
            ids += _nearest(name, by_all, rules["of_all"], rules["most"])
        if ids:
            found[match.line.n] = list(dict.fromkeys(ids))[: rules["most"]]
    firms = Enterprise.objects.in_bulk({pk for ids in found.values() for pk in ids})
    return {n: [firms[pk] for pk in ids] for n, ids in found.items()}


def firms_named_almost(name: str) -> list[Enterprise]:
    """Registered firms that bear almost this name; none that bear the very name."""
    key, rules = normalise(name), near_names()
    if len(key) < SHORTEST:
        return []
    by_all = dict(Enterprise.objects.registered().values_list("name_key", "pk"))
    by_all.pop(key, None)
    firms = Enterprise.objects.in_bulk(_nearest(key, by_all, rules["of_all"], rules["most"]))
    return list(firms.values())


def _nearest(name: str, known: dict[str, int], apart: int, most: int) -> list[int]:
    if not known:
        return []
    nearest = process.extract(
        name, list(known), scorer=Levenshtein.distance, score_cutoff=apart, limit=most
    )
    return [known[key] for key, _, _ in nearest]
