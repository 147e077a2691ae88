"""All places of the chosen files that can be changed, and some mutants drawn from them by a seed."""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from tests.mutants.operators import changed_nodes

RUN_AT_IMPORT = frozenset({("enterprises/rosters/definition/rules.py", "rule")})
"""Functions that run while their module is imported: no test can see another body of theirs."""


@dataclass(frozen=True)
class Mutant:
    """One change in one function. `lines`: those that a test has to run to come by the change."""

    path: str
    line: int
    function: str
    lines: frozenset[int]
    before: str
    after: str
    source: str = field(repr=False)


@dataclass(frozen=True)
class Place:
    """A node inside the body of a function, with everything that may stand in its stead."""

    path: str
    module: cst.Module
    node: cst.CSTNode
    line: int
    function: str
    lines: frozenset[int]
    changes: list[cst.CSTNode]

    def mutant(self, change: cst.CSTNode) -> Mutant:
        changed = self.module.deep_replace(self.node, change)
        assert isinstance(changed, cst.Module)
        before, after = _differing_lines(self.module.code, changed.code)
        return Mutant(self.path, self.line, self.function, self.lines, before, after, changed.code)


def draw(root: Path, paths: Iterable[str], seed: int, count: int) -> list[Mutant]:
    """`count` mutants: no second one of a place before every place had its first one drawn."""
    chance = random.Random(seed)
    turns = []
    for path in paths:
        for place in places_of(path, (root / path).read_text(encoding="utf-8")):
            changes = chance.sample(place.changes, len(place.changes))
            for turn, change in enumerate(changes):
                turns.append((turn, chance.random(), place, change))
    turns.sort(key=lambda entry: entry[:2])
    return [place.mutant(change) for _, _, place, change in turns[:count]]


def places_of(path: str, source: str) -> list[Place]:
    wrapper = MetadataWrapper(cst.parse_module(source))
    visitor = _PlaceVisitor(path, wrapper.module)
    wrapper.visit(visitor)
    return visitor.places


class _PlaceVisitor(cst.CSTVisitor):
    """Walks through a module; notes what can be changed inside functions, methods included."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, path: str, module: cst.Module) -> None:
        super().__init__()
        self.path, self.module = path, module
        self.places: list[Place] = []
        self._names: list[str] = []
        self._functions = 0
        self._outermost = ""
        self._statement_lines: list[int] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        # Decorators, defaults and annotations are run once, when the module is imported.
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Parameters):
            return False
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self._names.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            if not self._functions:
                self._outermost = ".".join(self._names)
            self._functions += 1
        elif self._functions:
            self._note(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef):
            self._names.pop()
        if isinstance(original_node, cst.FunctionDef):
            self._functions -= 1

    def _note(self, node: cst.CSTNode) -> None:
        position = self.get_metadata(PositionProvider, node, None)
        if isinstance(node, cst.BaseStatement) and position:
            self._statement_lines = [position.start.line]
        changes = changed_nodes(node)
        if not changes or (self.path, self._outermost) in RUN_AT_IMPORT:
            return
        lines = set(self._statement_lines)
        if position and not isinstance(node, cst.BaseCompoundStatement):
            lines.update(range(position.start.line, position.end.line + 1))
        self.places.append(
            Place(
                self.path,
                self.module,
                node,
                position.start.line if position else min(lines),
                self._outermost,
                frozenset(lines),
                changes,
            )
        )


def _differing_lines(before: str, after: str) -> tuple[str, str]:
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    first, last = blocks[0], blocks[-1]
    return _joined(old[first[1] : last[2]]), _joined(new[first[3] : last[4]])


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines) or "(nothing)"
