"""The rules as the handbook prints them: a table of the same rules that the reader applies."""

from __future__ import annotations

from collections.abc import Iterable

from enterprises.rosters.definition.catalogue import CELL_RULES, FILE_RULES, Rule
from enterprises.rosters.definition.problems import Severity
from enterprises.rosters.definition.rules import ROW_RULES

HEAD = ("| 代码 | 级别 | 问题 | 怎么改 |", "|---|---|---|---|")
LEVELS = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}


def markdown(*further: Iterable[Rule]) -> str:
    """One line per rule, in the order of the codes within each list.

    Raises ValueError when a code stands for two rules.
    """
    lines, codes = list(HEAD), set()
    for rules in (FILE_RULES, CELL_RULES, ROW_RULES, *further):
        for rule in sorted(rules, key=lambda rule: rule.code):
            if rule.code in codes:
                raise ValueError(f"code given twice: {rule.code}")
            codes.add(rule.code)
            lines.append(_table_line(rule))
    return "\n".join([*lines, ""])


def _table_line(rule: Rule) -> str:
    cells = (rule.code, LEVELS[rule.severity], rule.reason, rule.fix)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
