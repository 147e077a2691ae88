"""A file is checked where it lies, as if it had been uploaded: for the command line and for tests.

Nothing is written: no version, no job, no copy of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from enterprises.loading import receipt
from enterprises.models import Quarter, Roster, RosterFirm, RosterVersion, VersionState
from enterprises.reporting import checking, cross_rules, intake
from enterprises.reporting.checking import Findings
from enterprises.rosters.definition.problems import Problem
from parks.models import Unit

REFUSED = "refused"
NOT_STORED = 0
"""The key of a roster that has no row yet. No row has it, so nothing is found for it."""
Kind = RosterFirm.Kind
COUNTED = {
    "new": Kind.NEW,
    "changed": Kind.CHANGED,
    "missing": Kind.MISSING,
    "moved": Kind.ARRIVING,
    "unchanged": Kind.UNCHANGED,
}
COUNT_WORDS = {
    "new": "新增",
    "changed": "变更",
    "missing": "未列",
    "moved": "迁入",
    "unchanged": "不变",
}
STATE_WORDS = {REFUSED: "整份未予读取", "faulty": "有错误，须改正", "ready": "可以报送"}
MOST_LINES = 200


class _Nobody:
    """Nobody watches."""

    def beat(self, phase: str = "", *, done: int = 0, total: int | None = None) -> None:
        pass


def check_file(path: Path, unit: Unit, quarter: Quarter) -> Findings:
    """What the upload page would find in the file. Raises jobs.UserError when it is gone."""
    roster = Roster.objects.filter(quarter=quarter, unit=unit).first()
    version = RosterVersion(
        roster=roster or Roster(pk=NOT_STORED, quarter=quarter, unit=unit),
        filename=path.name,
        mapping=intake.mapping_of(unit),
        state=VersionState.CHECKING,
    )
    return checking.examine_file(version, _Nobody(), path)


def as_dict(findings: Findings) -> dict[str, Any]:
    """The findings in full, ready for JSON.

    "state": refused (as a whole), faulty or ready. "problems", "normalised", "ignored": lists of
    dicts. "questions": what the unit has to say, of columns and of firms. "counts": firms by kind.
    """
    reading, names = findings.reading, receipt.code_names()
    counts = Counter(firm.kind for firm in findings.compared.firms)
    return {
        "state": state_of(findings),
        "problems": [receipt.problem_in_words(problem) for problem in findings.problems],
        "normalised": [
            receipt.note_in_words(note, names) for note in (reading.normalised if reading else ())
        ],
        "ignored": [
            receipt.note_in_words(note, {}) for note in (reading.ignored if reading else ())
        ],
        "questions": [
            *_column_questions(findings),
            *_file_questions(findings.problems),
            *_firm_questions(findings),
        ],
        "counts": {name: counts[kind] for name, kind in COUNTED.items()},
    }


def state_of(findings: Findings) -> str:
    return REFUSED if findings.is_refused else checking.state_after(findings).value


def _column_questions(findings: Findings) -> Iterator[dict[str, Any]]:
    """What do these columns mean?"""
    for title in findings.unknown_titles:
        yield {"about": "column", **title}


def _file_questions(problems: Iterable[Problem]) -> Iterator[dict[str, Any]]:
    """Is it the right file?"""
    for problem in problems:
        if problem.code == cross_rules.OTHER_TITLE.code:
            yield {"about": "file", "seen": problem.seen, "lacks": problem.reason}


def _firm_questions(findings: Findings) -> Iterator[dict[str, Any]]:
    """What the unit has still to say of firms; an answer from a version in force is kept.

    Nothing while there are errors: some of the questions may go with them.
    """
    if findings.is_faulty:
        return
    for firm in findings.compared.firms:
        if firm.lacks:
            yield {
                "about": firm.kind,
                "uscc": firm.uscc,
                "name": firm.name,
                "row": firm.row,
                "registered_name": firm.registered_name,
                "lacks": firm.lacks,
                "contradictions": firm.contradictions,
            }


def summary_lines(findings: Findings) -> Iterator[str]:
    """The same for a person to read."""
    checked = as_dict(findings)
    yield f"检查结果：{STATE_WORDS[checked['state']]}"
    counts = checked["counts"]
    yield "，".join(f"{word}{counts[name]}家" for name, word in COUNT_WORDS.items())
    yield from _listed("问题", [_problem_line(problem) for problem in checked["problems"]])
    yield from _listed("规范", [_normalised_line(note) for note in checked["normalised"]])
    yield from _listed("略过", [_ignored_line(note) for note in checked["ignored"]])
    yield from _listed("说明", findings.reading.notes if findings.reading else [])
    yield from _listed("待说明", [_question_line(question) for question in checked["questions"]])


def _listed(heading: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield f"{heading}（{len(lines)}）："
    yield from (f"  {line}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"  ……另有{len(lines) - MOST_LINES}条，加 --json 可看全部"


def _problem_line(problem: Mapping[str, str]) -> str:
    severity = "错误" if problem["severity"] == "error" else "提醒"
    return f"{severity} {{code}} {{address}}（{{title}}）：“{{seen}}” {{reason}}。{{fix}}".format(
        **problem
    )


def _normalised_line(note: Mapping[str, str]) -> str:
    return "{address}（{title}）：“{seen}”→“{value}”".format(**note)


def _ignored_line(note: Mapping[str, str]) -> str:
    return "{address}：“{seen}”（{value}）".format(**note)


def _question_line(question: Mapping[str, Any]) -> str:
    if question["about"] == "column":
        return "{address} 列“{title}”是什么？".format(**question)
    if question["about"] == "file":
        return "{lacks}，是否选错了文件？".format(**question)
    return "{name}（{uscc}）：请填{lacks}".format(**question)
