"""Every refusal of the API as problem+json (RFC 9457): a stable code and a Chinese sentence.

Also of requests that no view has seen: those that are too large or cannot be read.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.forms import BaseForm
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.template.defaultfilters import filesizeformat
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

_Form = TypeVar("_Form", bound=BaseForm)

SENTENCES = {
    "parse_error": "请求正文无法读取：应为有效的 JSON 对象或表单。",
    "not_authenticated": "请先登录，或在请求头中提供令牌。",
    "authentication_failed": "令牌无效或已过期。",
    "permission_denied": "没有权限执行此操作。",
    "not_found": "没有这条记录，或无权查看。",
    "method_not_allowed": "不支持此请求方法。",
    "not_acceptable": "只提供 JSON。",
    "unsupported_media_type": "不接受这种格式的请求正文。",
}
"""Error code → its sentence, unless the error has one of its own. The API promises these codes."""
TITLES = {
    400: "请求有误",
    401: "未登录",
    403: "无权操作",
    404: "未找到",
    405: "方法不支持",
    406: "格式不支持",
    409: "与现状冲突",
    412: "版本不符",
    413: "内容过大",
    415: "格式不支持",
    422: "幂等键重复使用",
    429: "请求过多",
    500: "系统出错",
    503: "暂时无法办理",
    507: "磁盘空间不足",
}
PROBLEM_JSON = "application/problem+json"


def problem(
    status: int, code: str, detail: str, errors: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The body of every refusal (RFC 9457); `errors` maps parameters to lists of sentences."""
    whole = {"type": "about:blank", "title": TITLES.get(status, "无法办理"), "status": status}
    whole |= {"code": code, "detail": detail}
    return whole if errors is None else whole | {"errors": errors}


class Declined(exceptions.APIException):
    """The reason why something is not done, in a sentence of its own."""

    def __init__(self, detail: str, code: str, status_code: int) -> None:
        super().__init__(detail, code)
        self.status_code = status_code


UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError)
"""Errors of Django about a request that cannot be read, or not whole."""


def declined_unread(error: Exception) -> Declined:
    """Why a request was not read, for API and pages alike."""
    if isinstance(error, RequestDataTooBig):
        size = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        sentence = f"提交的内容过大：文件以外的内容最多{size}。请减少内容，分几次提交。"
        return Declined(sentence, "too_large", status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    code, sentence = "bad_request", "请求的格式有误，服务器无法读取。"
    if isinstance(error, TooManyFieldsSent):
        fields = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        code, sentence = "too_many_fields", f"提交的字段过多：一次最多{fields}个。请分几次提交。"
    elif isinstance(error, TooManyFilesSent):
        files = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        code, sentence = "too_many_files", f"提交的文件过多：一次最多{files}个。请分几次提交。"
    return Declined(sentence, code, status.HTTP_400_BAD_REQUEST)


class LockedOut(exceptions.APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "locked_out"
    default_detail = "登录失败次数过多，账号已暂时锁定，请30分钟后再试。"
    wait = settings.AXES_COOLOFF_TIME * 3600


def handle_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF exception handler: every refusal as problem+json with a stable code."""
    # Django's own errors become the framework's, so that every refusal has a code.
    if isinstance(error, UNREADABLE):
        error = declined_unread(error)
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    response = exception_handler(error, context)
    # Not a refusal but a failure: it is logged and answered by the server's own handler.
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    response.content_type = PROBLEM_JSON
    if isinstance(error, exceptions.ValidationError):
        errors = flatten_errors(error.detail)
        response.data = problem(response.status_code, "invalid", _in_one_text(errors), errors)
        return response
    code = str(getattr(error.detail, "code", error.default_code))
    sentence = str(error.detail)
    # Only our own refusals speak for themselves; the framework's sentences may be in English.
    is_ours = code == "permission_denied" or isinstance(error, Declined)
    if not is_ours or not sentence or sentence == str(error.default_detail):
        sentence = SENTENCES.get(code, str(error.default_detail))
    response.data = problem(response.status_code, code, sentence)
    return response


def flatten_errors(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Parameter → its sentences; one inside another is named by both ("firms.9150….day")."""
    # A list of dicts comes from a list of rows, which are numbered; rows without errors are empty.
    if isinstance(detail, list) and any(isinstance(value, dict | list) for value in detail):
        detail = {str(number): value for number, value in enumerate(detail) if value}
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for name, value in detail.items():
            flat |= flatten_errors(value, f"{path}.{name}" if path else str(name))
        return flat
    sentences = detail if isinstance(detail, list) else [detail]
    return {path or "__all__": [str(sentence) for sentence in sentences]}


def _in_one_text(errors: dict[str, Any]) -> str:
    text = ""
    for name, sentences in errors.items():
        # Errors of the request as a whole have no parameter to name.
        label = "" if name in ("__all__", "non_field_errors") else f"{name}："
        text += "".join(f"{label}{sentence}" for sentence in sentences)
    return text


def understood(form: _Form) -> _Form:
    """The form of a request, when it is valid; every mistake in it is refused at once."""
    if not form.is_valid():
        # All mistakes in one answer: a program must not find them one request after the other.
        raise exceptions.ValidationError(dict(form.errors))  # type: ignore[arg-type]
    return form
