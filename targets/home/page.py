"""The home page, and the same content on a wall: the district at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from enterprises.reporting.board import QuarterBoard
from targets.figures.question import Question
from targets.goals import form as goal_form
from targets.goals import page as goal_page
from targets.home import attention, boards, charts, dashboard, page_head, standings
from targets.home.attention import Calls, Race
from targets.home.dashboard import DistrictFigures
from targets.home.page_head import PageHead
from targets.home.standings import Standings
from targets.key_tasks.board import TaskBoard
from targets.meetings import standing as meeting_standing
from targets.meetings.standing import OpenDecisions
from targets.outlook import expectations
from targets.outlook.expectations import ExpectationText
from targets.output.chart_parts import Chart


@dataclass(frozen=True)
class CurrentWork:
    """What only today's facts tell: who is behind, whom to call, who has reported.

    `goals_lacking`: the year can be given goals and has none, so nobody is behind.
    """

    races: Sequence[Race]
    goals_lacking: bool
    calls: Calls
    task_board: TaskBoard
    roster_board: QuarterBoard | None
    decisions: OpenDecisions


@dataclass(frozen=True)
class HomePage:
    """`expected`: primary key of a target → how it is expected to end.

    `work` is None for a release, and without a plan.
    """

    figures: DistrictFigures
    charts: Mapping[str, Chart]
    expected: Mapping[int, ExpectationText]
    work: CurrentWork | None
    standings: Sequence[Standings]
    head: PageHead

    @property
    def context(self) -> dict[str, Any]:
        """By the names that the templates use."""
        context = {
            **self.head.context,
            "page": self.figures,
            "charts": self.charts,
            "expected": self.expected,
            "standings": self.standings,
        }
        if self.work:
            context["races"] = self.work.races
            context["goals_lacking"] = self.work.goals_lacking
            context["calls"] = self.work.calls
            context["task_board"] = self.work.task_board
            context["roster_board"] = self.work.roster_board
            context["decisions"] = self.work.decisions
        return context


def build_home_page(question: Question) -> HomePage:
    """Everything that the home page shows.

    The number of queries depends on neither firms nor units.
    """
    # First: counting brings the spans up to date, and all that follows reads them as stored.
    board = None if question.release else goal_page.board_on(question.on)
    flying = partial(dashboard.flying_on, question, board)
    figures = dashboard.count_district(question, flying)
    work, rosters = None, None
    # A release holds figures, not work in progress: that is only known of today. While the plan is
    # not loaded the page says only so: there is nothing yet to be behind with.
    if figures.headlines and not question.release:
        rosters = boards.latest_roster_board()
        races = attention.races_of(board)
        work = CurrentWork(
            races=races,
            goals_lacking=not races and question.on.year in goal_form.goal_years(),
            calls=attention.build_calls(question),
            task_board=boards.last_task_board(),
            roster_board=rosters,
            decisions=meeting_standing.open_decisions(question.today),
        )
    return HomePage(
        figures=figures,
        charts=charts.district_charts(figures),
        expected=expectations.expectations_in_words(question, figures.freshness.stale),
        work=work,
        standings=standings.build_standings(figures, work.races if work else []),
        # Last, since counting brings the spans up to date, and the head says when that was.
        head=page_head.build_head(question, rosters),
    )
