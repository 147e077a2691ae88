"""What a judgement depends on, in one place: whoever adds to it adds here, and kept judgements follow.

Of the firms: all that the ledger tells of them, whatever the act (`firms_named`). Besides, of all firms
alike: the day, the book of rules, and what else `basis_of` reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.db.models import Model

from enterprises.eligibility import rule_sets
from enterprises.eligibility.rule_sets import RuleBook
from enterprises.models import IpClassRule, IpItem, LedgerEntry, TechField
from enterprises.models.chunks import chunks

TABLES: Sequence[type[Model]] = (TechField, IpClassRule)
"""Reference rows by which firms are judged, besides the sets of rules: every column of every row."""
HERE = Path(__file__).parent
MODELS = HERE.parent / "models"
CODE: Sequence[Path] = (
    HERE.parent / "eligibility",
    HERE / "sifting.py",
    MODELS / "ip",
    MODELS / "incident.py",
    MODELS / "qualification.py",
    MODELS / "validity.py",
)
"""The rules as functions: another version of them may judge otherwise."""
RIGHT = IpItem._meta.model_name


def basis_of(book: RuleBook) -> str:
    """A digest that differs after any change of what all firms are judged by; a query for each table."""
    told = [code_digest(), repr(book.told())]
    told += [str(list(model._default_manager.order_by("pk").values_list())) for model in TABLES]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Of the functions that this process runs with, and of the packaged names of forms of firms."""
    digest = hashlib.sha256(rule_sets.DATA.read_bytes())
    for path in CODE:
        for file in sorted(path.rglob("*.py")) or [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def firms_named(since: int, until: int | None = None) -> set[int]:
    """The keys of firms that stand otherwise by entries after one, and up to one; a query or two.

    Whom an entry names; and of a right of intellectual property all who ever owned it: whether it was
    used for an application, by whichever owner, counts for each of them.
    """
    entries = LedgerEntry.objects.since(since).order_by()
    if until is not None:
        entries = entries.filter(pk__lte=until)
    named = set(entries.values_list("enterprise_id", flat=True))
    numbers: set[str] = set()
    rows: set[int] = set()
    of_rights = entries.filter(fact=RIGHT).values_list("fact_id", "before", "after")
    for row, before, after in of_rights:
        rows.add(row)
        # An entry holds the changed columns alone, and a row that was taken back is gone.
        numbers |= {told["number"] for told in (before, after) if told.get("number")}
    for some in chunks(rows):
        numbers |= set(IpItem.objects.filter(pk__in=some).values_list("number", flat=True))
    for of_chunk in chunks(numbers):
        owners = IpItem.objects.filter(number__in=of_chunk).order_by()
        named |= set(owners.values_list("enterprise_id", flat=True))
    return named
