"""What the portal itself writes into a workbook, so that the reader recognises it again."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

EDITION = 1
"""Edition of the roster's columns, raised when they change, to recognise older templates."""

STAMP_SHEET = "_stamp"
"""Very hidden; its cell A1 carries the sealed stamp."""
LISTS_SHEET = "_选项"
"""Hidden; one column of allowed values per dropdown."""
HELP_SHEET = "填表说明"
SUMMARY_SHEET = "检查结果"
"""Of an annotated copy: every problem with its cell."""
REASON_TITLE = "检查说明（系统填写）"
"""Of an annotated copy: the column that says what is wrong with the row."""
COMMENT_AUTHOR = "名册检查"
ERROR_FILL, WARNING_FILL = "FFF4B6B6", "FFFFE49C"
"""ARGB of cells with an error and with a warning.

They are taken off again when an annotated copy is checked once more.
"""
OWN_SHEETS = frozenset((STAMP_SHEET, LISTS_SHEET, HELP_SHEET, SUMMARY_SHEET))

# Keeps a seal of the portal's other signatures from being taken for a stamp.
_SALT = "roster-template"


@dataclass(frozen=True, slots=True)
class Stamp:
    """For whom and when a template was made: unit code, quarter such as 2026Q3, edition."""

    unit: str
    quarter: str
    edition: int = EDITION

    def sealed(self) -> str:
        """Signed with the portal's key, so that nobody can make a template for another unit."""
        return signing.dumps([self.unit, self.quarter, self.edition], salt=_SALT, compress=False)


def unsealed(text: object) -> Stamp | None:
    """The stamp, or None for anything that this portal did not seal."""
    try:
        unit, quarter, edition = signing.loads(str(text), salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Stamp(str(unit), str(quarter), int(edition))
