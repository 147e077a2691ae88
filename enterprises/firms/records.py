"""Firms as plain records, for lists of any length: as many queries for one firm as for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Prefetch, QuerySet

from enterprises.models import Enterprise, FormerName, Qualification

FIRM_SORTS = {
    "uscc": "uscc",
    "name": "name",
    "registered_on": "registered_on",
    "issued_on": "issued_on",
    "expires_on": "expires_on",
}
"""Sort in the query string → column of EnterpriseFilter."""

VOID = "void"
"""The registration was undone."""
COLUMNS = (
    "id",
    "uscc",
    "name",
    "registered_on",
    "industry_code",
    "voided_at",
    "is_closed",
    "is_placed",
    "pool_stage",
)
PLACE_AND_CERTIFICATE = ("park_code", "town_code", "certificate", "issued_on", "expires_on")
QUALIFICATION = {
    "kind": "kind__code",
    "number": "number",
    "valid_from": "valid_from",
    "valid_until": "valid_until",
    "class_year": "class_year",
    "revoked_on": "revoked_on",
    "recognition": "recognition",
    "dating": "dating",
}
"""Key of a record → path from the model."""
FORMER_NAME = {"name": "name", "until": "until"}


def status_of(row: dict[str, Any]) -> str:
    """A code of `filters.STATUSES`, or VOID, which no list holds.

    A firm that is struck off is closed, wherever it stood.
    """
    if row["voided_at"]:
        return VOID
    if row["is_closed"]:
        return "closed"
    return "active" if row["is_placed"] else "left"


def firm_records(firms: QuerySet[Enterprise], ids: Sequence[int]) -> list[dict[str, Any]]:
    """The firms with these ids, in their order, as the API shows them (three queries).

    `firms` carries the columns of EnterpriseFilter.
    """
    field = F("tech_field__code")
    columns = (*COLUMNS, *PLACE_AND_CERTIFICATE)
    rows = {row["id"]: row for row in firms.filter(pk__in=ids).values(*columns, field_code=field)}
    held = _by_firm(Qualification.objects.filter(enterprise__in=ids).by_date(), QUALIFICATION)
    former = _by_firm(FormerName.objects.filter(enterprise__in=ids).order_by("until"), FORMER_NAME)
    return [_record(rows[pk], held[pk], former[pk]) for pk in ids if pk in rows]


def _by_firm(rows: QuerySet[Any], paths: dict[str, str]) -> dict[int, list[dict[str, Any]]]:
    grouped = defaultdict(list)
    for firm, *values in rows.values_list("enterprise_id", *paths.values()):
        grouped[firm].append(dict(zip(paths, values, strict=True)))
    return grouped


def _record(
    row: dict[str, Any], held: list[dict[str, Any]], former: list[dict[str, Any]]
) -> dict[str, Any]:
    # A certificate of which only the class year is known has a number and no days.
    dated = row["issued_on"] is not None
    certificate = {
        "number": row["certificate"],
        "valid_from": row["issued_on"],
        "valid_until": row["expires_on"],
    }
    return {
        "uscc": row["uscc"],
        "name": row["name"],
        "former_names": former,
        "registered_on": row["registered_on"],
        "industry_code": row["industry_code"],
        "tech_field": row["field_code"],
        "park": row["park_code"],
        "town": row["town_code"],
        "status": status_of(row),
        "pool_stage": row["pool_stage"],
        "certificate": certificate if dated or row["certificate"] else None,
        "qualifications": held,
    }


def with_held(firms: QuerySet[Enterprise], day: Any) -> QuerySet[Enterprise]:
    """Each firm with `held`: what it holds on the day (one further query per chunk of firms)."""
    holding = (
        Qualification.objects.holding_on(day)
        .select_related("kind")
        .order_by("kind__order", "valid_from")
    )
    return firms.select_related("tech_field").prefetch_related(
        Prefetch("qualifications", holding, to_attr="held")
    )
