"""The parks and the towns that lack firms, side by side: how many there are, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parks.models import Unit
from targets import in_flight
from targets.figures.counting import Value
from targets.figures.indicators import CountedIndicator
from targets.goals.completion import Completion
from targets.goals.page import GoalRow, without_gap
from targets.home.attention import Race
from targets.home.dashboard import DistrictFigures, UnitRow


@dataclass(frozen=True)
class ParkStanding:
    """A park's figure, and how it stands with its goal (`goals`; None where no goals are told)."""

    row: UnitRow
    goals: GoalRow | None

    @property
    def stock(self) -> Completion | None:
        return self.goals.stock if self.goals else None

    @property
    def firms(self) -> Value:
        """Beside a goal the firms that it is judged by: those of its day, by certificate dates."""
        return self.stock.done if self.stock else self.row.figure.value

    @property
    def list_url(self) -> str:
        return self.goals.list_url if self.goals else self.row.figure.url

    @property
    def flying_url(self) -> str:
        return in_flight.list_url(self.list_url)


@dataclass(frozen=True)
class Standings:
    """Of one headline indicator, the most wanting first.

    `race` is None where no goals are told; then the parks stand in the plan's order.
    """

    indicator: CountedIndicator
    parks: Sequence[ParkStanding]
    race: Race | None
    towns: Sequence[GoalRow]
    """Those that lack firms to the year's goal."""
    towns_without_gap: int


def build_standings(figures: DistrictFigures, races: Sequence[Race]) -> list[Standings]:
    by_kind = {race.indicator.code: race for race in races}
    return [
        _standings(headline.figure.indicator, figures, by_kind) for headline in figures.headlines
    ]


def _standings(
    indicator: CountedIndicator, figures: DistrictFigures, races: dict[str, Race]
) -> Standings:
    race = races.get(indicator.code)
    rows = {row.unit.pk: row for row in race.rows if row.unit} if race else {}
    parks = []
    for park in figures.parks[indicator.code]:
        parks.append(ParkStanding(park, rows.get(park.unit.pk)))
    # The sort is stable: equal ones stay in the plan's order.
    parks.sort(key=lambda park: park.stock.urgency if park.stock else (True, 0, 0))
    towns = [row for row in rows.values() if row.unit and row.unit.kind != Unit.Kind.PARK]
    towns.sort(key=lambda row: row.stock.urgency)
    folded = without_gap(towns)
    return Standings(
        indicator=indicator,
        parks=parks,
        race=race,
        towns=[row for row in towns if row not in folded],
        towns_without_gap=len(folded),
    )
