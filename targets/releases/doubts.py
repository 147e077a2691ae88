"""What is missing or doubtful when a quarter is to be published, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises.models import Case, Quarter, RosterVersion, VersionState
from enterprises.reporting.board import BoardLine, QuarterBoard
from targets.drafts.frozen import Freezing
from targets.key_tasks import board as task_board
from targets.releases import verdicts
from targets.releases.publishing import ReleaseDraft


@dataclass(frozen=True)
class ReleaseDoubt:
    """`about`: a code for programs; `said`: how many of what; `names`: the units, firms, targets."""

    about: str
    said: str
    names: Sequence[str]

    @property
    def names_in_words(self) -> str:
        return "、".join(self.names)

    @property
    def kept(self) -> dict[str, Any]:
        """As plain values."""
        return {"about": self.about, "said": self.said, "names": list(self.names)}


def read_doubts(kept: Iterable[Mapping[str, Any]]) -> list[ReleaseDoubt]:
    return [ReleaseDoubt(row["about"], row["said"], row["names"]) for row in kept]


def find_doubts(draft: ReleaseDraft) -> list[ReleaseDoubt]:
    """The gravest first; only those that there are."""
    quarter = draft.release.quarter
    found = [
        *_of_rosters(draft.rosters),
        _approved_alone(quarter),
        _open_cases(quarter),
        _owed_on_tasks(quarter),
        _missing_goals(draft),
        _without_number(draft),
        *_of_bulletin(draft.text),
    ]
    return [doubt for doubt in found if doubt is not None]


def _of_rosters(rosters: QuarterBoard) -> list[ReleaseDoubt | None]:
    def units(condition: Callable[[BoardLine], bool]) -> list[str]:
        return [line.unit.told_apart for line in rosters.lines if condition(line)]

    in_of_expected = f"已报{rosters.handed_in}/{rosters.expected}"
    missing = units(lambda line: not line.is_in)
    waiting = units(lambda line: line.is_in and line.state == VersionState.SUBMITTED)
    unwritten = units(lambda line: line.is_in and line.state == VersionState.APPROVED)
    corrected = units(lambda line: line.is_being_corrected)
    return [
        _doubt("rosters_missing", f"名册未报{len(missing)}份（{in_of_expected}）", missing),
        _doubt("rosters_unapproved", f"名册已报、尚未审核{len(waiting)}份", waiting),
        _doubt("rosters_unapplied", f"名册审核通过、尚未入库{len(unwritten)}份", unwritten),
        _doubt("rosters_in_correction", f"名册报送后又在更正{len(corrected)}份", corrected),
    ]


def _approved_alone(quarter: Quarter) -> ReleaseDoubt | None:
    versions = RosterVersion.objects.approved_by_the_same_person(quarter)
    names = []
    for version in versions:
        reason = version.same_person_reason or "未写明理由"
        names.append(f"{version.roster.unit.told_apart}（{reason}）")
    return _doubt("rosters_approved_alone", f"名册由同一人报送并审核{len(names)}份", names)


def _open_cases(quarter: Quarter) -> ReleaseDoubt | None:
    undecided = Case.objects.undecided().filter(quarter=quarter).order_by("name", "uscc")
    names = list(undecided.values_list("name", flat=True))
    return _doubt("cases_open", f"归属事项未决定{len(names)}件", names)


def _owed_on_tasks(quarter: Quarter) -> ReleaseDoubt | None:
    owing = task_board.build_board(quarter.period, timezone.localdate()).owing
    names = [row.unit.told_apart for row in owing]
    return _doubt("tasks_unreported", f"重点任务进展未报齐{len(names)}个单位", names)


def _missing_goals(draft: ReleaseDraft) -> ReleaseDoubt | None:
    year = f"{draft.release.as_of.year}年"
    names = [] if draft.release.completion else [year]
    return _doubt("goals_missing", "没有下达任务分解，不列目标完成情况", names)


def _without_number(draft: ReleaseDraft) -> ReleaseDoubt | None:
    names = []
    for verdict in verdicts.verdicts_of_release(draft.release):
        if verdict.now.value is None:
            names.append(f"{verdict.name}（{verdict.due:%Y}年{verdict.wording}）")
    return _doubt("targets_without_number", f"没有数值、无法判断的目标{len(names)}项", names)


def _of_bulletin(text: Freezing) -> list[ReleaseDoubt | None]:
    symbol = ["发文顺序号"] if text.lacks_symbol else []
    unread = ["存在问题", "下一步工作"] if text.contents["is_automatic"] else []
    return [
        _doubt("bulletin_without_symbol", "通报的发文字号没有填", symbol),
        _doubt("bulletin_unread", "通报的文字由系统按数字起草，还没有人核改", unread),
        _doubt("bulletin_outdated", f"通报的文字中数字已有变动{len(text.stale)}项", text.stale),
    ]


def _doubt(about: str, said: str, names: Sequence[str]) -> ReleaseDoubt | None:
    return ReleaseDoubt(about, said, names) if names else None
