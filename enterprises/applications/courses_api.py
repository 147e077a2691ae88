"""The applications page in the API: the same parameters, the same firms, the same rates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.applications.courses import Course, CourseState, Role
from enterprises.applications.page import ApplicationsPage
from enterprises.applications.question import STATES, ApplicationsForm
from enterprises.models import Application
from parks.access import person
from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import PortalApi

PARAMETERS = [
    OpenApiParameter("kind", str, description="资质类别代码，默认高新技术企业"),
    OpenApiParameter("year", int, description="申报年度，默认今年"),
    OpenApiParameter("batch", int, description="批次，0 为未定"),
    OpenApiParameter("role", str, enum=Role.values, description="首次或重新"),
    OpenApiParameter("state", str, enum=[code for code, _ in STATES], description="状态"),
    OpenApiParameter("unit", str, description="单位代码；gone 为已离开"),
    OpenApiParameter("agency", str, description="辅导机构代码；none 为未填"),
    OpenApiParameter("next", str, enum=["none", "due"], description="无下一步、已到期"),
    OpenApiParameter("owner", str, description="责任人的用户名"),
    OpenApiParameter("reason", str, description="未通过原因的代码；none 为未登记"),
    OpenApiParameter("q", str, description="名称的一部分或代码的开头"),
]


class CourseSerializer(serializers.Serializer[Course]):
    uscc = serializers.CharField(source="firm.uscc")
    name = serializers.CharField(source="firm.name")
    unit = serializers.CharField(source="unit.code", default=None, allow_null=True)
    kind = serializers.CharField(source="application.kind.code")
    year = serializers.IntegerField(source="application.year")
    batch = serializers.IntegerField(source="application.batch", allow_null=True)
    role = serializers.ChoiceField(Role.choices, help_text="以前年度有过证书的为重新")
    state = serializers.ChoiceField(CourseState.choices, help_text="有本年度证书的为 certified")
    since = serializers.DateField(source="application.since")
    agency = serializers.CharField(allow_blank=True, help_text="机构代码；没有归并的为所填名称")
    rejected_for = serializers.CharField(
        source="application.rejected_for.code", default=None, allow_null=True
    )
    next_action = serializers.CharField(source="application.next_action", allow_blank=True)
    next_on = serializers.DateField(source="application.next_on", allow_null=True)
    owner = serializers.CharField(source="application.owner", allow_blank=True)


class RateSerializer(serializers.Serializer[Any]):
    certified = serializers.IntegerField()
    of = serializers.IntegerField(help_text="以多少家计算")
    share = serializers.FloatField(allow_null=True, help_text="百分数；不足5家的为 null")


class RatedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    accepted = serializers.IntegerField(source="accepted.firms")
    certified = serializers.IntegerField(source="certified.firms")
    rejected = serializers.IntegerField(source="rejected.firms")
    given_up = serializers.IntegerField(source="given_up.firms")
    rate = RateSerializer(allow_null=True, help_text="null：机构未回复，不公开")
    decided = RateSerializer(allow_null=True)


class RateTableSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    rows = RatedSerializer(many=True)


class CourseSummarySerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(source="asked.kind.code")
    year = serializers.IntegerField(source="asked.year")
    firms = serializers.IntegerField(help_text="符合条件的家数")
    states = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        source="by_state",
        help_text="状态 → 首次、重新的家数",
    )
    rate = RateSerializer()
    decided = RateSerializer()
    tables = RateTableSerializer(many=True, source="rate_tables")


@extend_schema_view(
    list=extend_schema(summary="一个年度的申报，一家一条", parameters=PARAMETERS, filters=True)
)
class CourseViewSet(PortalApi, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """与申报页同样的参数、同样的企业；填报人只见本单位企业。"""

    queryset = Application.objects.none()
    serializer_class = CourseSerializer
    filter_backends: Sequence[Any] = []
    pagination_class = KeysetPagination
    sorts = {"id": "id", "since": "since"}
    default_sort = "id"

    @cached_property
    def courses(self) -> dict[int, Course]:
        """By the key of the application's last row."""
        page = _page(self.request, beside=KeysetPagination.parameters)
        return {course.application.pk: course for course in page.listed}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        # State and role are no columns: the rows are found first, and only then cut into pages.
        rows = Application.objects.filter(pk__in=self.courses)
        ids: Any = self.paginate_queryset(rows) or []
        found = [self.courses[pk] for pk in ids]
        return self.get_paginated_response(self.get_serializer(found, many=True).data)


class CourseSummary(PortalApi):
    @extend_schema(
        summary="一个年度的申报：各状态家数和通过率",
        parameters=PARAMETERS,
        responses=CourseSummarySerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(CourseSummarySerializer(_page(request)).data)


def _page(request: Request, beside: frozenset[str] = frozenset()) -> ApplicationsPage:
    form = ApplicationsForm(request.query_params, user=person(request), beside=beside)
    return ApplicationsPage(understood(form).question())
