"""How long a body's work of a quarter takes, and the tables of it: data (targets/data/quarterly.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "quarterly.toml"


@dataclass(frozen=True)
class TableColumn:
    """`field`: what stands in it, a name of `tables.FIELDS`."""

    field: str
    title: str
    width: int


@dataclass(frozen=True)
class TableForm:
    """A table that is wanted of a body. `rows`: figures or tasks."""

    code: str
    title: str
    rows: str
    columns: tuple[TableColumn, ...]


@dataclass(frozen=True)
class QuarterlyRules:
    """`minutes`: sort of work → minutes for one piece of it; `source`: where they are from."""

    source: str
    minutes: Mapping[str, int]
    forms: tuple[TableForm, ...]


@cache
def rules() -> QuarterlyRules:
    told = tomllib.loads(DATA.read_text(encoding="utf-8"))
    forms = [
        TableForm(
            row["code"],
            row["title"],
            row["rows"],
            tuple(TableColumn(**column) for column in row["columns"]),
        )
        for row in told["form"]
    ]
    return QuarterlyRules(told["source"], told["minutes"], tuple(forms))
