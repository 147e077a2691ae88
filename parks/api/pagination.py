"""Keyset pagination: a page begins after a (value, id) pair.

So rows that are inserted meanwhile neither hide nor repeat others. The cursor is opaque and signed.
Equal values are told apart by the id; empty values come last in either direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Expression, F, Field, Q, QuerySet
from rest_framework.exceptions import APIException
from rest_framework.exceptions import ValidationError as InvalidParameter
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

SALT = "parks.pagination.cursor"


class InvalidCursor(APIException):
    status_code = 400
    default_code = "invalid_cursor"
    default_detail = "翻页游标无效或与排序不符，请从第一页重新开始。"


class UnknownSort(ValueError):
    """The sort asked for is not one of those offered."""


@dataclass(frozen=True)
class Order:
    """A sort as asked for: `name` in the query string, `field` in the database."""

    name: str
    field: str
    descending: bool = False

    @classmethod
    def parse_sort(cls, text: str, sorts: Mapping[str, str]) -> Order:
        """From "name" or "-name"; UnknownSort unless `sorts` (query name → field) offers it."""
        name = text.removeprefix("-")
        if name not in sorts:
            raise UnknownSort(f"不能按“{text}”排序，可用：{'、'.join(sorts)}（前加“-”为倒序）。")
        return cls(text, sorts[name], text.startswith("-"))

    def sort_rows(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in this order, then by id."""
        # The id decides between equal values: without it a page could end in the middle of them.
        ordering: Expression = F(self.field).desc() if self.descending else F(self.field).asc()
        if _column_of(queryset, self.field).null:
            # The two databases disagree about where empty values go, so say it.
            ordering.nulls_last = True  # type: ignore[attr-defined]
        return queryset.order_by(ordering, "pk")

    def rows_after(self, queryset: QuerySet[Any], value: Any, pk: int) -> QuerySet[Any]:
        """The rows that follow the row with this value and id."""
        column = _column_of(queryset, self.field)
        comparison = "lt" if self.descending else "gt"
        # Empty values come last, so behind one there are only others with a higher id.
        if value is None:
            return queryset.filter(**{f"{self.field}__isnull": True}, pk__gt=pk)
        beyond = Q(**{f"{self.field}__{comparison}": value})
        # No two rows are equal, so nothing has to be told apart by the id.
        if column.unique:
            return queryset.filter(beyond)
        beyond |= Q(**{self.field: value}, pk__gt=pk)
        if column.null:
            return queryset.filter(beyond | Q(**{f"{self.field}__isnull": True}))
        # Implied by the rest, but it lets the database start in the middle of an index.
        return queryset.filter(beyond, **{f"{self.field}__{comparison}e": value})


def _column_of(queryset: QuerySet[Any], name: str) -> Field[Any, Any]:
    """The model's field, or a nullable stand-in of the annotation's type."""
    annotation = queryset.query.annotations.get(name)
    if annotation is None:
        return queryset.model._meta.pk if name == "pk" else queryset.model._meta.get_field(name)
    column = annotation.output_field.clone()
    # Nobody knows what an annotation computes: the careful way is right for both.
    column.null, column._unique = True, False  # type: ignore[attr-defined]
    return column


@dataclass(frozen=True)
class Page:
    """The ids of a page, in order, and the cursor of the next one (None on the last)."""

    ids: list[int]
    following: str | None


def page_of(queryset: QuerySet[Any], order: Order, *, cursor: str = "", size: int) -> Page:
    """At most `size` ids after the cursor.

    InvalidCursor when the cursor was tampered with or belongs to another sort.
    """
    rows = order.sort_rows(queryset)
    if cursor:
        column = _column_of(queryset, order.field)
        rows = order.rows_after(rows, *_decode_cursor(cursor, order, column))
    # One row more than the page holds tells whether another page follows.
    pairs = list(rows.values_list("pk", order.field)[: size + 1])
    ids = [pk for pk, _ in pairs[:size]]
    if len(pairs) <= size:
        return Page(ids, None)
    pk, value = pairs[size - 1]
    return Page(ids, _encode_cursor(order, value, pk))


def _encode_cursor(order: Order, value: Any, pk: int) -> str:
    if value is None:
        text = None
    elif hasattr(value, "isoformat"):
        text = value.isoformat()
    else:
        text = str(value)
    # Signed: what comes back is then the very order and value that were sent out.
    return signing.dumps([order.name, text, pk], salt=SALT)


def _decode_cursor(cursor: str, order: Order, column: Field[Any, Any]) -> tuple[Any, int]:
    try:
        name, text, pk = signing.loads(cursor, salt=SALT)
        value = None if text is None else column.to_python(text)
    except (signing.BadSignature, ValidationError, ValueError, TypeError) as error:
        raise InvalidCursor from error
    # In another order the same pair stands elsewhere: rows would be left out without a word.
    if name != order.name:
        raise InvalidCursor
    return value, pk


class KeysetPagination(BasePagination):
    """For views with `sorts` (query name → field) and `default_sort`.

    Hands the view the ids of the page, not the rows: a view may build its rows in its own way.
    """

    parameters = frozenset({"cursor", "page_size", "sort"})
    default_size = 100
    max_size = 500

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        query = request.query_params
        try:
            order = Order.parse_sort(query.get("sort") or view.default_sort, view.sorts)
        except UnknownSort as error:
            raise InvalidParameter({"sort": [str(error)]}) from None
        size = self._page_size(query.get("page_size"))
        page = page_of(queryset, order, cursor=query.get("cursor", ""), size=size)
        self._next = page.following and replace_query_param(
            request.build_absolute_uri(), "cursor", page.following
        )
        return page.ids

    def _page_size(self, text: str | None) -> int:
        if not text:
            return self.default_size
        # ASCII digits only, and no more than a number can hold: anything may stand in a query.
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= self.max_size:
            raise InvalidParameter({"page_size": [f"每页条数应为1至{self.max_size}的整数。"]})
        return int(text)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {
            "type": ["string", "null"],
            "format": "uri",
            "description": "下一页地址；null 表示已到末页",
        }
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": following, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        sorts = [sign + name for name in view.sorts for sign in ("", "-")]
        size = {
            "type": "integer",
            "minimum": 1,
            "maximum": self.max_size,
            "default": self.default_size,
        }
        return [
            _query_parameter("cursor", "翻页游标，取自上一页的 next", {"type": "string"}),
            _query_parameter("page_size", "每页条数", size),
            _query_parameter(
                "sort",
                "排序，前加“-”为倒序；空值总在最后",
                {"type": "string", "enum": sorts, "default": view.default_sort},
            ),
        ]


def _query_parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
