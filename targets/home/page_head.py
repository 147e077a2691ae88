"""The head of a page of figures: the question, how fresh the answer is, what else may be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enterprises.reporting.board import QuarterBoard
from targets.figures import freshness
from targets.figures.freshness import Freshness
from targets.figures.question import Question
from targets.models import Definition, Release


@dataclass(frozen=True)
class PageHead:
    """`releases`: all that may be chosen instead of the live figures."""

    question: Question
    freshness: Freshness
    releases: Sequence[Release]

    @property
    def newer(self) -> Release | None:
        """A later edition of the release that is shown."""
        release = self.question.release
        return release.newer_among(self.releases) if release else None

    @property
    def context(self) -> dict[str, Any]:
        """By the names that the templates use."""
        return {
            "question": self.question,
            "definitions": Definition.choices,
            "releases": self.releases,
            "shown": self.freshness,
            "newer": self.newer,
        }


def build_head(question: Question, rosters: QuarterBoard | None = None) -> PageHead:
    """To be built after the figures: counting brings the spans up to date, and the head says when
    that was.

    `rosters`: of the latest quarter, where the page has counted them; they are then not counted
    again.
    """
    return PageHead(
        question=question,
        freshness=freshness.build_freshness(question, rosters),
        releases=list(Release.objects.select_related("quarter")),
    )
