"""To which request and person a line of the log belongs. Set up with the settings, before any model."""

from __future__ import annotations

import logging
from contextvars import ContextVar

from django.http import HttpRequest

NOBODY = "-"

current_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


class RequestFilter(logging.Filter):
    """Gives each record the request and the person it belongs to; "-" where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = current_request.get()
        record.request = getattr(request, "request_id", NOBODY)
        # Who has been looked up already: a line of the log must not ask the database.
        person = getattr(request, "_cached_user", None)
        record.person = getattr(person, "pk", None) or NOBODY
        return True
