"""Headers: on every answer that is not a static file, and what a request's say of the client."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answering = Callable[[HttpRequest], HttpResponse]


def private(get_response: Answering) -> Answering:
    """Firms' data stay in no cache: neither a proxy's nor that of the browser the next person sits at.

    A view that sets Cache-Control itself keeps its own (targets.conditional). Static files are answered before this.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response

    return answer


def client_address(request: HttpRequest) -> str:
    """Whose wrong passwords are counted. Behind the gateway that is the address the gateway appended last: what stands
    before it in X-Forwarded-For, the client may have written itself."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
