"""Where figures, details and answers of a firm come from: document, cell and day, from the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from enterprises.firms.timeline import cells_in_words
from enterprises.models import Enterprise, Incident, LedgerEntry, SourceFile, YearlyFigures
from enterprises.registry.origins import BY_HAND

FIGURES = str(YearlyFigures._meta.model_name)
DETAILS = str(Enterprise._meta.model_name)
ANSWERS = str(Incident._meta.model_name)


@dataclass(frozen=True)
class Source:
    """`file` is None for what a person registered. `day`: of which the file speaks, else of the entry."""

    uscc: str
    entry: int
    file: SourceFile | None
    cell: str
    day: dt.date

    @property
    def document(self) -> str:
        return self.file.name if self.file else BY_HAND

    @property
    def whence(self) -> str:
        """With the office whose list it is."""
        office = self.file.office.name if self.file and self.file.office else ""
        return f"{office} {self.document} {self.cell}".strip()

    @property
    def is_as_of(self) -> bool:
        """Whether the day is the one that the file names."""
        return self.file is not None and self.file.as_of is not None

    @property
    def address(self) -> str:
        """The ledger's entry, which shows file and cell, on top of those before it."""
        query = urlencode({"q": self.uscc, "before": self.entry + 1})
        return f"{reverse('ledger')}?{query}"


@dataclass(frozen=True)
class IncidentAnswer:
    """Of somebody who was asked for incidents."""

    kind: str
    on: dt.date
    by: str
    source: Source

    @property
    def in_words(self) -> str:
        return f"{self.on} {Incident.Kind(self.kind).label}（{self.by}答复）"


@dataclass(frozen=True)
class FirmSources:
    """From the entries that stand, oldest first."""

    uscc: str = ""
    entries: list[LedgerEntry] = field(default_factory=list)

    @property
    def of_figures(self) -> list[LedgerEntry]:
        return [entry for entry in self.entries if entry.fact == FIGURES]

    def of_figure(self, year: int, name: str) -> Source | None:
        return self._figures.get((year, name))

    def newest_year(self, name: str, before: int) -> int | None:
        """The last year before that one of which the figure is told."""
        years = [year for year, told in self._figures if told == name and year < before]
        return max(years, default=None)

    def of_detail(self, name: str) -> Source | None:
        return self._details.get(name)

    def answer_on(self, day: dt.date) -> IncidentAnswer | None:
        """The last incident by the day; without one, the last answer that there was none."""
        told = [answer for answer in self._answers if answer.on <= day]
        happened = [answer for answer in told if answer.kind != Incident.Kind.NONE]
        return max(happened or told, key=lambda answer: answer.on, default=None)

    @cached_property
    def _figures(self) -> Mapping[tuple[int, str], Source]:
        return {
            (entry.effective_on.year, name): self._source(entry, name)
            for entry in self.of_figures
            if entry.effective_on is not None
            for name in entry.after
        }

    @cached_property
    def _details(self) -> Mapping[str, Source]:
        return {
            name: self._source(entry, name)
            for entry in self.entries
            if entry.fact == DETAILS
            for name, value in entry.after.items()
            if value
        }

    @cached_property
    def _answers(self) -> list[IncidentAnswer]:
        """Without those that were withdrawn."""
        told: dict[int, dict[str, Any]] = {}
        first: dict[int, LedgerEntry] = {}
        for entry in self.entries:
            if entry.fact == ANSWERS:
                first.setdefault(entry.fact_id, entry)
                told.setdefault(entry.fact_id, {}).update(entry.after)
        return [
            IncidentAnswer(
                values["kind"],
                dt.date.fromisoformat(values["on"]),
                values["source"],
                self._source(first[fact], "on"),
            )
            for fact, values in told.items()
            if values.get("withdrawn_on") is None
        ]

    def _source(self, entry: LedgerEntry, name: str) -> Source:
        file = entry.source
        day = file.as_of if file and file.as_of else timezone.localdate(entry.at)
        cell = entry.cells.get(name) or cells_in_words(entry.cells)
        return Source(self.uscc, entry.pk, file, cell, day)


NO_SOURCES = FirmSources()


def sources_of(firm: Enterprise) -> FirmSources:
    """One query."""
    entries = (
        LedgerEntry.objects.filter(enterprise=firm, fact__in=(FIGURES, DETAILS, ANSWERS))
        .in_force()
        .select_related("source__office")
        .order_by("pk")
    )
    return FirmSources(firm.uscc, list(entries))
