"""The ways in which one place of the code is changed: mutmut's, and a few of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SWAPPED_NAMES: Mapping[str, str] = {
    "max": "min",
    "min": "max",
    "any": "all",
    "all": "any",
    "ROUND_UP": "ROUND_HALF_UP",
    "ROUND_HALF_UP": "ROUND_DOWN",
}
NEVER_CHANGED_CALLS = ("len", "isinstance")
"""Without their arguments they cannot run at all: such mutants say nothing about a test."""


def changed_nodes(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Everything that may stand in the place of the node, each with one change."""
    if _is_wording(node) or _is_never_changed(node):
        return []
    by_mutmut = [
        changed
        for node_type, operator in mutation_operators
        if isinstance(node, node_type)
        for changed in operator(node)
        if not _drops_wording(node, changed)
    ]
    return [*by_mutmut, *_own_changes(node)]


def _own_changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Other bounds and roundings, the opposite condition, no result, a call left out."""
    if isinstance(node, cst.Name) and node.value in SWAPPED_NAMES:
        yield node.with_changes(value=SWAPPED_NAMES[node.value])
    elif isinstance(node, cst.If | cst.While | cst.IfExp | cst.CompIf):
        yield node.with_changes(test=_opposite(node.test))
    elif isinstance(node, cst.Return) and node.value is not None:
        nothing = cst.Name("None")
        if not node.value.deep_equals(nothing):
            yield node.with_changes(
                value=nothing, whitespace_after_return=cst.SimpleWhitespace(" ")
            )
    elif isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        yield node.with_changes(value=cst.Ellipsis())


def _opposite(test: cst.BaseExpression) -> cst.BaseExpression:
    bracketed = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.UnaryOperation(
        cst.Not(cst.SimpleWhitespace(" ")),
        bracketed,
        lpar=[cst.LeftParen()],
        rpar=[cst.RightParen()],
    )


def _is_wording(node: cst.CSTNode) -> bool:
    """Words for people: tests pin what is said, not every word of it."""
    if isinstance(node, cst.SimpleString):
        return CHINESE.search(node.value) is not None
    return isinstance(node, cst.FormattedString | cst.ConcatenatedString)


def _drops_wording(node: cst.CSTNode, changed: cst.CSTNode) -> bool:
    """Whether the change only takes a sentence away that is said to people."""
    if isinstance(node, cst.Assign):
        return _is_wording(node.value)
    if not isinstance(node, cst.Call) or not isinstance(changed, cst.Call):
        return False
    kept = {id(argument) for argument in changed.args}
    return any(_is_wording(argument.value) for argument in node.args if id(argument) not in kept)


def _is_never_changed(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in NEVER_CHANGED_CALLS
    )
