"""What all API views share: readable requests, strict filters, keyset pages.

And the views of units and tokens. How a request is refused: `parks.api.problems`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.db.models import Model
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
from rest_framework.views import APIView

from parks.accounts import second_factor
from parks.accounts.held_sign_in import check_code
from parks.accounts.owed import LAPSED, first_password_lapsed, password_owed
from parks.api.conditional import is_conditional, refuse_condition
from parks.api.pagination import KeysetPagination
from parks.api.problems import Declined, LockedOut, handle_error, understood
from parks.api.serializers import Credentials, TokenReply, UnitSerializer
from parks.filters import NoFilter, UnitFilter
from parks.models import SecurityEvent, Unit
from parks.security import record_event
from parks.security.doors import note_failure


class StrictFilterBackend(DjangoFilterBackend):
    """The page's filter set, knowing which parameters the view itself reads."""

    def get_filterset_kwargs(self, request: Request, queryset: Any, view: Any) -> dict[str, Any]:
        beside = KeysetPagination.parameters if view.action in view.paged_actions else frozenset()
        return {**super().get_filterset_kwargs(request, queryset, view), "beside": beside}

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        # Not by the library's own translation: it formats sentences, which may quote the caller,
        # and a percent sign in them is then a placeholder without a value.
        understood(filterset)
        return filterset.qs


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

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_large_body(request)
        method = (request.method or "").lower()
        if is_conditional(request) and not getattr(
            getattr(self, method, None), "takes_if_match", False
        ):
            refuse_condition()

    def get_exception_handler(self) -> Any:
        return handle_error


def refuse_large_body(request: Request) -> None:
    """Raise RequestDataTooBig for a body that would be held in memory whole.

    Of an upload, which is read in pieces, the parser counts what stands beside the files.
    """
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    told = request.META.get("CONTENT_LENGTH") or ""
    length = int(told) if told.isdecimal() else 0
    is_upload = (request.content_type or "").startswith("multipart/")
    # The framework's parsers of JSON and forms read on, however much there is.
    if limit is not None and length > limit and not is_upload:
        raise RequestDataTooBig


class FoundRowsViewSet(PortalApi, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """Rows of which no column tells why they are listed.

    All are found first, and only then cut into pages: `found`, by the key of a row of the model
    that `queryset` names; `lines_of_page`, those of one page as they are sent.
    """

    filter_backends: Sequence[Any] = []
    pagination_class = KeysetPagination
    sorts = {"id": "id"}
    default_sort = "id"

    @property
    def found(self) -> Mapping[int, Any]:
        raise NotImplementedError

    def lines_of_page(self, rows: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = self.found
        paged = self.get_queryset().model._default_manager.filter(pk__in=found)
        ids: Any = self.paginate_queryset(paged) or []
        lines = self.lines_of_page([found[pk] for pk in ids])
        return self.get_paginated_response(self.get_serializer(lines, many=True).data)


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


WRONG, WRONG_WITH_CODE = "用户名或密码不正确。", "用户名、密码或验证码不正确。"


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
        told = serializer.validated_data
        code = told.pop("code", "")
        user = authenticate(request=plain, **told)
        if user is None:
            is_locked = getattr(plain, "axes_locked_out", False)
            note_failure(plain, told["username"], is_locked=is_locked)
        factor = second_factor.factor_of(user) if user else None
        if factor:
            if not code:
                raise Declined("请在 code 中提供验证码。", "code_needed", status.HTTP_403_FORBIDDEN)
            # A wrong code is told as a wrong password is.
            user = user if check_code(plain, factor, code) else None
        # Axes marks the plain request. Left there, its middleware would answer with the HTML of
        # the login page.
        if plain.__dict__.pop("axes_locked_out", False):
            raise LockedOut
        # One sentence for both: it must not tell which names have an account.
        if user is None:
            raise exceptions.ValidationError({"password": [WRONG_WITH_CODE if code else WRONG]})
        if first_password_lapsed(user):
            raise Declined(LAPSED, "password_lapsed", status.HTTP_403_FORBIDDEN)
        if owed := password_owed(user):
            raise Declined(owed, "password_owed", status.HTTP_403_FORBIDDEN)
        if second_factor.is_required(user) and not factor:
            sentence = "您的角色须启用第二重验证：请先在“账号安全”页启用。"
            raise Declined(sentence, "factor_owed", status.HTTP_403_FORBIDDEN)
        request.user = user
        with transaction.atomic():
            response = super().post(request, format=format)
            record_event(SecurityEvent.Action.KEY_MADE, request=plain, person=user)
        return response


class Logout(PortalApi, LogoutView):
    """The token of this request is void from now on."""

    @extend_schema(summary="作废令牌", request=None, responses={204: None})
    def post(self, request: Request, format: str | None = None) -> Response:
        with transaction.atomic():
            response = super().post(request, format=format)
            record_event(SecurityEvent.Action.KEY_ENDED, request=request)
        return response
