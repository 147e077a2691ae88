"""Figures of the key tasks in the API."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from parks.access import person
from parks.api.problems import understood
from parks.api.views import PortalApi
from targets.figures.serializers import NumberField
from targets.task_figures.listing import FigureListForm
from targets.task_figures.panel import shown_figures
from targets.task_figures.reckoning import Reckoned, Reckoner

ON = OpenApiParameter("on", str, description="统计日，默认今天")
UNIT = OpenApiParameter("unit", str, description="园区平台或镇街的代码，默认全区")


class TaskFigureValue(serializers.Serializer[Reckoned]):
    task = serializers.CharField(source="figure.task.code", help_text="如 task-5")
    code = serializers.CharField(source="figure.code")
    label = serializers.CharField(source="figure.label")  # type: ignore[assignment]
    unit_label = serializers.CharField(source="figure.unit_label")
    value = NumberField(allow_null=True, help_text="null：分母为零")
    counted = serializers.IntegerField(allow_null=True, help_text="比率的分子")
    whole = serializers.IntegerField(allow_null=True, help_text="比率的分母")
    note = serializers.CharField(source="figure.note", help_text="口径")
    list = serializers.CharField(source="link", help_text="所计的记录或企业")


class TaskFigures(PortalApi):
    """各项任务的数据，由台账和登记的事实计算；填报人只见本单位的。"""

    @extend_schema(
        summary="重点任务的数据", parameters=[ON, UNIT], responses=TaskFigureValue(many=True)
    )
    def get(self, request: Request) -> Response:
        form = understood(FigureListForm(request.query_params, user=person(request)))
        told: dict[str, Any] = form.cleaned_data
        unit = form.user.narrowed_to(told["unit"])
        reckoner = Reckoner(told["on"] or timezone.localdate(), unit)
        listed: Any = reckoner.reckon_all(shown_figures())
        return Response(TaskFigureValue(listed, many=True).data)
