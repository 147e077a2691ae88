"""Kinds of registers: seeded from the packaged file, and as the reader of files needs them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from enterprises.models import RecordField, RecordKind
from enterprises.models.records import FieldRole
from enterprises.rosters.definition.records.spec import FieldSpec, KindSpec

DATA = Path(__file__).parent.parent / "data" / "records.toml"


def seed() -> int:
    """Add the kinds that are missing, each with its fields; what the admin has changed stays."""
    added = 0
    for number, row in enumerate(shipped(), 1):
        fields = row.pop("fields")
        kind, new = RecordKind.objects.get_or_create(
            code=row["code"], defaults={**row, "order": number}
        )
        if new:
            RecordField.objects.bulk_create(
                RecordField(kind=kind, order=at, **field) for at, field in enumerate(fields, 1)
            )
            added += 1
    return added


def shipped() -> list[dict[str, Any]]:
    kinds: list[dict[str, Any]] = tomllib.loads(DATA.read_text(encoding="utf-8"))["kind"]
    return kinds


def kept_kinds() -> list[RecordKind]:
    """Those in use whose columns are set, with these; two queries."""
    kinds = RecordKind.objects.filter(is_kept=True).prefetch_related("fields")
    return [kind for kind in kinds if kind.is_ready]


def kind_coded(code: str) -> RecordKind | None:
    """The register of this code; None while its columns are not set."""
    kind = RecordKind.objects.filter(code=code).prefetch_related("fields").first()
    return kind if kind is not None and kind.is_ready else None


def spec_of(kind: RecordKind) -> KindSpec:
    """As plain data. The first role of the identity that the kind has is what every row needs."""
    identifying = next(
        field.code for role in kind.identity if (field := kind.by_role.get(role)) is not None
    )
    fields = (_field_spec(field, field.code == identifying) for field in kind.columns)
    return KindSpec(kind.code, kind.name, tuple(fields))


def _field_spec(field: RecordField, identifies: bool) -> FieldSpec:
    words = tuple(
        (word, choice["code"])
        for choice in field.choices
        for word in (choice["name"], *choice["aliases"])
    )
    names = tuple(choice["name"] for choice in field.choices)
    return FieldSpec(
        field.code,
        field.title,
        tuple(field.aliases),
        field.type,
        field.unit,
        field.is_required,
        identifies,
        words,
        names,
    )


def attribute_of(field: RecordField) -> str:
    """Where a record keeps what the field says: an attribute, or its code among the extra ones."""
    if field.role == FieldRole.EXTRA:
        return field.code
    return "enterprise" if field.role == FieldRole.FIRM_CODE else str(field.role)
