"""Changes made on condition: `If-Match` holds the tag of the state that the sender has seen.

A condition is never passed over: who sends one relies on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework import permissions, status
from rest_framework.request import Request

from parks.api.problems import Declined

HEADER = "If-Match"
DESCRIBED = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="所见版本的 ETag；其后已有变动的不予办理（412，code 为 precondition_failed）",
)
CODE = "precondition_failed"
UNKNOWN = f"此操作没有可比对的版本，不接受 {HEADER} 请求头。"

_Method = TypeVar("_Method", bound=Callable[..., Any])


def takes_if_match(method: _Method) -> _Method:
    """Mark an API method that judges `seen_versions` itself; all others refuse a condition."""
    method.takes_if_match = True  # type: ignore[attr-defined]
    return method


def sends_etag(method: _Method) -> _Method:
    """Mark an API method whose answer carries an `ETag`: the description says so."""
    method.sends_etag = True  # type: ignore[attr-defined]
    return method


def is_conditional(request: Request) -> bool:
    """Whether the request is to change something on a condition."""
    return request.method not in permissions.SAFE_METHODS and HEADER in request.headers


def tag_of(version: str) -> str:
    """A strong tag: two states under one version are the same."""
    return f'"{version}"'


def seen_versions(request: Request) -> list[str] | None:
    """The versions of the condition; None where there is none, and for `*`: any will do.

    A weak tag, or one that is not well-formed, names no version that a change may rest on.
    """
    if HEADER not in request.headers:
        return None
    tags = parse_etags(request.headers[HEADER])
    return None if tags == ["*"] else [tag[1:-1] for tag in tags if tag.startswith('"')]


def refuse_condition(sentence: str = UNKNOWN) -> NoReturn:
    raise Declined(sentence, CODE, status.HTTP_412_PRECONDITION_FAILED)
