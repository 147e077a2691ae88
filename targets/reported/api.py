"""Reported indicators in the API: what is known on a day, and entering one more figure."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.reporting.api.quarters import RosterApi
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.problems import understood
from parks.api.serializers import StrictBody
from parks.api.views import ListedViewSet
from parks.filters import StrictFilterSet, day
from targets.figures.serializers import NumberField
from targets.models import ReportedFigure
from targets.reported import rules
from targets.reported.forms import ReportedForm


class ReportedFigureSerializer(serializers.ModelSerializer[ReportedFigure]):
    indicator = serializers.CharField(source="indicator.code")
    value = NumberField(read_only=True)
    unit_label = serializers.CharField(source="indicator.unit_label")
    by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True, allow_null=True)

    class Meta:
        model = ReportedFigure
        fields = [
            "id",
            "indicator",
            "year",
            "value",
            "unit_label",
            "published_on",
            "source",
            "by",
            "at",
        ]


class ReportedRequest(StrictBody):
    """How the fields must be filled is judged as on the page."""

    indicator = serializers.CharField(help_text="填报指标的代码，如 rd_intensity")
    year = serializers.IntegerField(help_text="数值是哪一年的")
    value = serializers.DecimalField(max_digits=12, decimal_places=2)
    published_on = serializers.DateField(
        help_text="对外公布的日期；修订后重新公布的用新的日期另登记一笔"
    )
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]


class ReportedFilter(StrictFilterSet):
    indicator = django_filters.CharFilter(
        label="指标代码", field_name="indicator__code", max_length=40
    )
    year = django_filters.NumberFilter(label="数据年度", max_value=9999, min_value=0)
    on = day("这一天已公布的，默认今天")
    in_force = django_filters.BooleanFilter(
        label="只要每个年度最近一次公布的", method="beside_others"
    )

    class Meta(StrictFilterSet.Meta):
        model = ReportedFigure
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> QuerySet[ReportedFigure]:
        cleaned = self.form.cleaned_data
        known_on = cleaned["on"] or timezone.localdate()
        # What is in force depends on the day, so both filters have to be applied together.
        if cleaned["in_force"]:
            known = queryset.in_force(known_on)
        else:
            known = queryset.published_by(known_on)
        return super().filter_queryset(known)


@extend_schema_view(
    list=extend_schema(summary="填报指标的数"), retrieve=extend_schema(summary="一个填报的数")
)
class ReportedFigureViewSet(RosterApi, ListedViewSet):
    """由统计部门公布的指标，修订前的数也在内。"""

    queryset = ReportedFigure.objects.select_related("indicator", "by").order_by()
    serializer_class = ReportedFigureSerializer
    filterset_class = ReportedFilter
    sorts = {"id": "id", "published_on": "published_on"}
    default_sort = "-id"

    @extend_schema(
        summary="登记一个公布的数（科技局）",
        request=ReportedRequest,
        responses={201: ReportedFigureSerializer},
        parameters=[DESCRIBED],
        filters=False,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        self.refuse_unless_bureau()
        body = self.parse_body(request, ReportedRequest).validated_data
        figure = rules.add_figure(understood(ReportedForm(body)).cleaned_data, by=self.user)
        return self.created(figure)
