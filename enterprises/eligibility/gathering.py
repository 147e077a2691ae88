"""What the registry knows of firms, as the self-check takes it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Field,
    FilteredRelation,
    Q,
    QuerySet,
)
from django.db.models.functions import Cast, Round

from enterprises.eligibility.legal_forms import form_of
from enterprises.eligibility.model.firm_data import (
    MOST_YEARS,
    NOBODY_ASSESSED,
    CheckedFirm,
    Exact,
    FirmData,
    IntellectualProperty,
    Known,
    Years,
)
from enterprises.eligibility.rule_sets import RuleBook
from enterprises.models import (
    Enterprise,
    Incident,
    IpClass,
    IpItem,
    Qualification,
    TechField,
    YearlyFigures,
)
from enterprises.models.chunks import chunks

SHARE = "hightech_share"
"""A percentage is told in percent, whatever the unit of money."""
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
    SHARE: SHARE,
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
CENTS = 100
"""Parts of a 万元 and of a percent that are told."""
Row = Sequence[Any]
Answer = tuple[bool, dt.date | None]
"""Whether anybody was asked for incidents, and the day of the last one."""
NO_ANSWER: Answer = (False, None)
NOTHING_HELD: frozenset[str] = frozenset()


def supported_fields() -> frozenset[str]:
    """The names of the supported fields of technology, in every spelling."""
    fields = TechField.objects.all()
    return frozenset(name for field in fields for name in (field.name, *field.aliases))


def firm_data_of(
    firms: Iterable[Enterprise], day: dt.date, book: RuleBook, holding: Collection[str] = ()
) -> dict[int, FirmData]:
    """By the firm's id, for an application on the day, money in 万元; four queries for a chunk of firms.

    What is not registered is not known. Documents of the R&D body, standards and points of experts
    never are. `holding`: kinds of which is asked who holds them, by one query more.
    """
    found = {}
    for ids in chunks(firm.pk for firm in firms):
        some = Enterprise.objects.filter(pk__in=ids)
        for firm, told in firms_in_cents(some, day, book, holding):
            found[firm] = in_wan(told)
    return found


def firms_in_cents(
    firms: QuerySet[Enterprise], day: dt.date, book: RuleBook, holding: Collection[str] = ()
) -> Iterator[tuple[int, FirmInCents]]:
    """Each firm's id and its facts, amounts in hundredths of a 万元; four queries for any number of firms."""
    told, answers = _older_items(firms, day), _answers(firms, day, book)
    items, held = _items(firms, day), _held(firms, day, holding)
    for row in _rows(firms, day):
        firm = row[0]
        data = FirmInCents(
            day,
            row,
            told.get(firm),
            answers.get(firm, NO_ANSWER),
            held.get(firm, NOTHING_HELD),
        )
        if firm in items:
            data.ip, data.ip_told = items[firm], data.ip
        yield firm, data


# --- reading --------------------------------------------------------------------------------------
def _rows(firms: QuerySet[Enterprise], day: dt.date) -> Iterator[Row]:
    """One row a firm, with the returns of the last years side by side."""
    years = range(day.year - MOST_YEARS, day.year)
    returns = {
        f"y{year}": FilteredRelation("yearly_figures", condition=Q(yearly_figures__year=year))
        for year in years
    }
    columns: list[Any] = ["pk", "registered_on", "legal_form", "tech_field__name"]
    columns += [f"y{year}__year" for year in years]
    for name in (*OF_YEARS.values(), *OF_ANY_YEAR.values()):
        columns += [_whole(f"y{year}__{name}", name) for year in years]
    columns += [_whole(f"y{years[-1]}__{name}", name) for name in OF_LAST_YEAR.values()]
    return firms.order_by("pk").annotate(**returns).values_list(*columns).iterator()


def _whole(path: str, name: str) -> Any:
    """The figure as a whole number. Rounded, as SQLite keeps decimals in binary."""
    if not isinstance(YearlyFigures._meta.get_field(name), DecimalField):
        return F(path)
    cents = Cast(Round(F(path) * CENTS), BigIntegerField())
    # A number already: without this, it would be made one once more, for each of a million.
    return ExpressionWrapper(cents, Field())


def _older_items(firms: QuerySet[Enterprise], day: dt.date) -> dict[int, list[int | None]]:
    """Numbers of items that returns before the last years tell: firm → each of the newest year."""
    told = Q()
    for name in OF_ANY_YEAR.values():
        told |= Q(**{f"{name}__isnull": False})
    rows = YearlyFigures.objects.filter(
        told, year__lt=day.year - MOST_YEARS, enterprise__in=firms.order_by().values("pk")
    )
    found: dict[int, list[int | None]] = {}
    for firm, *numbers in rows.order_by("year").values_list("enterprise_id", *OF_ANY_YEAR.values()):
        before = found.get(firm, numbers)
        found[firm] = [
            old if new is None else new for old, new in zip(before, numbers, strict=True)
        ]
    return found


def _items(firms: QuerySet[Enterprise], day: dt.date) -> dict[int, IntellectualProperty]:
    """Of firms of which single rights are known, how many of them count for the application."""
    rows = IpItem.objects.judged_on(day).exclude(ip_class=IpClass.NONE)
    here = Q(owned=True)
    second = here & Q(ip_class=IpClass.SECOND)
    numbers = (
        rows.filter(enterprise__in=firms.order_by().values("pk"))
        .order_by()
        .values_list("enterprise_id")
        .annotate(
            first=Count("pk", filter=here & Q(ip_class=IpClass.FIRST)),
            second=Count("pk", filter=second),
            used=Count("pk", filter=second & Q(was_used=True)),
            own=Count("pk", filter=here & Q(obtained=IpItem.Obtained.OWN)),
            untold=Count("pk", filter=here & Q(obtained="")),
        )
    )
    # That none of those told is of own research says nothing of the others.
    return {
        firm: IntellectualProperty(first, second, used, None if untold and not own else own)
        for firm, first, second, used, own, untold in numbers
    }


def _answers(firms: QuerySet[Enterprise], day: dt.date, book: RuleBook) -> dict[int, Answer]:
    asked_since = day - dt.timedelta(days=int(book.certificate_on(day).least_clean_days))
    rows = Incident.objects.in_force().filter(
        on__lte=day, enterprise__in=firms.order_by().values("pk")
    )
    told: dict[int, Answer] = {}
    for firm, kind, on in rows.order_by("on").values_list("enterprise_id", "kind", "on"):
        asked, incident = told.get(firm, NO_ANSWER)
        happened = incident if kind == Incident.Kind.NONE else on
        told[firm] = (asked or on >= asked_since, happened)
    return told


def _held(
    firms: QuerySet[Enterprise], day: dt.date, kinds: Collection[str]
) -> Mapping[int, frozenset[str]]:
    """Of these kinds, those that a firm holds on the day."""
    if not kinds:
        return {}
    rows = Qualification.objects.holding_on(day).filter(
        kind__code__in=kinds, enterprise__in=firms.order_by().values("pk")
    )
    found: dict[int, set[str]] = defaultdict(set)
    for firm, kind in rows.order_by().values_list("enterprise_id", "kind__code"):
        found[firm].add(kind)
    return {firm: frozenset(codes) for firm, codes in found.items()}


# --- putting together -----------------------------------------------------------------------------
_TOLD = 4
"""Before it in a row stand the firm's own columns; then the years that are told, then figures by year."""
_FIGURES = _TOLD + MOST_YEARS
_ITEMS = _FIGURES + len(OF_YEARS) * MOST_YEARS
_LAST = _ITEMS + len(OF_ANY_YEAR) * MOST_YEARS
_BY_YEAR = [
    [slice(start + left_out, start + MOST_YEARS) for start in range(_FIGURES, _ITEMS, MOST_YEARS)]
    for left_out in range(MOST_YEARS + 1)
]
"""By how many years are left out: where in a row each of `OF_YEARS` stands."""


class FirmInCents(CheckedFirm):
    """As it was read, in whole numbers. Thousands are made in a second: so it is written out."""

    staff_months = rd_staff_months = ()
    management: Mapping[int, bool | None] = {}
    assessed = NOBODY_ASSESSED
    ip_told: IntellectualProperty | None = None

    def __init__(
        self,
        day: dt.date,
        row: Row,
        items: Sequence[int | None] | None,
        answer: Answer,
        held: frozenset[str],
    ) -> None:
        """`items`: what returns before the last years tell."""
        self.applied_on = day
        self.held = held
        self.tech_field = row[3] or ""
        self.registered_on = registered_on = row[1]
        self.legal_form = form_of(row[2])
        self._years_told = row[_TOLD:_FIGURES]
        left_out = 0
        if registered_on is not None and registered_on.year > day.year - MOST_YEARS:
            # A year before the firm existed is not missing.
            left_out = min(registered_on.year - day.year + MOST_YEARS, MOST_YEARS)
        (
            self.sales,
            self.rd,
            self.rd_domestic,
            self.assets,
            self.liabilities,
            self.conversions,
        ) = map(row.__getitem__, _BY_YEAR[left_out])
        self.ip = _ip(row, items)
        (
            self.gross_income,
            self.nontaxable,
            self.hightech_income,
            share,
            self.costs,
            self.staff,
            self.rd_staff,
        ) = row[_LAST:]
        self.hightech_share = share if share is None else _divided(share)
        self.asked, incident = answer
        # Whoever had one years ago has not answered for the time since.
        self.incident = incident if self.asked else None

    @property
    def newest_year(self) -> int | None:
        """Of the last years, the newest of which there is a return."""
        return max((year for year in self._years_told if year is not None), default=None)


def _ip(row: Row, older: Sequence[int | None] | None) -> IntellectualProperty:
    """Each number of the last year that tells it."""
    numbers = row[_ITEMS + MOST_YEARS - 1 : _LAST : MOST_YEARS]
    if None not in numbers:
        return IntellectualProperty(*numbers)
    found: list[Any] = list(older or numbers)
    for number, start in enumerate(range(_ITEMS, _LAST, MOST_YEARS)):
        told = [value for value in row[start : start + MOST_YEARS] if value is not None]
        if told:
            found[number] = told[-1]
    return IntellectualProperty(*found)


def _divided(hundredths: int) -> Exact:
    """Whole where it can be."""
    whole, rest = divmod(hundredths, CENTS)
    return Fraction(hundredths, CENTS) if rest else whole


def in_wan(told: FirmInCents) -> FirmData:
    """The same with money in 万元."""
    return FirmData(
        applied_on=told.applied_on,
        legal_form=told.legal_form,
        registered_on=told.registered_on,
        tech_field=told.tech_field,
        sales=_amounts(told.sales),
        rd=_amounts(told.rd),
        rd_domestic=_amounts(told.rd_domestic),
        assets=_amounts(told.assets),
        liabilities=_amounts(told.liabilities),
        conversions=list(told.conversions),
        gross_income=_amount(told.gross_income),
        nontaxable=_amount(told.nontaxable),
        hightech_income=_amount(told.hightech_income),
        hightech_share=told.hightech_share,
        costs=_amount(told.costs),
        staff=told.staff,
        rd_staff=told.rd_staff,
        ip=told.ip,
        ip_told=told.ip_told,
        asked=told.asked,
        incident=told.incident,
        held=told.held,
    )


def _amounts(years: Years) -> Years:
    return [_amount(value) for value in years]


def _amount(cents: Known) -> Known:
    return None if cents is None else Fraction(cents, CENTS)
