"""The rules as the handbook prints them: one table out of the very entries that the reader applies."""

from __future__ import annotations

from collections.abc import Iterable

from enterprises.rosters.definition.catalogue import CELL_RULES, FILE_RULES, Rule
from enterprises.rosters.definition.problems import Severity
from enterprises.rosters.definition.rules import ROW_RULES

HEAD = ("| 代码 | 级别 | 问题 | 怎么改 |", "|---|---|---|---|")
LEVELS = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}


def markdown(*further: Iterable[Rule]) -> str:
    """One row per code, in the order of the codes within each list; ValueError when a code stands for two rules."""
    rules = [
        rule
        for part in (FILE_RULES, CELL_RULES, ROW_RULES, *further)
        for rule in sorted(part, key=_code)
    ]
    codes = [rule.code for rule in rules]
    if doubles := {code for code in codes if codes.count(code) > 1}:
        raise ValueError(f"codes given twice: {sorted(doubles)}")
    return "\n".join([*HEAD, *map(_line, rules), ""])


def _code(rule: Rule) -> str:
    return rule.code


def _line(rule: Rule) -> str:
    cells = (rule.code, LEVELS[rule.severity], rule.reason, rule.fix)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
