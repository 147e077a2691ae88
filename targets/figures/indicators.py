"""Which indicators are counted from facts, and what a page must know of each.

The plan's indicators are rows of a table, read once for a question. No code names one: a further
row stands on every page at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from targets.models import Indicator, Release

COLUMNS = {
    "code": "code",
    "name": "name",
    "short_name": "short_name",
    "unit_label": "unit_label",
    "reckoned": "kind",
    "kind_id": "qualification_kind_id",
    "kind": "qualification_kind__code",
    "kind_name": "qualification_kind__short_name",
    "headline": "headline",
    "is_register": "qualification_kind__is_register",
}
"""Field of `CountedIndicator` → column of the table."""
# Releases are read back for years: their keys do not follow a field that gets another name.
KEPT = {"indicator": "code", "unit": "unit_label"} | {
    field: field for field in COLUMNS if field not in ("code", "unit_label", "kind_id")
}
"""Key in `Release.rules` → field; a release names kinds by their codes."""


@dataclass(frozen=True)
class CountedIndicator:
    """`kind` is the code of the qualification it counts.

    `reckoned`: whether it is the number of firms or a share of it. `is_register`: firms are entered
    and struck off; elsewhere they are certified and revoked.
    """

    code: str
    name: str
    short_name: str
    unit_label: str
    reckoned: str
    kind_id: int | None
    kind: str
    kind_name: str
    headline: bool
    is_register: bool

    @property
    def heading(self) -> str:
        """As a heading calls the firms: 有效期内高新技术企业."""
        # The plan names what is measured (…数量), a heading names the firms themselves.
        return self.name.removesuffix("数量")

    @property
    def counts_firms(self) -> bool:
        return self.reckoned == Indicator.Kind.COUNTED


class IndicatorSet:
    """Some counted indicators: numbers of firms, then shares; both in the plan's order."""

    def __init__(self, indicators: Iterable[CountedIndicator]) -> None:
        # The sort is stable: within numbers and within shares the plan's order stays.
        ordered = sorted(indicators, key=lambda indicator: not indicator.counts_firms)
        self._by_code = {indicator.code: indicator for indicator in ordered}

    def __iter__(self) -> Iterator[CountedIndicator]:
        return iter(self._by_code.values())

    def __getitem__(self, code: str) -> CountedIndicator:
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    @property
    def stocks(self) -> list[CountedIndicator]:
        """Those that count firms. Their codes are those of their kinds of qualification."""
        return [indicator for indicator in self if indicator.counts_firms]

    @property
    def headlines(self) -> list[CountedIndicator]:
        """Those that are allotted to units and forecast; pages show the first by default."""
        return [indicator for indicator in self if indicator.headline]

    @property
    def headline_codes(self) -> list[str]:
        return [indicator.code for indicator in self.headlines]

    @property
    def short_names(self) -> dict[str, str]:
        return {indicator.code: indicator.short_name for indicator in self}

    def share_of(self, kind: str) -> CountedIndicator | None:
        """The share of a kind's firms that stand in the parks, where the plan asks for one."""
        return next((row for row in self if not row.counts_firms and row.kind == kind), None)


def live() -> IndicatorSet:
    """As the table says now; one query."""
    rows = Indicator.objects.counted().order_by("order", "code").values_list(*COLUMNS.values())
    # Plain values instead of rows of the model: a released set and a live one are then alike.
    return IndicatorSet(CountedIndicator(*row) for row in rows)


def released(release: Release) -> IndicatorSet:
    """As they were when a release was published.

    Editions of the first years keep only codes and names. For these the table tells the rest.
    """
    rows: list[dict[str, Any]] = release.rules
    if all(KEPT.keys() <= row.keys() for row in rows):
        return IndicatorSet(_from_frozen_row(row) for row in rows)
    known = live()
    # One that the table no longer has cannot be reckoned any more: its kind is told nowhere else.
    return IndicatorSet(known[row["indicator"]] for row in rows if row["indicator"] in known)


def _from_frozen_row(row: dict[str, Any]) -> CountedIndicator:
    # A release knows codes alone: keys of rows may mean something else by the time it is read.
    return CountedIndicator(kind_id=None, **{field: row[key] for key, field in KEPT.items()})


def frozen() -> list[dict[str, Any]]:
    """The counted indicators as a release keeps them, with the words of the day of publishing."""
    kept = []
    counted = Indicator.objects.counted().order_by("order", "code")
    for row in counted.values(*COLUMNS.values(), "note"):
        known = {key: row[COLUMNS[field]] for key, field in KEPT.items()}
        kept.append({**known, "note": row["note"]})
    return kept


def offer_headlines(
    field: forms.Field, headlines: Sequence[CountedIndicator], what_they_have: str
) -> None:
    """Make a choice field offer the headline indicators, with an error that names them."""
    # The error names the choices, because addresses are also written by hand and by programs.
    names = "、".join(f"{indicator.short_name}（{indicator.code}）" for indicator in headlines)
    field.choices = [  # type: ignore[attr-defined]
        (indicator.code, indicator.short_name) for indicator in headlines
    ]
    field.error_messages["invalid_choice"] = f"只有{names}{what_they_have}。"


def first_of(headlines: Sequence[CountedIndicator]) -> str:
    """The code of the one shown by default; "" while the plan is not loaded."""
    return headlines[0].code if headlines else ""
