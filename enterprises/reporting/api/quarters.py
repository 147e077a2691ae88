"""API views of quarters and their boards, and of the cases between units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from enterprises.loading.storage import StorageError
from enterprises.models import Case, Quarter
from enterprises.refusal import Refusal
from enterprises.reporting import board, cases, quarters
from enterprises.reporting.api.filters import CaseFilter
from enterprises.reporting.api.requests import DaysRequest, DecisionRequest, OpeningRequest
from enterprises.reporting.api.serializers import (
    BoardSerializer,
    CaseDetailSerializer,
    CaseSerializer,
    QuarterSerializer,
)
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.serializers import StrictBody
from parks.api.views import Declined, ListedViewSet, PortalApi
from parks.models import Unit, User

CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="如 2026Q3")
MISTAKES = ("invalid", "reason", "unanswered")
"""Refusals that the sender puts right in the request; the others lie in the present state of things."""


class RosterApi(PortalApi):
    """Speaks of refusals as the pages do: the same sentence, and the code of its cause."""

    request: Request

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Refusal):
            mistaken = exc.code in MISTAKES
            exc = Declined(
                exc.message,
                exc.code,
                status.HTTP_400_BAD_REQUEST if mistaken else status.HTTP_409_CONFLICT,
            )
        elif isinstance(exc, StorageError):
            exc = Declined(str(exc), "storage", status.HTTP_503_SERVICE_UNAVAILABLE)
        return super().handle_exception(exc)

    def given(self, request: Request, kind: type[StrictBody]) -> Any:
        """The request's body as a valid serializer; every mistake in it is refused at once."""
        serializer = kind(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer

    def for_bureau(self) -> None:
        if not self.user.in_bureau:
            self.forbid("只有科技局人员可以办理。")

    def forbid(self, said: str) -> NoReturn:
        raise exceptions.PermissionDenied(said)


@extend_schema_view(list=extend_schema(summary="报送季度列表"))
class QuarterViewSet(RosterApi, ListedViewSet):
    """已开放的季度和报送进度；填报人只计本单位。"""

    queryset = Quarter.objects.order_by()
    serializer_class = QuarterSerializer
    lookup_field = "code"
    sorts = {"opens_on": "opens_on"}
    default_sort = "-opens_on"

    def rows(self, queryset: Any, ids: Sequence[int]) -> Any:
        found = queryset.in_bulk(ids)
        return self._shown([found[pk] for pk in ids if pk in found])

    def get_object(self) -> Quarter:
        opened: Any = self.filter_queryset(self.get_queryset())
        return get_object_or_404(opened.coded(self.kwargs["code"]))

    @extend_schema(summary="一个报送季度", parameters=[CODE])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._shown([self.get_object()])[0])

    @extend_schema(
        summary="开放一个季度（科技局）",
        request=OpeningRequest,
        responses={201: QuarterSerializer},
        parameters=[DESCRIBED],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        self.for_bureau()
        days = dict(self.given(request, OpeningRequest).validated_data)
        quarter = quarters.open_quarter(days.pop("code"), by=self.user, days=days)
        place = reverse("api-quarters-detail", args=[quarter.code], request=request)
        return Response(
            self._shown([quarter])[0], status=status.HTTP_201_CREATED, headers={"Location": place}
        )

    @extend_schema(
        summary="改截止日、锁定日（科技局）",
        request=DaysRequest,
        responses=QuarterSerializer,
        parameters=[CODE],
    )
    def partial_update(self, request: Request, code: str) -> Response:
        quarter = self.get_object()
        self.for_bureau()
        days = self.given(request, DaysRequest).validated_data
        quarters.change_days(
            quarter, **{"due_on": quarter.due_on, "locks_on": quarter.locks_on} | days
        )
        quarter.refresh_from_db()
        return Response(self._shown([quarter])[0])

    @extend_schema(
        summary="报送进度：各单位的名册状态", responses=BoardSerializer, parameters=[CODE]
    )
    @action(detail=True)
    def board(self, request: Request, code: str) -> Response:
        quarter = self.get_object()
        units = Unit.objects.reporting().visible_to(self.user)
        told = board.build_board(quarter, timezone.localdate(), units)
        reply = {"quarter": quarter.code, "lines": told.lines}
        return Response(BoardSerializer(reply, context=self.get_serializer_context()).data)

    def _shown(self, found: Sequence[Quarter]) -> list[Any]:
        units = Unit.objects.reporting().visible_to(self.user).values_list("pk", flat=True)
        totals = board.totals(found, list(units))
        for quarter in found:
            quarter.__dict__ |= vars(totals[quarter.pk])
        return list(QuarterSerializer(found, many=True).data)


@extend_schema_view(list=extend_schema(summary="归属事项列表"))
class CaseViewSet(RosterApi, ListedViewSet):
    """企业归属的分歧；填报人只见与本单位有关的。"""

    queryset = Case.objects.select_related(
        "quarter", "from_unit", "park", "town", "decided_by"
    ).order_by()
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    default_sort = "-id"

    @extend_schema(summary="一件归属事项，及各单位的说法", responses=CaseDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._detail(self.get_object()))

    @extend_schema(
        summary="决定归属（科技局）",
        request=DecisionRequest,
        responses=CaseDetailSerializer,
        parameters=[DESCRIBED],
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def decide(self, request: Request, pk: str) -> Response:
        case = get_object_or_404(self.get_queryset(), pk=pk)
        self.for_bureau()
        cases.decide(case, by=self.user, **self.given(request, DecisionRequest).validated_data)
        return Response(self._detail(get_object_or_404(self.get_queryset(), pk=pk)))

    def _detail(self, case: Case) -> Any:
        said = cases.statements_on(case.quarter, [case.uscc])[case.uscc]
        case.__dict__["statements"] = said
        return CaseDetailSerializer(case).data
