"""How a release judges the plan's targets: on its own day, and those past due on their due day.

Frozen at publishing, read back ever after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from targets.figures import indicators, past_due, progress
from targets.figures.counting import Counts, Value
from targets.figures.frozen import frozen_counts
from targets.figures.progress import Plan, Progress
from targets.figures.standing import Standing, standing_of, turned_since
from targets.models import Definition, Release

DEFINITION = Definition.CERTIFICATE.value
"""The plan's targets speak of valid certificates: verdicts go by their dates alone."""


@dataclass(frozen=True)
class Judgement:
    """A target on one day, as `progress.Progress` had it."""

    value: Value
    goal: Value
    met: bool | None
    missing: Value
    doubled: bool | None


@dataclass(frozen=True)
class ReleasedVerdict:
    """`now`: on the release's day, `as_of`. `at_due`: on the due day; None unless it had passed by then.

    `is_counted`: there are firms behind the number.
    """

    indicator: str
    name: str
    due: dt.date
    as_of: dt.date
    wording: str
    now: Judgement
    at_due: Judgement | None
    is_counted: bool

    @property
    def standing(self) -> Judgement:
        """The verdict that stands: what is reached after the due day does not meet it in time."""
        return self.at_due or self.now

    @property
    def judged_on(self) -> dt.date:
        return self.due if self.at_due else self.as_of

    @property
    def judged(self) -> Standing:
        """The verdict in words; before its due day a target is not missed."""
        return standing_of(self.standing.met, self.due, self.judged_on)

    @property
    def standing_in_words(self) -> str:
        return str(self.judged.label)

    @property
    def turned(self) -> str:
        """What has become of the target since its day, where the release's day says another."""
        return turned_since(self.at_due.met, self.now.met) if self.at_due else ""

    @property
    def since_due(self) -> str:
        """The same with the day that says so."""
        return f"统计日{self.turned}" if self.turned else ""


def freeze_verdicts(counts: Counts, day: dt.date, plan: Plan) -> list[dict[str, Any]]:
    """In the words of the day of publishing; `counts` by certificate dates, with the due days."""
    at_due = past_due.standings_at_due(counts, plan, day)
    rows = []
    for now in progress.from_counts(counts, day, against=plan):
        target = now.target
        then = at_due.get(target.pk)
        rows.append(
            {
                "indicator": target.indicator.code,
                "name": target.indicator.name,
                "due": target.due,
                "wording": target.wording,
                **_judgement(now),
                "at_due": _judgement(then) if then else None,
            }
        )
    return rows


def without_due_days(verdicts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """As releases of the first years keep them."""
    rows = []
    for row in verdicts:
        rows.append({name: value for name, value in row.items() if name != "at_due"})
    return rows


def knows_due_days(release: Release) -> bool:
    """Whether it was published when due days were judged already."""
    return all("at_due" in row for row in release.verdicts)


def rows_with_due_days(release: Release) -> list[dict[str, Any]]:
    """The rows as they are kept.

    Releases of the first years keep no due days: what they froze tells these all the same.
    """
    if knows_due_days(release):
        return list(release.verdicts)
    plan = frozen_counts.plan(release)
    counts = frozen_counts.count(release, past_due.due_days_before(plan, release.as_of), DEFINITION)
    at_due = {}
    for standing in past_due.standings_at_due(counts, plan, release.as_of).values():
        at_due[standing.target.indicator.code, standing.target.due.isoformat()] = standing
    rows = []
    for row in release.verdicts:
        then = at_due.get((row["indicator"], row["due"]))
        rows.append({**row, "at_due": _judgement(then) if then else None})
    return rows


def verdicts_of_release(release: Release) -> list[ReleasedVerdict]:
    """In the plan's order."""
    counted = indicators.released(release)
    verdicts = []
    for row in rows_with_due_days(release):
        verdicts.append(
            ReleasedVerdict(
                indicator=row["indicator"],
                name=row["name"],
                due=dt.date.fromisoformat(row["due"]),
                as_of=release.as_of,
                wording=row["wording"],
                now=_read_judgement(row),
                at_due=_read_judgement(row["at_due"]) if row["at_due"] else None,
                is_counted=row["indicator"] in counted,
            )
        )
    return verdicts


def _judgement(standing: Progress) -> dict[str, Any]:
    return {
        "value": standing.value,
        "goal": standing.goal,
        "met": standing.met,
        "missing": standing.missing,
        "doubled": standing.doubled,
    }


def _read_judgement(row: Mapping[str, Any]) -> Judgement:
    return Judgement(
        value=_read_number(row["value"]),
        goal=_read_number(row["goal"]),
        met=row["met"],
        missing=_read_number(row["missing"]),
        doubled=row["doubled"],
    )


def _read_number(kept: Any) -> Value:
    """JSON holds decimals as text; a number of firms is whole."""
    return Decimal(kept) if isinstance(kept, str) else kept
