"""Problems of one cause together, and the rows they stand in, for a clerk to work through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from enterprises.rosters.definition.problems import Problem
from enterprises.rosters.definition.table import ranges


def by_cause(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Problems of one code in one column together: errors first, then the more frequent."""
    groups: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        groups[problem.code, problem.title].append(problem)
    return sorted(groups.values(), key=lambda same: (not same[0].blocks, -len(same), same[0].code))


def row_ranges(problems: Iterable[Problem]) -> str:
    """第3–5、9行; empty when none is about a row."""
    rows = {problem.row for problem in problems if problem.row is not None}
    if not rows:
        return ""
    return f"第{'、'.join(ranges(rows))}行"
