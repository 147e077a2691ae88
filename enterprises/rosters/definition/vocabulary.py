"""The names a cell may hold for parks, towns, fields, kinds and pool stages.

`official_names` fills it from the database; the reader itself knows no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from enterprises.uscc import normalise

_QUOTES = str.maketrans("", "", "\"'“”‘’「」『』")


def spelling_key(text: str) -> str:
    """What two spellings of one name have in common: normalised, without quotation marks."""
    return normalise(text).translate(_QUOTES)


class VocabularyTerm(NamedTuple):
    """What a spelling stands for. A cell that differs from `name`, the official one, is noted."""

    code: str
    name: str


def index_terms(
    entries: Iterable[tuple[str, Iterable[str], Iterable[str]]],
) -> dict[str, VocabularyTerm]:
    """Index (code, official names, other spellings) by spelling_key.

    Each official name (a park and its running body both are) stands for itself; other spellings
    stand for the first official name.
    """
    by_alias: dict[str, VocabularyTerm] = {}
    by_name: dict[str, VocabularyTerm] = {}
    for code, names, aliases in entries:
        official = [name for name in names if name]
        for name in official:
            by_name[spelling_key(name)] = VocabularyTerm(code, name)
        for alias in aliases:
            by_alias.setdefault(spelling_key(alias), VocabularyTerm(code, official[0]))
    # An official name wins over another entry's alias.
    return by_alias | by_name


@dataclass(frozen=True, slots=True)
class Vocabulary:
    parks: Mapping[str, VocabularyTerm] = field(default_factory=dict)
    towns: Mapping[str, VocabularyTerm] = field(default_factory=dict)
    fields: Mapping[str, VocabularyTerm] = field(default_factory=dict)
    kinds: Mapping[str, VocabularyTerm] = field(default_factory=dict)
    pool_stages: Mapping[str, VocabularyTerm] = field(default_factory=dict)
