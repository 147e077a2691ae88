"""Making the annotated copy as the child process does it (see `enterprises.sandbox.child`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from enterprises.rosters.definition.problems import FileRefused, Problem
from enterprises.rosters.reading.safety import kind_of
from enterprises.rosters.writing.annotated import annotate

NO_COPY = b""


@dataclass(frozen=True, slots=True)
class MarkingOrder:
    """`max_bytes`: of the file that is read."""

    path: Path
    filename: str
    problems: Sequence[Problem]
    mapping: Mapping[str, str]
    max_bytes: int
    max_outcome_bytes: int


def carry_out(order: MarkingOrder, beat: Callable[..., None]) -> bytes:
    # From now on the parent is told about every second, however long openpyxl is silent.
    beat("标注")
    try:
        kind = kind_of(order.path, order.filename, order.max_bytes)
        return annotate(order.path, kind, order.filename, order.problems, order.mapping)
    except FileRefused:
        return NO_COPY
