"""Reference data, from the packaged file.

Missing rows are added, what the admin has changed stays.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
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
    added = _add(TechField, data["field"])
    added += _add_with(QualificationKind, data["kind"], "term", KindTerm)
    added += _add(RejectionReason, data["rejection_reason"])
    added += _add(TalkKind, data["talk_kind"])
    added += _add(Office, data["office"])
    added += _add_with(IpKind, data["ip_kind"], "class", IpClassRule)
    kinds = {kind.code: kind for kind in QualificationKind.objects.all()}
    added += _add(YearlyDuty, [row | {"kind": kinds[row["kind"]]} for row in data["duty"]])
    added += rule_sets.add_missing(QualificationKind.objects.all())
    added += _fill_empty(QuarterRule, data["quarter_rule"])
    added += _fill_empty(ReminderRule, data["reminder_rule"])
    added += _fill_empty(FollowUpRule, data["followup_rule"])
    return added


def _add(model: type[Model], rows: list[dict[str, Any]]) -> int:
    """Add the rows whose code is missing, in the order of the file; how many were added."""
    return sum(is_new for _, is_new in _found_or_added(model, rows))


def _add_with(kinds: type[Model], rows: list[dict[str, Any]], key: str, rules: type[Model]) -> int:
    """The same of kinds that each come with a rule of theirs, under the key."""
    first = [row.pop(key) for row in rows]
    added = 0
    for rule, (kind, is_new) in zip(first, _found_or_added(kinds, rows), strict=True):
        # Rules of a known kind belong to the admin: one that was removed must not come back.
        if is_new:
            rules._default_manager.create(kind=kind, **rule)
        added += is_new
    return added


def _found_or_added(model: type[Model], rows: list[dict[str, Any]]) -> Iterator[tuple[Model, bool]]:
    for number, row in enumerate(rows, 1):
        defaults = {**row, "order": number}
        yield model._default_manager.get_or_create(code=row["code"], defaults=defaults)


def _fill_empty(model: type[Model], rows: list[dict[str, Any]]) -> int:
    """Add the rows only where there are none; how many were added.

    Rules have no code by which to recognise them: one that the admin has changed must not come back
    beside the changed one.
    """
    manager = model._default_manager
    if manager.exists():
        return 0
    return len(manager.bulk_create([model(**row) for row in rows]))
