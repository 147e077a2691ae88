"""A register's kind as plain data: it travels to the child process that reads a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A column: see `models.records.RecordField`. `words`: spelling → code of a choice."""

    code: str
    title: str
    aliases: tuple[str, ...]
    type: str
    unit: str
    is_required: bool
    identifies: bool
    words: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()
    """Official names of the choices, in their order."""


@dataclass(frozen=True, slots=True)
class KindSpec:
    code: str
    name: str
    fields: tuple[FieldSpec, ...]
