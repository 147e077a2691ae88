"""Headers of every answer that is not a static file, and what a request's say of the client."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answering = Callable[[HttpRequest], HttpResponse]


def keep_out_of_caches(get_response: Answering) -> Answering:
    """Firms' data stay in no cache: not in a proxy's, nor in a browser that the next person uses.

    A view that sets Cache-Control itself keeps its own (`targets.figures.http_cache`). Static files
    are answered before this.
    """

    def answer_request(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # A default, not a rule: pages of figures say themselves that browsers may keep them.
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response

    return answer_request


def client_address(request: HttpRequest) -> str:
    """The address whose wrong passwords are counted together."""
    # Behind the gateway that is the address the gateway appended last. What stands before it in
    # X-Forwarded-For, the client may have written itself.
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
