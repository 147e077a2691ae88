"""Reference data, from the packaged file.

Missing rows are added, what the admin has changed stays.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.db.models import Model

from enterprises.eligibility import rule_sets
from enterprises.models import (
    FollowUpRule,
    IpClassRule,
    IpKind,
    KindTerm,
    Office,
    QualificationKind,
    QuarterRule,
    RejectionReason,
    ReminderRule,
    TalkKind,
    TechField,
    YearlyDuty,
)

DATA = Path(__file__).parent / "data" / "reference.toml"


def shipped() -> dict[str, Any]:
    """The reference data as it stands in the file."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def shipped_field_names() -> frozenset[str]:
    """Technology fields by name, in every spelling of the file; asks no database."""
    fields = shipped()["field"]
    return frozenset(name for field in fields for name in (field["name"], *field["aliases"]))


def seed() -> int:
    """Add the missing reference rows; what the admin has changed stays. How many were added."""
    data = shipped()
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
    for number, row in enumerate(data["rejection_reason"], 1):
        added += RejectionReason.objects.get_or_create(
            code=row["code"], defaults={**row, "order": number}
        )[1]
    for number, row in enumerate(data["talk_kind"], 1):
        added += TalkKind.objects.get_or_create(
            code=row["code"], defaults={**row, "order": number}
        )[1]
    for number, row in enumerate(data["office"], 1):
        defaults = {**row, "order": number}
        added += Office.objects.get_or_create(code=row["code"], defaults=defaults)[1]
    added += _add_ip_kinds(data["ip_kind"])
    added += _add_duties(data["duty"])
    added += rule_sets.add_missing(QualificationKind.objects.all())
    added += _fill_empty(QuarterRule, data["quarter_rule"])
    added += _fill_empty(ReminderRule, data["reminder_rule"])
    added += _fill_empty(FollowUpRule, data["followup_rule"])
    return added


def _add_ip_kinds(rows: list[dict[str, Any]]) -> int:
    added = 0
    for number, row in enumerate(rows, 1):
        rule = row.pop("class")
        kind, new = IpKind.objects.get_or_create(
            code=row["code"], defaults={**row, "order": number}
        )
        # As with terms: a class that the admin has removed must not come back.
        if new:
            IpClassRule.objects.create(kind=kind, **rule)
        added += new
    return added


def _add_duties(rows: list[dict[str, Any]]) -> int:
    kinds = {kind.code: kind for kind in QualificationKind.objects.all()}
    added = 0
    for number, row in enumerate(rows, 1):
        kind = kinds[row.pop("kind")]
        added += YearlyDuty.objects.get_or_create(
            code=row["code"], defaults={**row, "kind": kind, "order": number}
        )[1]
    return added


def _fill_empty(model: type[Model], rows: list[dict[str, Any]]) -> int:
    """Add the rows only where there are none; how many were added.

    Rules have no code by which to recognise them: one that the admin has changed must not come back
    beside the changed one.
    """
    manager = model._default_manager
    if manager.exists():
        return 0
    return len(manager.bulk_create([model(**row) for row in rows]))
