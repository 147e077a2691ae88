"""Headers of every answer that is not a static file."""

from collections.abc import Callable

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
