"""What a unit's template is filled with: its firms as registered on a day, and the dropdowns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from enterprises.models import (
    Application,
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    TechField,
    YearlyFigures,
)
from enterprises.reporting.situations import by_firm, of_firms, reported_by
from enterprises.rosters.definition.cells import YES_NO_WORDS
from enterprises.rosters.definition.column import ChoiceSource, Column, Fact
from enterprises.rosters.definition.columns import (
    CERTIFIED_KIND,
    LEAVES_POOL_WORD,
    REGISTERED_KIND,
    ROSTER,
)
from enterprises.rosters.definition.years import columns_of_years
from enterprises.rosters.writing.template import TemplateOrder
from parks.models import Unit

YEARS_AHEAD = 5


def template_order(unit: Unit, day: dt.date, *, with_years: bool = False) -> TemplateOrder:
    """The template of a park or town for a day (nine queries).

    `with_years`: with columns for what the self-check needs of the last whole years.
    """
    further = columns_of_years(day.year) if with_years else []
    firms = firm_rows(unit, day, further)
    choices = dropdown_choices(day, (row["planned_year"] for row in firms))
    return TemplateOrder(unit.code, unit.name, day, firms, choices, further)


def dropdown_choices(
    day: dt.date, years: Iterable[int | None] = ()
) -> dict[str, list[str] | list[int]]:
    """field → the words of its dropdown, official names only (three queries).

    `years`: planned years that are offered besides the next ones, where they are not past.
    """
    units = list(Unit.objects.reporting())
    offered = set(range(day.year, day.year + YEARS_AHEAD + 1))
    offered |= {year for year in years if year and year >= day.year}
    # These two have columns of their own.
    kinds = QualificationKind.objects.exclude(code__in=(CERTIFIED_KIND, REGISTERED_KIND))
    words: dict[ChoiceSource, list[str] | list[int]] = {
        ChoiceSource.PARKS: [unit.name for unit in units if unit.kind == Unit.Kind.PARK],
        ChoiceSource.TOWNS: [unit.name for unit in units if unit.kind == Unit.Kind.TOWN],
        ChoiceSource.TECH_FIELDS: list(TechField.objects.values_list("name", flat=True)),
        ChoiceSource.YES_NO: list(YES_NO_WORDS.values()),
        ChoiceSource.OTHER_KINDS: list(kinds.values_list("name", flat=True)),
        ChoiceSource.POOL_STAGES: [*map(str, PoolEntry.Stage.labels), LEAVES_POOL_WORD],
        ChoiceSource.APPLICATION_STAGES: [
            str(stage.label) for stage in Application.Stage if stage not in Application.OF_LISTS
        ],
        ChoiceSource.COMING_YEARS: sorted(offered),
    }
    return {
        column.field: words[column.dropdown.source] for column in ROSTER.columns if column.dropdown
    }


def firm_rows(unit: Unit, day: dt.date, further: Sequence[Column] = ()) -> list[dict[str, Any]]:
    """A dictionary per firm, field of the roster → value as a clerk writes it (six queries).

    `further`: columns that name their year.
    """
    ids = list(reported_by(unit, day).order_by().values_list("pk", flat=True))
    here = Placement.objects.covering(day).filter(enterprise__in=ids)
    places = here.select_related("enterprise__tech_field", "park", "town")
    # Lapsed certificates too: a firm without one in force is shown its latest.
    held = by_firm(
        of_firms(Qualification.objects.filter(valid_from__lte=day).select_related("kind"), ids)
    )
    pool = by_firm(of_firms(PoolEntry.objects.live_on(day), ids))
    applications = by_firm(of_firms(_applications_of_year(day), ids))
    # Columns without a year hold last year's figures only: older ones would be recorded for last
    # year if they came back unchanged.
    years = {day.year - 1, *(column.year for column in further if column.year)}
    figures = by_firm(of_firms(YearlyFigures.objects.filter(year__in=years), ids))
    rows = []
    in_order = places.order_by("town__order", "town__code", "enterprise__name", "pk")
    for number, place in enumerate(in_order, 1):
        firm = place.enterprise_id
        rows.append(
            {
                "number": number,
                **_master_data(place),
                **_figure_columns(figures.get(firm, []), day.year - 1, further),
                **_qualification_columns(held.get(firm, []), day),
                **_pool_columns(pool.get(firm, [])),
                **_application_columns(applications.get(firm, [])),
            }
        )
    return rows


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


def _figure_columns(
    rows: list[YearlyFigures], last: int, further: Sequence[Column]
) -> dict[str, Any]:
    """`last`: the year of the columns that name none."""
    values, by_year = {}, {row.year: row for row in rows}
    for column in (*ROSTER.columns_about(Fact.FIGURES), *further):
        row = by_year.get(column.year or last)
        value = getattr(row, column.figure) if row else None
        values[column.field] = YES_NO_WORDS[value] if isinstance(value, bool) else value
    return values


def _qualification_columns(held: list[Qualification], day: dt.date) -> dict[str, Any]:
    """The certificate that counts on the day, or else the latest; the kinds held on the day."""
    held = sorted(held, key=lambda row: (row.holds_on(day), row.valid_from, row.pk))
    holding = [row for row in held if row.holds_on(day)]
    kinds = {row.kind for row in holding if row.kind.code not in (CERTIFIED_KIND, REGISTERED_KIND)}
    in_order = sorted(kinds, key=lambda kind: (kind.order, kind.code))
    columns: dict[str, Any] = {
        "tech_entered_on": None,
        "certificate_number": None,
        "certificate_issued_on": None,
        "other_qualifications": "、".join(kind.name for kind in in_order),
    }
    if certificates := [row for row in held if row.kind.code == CERTIFIED_KIND]:
        columns["certificate_number"] = certificates[-1].number
        columns["certificate_issued_on"] = certificates[-1].valid_from
    if tech_entries := [row for row in holding if row.kind.code == REGISTERED_KIND]:
        columns["tech_entered_on"] = tech_entries[0].valid_from
    return columns


def _pool_columns(entries: list[PoolEntry]) -> dict[str, Any]:
    if not entries:
        return {"pool_stage": None, "planned_year": None}
    entry = entries[0]
    return {"pool_stage": entry.get_stage_display(), "planned_year": entry.target_year}


def _applications_of_year(day: dt.date) -> QuerySet[Application]:
    """The stages on the day and since, in their order."""
    lasting = Q(until__isnull=True) | Q(until__gt=day)
    of_year = Application.objects.filter(lasting, kind__code=CERTIFIED_KIND, year=day.year)
    return of_year.order_by("since")


def _application_columns(stages: list[Application]) -> dict[str, Any]:
    """The last stage that is known, also where it began after the day: nobody types it again."""
    if not stages:
        return {"application_stage": None}
    last = stages[-1]
    columns: dict[str, Any] = {"application_stage": last.get_stage_display()}
    if last.stage == Application.Stage.GIVEN_UP:
        # The roster demands the reason with it.
        columns["remark"] = last.note
    return columns
