"""The names a cell may hold for parks, towns, fields, kinds and stages.

`official_names` fills it from the database; the reader itself knows no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from enterprises.rosters.definition.spelling import has_unit_forms, spelling_key, unit_forms

MOST_NEAREST, LEAST_LIKENESS = 3, 0.4


class VocabularyTerm(NamedTuple):
    """What a spelling stands for. A cell that differs from `name`, the official one, is noted."""

    code: str
    name: str


Terms = Mapping[str, VocabularyTerm]
"""spelling_key → term"""


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
    """Every name by its spellings.

    `forms`: of parks and towns, what a form of a name stands for; None where it may be several.
    """

    parks: Terms = field(default_factory=dict)
    towns: Terms = field(default_factory=dict)
    fields: Terms = field(default_factory=dict)
    kinds: Terms = field(default_factory=dict)
    pool_stages: Terms = field(default_factory=dict)
    application_stages: Terms = field(default_factory=dict)
    ip_kinds: Terms = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, VocabularyTerm | None]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        forms = {kind: _index_forms(self.terms(kind), kind) for kind in ("parks", "towns")}
        # The class is frozen, so derived values are set past its own guard.
        object.__setattr__(self, "forms", forms)

    def terms(self, kind: str) -> Terms:
        """`kind`: the name of one of the attributes above."""
        terms: Terms = getattr(self, kind)
        return terms

    def find(self, kind: str, text: str) -> VocabularyTerm | None:
        """The one entry of the kind that the text can mean; None for none and for several."""
        term = self.terms(kind).get(spelling_key(text))
        if term is not None or not has_unit_forms(kind):
            return term
        meant: dict[str, VocabularyTerm] = {}
        for form in unit_forms(text, kind):
            found = self.forms[kind].get(form)
            if found is not None:
                meant[found.code] = found
        return next(iter(meant.values())) if len(meant) == 1 else None

    def nearest(self, kind: str, text: str) -> list[str]:
        """Official names that look like the text, those first that stand in it; at most three."""
        terms, key = self.terms(kind), spelling_key(text)
        within = [spelling for spelling in self.forms.get(kind, terms) if spelling in key]
        alike = get_close_matches(key, list(terms), n=2 * MOST_NEAREST, cutoff=LEAST_LIKENESS)
        names: dict[str, str] = {}
        for spelling in (*sorted(within, key=lambda spelling: -len(spelling)), *alike):
            term = self.forms[kind].get(spelling) if kind in self.forms else None
            term = term or terms.get(spelling)
            if term is not None:
                names.setdefault(term.code, term.name)
        return list(names.values())[:MOST_NEAREST]


def _index_forms(terms: Terms, kind: str) -> dict[str, VocabularyTerm | None]:
    """Form of a name → the entry that it means; None for a form of several entries."""
    forms: dict[str, VocabularyTerm | None] = {}
    # Official names come last, and the first of them gives an entry its name.
    for spelling, term in terms.items():
        for form in unit_forms(spelling, kind):
            known = forms.setdefault(form, term)
            if known is not None and known.code != term.code:
                forms[form] = None
    return forms
