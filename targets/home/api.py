"""API of the plan and its figures: targets, figures on a day, the firms behind them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from enterprises import jobs
from enterprises.firms.serializers import JobSerializer
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import ListedViewSet, PortalApi, StrictFilterBackend
from parks.filters import StrictForm
from parks.models import Unit, User
from targets.by_hand.new_firm_api import FirmsByHand
from targets.figures import freshness, live_or_frozen
from targets.figures.http_cache import revalidated_get
from targets.figures.question import Question, ReleaseForm
from targets.figures.serializers import (
    FiguresReply,
    IndicatorSerializer,
    ProgressReply,
    TargetSerializer,
)
from targets.firm_list.filters import FirmFilter
from targets.home import judged
from targets.models import Definition, Indicator, Release, Scope, Target

AS_OF = OpenApiParameter("as_of", dt.date, description="统计日期，默认今天")
DEFINITION = OpenApiParameter(
    "definition", str, enum=Definition.values, default=Definition.CERTIFICATE.value
)
RELEASE = OpenApiParameter(
    "release", str, description="发布版，如 2026Q3-1：改为该版冻结的数字；统计日即该版的统计日"
)
SCOPE = OpenApiParameter(
    "scope", str, description="district、parks、outside 或单位代码；填报人只能为全区或本单位"
)


class FirmPagination(KeysetPagination):
    """As every list, and whom the list leaves out."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        reply = super().get_paginated_response_schema(schema)
        reply["required"].append("left_out")
        reply["properties"]["left_out"] = {
            "type": ["object", "null"],
            "additionalProperties": {"type": "integer"},
            "description": "持有该项资质而未计入的家数，按原因（closed、left、absent），"
            "以 counted= 该原因列出；未按资质或统计数字查询的，以及第二页起，为 null",
        }
        return reply


@extend_schema_view(list=extend_schema(summary="企业列表，可按统计数字的条件查询"))
class FirmViewSet(FirmsByHand):
    filterset_class = FirmFilter
    pagination_class = FirmPagination

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        response.data["left_out"] = self._left_out(request)
        return response

    def _left_out(self, request: Request) -> dict[str, int] | None:
        # Once for a list: counting them for every page would cost as much as the page.
        if request.query_params.get("cursor"):
            return None
        backend = StrictFilterBackend()
        filters = backend.get_filterset(request, self.get_queryset(), self)
        if not filters.is_valid() or filters.listed is None:
            return None
        return {str(one.reason): one.firms for one in filters.left_out()}


@extend_schema_view(
    list=extend_schema(summary="指标列表"), retrieve=extend_schema(summary="一个指标")
)
class IndicatorViewSet(ListedViewSet):
    queryset = Indicator.objects.prefetch_related("baselines").order_by()
    serializer_class = IndicatorSerializer
    lookup_field = "code"


@extend_schema_view(
    list=extend_schema(summary="目标列表"), retrieve=extend_schema(summary="一个目标")
)
class TargetViewSet(ListedViewSet):
    queryset = Target.objects.select_related("indicator", "unit", "reference").order_by()
    serializer_class = TargetSerializer
    sorts = {"id": "id", "due": "due"}


class FiguresQuery(StrictForm, ReleaseForm):
    day_field = "as_of"
    as_of = forms.DateField(label="统计日期", required=False)
    definition = forms.ChoiceField(label="统计口径", choices=Definition.choices, required=False)

    def parse_question(self) -> Question:
        """Today by certificate dates, unless something else is asked. ValidationError if wrong."""
        cleaned = understood(self).cleaned_data
        definition = cleaned["definition"] or Definition.CERTIFICATE.value
        release: Release | None = cleaned["release"]
        if release:
            # A release has a day of its own; `clean` has refused any other.
            return Question(release.as_of, definition, release)
        return Question(cleaned["as_of"] or timezone.localdate(), definition)


class ProgressQuery(FiguresQuery):
    scope = forms.CharField(label="统计范围", required=False, max_length=20)

    def clean_scope(self) -> str:
        scope: str = self.cleaned_data["scope"]
        if not scope or scope in Scope.values:
            return scope
        if not Unit.objects.reporting().filter(code=scope).exists():
            raise forms.ValidationError(f"没有“{scope}”这一统计范围。")
        return scope

    def scope_for(self, user: User) -> str:
        """The scope asked for, or one's own.

        The district's totals against the plan are for everyone.
        """
        own_scope = user.reporting_unit.code if user.reporting_unit else Scope.DISTRICT
        scope = self.cleaned_data["scope"] or own_scope
        if not user.sees_whole_district and scope not in (own_scope, Scope.DISTRICT):
            raise PermissionDenied("只能查看全区合计和本单位的统计数字。")
        return scope


class Figures(PortalApi):
    """某日或某一发布版的全部统计数字，实时的与 `manage.py figures --json` 相同；填报人只见本单位。"""

    @extend_schema(
        summary="统计数字", parameters=[AS_OF, DEFINITION, RELEASE], responses=FiguresReply
    )
    @revalidated_get
    def get(self, request: Request) -> Response:
        question = FiguresQuery(request.query_params).parse_question()
        user: User = request.user  # type: ignore[assignment]
        figures = live_or_frozen.source_for(question).count([question.on]).figures(question.on)
        if not user.sees_whole_district:
            # A department's users have a unit, too, but none of the figures is theirs.
            own_code = user.unit.code if user.unit else None
            figures = [figure for figure in figures if figure["scope"] == own_code]
        # Counting has brought the spans up to date: only now is it known how fresh they are.
        reply = {"freshness": freshness.build_freshness(question), "figures": figures}
        return Response(FiguresReply(reply).data)


class ProgressView(PortalApi):
    """各目标的数值、差额、所需速度和是否达到；绝对值与翻一番分别判断。发布版按当时的目标和基数判断。"""

    @extend_schema(
        summary="目标进度", parameters=[AS_OF, DEFINITION, RELEASE, SCOPE], responses=ProgressReply
    )
    @revalidated_get
    def get(self, request: Request) -> Response:
        query = ProgressQuery(request.query_params)
        question = query.parse_question()
        scope = query.scope_for(request.user)  # type: ignore[arg-type]
        found = judged.judge_scope(question, scope)
        reply = {
            "freshness": freshness.build_freshness(question),
            "scope": scope,
            "targets": found.goals,
            "park_shares": found.shares,
        }
        return Response(ProgressReply(reply).data)


class Recompute(PortalApi):
    """提交一次重算；已有同样的排队任务时返回该任务。仅限科技局。"""

    # There is nothing to send: an empty body of any kind is taken, with a key and without.
    parser_classes = [*PortalApi.parser_classes, MultiPartParser]

    @extend_schema(
        summary="重算指标", request=None, responses={202: JobSerializer}, parameters=[DESCRIBED]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        if not user.in_bureau:
            raise PermissionDenied("只有科技局人员可以发起重算。")
        job = jobs.submit(kind="recompute", by=user)
        # The job runs in the background: 202, with the address where it can be watched.
        headers = {"Location": reverse("api-jobs-detail", args=[job.pk], request=request)}
        return Response(JobSerializer(job).data, status.HTTP_202_ACCEPTED, headers=headers)
