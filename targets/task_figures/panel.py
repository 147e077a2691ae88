"""The figures of a task as its page shows them: now, at the year's beginning, and as published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from parks import numbers
from parks.models import Unit
from targets.models import KeyTask, Release, TaskFigure
from targets.task_figures.reckoning import Reckoned, Reckoner

EDITIONS = 4
"""Published quarters beside the figure of today."""


@dataclass(frozen=True)
class FigureLine:
    """`published`: what the releases say, in the order of the panel's; None where they say nothing."""

    now: Reckoned
    before: Reckoned
    published: Sequence[str | None]

    @property
    def figure(self) -> TaskFigure:
        return self.now.figure

    @property
    def change(self) -> int | Decimal | None:
        """Since the beginning of the year; what is counted within the year has none."""
        if self.now.value is None or self.before.value is None or self.now.is_of_year:
            return None
        return self.now.value - self.before.value

    @property
    def change_in_words(self) -> str:
        if self.change is None:
            return ""
        return numbers.signed(numbers.trimmed(self.change)) if self.change else "持平"

    @property
    def target_met(self) -> bool | None:
        """None without a target."""
        wanted = self.figure.target
        if wanted is None or self.now.value is None:
            return None
        return self.now.value >= wanted


@dataclass(frozen=True)
class FigurePanel:
    on: dt.date
    lines: Sequence[FigureLine]
    editions: Sequence[Release]


def build_panel(task: KeyTask, on: dt.date, unit: Unit | None = None) -> FigurePanel:
    """Figures of one task on a day; published values are those of the whole district."""
    figures = list(shown_figures().filter(task=task))
    editions = [] if unit else _editions(on)
    kept = [_values_of(release) for release in editions]
    now, before = Reckoner(on, unit), Reckoner(dt.date(on.year - 1, 12, 31), unit)
    lines = [
        FigureLine(here, there, [values.get(here.figure.code) for values in kept])
        for here, there in zip(now.reckon_all(figures), before.reckon_all(figures), strict=True)
    ]
    return FigurePanel(on, lines, editions)


def shown_figures() -> Any:
    return TaskFigure.objects.filter(is_shown=True).select_related("task")


def _editions(on: dt.date) -> list[Release]:
    """The last edition of each of the last quarters, the oldest first."""
    found: dict[int, Release] = {}
    for release in Release.objects.filter(as_of__lte=on).select_related("quarter"):
        found.setdefault(release.quarter_id, release)
        if len(found) > EDITIONS:
            break
    return list(found.values())[:EDITIONS][::-1]


def _values_of(release: Release) -> dict[str, str]:
    """Code of a figure → its value in words, as it was published."""
    return {
        figure["code"]: figure["words"]
        for task in release.tasks
        for figure in task.get("figures", [])
    }


def frozen(on: dt.date) -> dict[str, list[dict[str, Any]]]:
    """Code of a task → its figures on the day, as a release keeps them."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for found in Reckoner(on).reckon_all(shown_figures()):
        figure = found.figure
        value = None if found.value is None else str(found.value)
        kept.setdefault(figure.task.code, []).append(
            {"code": figure.code, "label": figure.label, "value": value, "words": found.in_words}
        )
    return kept
