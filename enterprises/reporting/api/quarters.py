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

from enterprises.loading.storage import FileNotTaken, StorageError
from enterprises.models import Case, Quarter, QuarterEvent
from enterprises.refusal import Refusal
from enterprises.reporting import board, cases, quarters, reminders
from enterprises.reporting.api.filters import CaseFilter
from enterprises.reporting.api.requests import DaysRequest, DecisionRequest, OpeningRequest
from enterprises.reporting.api.serializers import (
    BoardSerializer,
    CaseDetailSerializer,
    CaseSerializer,
    QuarterEventSerializer,
    QuarterSerializer,
)
from parks.api.conditional import DESCRIBED as IF_MATCH
from parks.api.conditional import (
    refuse_condition,
    seen_versions,
    sends_etag,
    tag_of,
    takes_if_match,
)
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.problems import Declined
from parks.api.serializers import StrictBody
from parks.api.views import ListedViewSet, PortalApi
from parks.models import Unit, User

CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="如 2026Q3")
MISTAKES = ("invalid", "reason", "unanswered")
"""Codes of refusals that a better request avoids (400). The others come from the present state
(409)."""


class RosterApi(PortalApi):
    """Answers a refusal with the sentence that the pages show, and with the code of its cause."""

    request: Request

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Refusal):
            is_mistake = exc.code in MISTAKES
            code = status.HTTP_400_BAD_REQUEST if is_mistake else status.HTTP_409_CONFLICT
            exc = Declined(exc.message, exc.code, code)
        elif isinstance(exc, FileNotTaken):
            exc = Declined(str(exc), "file", status.HTTP_400_BAD_REQUEST)
        elif isinstance(exc, StorageError):
            exc = Declined(str(exc), "storage", status.HTTP_503_SERVICE_UNAVAILABLE)
        return super().handle_exception(exc)

    def parse_body(self, request: Request, kind: type[StrictBody]) -> Any:
        """The request's body as a valid serializer. All mistakes in it are refused together."""
        serializer = kind(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer

    def refuse_unless_bureau(self) -> None:
        if not self.user.in_bureau:
            self.forbid("只有科技局人员可以办理。")

    def forbid(self, reason: str) -> NoReturn:
        raise exceptions.PermissionDenied(reason)


@extend_schema_view(list=extend_schema(summary="报送季度列表"))
class QuarterViewSet(RosterApi, ListedViewSet):
    """已开放的季度和报送进度；填报人只计本单位。"""

    queryset = Quarter.objects.order_by()
    serializer_class = QuarterSerializer
    lookup_field = "code"
    sorts = {"opens_on": "opens_on"}
    default_sort = "-opens_on"

    def rows(self, queryset: Any, ids: Sequence[int]) -> Any:
        by_id = queryset.in_bulk(ids)
        return self._with_totals([by_id[pk] for pk in ids if pk in by_id])

    def get_object(self) -> Quarter:
        opened: Any = self.filter_queryset(self.get_queryset())
        return get_object_or_404(opened.coded(self.kwargs["code"]))

    @extend_schema(summary="一个报送季度", parameters=[CODE])
    @sends_etag
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self.get_object())

    @extend_schema(
        summary="开放一个季度（科技局）",
        request=OpeningRequest,
        responses={201: QuarterSerializer},
        parameters=[DESCRIBED],
    )
    @sends_etag
    @idempotent
    def create(self, request: Request) -> Response:
        self.refuse_unless_bureau()
        days = dict(self.parse_body(request, OpeningRequest).validated_data)
        quarter = quarters.open_quarter(days.pop("code"), by=self.user, days=days)
        reminders.announce(quarter)
        place = reverse("api-quarters-detail", args=[quarter.code], request=request)
        return self._answer(quarter, status.HTTP_201_CREATED, Location=place)

    @extend_schema(
        summary="改截止日、锁定日，写明理由（科技局）",
        request=DaysRequest,
        responses=QuarterSerializer,
        parameters=[CODE, DESCRIBED, IF_MATCH],
    )
    @sends_etag
    @takes_if_match
    @idempotent
    def partial_update(self, request: Request, code: str) -> Response:
        quarter = self.get_object()
        self.refuse_unless_bureau()
        days = self.parse_body(request, DaysRequest).validated_data
        try:
            quarters.change_days(quarter, **days, by=self.user, seen=seen_versions(request))
        except Refusal as refusal:
            if refusal.code == "stale":
                refuse_condition(refusal.message)
            raise
        # change_days writes past this object.
        quarter.refresh_from_db()
        return self._answer(quarter)

    @extend_schema(
        summary="报送进度：各单位的名册状态", responses=BoardSerializer, parameters=[CODE]
    )
    @action(detail=True)
    def board(self, request: Request, code: str) -> Response:
        quarter = self.get_object()
        units = Unit.objects.reporting().visible_to(self.user)
        quarter_board = board.build_board(quarter, timezone.localdate(), units)
        reply = {"quarter": quarter.code, "lines": quarter_board.lines}
        return Response(BoardSerializer(reply, context=self.get_serializer_context()).data)

    @extend_schema(
        summary="报送经过：期限、延期、报送、审核，新的在前（能看全区的人员）",
        responses=QuarterEventSerializer(many=True),
        parameters=[CODE],
        filters=False,
    )
    @action(detail=True)
    def events(self, request: Request, code: str) -> Response:
        quarter = self.get_object()
        if not self.user.sees_whole_district:
            self.forbid("只有能看全区的人员可以查看报送经过。")
        rows = QuarterEvent.objects.filter(quarter=quarter).history()
        return Response(QuarterEventSerializer(rows, many=True).data)

    def _answer(self, quarter: Quarter, code: int = status.HTTP_200_OK, **headers: str) -> Response:
        """The quarter, and the tag of its days, on which a change of them may be conditioned."""
        headers["ETag"] = tag_of(quarters.days_version(quarter))
        return Response(self._with_totals([quarter])[0], code, headers=headers)

    def _with_totals(self, quarters: Sequence[Quarter]) -> list[Any]:
        units = Unit.objects.reporting().visible_to(self.user).values_list("pk", flat=True)
        totals = board.count_totals(quarters, list(units))
        # The serializer reads the totals as if they were fields of the quarter.
        for quarter in quarters:
            quarter.__dict__ |= vars(totals[quarter.pk])
        return list(QuarterSerializer(quarters, many=True).data)


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
        return Response(self._with_statements(self.get_object()))

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
        self.refuse_unless_bureau()
        body = self.parse_body(request, DecisionRequest).validated_data
        cases.decide_case(case, by=self.user, **body)
        return Response(self._with_statements(get_object_or_404(self.get_queryset(), pk=pk)))

    def _with_statements(self, case: Case) -> Any:
        # The serializer reads the statements as if they were a field of the case.
        case.__dict__["statements"] = cases.statements_on(case.quarter, [case.uscc])[case.uscc]
        return CaseDetailSerializer(case).data
