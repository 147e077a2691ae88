"""Each request has a number, a line in the log and a place in the metrics.

A line names the person by the number of the account alone, and no question that was asked: names
of firms and people stand behind the `?` of an address.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from jiangjin_portal.observing.lines import current_request
from jiangjin_portal.observing.numbers import count_request

Answering = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9-]{8,36}")
QUIET = ("/livez", "/readyz", "/metrics")
"""Asked every few seconds: a line for each would hide the others."""

log = logging.getLogger("portal.requests")


def observe(get_response: Answering) -> Answering:
    def answer_request(request: HttpRequest) -> HttpResponse:
        number = _number_of(request)
        request.request_id = number  # type: ignore[attr-defined]
        token = current_request.set(request)
        started = time.perf_counter()
        try:
            response = get_response(request)
            seconds = time.perf_counter() - started
            response.headers[HEADER] = number
            count_request(request, response.status_code, seconds)
            if request.path not in QUIET:
                milliseconds = round(seconds * 1000)
                log.info(
                    "%s %s %d %d ms",
                    request.method,
                    request.path,
                    response.status_code,
                    milliseconds,
                )
            return response
        finally:
            current_request.reset(token)

    return answer_request


def _number_of(request: HttpRequest) -> str:
    """The gateway's number where there is a gateway, else a new one."""
    given = request.headers.get(HEADER, "") if settings.SECURE else ""
    return given if GIVEN.fullmatch(given) else uuid.uuid4().hex
