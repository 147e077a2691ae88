"""What all API views share: Chinese errors with stable codes, strict filters, keyset pages.

And the views of units and tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from knox.views import LoginView, LogoutView
from rest_framework import exceptions, mixins, permissions, status, viewsets
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView, exception_handler

from parks.api.pagination import KeysetPagination
from parks.api.serializers import Credentials, TokenReply, UnitSerializer
from parks.filters import NoFilter, UnitFilter
from parks.models import Unit

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
    413: "内容过大",
    415: "格式不支持",
    422: "幂等键重复使用",
    429: "请求过多",
    503: "暂时无法办理",
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


class LockedOut(exceptions.APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "locked_out"
    default_detail = "登录失败次数过多，账号已暂时锁定，请30分钟后再试。"


def handle_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF exception handler: every refusal as problem+json with a stable code."""
    # Django's own errors become the framework's, so that every refusal has a code.
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, DjangoPermissionDenied):
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


class StrictFilterBackend(DjangoFilterBackend):
    """The page's filter set, knowing which parameters the view itself reads."""

    def get_filterset_kwargs(self, request: Request, queryset: Any, view: Any) -> dict[str, Any]:
        beside = KeysetPagination.parameters if view.action in view.paged_actions else frozenset()
        return {**super().get_filterset_kwargs(request, queryset, view), "beside": beside}


class JsonBody(JSONParser):
    """A JSON object, nested no deeper than the parser can follow."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError from error
        # Everything else would fail later, deep in a view, as a failure of ours.
        if not isinstance(body, dict):
            raise exceptions.ParseError
        return body


class PortalApi(APIView):
    """The base of every API view."""

    renderer_classes = [JSONRenderer]
    parser_classes = [JsonBody, FormParser]

    def get_exception_handler(self) -> Any:
        return handle_error


class ListedViewSet(
    PortalApi, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """Read only. The list shows what the user may see, filtered, and paged by key.

    A view may build its rows from plain values by overriding `rows`.
    """

    filter_backends = [StrictFilterBackend]
    filterset_class: Any = NoFilter
    paged_actions: frozenset[str] = frozenset({"list"})
    pagination_class = KeysetPagination
    sorts = {"id": "id"}
    default_sort = "id"

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        # Models whose rows everybody may see have no such method.
        if hasattr(queryset, "visible_to"):
            return queryset.visible_to(self.request.user)
        return queryset

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.filter_queryset(self.get_queryset())
        ids = self.paginate_queryset(queryset)
        return self.get_paginated_response(self.rows(queryset, ids or []))

    def rows(self, queryset: Any, ids: Sequence[int]) -> Any:
        """The rows with these ids, in their order, as the reply shows them."""
        rows = queryset.in_bulk(ids)
        # A row may have been deleted since the page was found.
        in_order = [rows[pk] for pk in ids if pk in rows]
        serializer: BaseSerializer[Any] = self.get_serializer(in_order, many=True)
        return serializer.data

    def created(self, made: Model) -> Response:
        """The new row, and where it is read."""
        place = reverse(f"{self.basename}-detail", args=[made.pk], request=self.request)
        body = self.get_serializer(made).data
        return Response(body, status=status.HTTP_201_CREATED, headers={"Location": place})


@extend_schema_view(
    list=extend_schema(summary="单位列表"), retrieve=extend_schema(summary="一个单位")
)
class UnitViewSet(ListedViewSet):
    """园区平台、镇街和部门；填报人只见本单位。"""

    queryset = Unit.objects.all()
    serializer_class = UnitSerializer
    filterset_class = UnitFilter
    lookup_field = "code"
    sorts = {"id": "id", "code": "code", "name": "name"}


class Login(PortalApi, LoginView):
    """A token for a name and a password. Guesses are counted and locked out as on the page."""

    authentication_classes: tuple[Any, ...] = ()
    permission_classes = (permissions.AllowAny,)

    @extend_schema(summary="换取令牌", request=Credentials, responses=TokenReply, auth=[])
    def post(self, request: Request, format: str | None = None) -> Response:
        serializer: Serializer[Any] = Credentials(data=request.data)
        serializer.is_valid(raise_exception=True)
        # Axes looks at Django's request, not at the framework's wrapper around it.
        plain = request._request
        user = authenticate(request=plain, **serializer.validated_data)
        # Axes marks the plain request. Left there, its middleware would answer with the HTML of
        # the login page.
        if plain.__dict__.pop("axes_locked_out", False):
            raise LockedOut
        # One sentence for both: it must not tell which names have an account.
        if user is None:
            raise exceptions.ValidationError({"password": ["用户名或密码不正确。"]})
        request.user = user
        return super().post(request, format=format)


class Logout(PortalApi, LogoutView):
    """The token of this request is void from now on."""

    @extend_schema(summary="作废令牌", request=None, responses={204: None})
    def post(self, request: Request, format: str | None = None) -> Response:
        return super().post(request, format=format)
