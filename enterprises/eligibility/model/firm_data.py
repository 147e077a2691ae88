"""What the self-check knows of a firm on the day of its application."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from enterprises.eligibility.model.condition_answer import Exact

Known = Exact | None
"""A number, or None for what is not known; nothing is a number."""
Years = Sequence[Known]
"""Of the firm's years among the last three before the application, oldest first.

A year before the firm existed is left out: it is not missing.
"""
Months = Sequence[tuple[Exact, Exact]]
"""Of each month of the year: at its beginning and at its end."""

MOST_YEARS = 3
"""Years before the application that the conditions ask for."""


class IntellectualProperty(NamedTuple):
    """Numbers of items: of class I, of class II, of class II that an application has used, of own research.

    `standard`: whether the firm took part in a standard; None: not known.
    """

    class1: int | None = None
    class2: int | None = None
    class2_used: int | None = None
    own: int | None = None
    standard: bool | None = None


class Assessed(NamedTuple):
    """Points that an expert has given instead of the range of an item; None: nobody has."""

    advance: int | None = None
    core: int | None = None
    number: int | None = None
    acquired: int | None = None
    conversion: int | None = None
    management: int | None = None


NOTHING_OWNED = IntellectualProperty()
NOBODY_ASSESSED = Assessed()


class CheckedFirm:
    """Money in 万元, or all of it and the rules in another unit. None is what nobody has told.

    `incident`: the day of the last grave incident. `asked`: whether anybody was asked for incidents.
    `costs`, `gross_income`, `nontaxable`, `hightech_income`, `staff`, `rd_staff`: of the last year.
    `hightech_share`: in percent as the firm tells it; used where the incomes are not known.
    `management`: by part, whether there is a document. `held`: the kinds held on the day, of those asked for.
    `ip_told`: the numbers that returns tell, where `ip` was counted item by item instead.
    """

    applied_on: dt.date
    legal_form: str
    registered_on: dt.date | None
    tech_field: str
    sales: Years
    rd: Years
    rd_domestic: Years
    assets: Years
    liabilities: Years
    conversions: Years
    gross_income: Known
    nontaxable: Known
    hightech_income: Known
    hightech_share: Known
    costs: Known
    staff: Known
    rd_staff: Known
    staff_months: Months
    rd_staff_months: Months
    ip: IntellectualProperty
    ip_told: IntellectualProperty | None
    management: Mapping[int, bool | None]
    asked: bool
    incident: dt.date | None
    assessed: Assessed
    held: frozenset[str]

    @property
    def last_sales(self) -> Known:
        """Of the year before the application."""
        return self.sales[-1] if self.sales else None

    @property
    def last_rd(self) -> Known:
        return self.rd[-1] if self.rd else None

    @property
    def last_assets(self) -> Known:
        return self.assets[-1] if self.assets else None

    @property
    def net_assets(self) -> Years:
        return [
            None if assets is None or owed is None else assets - owed
            for assets, owed in zip(self.assets, self.liabilities, strict=True)
        ]

    @property
    def days_registered(self) -> int | None:
        """Calendar days from the registration to the application; leap days count."""
        if self.registered_on is None:
            return None
        return (self.applied_on - self.registered_on).days

    @property
    def days_since_incident(self) -> int | None:
        return None if self.incident is None else (self.applied_on - self.incident).days

    @property
    def income(self) -> Known:
        """All income: the gross income less what is not taxable; it is not the sales."""
        if self.gross_income is None or self.nontaxable is None:
            return None
        return self.gross_income - self.nontaxable

    @property
    def told_hightech_share(self) -> Known:
        """In percent, where the firm's own word has to do: the incomes are not known."""
        if self.hightech_income is None or self.income is None:
            return self.hightech_share
        return None

    @property
    def mean_staff(self) -> tuple[Known, Known]:
        """All and those in research, on one basis: by months where both are told so, else by head."""
        if self.staff_months and self.rd_staff_months:
            return _mean(self.staff_months), _mean(self.rd_staff_months)
        return self.staff, self.rd_staff


@dataclass(frozen=True)
class FirmData(CheckedFirm):
    """All told at once."""

    applied_on: dt.date
    legal_form: str = ""
    registered_on: dt.date | None = None
    tech_field: str = ""
    sales: Years = ()
    rd: Years = ()
    rd_domestic: Years = ()
    assets: Years = ()
    liabilities: Years = ()
    conversions: Years = ()
    gross_income: Known = None
    nontaxable: Known = None
    hightech_income: Known = None
    hightech_share: Known = None
    costs: Known = None
    staff: Known = None
    rd_staff: Known = None
    staff_months: Months = ()
    rd_staff_months: Months = ()
    ip: IntellectualProperty = NOTHING_OWNED
    ip_told: IntellectualProperty | None = None
    management: Mapping[int, bool | None] = field(default_factory=dict)
    asked: bool = False
    incident: dt.date | None = None
    assessed: Assessed = NOBODY_ASSESSED
    held: frozenset[str] = frozenset()


def _mean(months: Months) -> Fraction:
    """The mean of the months' means. Who opened within the year has a year of so many months."""
    return Fraction(sum(begin + end for begin, end in months), 2 * len(months))


def sum_of(years: Years) -> Known:
    """None where a year is missing, or where there is none."""
    if not years:
        return None
    total: Exact = 0
    for value in years:
        if value is None:
            return None
        total += value
    return total


def share(part: Known, whole: Known) -> Fraction | None:
    """In percent; None where a number is missing or the whole is nothing."""
    return Fraction(part * 100) / whole if part is not None and whole else None
