"""From the firms of each cell, and what became of such firms in past years, to a distribution.

Exact but for the grid of shocks: no random number is drawn.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from targets.models.outlook import Unstaged
from targets.outlook.model import distribution, shock
from targets.outlook.model.cells import DECIDED, SAFE, Cell, CellCounts, Placed
from targets.outlook.model.distribution import Distribution
from targets.outlook.model.rules import Rules
from targets.outlook.model.shock import Entries, Shocks

TOO_LATE = (Unstaged.NONE, Placed.PREPARING)
"""Stages of those that cannot come any more once every batch has closed."""


@dataclass(frozen=True, slots=True)
class CellRate:
    """Weights of success and failure: a beta distribution of the cell's probability.

    `shares`: the probability under each shock. `sure`: it is supposed, hence known.
    """

    hits: float
    misses: float
    shares: Sequence[float]
    sure: bool = False

    @property
    def weight(self) -> float:
        return self.hits + self.misses

    @property
    def moves(self) -> bool:
        return len(set(self.shares)) > 1


@dataclass(frozen=True)
class Lessons:
    """What past years teach: a rate for each cell, the weights of shocks, entries from outside.

    `past`: the years they are learned from, the last one first. `first_share`: of the entries, how
    many were recognised for the first time.
    """

    rates: Mapping[Cell, CellRate]
    shocks: Shocks
    past: Sequence[CellCounts]
    entries: Entries
    first_share: float

    def share(self, cell: Cell) -> float:
        """A firm's probability to count: the mean of its cell."""
        return self._shares[cell]

    @cached_property
    def _shares(self) -> dict[Cell, float]:
        """Of every cell once: a page asks for each firm."""
        shares = {}
        for cell, rate in self.rates.items():
            under_shocks = zip(self.shocks, rate.shares, strict=True)
            shares[cell] = math.fsum(weight * share for (_, weight), share in under_shocks)
        return shares

    def cases(self, cell: Cell) -> tuple[int, int]:
        """Of so many firms of past years, in a cell, those that counted."""
        firms = sum(year.firms.get(cell, 0) for year in self.past)
        return sum(year.hits.get(cell, 0) for year in self.past), firms


@dataclass(frozen=True)
class Years:
    """Past years to learn from, all with the last one first.

    `staged`: those whose stages mean what this year's mean. `plain`: further ones, of which only
    what needs no stage is learned. `entries`: those whose entries are no renewals in disguise.
    `closed`: no batch of this year is open any more, so that who has not filed is too late.
    """

    staged: Sequence[CellCounts]
    plain: Sequence[CellCounts]
    entries: Sequence[CellCounts]
    closed: bool = False


def learn(
    as_of: dt.date, later: dt.date, cells: Collection[Cell], years: Years, rules: Rules
) -> Lessons:
    """Rates of these cells, as seen from a day, for a later one."""
    beyond = later.year != as_of.year
    known = {cell for year in years.staged for cell in year.firms} | set(cells)
    everything = sorted([*years.staged, *years.plain], key=lambda year: year.day, reverse=True)
    weights = {}
    for cell in known:
        past = years.staged if cell.stage else everything
        weights[cell] = _posterior(past, cell, _prior(cell, years, rules, beyond=beyond), rules)
    undecided = [cell for cell in known if is_undecided(cell, beyond=beyond)]
    seen = []
    for year in years.staged:
        counts = []
        for cell in undecided:
            if year.firms.get(cell):
                hits, misses = weights[cell]
                share = hits / (hits + misses)
                counts.append((share, year.firms[cell], year.hits.get(cell, 0)))
        seen.append(counts)
    shocks = shock.weigh_shocks(seen, rules.widest, rules.usual)
    entered = sum(year.entered for year in years.entries)
    first = sum(year.entered_first for year in years.entries)
    return Lessons(
        rates={cell: _rate(*weights[cell], shocks, moves=cell in undecided) for cell in known},
        shocks=shocks,
        past=years.staged,
        entries=shock.learn_entries(
            [(as_of.year - year.day.year, year.entered) for year in years.entries], rules
        ),
        first_share=first / entered if entered else 1.0,
    )


def is_undecided(cell: Cell, *, beyond: bool) -> bool:
    """Beyond the year's end nothing is decided."""
    return cell != SAFE and (beyond or cell.stage not in DECIDED)


def _prior(cell: Cell, years: Years, rules: Rules, *, beyond: bool) -> float:
    """What is expected of the cell before history speaks."""
    if beyond:
        return rules.prior(cell.lot, cell.stage).later
    if years.closed and cell.stage in TOO_LATE:
        return rules.prior(cell.lot, Placed.REJECTED).share
    return rules.prior(cell.lot, cell.stage).share


def _posterior(
    past: Sequence[CellCounts], cell: Cell, prior: float, rules: Rules
) -> tuple[float, float]:
    hits, misses = rules.strength * prior, rules.strength * (1 - prior)
    for year in past:
        # By the years between them: a year left out makes those before it no younger.
        weight = rules.fading ** (past[0].day.year - year.day.year)
        firms, counted = year.firms.get(cell, 0), year.hits.get(cell, 0)
        hits += weight * counted
        misses += weight * (firms - counted)
    return hits, misses


def _rate(hits: float, misses: float, shocks: Shocks, *, moves: bool) -> CellRate:
    share = hits / (hits + misses)
    if not moves:
        return CellRate(hits, misses, [share] * len(shocks))
    return CellRate(hits, misses, [shock.moved(share, size) for size, _ in shocks])


def number_of(firms: Mapping[Cell, int], lessons: Lessons, entries: Entries) -> Distribution:
    """How many of the firms in some cells count, and of those from outside."""
    steady: list[tuple[int, CellRate]] = []
    moving: list[tuple[int, CellRate]] = []
    for cell, number in sorted(firms.items()):
        rate = lessons.rates[cell]
        (moving if rate.moves else steady).append((number, rate))
    mixture = []
    for place, (size, weight) in enumerate(lessons.shocks):
        sums = [_of_cell(number, rate, rate.shares[place]) for number, rate in moving]
        sums.append(entries.under(size, lessons.shocks))
        mixture.append((weight, distribution.added(sums)))
    parts = [_of_cell(number, rate, rate.shares[0]) for number, rate in steady]
    return distribution.added([*parts, distribution.mixed(mixture)])


def _of_cell(firms: int, rate: CellRate, share: float) -> Distribution:
    if rate.sure:
        return distribution.binomial(firms, share)
    return distribution.beta_binomial(firms, rate.weight * share, rate.weight * (1 - share))


def with_known(lessons: Lessons, shares: Mapping[Cell, float]) -> Lessons:
    """The same with known probabilities for some cells."""
    rates = dict(lessons.rates)
    for cell, share in shares.items():
        rates[cell] = CellRate(share, 1 - share, [share] * len(lessons.shocks), sure=True)
    return replace(lessons, rates=rates)
