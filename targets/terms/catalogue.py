"""The words of the portal: one name each, and the one place where each is explained."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

LISTS = ("replaces", "allowed", "allowed_in", "sources")
TERMS = Path(__file__).parents[1] / "data" / "terms.toml"


@dataclass(frozen=True)
class Term:
    """`replaces`: words that must not be used instead, but in the phrases of `allowed` and the files of
    `allowed_in`.
    """

    code: str
    group: str
    name: str
    meaning: str
    formula: str = ""
    replaces: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    allowed_in: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def definition(self) -> str:
        """In one line, for a title and the description of an interface."""
        return f"{self.meaning}{self.name} = {self.formula}。" if self.formula else self.meaning


@cache
def terms() -> dict[str, Term]:
    """By code, in the glossary's order."""
    found = {}
    for row in tomllib.loads(TERMS.read_text(encoding="utf-8"))["term"]:
        # Whoever edits the file writes lists; a term must not change.
        row |= {name: tuple(row.get(name, ())) for name in LISTS}
        found[row["code"]] = Term(**row)
    return found


def term(code: str) -> Term:
    return terms()[code]


def described(code: str, more: str = "") -> str:
    """Name and definition, as the API describes a field; `more` is what holds for the field alone."""
    return f"{term(code).name}：{term(code).definition}{more}"


def groups() -> list[tuple[str, list[Term]]]:
    """The glossary's headings with their terms."""
    return [(title, list(rows)) for title, rows in groupby(terms().values(), lambda row: row.group)]
