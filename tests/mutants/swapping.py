"""Puts a mutant's code into the functions that are in memory already, whoever refers to them."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType

from tests.mutants.drawing import Mutant


class NoSuchFunction(Exception):
    """The mutant's function is not in memory, or Python refuses its other code."""


Functions = Mapping[tuple[str, str, int], list[FunctionType]]
"""(file, dotted name, first line) → functions: more than one where a decorator has made copies."""


def functions_in_memory(files: set[str]) -> Functions:
    found: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for entry in gc.get_objects():
        # isinstance would ask lazy objects for their class, and so make them.
        if type(entry) is FunctionType and entry.__code__.co_filename in files:
            found[_key(entry.__code__)].append(entry)
    return found


def swap(mutant: Mutant, root: Path, functions: Functions) -> None:
    """From now on every call of the mutant's function runs its changed code."""
    # With the file's own name, the changed code is found under the key of the code it replaces.
    module = compile(mutant.source, str(root / mutant.path), "exec", dont_inherit=True)
    codes = [code for code in _codes_inside(module) if code.co_qualname == mutant.function]
    swapped = 0
    for code in codes:
        for function in functions.get(_key(code), []):
            try:
                function.__code__ = code
            except ValueError as error:  # another number of free variables
                raise NoSuchFunction(mutant.function) from error
            swapped += 1
    if not swapped:
        raise NoSuchFunction(mutant.function)


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes_inside(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes_inside(constant)
