"""What the self-check judges by, number for number: value, year, and the document, cell and day it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from enterprises.eligibility.gathering import OF_ANY_YEAR, OF_LAST_YEAR, OF_YEARS, SHARE
from enterprises.eligibility.missing import (
    ANSWER,
    FIELD,
    FORM,
    ITEMS,
    LAST_YEAR,
    REGISTERED,
    YEARLY,
)
from enterprises.eligibility.model.firm_data import MOST_YEARS, CheckedFirm, Known
from enterprises.eligibility.numbers import rounded, shown
from enterprises.firms.sources import FirmSources, Source

WHOLE = frozenset({"conversions", "staff", "rd_staff"})
"""People and results; all else is money."""
PLACES = 2
NOT_KNOWN, NO_YEAR = "—", "无"
NAMES = {**YEARLY, **LAST_YEAR, SHARE: "高新技术产品收入占比（自报，%）", "costs": "成本费用"}
DETAILS = {"legal_form": FORM, "registered_on": REGISTERED, "tech_field": FIELD}
ANSWERED = "answer"
INPUTS: Mapping[str, Sequence[str]] = {
    "form": ("legal_form",),
    "c1": ("registered_on",),
    "c2": ("class1", "class2", "class2_used"),
    "c3": ("tech_field",),
    "c4": ("rd_staff", "staff"),
    "c5a": ("rd", "sales"),
    "c5b": ("rd_domestic", "rd"),
    "c6": ("hightech_income", "gross_income", "nontaxable", SHARE),
    "c7": (*ITEMS, "conversions", "assets", "liabilities", "sales"),
    "c8": (ANSWERED,),
}
"""Condition → the data it is judged by."""


@dataclass(frozen=True)
class ToldValue:
    """One value; `year` is None for what is of no year. `note`: the number of its document on the page."""

    field: str
    name: str
    year: int | None
    text: str
    source: Source | None = None
    note: int | None = None

    @property
    def is_known(self) -> bool:
        return self.text not in (NOT_KNOWN, NO_YEAR)

    @property
    def where(self) -> str:
        """Such as 名册!M37 [1]."""
        if self.source is None:
            return ""
        return f"{self.source.cell} [{self.note}]".strip()


@dataclass(frozen=True)
class DataLine:
    """By the years before the application; what is told of the last one alone is empty before."""

    name: str
    cells: list[ToldValue | None]


@dataclass(frozen=True)
class NumberedDocument:
    """One that numbers come from: its number on the page, and a source that it gave."""

    note: int
    source: Source


class ToldData:
    """Of one firm, for an application on a day."""

    def __init__(self, data: CheckedFirm, sources: FirmSources) -> None:
        self._data, self._sources = data, sources
        self._notes: dict[tuple[int | None, dt.date], NumberedDocument] = {}

    @property
    def years(self) -> list[int]:
        last = self._data.applied_on.year
        return list(range(last - MOST_YEARS, last))

    @cached_property
    def lines(self) -> list[DataLine]:
        return [
            DataLine(NAMES[field], list(self._years(field, figure)))
            for field, figure in OF_YEARS.items()
        ] + [
            DataLine(NAMES[field], [None] * (MOST_YEARS - 1) + [self._last_year(field, figure)])
            for field, figure in OF_LAST_YEAR.items()
        ]

    @cached_property
    def details(self) -> list[ToldValue]:
        """What is of no year, and items, whose year is that of the newest return that tells them."""
        return [*self._registration(), *self._items(), self._answer()]

    @cached_property
    def all(self) -> list[ToldValue]:
        figures = [cell for line in self.lines for cell in line.cells if cell is not None]
        return figures + self.details

    @property
    def known(self) -> list[ToldValue]:
        return [told for told in self.all if told.is_known]

    @property
    def documents(self) -> list[NumberedDocument]:
        """As numbered; complete once all is told."""
        return list(self._notes.values()) if self.all else []

    def whence(self, condition: str) -> str:
        """Each document of what a condition is judged by, with its cells: [1] 名册!K4、名册!M4."""
        cells: dict[int, dict[str, None]] = {}
        for told in self.all:
            if told.field in INPUTS[condition] and told.source and told.note is not None:
                cells.setdefault(told.note, {})[told.source.cell] = None
        return "；".join(
            f"[{note}] {'、'.join(filter(None, cells[note]))}".rstrip() for note in sorted(cells)
        )

    # --- each kind ---
    def _years(self, field: str, figure: str) -> Iterator[ToldValue]:
        values: Sequence[Known] = getattr(self._data, field)
        missing = MOST_YEARS - len(values)
        for year, place in zip(self.years, range(-missing, len(values)), strict=True):
            if place < 0:
                yield ToldValue(field, NAMES[field], year, NO_YEAR)
            else:
                yield self._figure(field, NAMES[field], year, values[place], figure)

    def _last_year(self, field: str, figure: str) -> ToldValue:
        value: Known = getattr(self._data, field)
        return self._figure(field, NAMES[field], self.years[-1], value, figure)

    def _items(self) -> Iterator[ToldValue]:
        """What single rights give comes from no cell: the rights themselves stand below."""
        is_counted = self._data.ip_told is not None
        for field, figure in OF_ANY_YEAR.items():
            value: int | None = getattr(self._data.ip, field)
            year = None
            if not is_counted:
                year = self._sources.newest_year(figure, self._data.applied_on.year)
            if value is None or year is None:
                text = NOT_KNOWN if value is None else str(value)
                yield ToldValue(field, ITEMS[field], None, text)
            else:
                yield self._sourced(
                    field, ITEMS[field], year, str(value), self._sources.of_figure(year, figure)
                )

    def _registration(self) -> Iterator[ToldValue]:
        for field, name in DETAILS.items():
            value = getattr(self._data, field)
            source = self._sources.of_detail(field) if value else None
            yield self._sourced(field, name, None, str(value or NOT_KNOWN), source)

    def _answer(self) -> ToldValue:
        answer = self._sources.answer_on(self._data.applied_on)
        if answer is None:
            return ToldValue(ANSWERED, ANSWER, None, NOT_KNOWN)
        return self._sourced(ANSWERED, ANSWER, None, answer.in_words, answer.source)

    def _figure(self, field: str, name: str, year: int, value: Known, figure: str) -> ToldValue:
        if value is None:
            return ToldValue(field, name, year, NOT_KNOWN)
        # As the firm's page shows it: money with both places.
        text = shown(value, 0) if field in WHOLE else str(rounded(value, PLACES))
        return self._sourced(field, name, year, text, self._sources.of_figure(year, figure))

    def _sourced(
        self, field: str, name: str, year: int | None, text: str, source: Source | None
    ) -> ToldValue:
        if source is None:
            return ToldValue(field, name, year, text)
        key = (source.file.pk if source.file else None, source.day)
        document = self._notes.setdefault(key, NumberedDocument(len(self._notes) + 1, source))
        return ToldValue(field, name, year, text, source, document.note)
