"""How the key tasks stood, as a release keeps it: frozen at publishing, read back ever after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises.models import Period
from targets.key_tasks import board as task_board
from targets.key_tasks.board import TaskRow
from targets.models import KeyTask, Release, TaskState
from targets.models.tasks import GRAVEST_FIRST
from targets.task_figures.panel import frozen

UNREPORTED = "unreported"
LABELS: dict[str, str] = {**dict(TaskState.choices), UNREPORTED: "未报"}


@dataclass(frozen=True)
class ReleasedTask:
    """`standing` is the gravest state that its leads reported."""

    kind: str
    number: int
    name: str
    leads: str
    standing: str
    reported: int
    expected: int
    figures: Sequence[Mapping[str, Any]] = ()

    @property
    def kind_in_words(self) -> str:
        return str(KeyTask.Kind(self.kind).label)

    @property
    def state_in_words(self) -> str:
        return LABELS[self.standing]


def freeze_tasks(period: Period) -> list[dict[str, Any]]:
    """All tasks in the plan's order."""
    # The board needs a day to tell what is late; what depends on it is left out below.
    board, figures = task_board.build_board(period, timezone.localdate()), frozen(period.last_day)
    return [_freeze_row(row) | {"figures": figures.get(row.task.code, [])} for row in board.tasks]


def _freeze_row(row: TaskRow) -> dict[str, Any]:
    # What nobody reported may be late or not yet due: that depends on today, which a release does
    # not know. Both are 未报.
    standing = row.standing if row.standing in TaskState.values else UNREPORTED
    return {
        "kind": row.task.kind,
        "number": row.task.number,
        "name": row.task.name,
        "leads": "、".join(line.duty.unit.told_apart for line in row.leads.lines),
        "standing": standing,
        "reported": row.reported,
        "expected": row.expected,
    }


def knows_figures(tasks: Sequence[Mapping[str, Any]]) -> bool:
    """Editions of before keep none."""
    return any("figures" in task for task in tasks)


def without_figures(tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """As such an edition would tell them."""
    return [{name: told for name, told in task.items() if name != "figures"} for task in tasks]


def tasks_of_release(release: Release) -> list[ReleasedTask]:
    return [ReleasedTask(**kept) for kept in release.tasks]


def count_in_words(tasks: Sequence[ReleasedTask]) -> str:
    """Such as 推进中9项、滞后1项、未报6项; well before badly."""
    counts = Counter(task.standing for task in tasks)
    # Only states that occur are named, so that a good quarter makes a short sentence.
    order = [*reversed(GRAVEST_FIRST), UNREPORTED]
    return "、".join(f"{LABELS[state]}{counts[state]}项" for state in order if counts[state])


def task_differences(before: Release, after: Release) -> list[str]:
    """A sentence for every task that the editions tell otherwise."""
    then = {(task.kind, task.number): task for task in tasks_of_release(before)}
    now = {(task.kind, task.number): task for task in tasks_of_release(after)}
    sentences = []
    for key, task in (then | now).items():
        old, new = _state_in_words(then.get(key)), _state_in_words(now.get(key))
        if old != new:
            sentences.append(f"{task.kind_in_words}{task.number}（{task.name}）：{old} → {new}")
    return sentences


def _state_in_words(task: ReleasedTask | None) -> str:
    if task is None:
        return "未列入"
    return f"{task.state_in_words}，已报{task.reported}/{task.expected}"
