"""The answer to a request that reaches no view: unreadable, or for an unknown address."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from parks.api.views import PROBLEM_JSON, problem

SENTENCE = "请求的格式有误，服务器无法读取。"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 as a page, or in the shape of the API's errors."""
    if request.path.startswith("/api/"):
        return _api_problem(400, "bad_request", SENTENCE)
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 as a page, or in the shape of the API's errors."""
    if request.path.startswith("/api/"):
        return _api_problem(404, "not_found", "没有这个地址。")
    return defaults.page_not_found(request, exception)


def _api_problem(status: int, code: str, detail: str) -> HttpResponse:
    return JsonResponse(problem(status, code, detail), status=status, content_type=PROBLEM_JSON)
