"""What the values in a file of acts may be: each is checked as the column it will stand in checks it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, IntegerField, Model

from enterprises.models import YearlyFigures

COLUMN_OF = {"because": "exit_reason", "how": "ending"}
"""Fields of acts that are named otherwise than the column they fill."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def value_of(value: Any, hint: Any, fact: type[Model], key: str) -> Any:
    """The value as the act takes it. Raises ValueError with a reason in Chinese."""
    if hint not in READERS:
        return _figures(value)
    return _fit_for_column(READERS[hint](value), fact, COLUMN_OF.get(key, key))


def _day(value: Any) -> dt.date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("应为日期，如 2026-09-30")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"没有{value}这一天") from None


def _whole_number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("应为整数")
    return value


def _number(value: Any) -> int | Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError("应为数字")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("应为文字")
    return value.strip()


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("应为 true 或 false")
    return value


READERS: dict[Any, Callable[[Any], Any]] = {
    dt.date: _day,
    int: _whole_number,
    str: _text,
    bool: _yes_or_no,
}


def _figures(value: Any) -> dict[str, Any]:
    """The figures of a year by their names: numbers, or true and false."""
    if not isinstance(value, dict):
        raise ValueError('应为一个对象，如 {"revenue": 1250.60}')
    names = {column.name for column in YearlyFigures._meta.fields}
    figures = {}
    for name, figure in value.items():
        if name not in names - {"id", "enterprise", "year"}:
            raise ValueError(f"没有“{name}”这个指标")
        if figure is None:
            continue
        try:
            figure = _reader_of(name)(figure)
            figures[name] = _fit_for_column(figure, YearlyFigures, name)
        except ValueError as error:
            raise ValueError(f"“{name}”{error}") from None
    return figures


def _reader_of(name: str) -> Callable[[Any], Any]:
    column = YearlyFigures._meta.get_field(name)
    if isinstance(column, BooleanField):
        return _yes_or_no
    return _whole_number if isinstance(column, IntegerField) else _number


def _fit_for_column(value: Any, fact: type[Model], name: str) -> Any:
    """The value as the fact's column of that name takes it, where there is one."""
    try:
        column: Any = fact._meta.get_field(name)
    except FieldDoesNotExist:
        return value
    # Units and kinds are named by code; the registry says which there are.
    if column.is_relation:
        return value
    try:
        return column.clean(value, None)
    except ValidationError as error:
        raise ValueError("".join(error.messages).rstrip("。.")) from None
