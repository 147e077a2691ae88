"""The answer to a request that no view answers: unreadable, to an unknown address, or failed."""

import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

from jiangjin_portal.outages import Outage, outage_behind
from parks.api.problems import (
    PROBLEM_JSON,
    SENTENCES,
    TITLES,
    declined_unread,
    problem,
)
from parks.district import DISTRICT

FAILED = "这次操作没有完成，已记入日志。请稍后再试；如反复出现，请把时间和操作告诉区科技局管理员。"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 or 413 as a page that says why, or in the shape of the API's errors."""
    declined = declined_unread(exception)
    status, sentence = declined.status_code, str(declined.detail)
    if is_for_api(request):
        return api_problem(status, str(declined.get_codes()), sentence)
    page = render_to_string("400.html", {"title": TITLES[status], "sentence": sentence})
    return HttpResponse(page, status=status)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 as a page, or in the shape of the API's errors."""
    if is_for_api(request):
        code = "permission_denied"
        return api_problem(HTTPStatus.FORBIDDEN, code, SENTENCES[code])
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 as a page, or in the shape of the API's errors."""
    if is_for_api(request):
        return api_problem(HTTPStatus.NOT_FOUND, "not_found", "没有这个地址。")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 as a page, or in the shape of the API's errors; the failure is in the log.

    Where the database is away or the disk is full: 503 or 507, with the time after which to ask
    again. Called while the error is being handled.
    """
    if outage := outage_behind(sys.exc_info()[1]):
        return _outage(request, outage)
    if is_for_api(request):
        return api_problem(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error", FAILED)
    return defaults.server_error(request)


def _outage(request: HttpRequest, outage: Outage) -> HttpResponse:
    if is_for_api(request):
        response = api_problem(outage.status, outage.code, outage.sentence)
    else:
        # Asks nothing of the database, and nothing of who is signed in.
        page = render_to_string(
            "outage.html",
            {
                "outage": outage,
                "again": request.method == "GET",
                "district": DISTRICT,
            },
        )
        response = HttpResponse(page, status=outage.status)
    response.headers["Retry-After"] = str(outage.retry_after)
    return response


def is_for_api(request: HttpRequest) -> bool:
    """Whether a program asks, who is told in the shape of the API's errors."""
    return request.path.startswith("/api/")


def api_problem(status: int, code: str, detail: str) -> HttpResponse:
    """A refusal in the shape of the API's errors, where no view of the API has answered."""
    return JsonResponse(
        problem(status, code, detail),
        status=status,
        content_type=PROBLEM_JSON,
        json_dumps_params={"ensure_ascii": False},
    )
