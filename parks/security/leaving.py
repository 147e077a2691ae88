"""Middleware: refusals of access, and whatever leaves the portal as a file, go into the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote

from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from parks.models import SecurityEvent
from parks.security.log import record_event

log = logging.getLogger("portal.security")

Answering = Callable[[HttpRequest], HttpResponseBase]
ROWS = "exported_rows"


def tell_rows(response: HttpResponseBase, rows: int) -> None:
    """So many rows of a list leave with this answer."""
    setattr(response, ROWS, rows)


def note_what_leaves(get_response: Answering) -> Answering:
    """No file without its entry: where that cannot be written, the file is not sent either."""

    def answer_request(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == HTTPStatus.FORBIDDEN:
            _note_refusal(request)
        elif _is_file(response):
            _note_file(request, response)
        return response

    return answer_request


def _note_refusal(request: HttpRequest) -> None:
    try:
        record_event(
            SecurityEvent.Action.REFUSED,
            request=request,
            about=f"{request.method} {request.path}",
            result=SecurityEvent.Result.REFUSED,
        )
    except DatabaseError:
        # It stays refused. The outage is told by whatever else asks the database.
        log.exception("a refusal was not recorded: %s", request.path)


def _is_file(response: HttpResponseBase) -> bool:
    sent_as = response.headers.get("Content-Disposition", "")
    return response.status_code == HTTPStatus.OK and sent_as.startswith("attachment")


def _note_file(request: HttpRequest, response: HttpResponseBase) -> None:
    rows: int | None = getattr(response, ROWS, None)
    action = SecurityEvent.Action.DOWNLOADED if rows is None else SecurityEvent.Action.EXPORTED
    asked = request.META.get("QUERY_STRING", "")
    record_event(
        action,
        request=request,
        about=request.path,
        rows=rows,
        details={"条件": unquote(asked)} if asked else {},
    )
