"""How good the forecast is: on invented districts whose truth is known, entered through the registry.

From 30 June and 30 September of five years for that year's end and the next one, with what was dated
by then, beside the straight line and last year's net.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from enterprises import registry
from enterprises.models import QualificationKind
from targets.figures import counting, spans
from targets.outlook.model import known_forecasts, naive
from targets.outlook.model.distribution import Distribution
from targets.outlook.model.scenario import Scenario
from tests.targets.figures.test_counting import rolled_back
from tests.targets.outlook import districts

STARTS = ((6, 30), (9, 30))
YEARS = range(districts.LAST - 4, districts.LAST + 1)
METHODS = ("model", *naive.METHODS)


@dataclass
class Score:
    """Forecasts of one method from one day of the year, and what came."""

    forecasts: list[tuple[Distribution, int, int]] = field(default_factory=list)

    def add(self, number: Distribution, actual: int, stock: int) -> None:
        self.forecasts.append((number, actual, stock))

    def mean_of(self, value) -> float:
        return math.fsum(value(*one) for one in self.forecasts) / len(self.forecasts)

    @property
    def inside(self) -> float:
        return self.mean_of(lambda number, actual, _: is_inside(number, actual))

    @property
    def due(self) -> float:
        """Ranges of whole numbers hold more than 80 % when the forecast is right."""
        return self.mean_of(lambda number, *_: share_of_range(number))

    @property
    def bias(self) -> float:
        return self.mean_of(lambda number, actual, _: actual - number.mean)

    @property
    def crps(self) -> float:
        return self.mean_of(lambda number, actual, _: number.miss(actual))

    @property
    def stock(self) -> float:
        return self.mean_of(lambda _, __, stock: stock)


def is_inside(number: Distribution, actual: int) -> bool:
    low, high = number.range80
    return low <= actual <= high


def share_of_range(number: Distribution) -> float:
    low, high = number.range80
    return number.at_least(low) - number.at_least(high + 1)


Scores = dict[tuple[str, tuple[int, int], int], Score]
"""(Method, day of the year, years ahead) → its score."""


def prove(seeds: Iterable[int], largest: int = districts.LARGEST) -> Scores:
    scores: Scores = defaultdict(Score)
    for seed in seeds:
        with rolled_back():
            _prove_one(districts.invent(seed, largest), scores)
    return dict(scores)


def _prove_one(district: districts.District, scores: Scores) -> None:
    registry.apply(district.acts(), by=None)
    spans.refresh()
    counts = _year_ends(district)
    kind = QualificationKind.objects.prefetch_related("terms").get(code=districts.KIND)
    # Read once: a scenario of another day looks at the same record.
    seen = known_forecasts.read_scenario(kind, dt.date(districts.LAST, 12, 31))
    closings = known_forecasts.closings_of(
        {year: [batch.closes for batch in rows] for year, rows in district.batches.items()}
    )
    for year in YEARS:
        for month, day in STARTS:
            then = Scenario(
                seen.record, dt.date(year, month, day), seen.rules, closings,
                counted_past=seen.counted_past,
            )  # fmt: skip
            for ahead in (0, 1):
                if year + ahead in counts and not then.lacking:
                    _add(scores, then, (month, day), ahead, counts)


def _add(
    scores: Scores, then: Scenario, start: tuple[int, int], ahead: int, counts: dict[int, int]
) -> None:
    year = then.as_of.year
    actual = counts[year + ahead]
    found = {"model": then.on(dt.date(year + ahead, 12, 31)).number}
    for method in naive.METHODS:
        other = naive.foretell(method, counts, year - 1, 1 + ahead)
        if other is not None:
            found[method] = other
    for method, number in found.items():
        scores[method, start, ahead].add(number, actual, then.stock)


def _year_ends(district: districts.District) -> dict[int, int]:
    """Counted as every page counts, and held against the story."""
    years = range(districts.FIRST, districts.LAST + 1)
    days = [dt.date(year, 12, 31) for year in years]
    stored = counting.count_stored(days, "certificate")
    counts = {}
    for day in days:
        truth = sum(1 for life in district.lives if districts.counts_on(life, day))
        counts[day.year] = stored.stock(day, districts.KIND, "district")
        assert counts[day.year] == truth, (district.seed, day)
    return counts


def table(scores: Scores) -> str:
    lines = ["| ahead | day | method | forecasts | inside | due | bias | CRPS | stock |", "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for (method, (month, day), ahead), score in sorted(
        scores.items(), key=lambda pair: (pair[0][2], pair[0][1], METHODS.index(pair[0][0]))
    ):
        lines.append(
            f"| {ahead} | {day:02}.{month:02} | {method} | {len(score.forecasts)} | {score.inside:.0%} | "
            f"{score.due:.0%} | {score.bias:+.1f} | {score.crps:.1f} | {score.stock:.0f} |"
        )
    return "\n".join(lines)
