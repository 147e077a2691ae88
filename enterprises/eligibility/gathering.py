"""What the registry knows of firms for the self-check, in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from enterprises.eligibility.model.firm_data import (
    MOST_YEARS,
    FirmData,
    IntellectualProperty,
    Known,
    Years,
)
from enterprises.models import Enterprise, TechField, YearlyFigures
from enterprises.models.chunks import chunks


def supported_fields() -> frozenset[str]:
    """The names of the supported fields of technology."""
    return frozenset(TechField.objects.values_list("name", flat=True))


def firm_data_of(firms: Sequence[Enterprise], day: dt.date) -> dict[int, FirmData]:
    """Firm's key → what is on record for an application on a day; one query for each portion of firms.

    `firms` come with their field of technology. The years are those before the day's. A year that
    ended before the firm was registered is left out.
    """
    figures: defaultdict[int, dict[int, YearlyFigures]] = defaultdict(dict)
    before = range(day.year - MOST_YEARS, day.year)
    for keys in chunks([firm.pk for firm in firms]):
        told = YearlyFigures.objects.filter(enterprise__in=keys, year__in=before)
        for row in told:
            figures[row.enterprise_id][row.year] = row
    return {firm.pk: _data(firm, day, figures[firm.pk]) for firm in firms}


def _data(firm: Enterprise, day: dt.date, figures: dict[int, YearlyFigures]) -> FirmData:
    first = firm.registered_on.year if firm.registered_on else 0
    # The year before the application is always asked for.
    years = [
        year
        for year in range(day.year - MOST_YEARS, day.year)
        if year >= first or year == day.year - 1
    ]

    def yearly(field: str) -> Years:
        return [_number(figures.get(year), field) for year in years]

    last = figures.get(day.year - 1)
    return FirmData(
        applied_on=day,
        registered_on=firm.registered_on,
        tech_field=firm.tech_field.name if firm.tech_field else "",
        sales=yearly("revenue"),
        rd=yearly("rd_expense"),
        rd_domestic=yearly("rd_domestic"),
        assets=yearly("assets"),
        liabilities=yearly("liabilities"),
        conversions=yearly("conversions"),
        gross_income=_number(last, "gross_income"),
        nontaxable=_number(last, "nontaxable_income"),
        hightech_income=_number(last, "hightech_income"),
        hightech_share=_number(last, "hightech_share"),
        costs=_number(last, "costs"),
        staff=_number(last, "staff"),
        rd_staff=_number(last, "rd_staff"),
        ip=_items(figures.values()),
    )


def _items(figures: Iterable[YearlyFigures]) -> IntellectualProperty:
    """Each number as of the newest year that tells it."""
    newest_first = sorted(figures, key=lambda row: -row.year)

    def newest(field: str) -> int | None:
        told = (getattr(row, field) for row in newest_first)
        return next((number for number in told if number is not None), None)

    return IntellectualProperty(
        class1=newest("ip_class1"),
        class2=newest("ip_class2"),
        class2_used=newest("ip_class2_used"),
        own=newest("ip_own"),
    )


def _number(figures: YearlyFigures | None, field: str) -> Known:
    value: Decimal | int | None = getattr(figures, field, None)
    return None if value is None else Fraction(value)
