"""Technology fields and kinds of qualification, from the packaged data."""

from __future__ import annotations

import tomllib
from pathlib import Path

from enterprises.models import KindTerm, QualificationKind, TechField

DATA = Path(__file__).parent / "data" / "reference.toml"


def seed() -> int:
    """Add the missing reference rows; what the admin has changed stays. How many were added."""
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    added = 0
    for number, row in enumerate(data["field"], 1):
        added += TechField.objects.get_or_create(
            code=row["code"], defaults={**row, "order": number}
        )[1]
    for number, row in enumerate(data["kind"], 1):
        term = row.pop("term")
        kind, new = QualificationKind.objects.get_or_create(
            code=row["code"], defaults={**row, "order": number}
        )
        # Terms of a known kind belong to the admin: one that was removed must not come back.
        if new:
            KindTerm.objects.create(kind=kind, **term)
        added += new
    return added
