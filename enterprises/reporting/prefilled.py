"""What a unit's template holds, from the database: its firms on a day with all the registry knows, and the choices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from enterprises.models import (
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    TechField,
    YearlyFigures,
)
from enterprises.models.validity import in_force
from enterprises.reporting.situations import by_firm, of_firms, reported_by
from enterprises.rosters.definition.column import ChoiceSource, Fact
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.writing.template import TemplateOrder
from parks.models import Unit

HNTE, TECH = "hnte", "tech"
"""The kinds with columns of their own."""
YEARS_AHEAD = 5
YES_NO: dict[bool, str] = {True: "是", False: "否"}


def order_of(unit: Unit, day: dt.date) -> TemplateOrder:
    """The template of a park or town for a day (eight queries)."""
    firms = rows(unit, day)
    return TemplateOrder(
        unit.code, unit.name, day, firms, choices(day, (row["planned_year"] for row in firms))
    )


def choices(day: dt.date, years: Iterable[int | None] = ()) -> dict[str, list[str] | list[int]]:
    """field → the words of its dropdown, official names only (three queries). `years` are offered besides the next."""
    units = list(Unit.objects.reporting())
    offered = {
        *range(day.year, day.year + YEARS_AHEAD + 1),
        *(year for year in years if year and year >= day.year),
    }
    kinds = QualificationKind.objects.exclude(code__in=(HNTE, TECH))
    words: dict[ChoiceSource, list[str] | list[int]] = {
        ChoiceSource.PARKS: [unit.name for unit in units if unit.kind == Unit.Kind.PARK],
        ChoiceSource.TOWNS: [unit.name for unit in units if unit.kind == Unit.Kind.TOWN],
        ChoiceSource.TECH_FIELDS: list(TechField.objects.values_list("name", flat=True)),
        ChoiceSource.YES_NO: list(YES_NO.values()),
        ChoiceSource.OTHER_KINDS: list(kinds.values_list("name", flat=True)),
        ChoiceSource.POOL_STAGES: [str(label) for label in PoolEntry.Stage.labels],
        ChoiceSource.COMING_YEARS: sorted(offered),
    }
    return {
        column.field: words[column.dropdown.source] for column in ROSTER.columns if column.dropdown
    }


def rows(unit: Unit, day: dt.date) -> list[dict[str, Any]]:
    """A mapping per firm, field of the roster → value as a clerk writes it (five queries)."""
    ids = list(reported_by(unit, day).order_by().values_list("pk", flat=True))
    here = Placement.objects.covering(day).filter(enterprise__in=ids)
    firms = here.select_related("enterprise__tech_field", "park", "town")
    held = by_firm(
        of_firms(Qualification.objects.filter(valid_from__lte=day).select_related("kind"), ids)
    )
    pool = by_firm(of_firms(PoolEntry.objects.filter(in_force(day, "since", "until")), ids))
    # "上年" of the list: older figures would be recorded for last year if they came back unchanged.
    figures = by_firm(of_firms(YearlyFigures.objects.filter(year=day.year - 1), ids))
    return [
        {
            "number": number,
            **_master_data(place),
            **_figures(figures.get(place.enterprise_id, [])),
            **_qualifications(held.get(place.enterprise_id, []), day),
            **_pool(pool.get(place.enterprise_id, [])),
        }
        for number, place in enumerate(
            firms.order_by("town__order", "town__code", "enterprise__name", "pk"), 1
        )
    ]


def _master_data(place: Placement) -> dict[str, Any]:
    firm = place.enterprise
    return {
        "name": firm.name,
        "uscc": firm.uscc,
        "park": place.park.name if place.park else None,
        "town": place.town.name,
        "registered_on": firm.registered_on,
        "industry_code": firm.industry_code,
        "tech_field": firm.tech_field.name if firm.tech_field else None,
        "contact_name": firm.contact_name,
        "contact_phone": firm.contact_phone,
    }


def _figures(found: list[YearlyFigures]) -> dict[str, Any]:
    values = {}
    for column in ROSTER.columns_about(Fact.FIGURES):
        value = getattr(found[0], column.field) if found else None
        values[column.field] = YES_NO[value] if isinstance(value, bool) else value
    return values


def _qualifications(held: list[Qualification], day: dt.date) -> dict[str, Any]:
    """The certificate that counts on the day, or the latest before it; the entry into the register the firm is in."""
    in_order = sorted(held, key=lambda one: (one.holds_on(day), one.valid_from, one.pk))
    certificate = next((one for one in reversed(in_order) if one.kind.code == HNTE), None)
    holding = [one for one in in_order if one.holds_on(day)]
    return {
        "tech_entered_on": next((one.valid_from for one in holding if one.kind.code == TECH), None),
        "certificate_number": certificate.number if certificate else None,
        "certificate_issued_on": certificate.valid_from if certificate else None,
        "other_qualifications": "、".join(_other_kinds(holding)),
    }


def _other_kinds(holding: list[Qualification]) -> Iterator[str]:
    kinds = {one.kind for one in holding if one.kind.code not in (HNTE, TECH)}
    return (kind.name for kind in sorted(kinds, key=lambda kind: (kind.order, kind.code)))


def _pool(found: list[PoolEntry]) -> dict[str, Any]:
    entry = found[0] if found else None
    stage = entry.get_stage_display() if entry else None
    return {"pool_stage": stage, "planned_year": entry.target_year if entry else None}
