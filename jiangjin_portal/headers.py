"""Headers on every answer that is not a static file."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answering = Callable[[HttpRequest], HttpResponse]


def private(get_response: Answering) -> Answering:
    """Firms' data stay in no cache: neither a proxy's nor that of the browser the next person sits at.

    A view that sets Cache-Control itself keeps its own. Static files are answered before this.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return answer
