"""What the marks of a template may do: turns of loops and text are counted, sums stay small.

A template of a hundred kilobytes can ask for any amount of text. The child process stops what takes
too much memory or time; these limits stop most of it sooner, and say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sized
from typing import Any

from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from parks.numbers import grouped

MOST_TURNS = 100_000
"""Of all loops and macros together. The whole district takes under a thousand rows; each may stand
in a hundred tables."""
MOST_TEXT = 20_000_000
"""Characters of XML. The portal's own template makes less than one million of it."""
LONGEST_PRODUCT = 10_000
"""Characters or entries of what is multiplied, as for a line of dashes."""
LARGEST_NUMBER = 10**30
"""No figure of a bulletin has so many digits, and larger ones take long to reckon with."""
LARGEST_EXPONENT = 64
_WIDE = re.compile(r"%(\([^)]*\))?[-+ #0]*(\*|\d{4,}|\d*\.(\*|\d{4,}))")
"""A place in a text for `%` of a thousand characters or more, or of as many as a value says."""


class BadTemplate(Exception):
    """The template cannot be filled; the message is a Chinese sentence."""


TOO_MANY_TURNS = f"模板中的循环合计超过{grouped(MOST_TURNS)}次，已停止。请检查循环，不要层层嵌套。"
TOO_MUCH_TEXT = f"按模板生成的内容超过{grouped(MOST_TEXT)}个字符，已停止。请检查其中的循环。"
TOO_LARGE_RESULT = "模板中有结果过大的运算（乘、乘方或格式宽度），已停止。请改用较小的数。"
TOO_DEEP = "模板中的标记嵌套过深，已停止。请检查其中的循环、宏和括号。"


class CountingEnvironment(SandboxedEnvironment):
    """Jinja for templates of others: no way into Python, and every turn of a loop counts."""

    intercepted_binops = frozenset(["*", "**", "%"])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.turns = self.characters = 0
        self.globals["range"] = limited_range
        # Text without end, and nothing that belongs into a bulletin.
        del self.globals["lipsum"]

    def count_turn(self) -> bool:
        self.turns += 1
        if self.turns > MOST_TURNS:
            raise BadTemplate(TOO_MANY_TURNS)
        return True

    def concat(self, parts: Iterable[str]) -> str:
        """Every text that a template puts together goes through here."""
        kept = []
        for part in parts:
            self.characters += len(part)
            if self.characters > MOST_TEXT:
                raise BadTemplate(TOO_MUCH_TEXT)
            kept.append(part)
        return "".join(kept)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            # With a condition every entry is looked at, not only those that pass it.
            if loop.test is None:
                loop.body.insert(0, nodes.ExprStmt(_counted(), lineno=loop.lineno))
            else:
                loop.test = nodes.And(_counted(), loop.test, lineno=loop.lineno)
        # A macro that calls itself is a loop as well.
        for macro in tree.find_all(nodes.Macro):
            macro.body.insert(0, nodes.ExprStmt(_counted(), lineno=macro.lineno))
        tree.set_environment(self)
        return tree

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if _too_large(operator, left, right):
            raise BadTemplate(TOO_LARGE_RESULT)
        return super().call_binop(context, operator, left, right)


def _counted() -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute("count_turn"), [], [], None, None)


def limited_range(*limits: int) -> range:
    numbers = range(*limits)
    # A length beyond the machine's numbers cannot be asked for by `len`.
    if numbers and abs(numbers[-1] - numbers[0]) // abs(numbers.step) >= MOST_TURNS:
        raise BadTemplate(TOO_MANY_TURNS)
    return numbers


def _too_large(operator: str, left: Any, right: Any) -> bool:
    if operator == "%":
        return isinstance(left, str) and _WIDE.search(left) is not None
    if operator == "**":
        return abs(right) > LARGEST_EXPONENT or abs(left) > LARGEST_NUMBER
    for many, times in ((left, right), (right, left)):
        if isinstance(many, Sized) and isinstance(times, int):
            return len(many) * times > LONGEST_PRODUCT
    return max(abs(left), abs(right)) > LARGEST_NUMBER
