"""What a judgement depends on, in one place: whoever adds to it adds here, and kept judgements follow.

Of the firms: all that the ledger tells of them, whatever the act; each firm that an entry names is
judged again. Besides, of all firms alike: the day, and what `basis_now` reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.db.models import Model

from enterprises.eligibility import rule_sets
from enterprises.models import TechField

TABLES: Sequence[type[Model]] = (TechField,)
"""Reference rows by which firms are judged: every column of every row."""
HERE = Path(__file__).parent
CODE: Sequence[Path] = (HERE.parent / "eligibility", HERE / "sifting.py")
"""The rules as functions: another version of them may judge otherwise."""


def basis_now() -> str:
    """A digest that differs after any change of what all firms are judged by; a query for each table."""
    told = [code_digest(), repr(rule_sets.told_data())]
    told += [str(list(model._default_manager.order_by("pk").values_list())) for model in TABLES]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Of the functions that this process runs with."""
    digest = hashlib.sha256()
    for path in CODE:
        for file in sorted(path.rglob("*.py")) or [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()
