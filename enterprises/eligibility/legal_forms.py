"""The form of a firm, of the many ways in which licences print it."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from enterprises.eligibility.rule_sets import told_data

BRACKETS = "([【〔"
REMEMBERED = 1_000
"""Licences print a form in a few ways, and thousands of firms are asked about."""


@lru_cache(REMEMBERED)
def form_of(printed: str) -> str:
    """有限责任公司（自然人独资） is a 有限责任公司; empty for a form that is not known.

    Of the endings that fit, the longest decides: 股份有限公司 is no 有限公司.
    """
    text = unicodedata.normalize("NFKC", printed).strip()
    for bracket in BRACKETS:
        text = text.partition(bracket)[0].strip()
    fitting = [ending for ending in _forms() if text.endswith(ending)]
    return _forms()[max(fitting, key=len)] if fitting else ""


@cache
def _forms() -> dict[str, str]:
    """Ending → form."""
    forms: dict[str, list[str]] = told_data()["legal_forms"]
    return {ending: form for form, endings in forms.items() for ending in endings}
