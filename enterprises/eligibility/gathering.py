"""What the registry knows of firms, as the self-check takes it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from enterprises.eligibility.legal_forms import form_of
from enterprises.eligibility.model.firm_data import (
    MOST_YEARS,
    FirmData,
    IntellectualProperty,
    Known,
)
from enterprises.eligibility.rule_sets import certificate_rules_on
from enterprises.models import Enterprise, Incident, TechField, YearlyFigures
from enterprises.models.chunks import chunks

OF_YEARS = {
    "sales": "revenue",
    "rd": "rd_expense",
    "rd_domestic": "rd_domestic",
    "assets": "assets",
    "liabilities": "liabilities",
    "conversions": "conversions",
}
"""What the self-check asks of each year → the figure of the return."""
OF_LAST_YEAR = {
    "gross_income": "gross_income",
    "nontaxable": "nontaxable_income",
    "hightech_income": "hightech_income",
    "hightech_share": "hightech_share",
    "costs": "costs",
    "staff": "staff",
    "rd_staff": "rd_staff",
}
OF_ANY_YEAR = {
    "class1": "ip_class1",
    "class2": "ip_class2",
    "class2_used": "ip_class2_used",
    "own": "ip_own",
}
"""Items last: each number is that of the newest year that tells it."""
FIGURES = tuple({*OF_YEARS.values(), *OF_LAST_YEAR.values(), *OF_ANY_YEAR.values()})
Return = Mapping[str, Decimal | int | None]


@dataclass
class _Told:
    """What is registered of one firm: returns by year, and answers about incidents."""

    returns: dict[int, Return] = field(default_factory=dict)
    asked: bool = False
    incident: dt.date | None = None


def supported_fields() -> frozenset[str]:
    """The names of the supported fields of technology, in every spelling."""
    fields = TechField.objects.all()
    return frozenset(name for field in fields for name in (field.name, *field.aliases))


def firm_data_of(firms: Iterable[Enterprise], day: dt.date) -> dict[int, FirmData]:
    """By the firm's id, for an application on the day; three queries for a chunk of firms.

    What is not registered is not known. Documents of the R&D body, standards and points of experts
    never are.
    """
    known = {firm.pk: firm for firm in firms}
    told: defaultdict[int, _Told] = defaultdict(_Told)
    for ids in chunks(known):
        _read_returns(ids, day, told)
        _read_incidents(ids, day, told)
    fields: dict[int | None, str] = dict(TechField.objects.values_list("pk", "name"))
    return {
        pk: _data_of(firm, fields.get(firm.tech_field_id, ""), told[pk], day)
        for pk, firm in known.items()
    }


def _read_returns(ids: Sequence[int], day: dt.date, told: Mapping[int, _Told]) -> None:
    # Figures of a year are known when it is over.
    rows = YearlyFigures.objects.filter(enterprise__in=ids, year__lt=day.year).order_by("year")
    for firm, year, *values in rows.values_list("enterprise_id", "year", *FIGURES):
        told[firm].returns[year] = dict(zip(FIGURES, values, strict=True))


def _read_incidents(ids: Sequence[int], day: dt.date, told: Mapping[int, _Told]) -> None:
    asked_since = day - dt.timedelta(days=int(certificate_rules_on(day).least_clean_days))
    rows = Incident.objects.in_force().filter(enterprise__in=ids, on__lte=day).order_by("on")
    for firm, kind, on in rows.values_list("enterprise_id", "kind", "on"):
        if kind != Incident.Kind.NONE:
            told[firm].incident = on
        if on >= asked_since:
            told[firm].asked = True


def _data_of(firm: Enterprise, tech_field: str, told: _Told, day: dt.date) -> FirmData:
    years = [
        year
        for year in range(day.year - MOST_YEARS, day.year)
        if firm.registered_on is None or firm.registered_on.year <= year
    ]
    returns = [told.returns.get(year, {}) for year in years]
    last = told.returns.get(day.year - 1, {})
    values: dict[str, Any] = {of: _exact(last, name) for of, name in OF_LAST_YEAR.items()}
    for of, name in OF_YEARS.items():
        values[of] = [_exact(each, name) for each in returns]
    items: dict[str, Any] = {of: _newest(told, name) for of, name in OF_ANY_YEAR.items()}
    return FirmData(
        applied_on=day,
        legal_form=form_of(firm.legal_form),
        registered_on=firm.registered_on,
        tech_field=tech_field,
        ip=IntellectualProperty(**items),
        **values,
        asked=told.asked,
        # Whoever had one years ago has not answered for the time since.
        incident=told.incident if told.asked else None,
    )


def _exact(told: Return, name: str) -> Known:
    value = told.get(name)
    return None if value is None else Fraction(value)


def _newest(told: _Told, name: str) -> int | None:
    """Of the last year that tells the number of items."""
    numbers = [told.returns[year][name] for year in sorted(told.returns)]
    known = [int(number) for number in numbers if number is not None]
    return known[-1] if known else None
