"""Key tasks in the API: how each stands in a quarter, and the entries behind it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.models import Period
from parks.api import ListedViewSet, PortalApi
from parks.filters import StrictFilterSet
from targets import task_board
from targets.models import KeyTask, TaskFile, TaskProgress, TaskState
from targets.task_board import LABELS, TaskRow
from targets.task_forms import QuarterForm

QUARTER = OpenApiParameter("quarter", str, description="如 2026Q3，默认最近结束的季度")
TASK_CODE = "task-1 至 task-13、safeguard-1 至 safeguard-3"


class TaskFileRow(serializers.ModelSerializer[TaskFile]):
    class Meta:
        model = TaskFile
        fields = ["name", "size", "sha256"]


class TaskFigureRow(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.FloatField()
    unit = serializers.CharField(allow_blank=True)


class TaskProgressSerializer(serializers.ModelSerializer[TaskProgress]):
    task = serializers.CharField(source="task.code", help_text=TASK_CODE)
    unit = serializers.CharField(source="unit.code")
    quarter = serializers.CharField(source="period.code")
    by = serializers.CharField(source="by.username")
    state = serializers.ChoiceField(TaskState.choices)
    figures = TaskFigureRow(many=True)
    files = TaskFileRow(many=True)

    class Meta:
        model = TaskProgress
        fields = ["id", "task", "unit", "quarter", "version", "state", "text", "figures", "files", "by", "at"]


class BodyInTask(serializers.Serializer[Any]):
    unit = serializers.CharField(source="duty.unit.code")
    leads = serializers.BooleanField(source="duty.leads", help_text="牵头（否则为责任单位）")
    state = serializers.ChoiceField(list(LABELS.items()), source="standing")


class TaskInQuarter(serializers.Serializer[Any]):
    code = serializers.CharField(source="task.code", help_text=TASK_CODE)
    name = serializers.CharField(source="task.name")
    group = serializers.CharField(source="task.group", allow_blank=True)
    asks = serializers.ListField(child=serializers.CharField(), source="task.asks")
    state = serializers.SerializerMethodField(help_text="牵头单位所报；几家牵头的取最需关注的一家")
    expected = serializers.IntegerField(help_text="应报单位数")
    reported = serializers.IntegerField(help_text="已报单位数")
    bodies = BodyInTask(many=True, source="lines")

    @extend_schema_field(serializers.ChoiceField(list(LABELS.items())))
    def get_state(self, row: TaskRow) -> str:
        return row.standing


class TasksReply(serializers.Serializer[Any]):
    quarter = serializers.CharField(source="period.code")
    due_on = serializers.DateField()
    tasks = TaskInQuarter(many=True)


class Tasks(PortalApi):
    """重点任务和保障措施在某季度的进展：牵头单位所报状态，各单位报没报。"""

    @extend_schema(summary="重点任务进展", parameters=[QUARTER], responses=TasksReply)
    def get(self, request: Request) -> Response:
        form = QuarterForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(dict(form.errors))  # type: ignore[arg-type]
        return Response(TasksReply(task_board.of(form.period, timezone.localdate())).data)


class TaskProgressFilter(StrictFilterSet):
    task = django_filters.CharFilter(label=f"任务：{TASK_CODE}", method="of_task", max_length=20)
    unit = django_filters.CharFilter(label="单位代码", field_name="unit__code", max_length=20)
    quarter = django_filters.CharFilter(label="季度，如 2026Q3", method="of_quarter", max_length=6)
    in_force = django_filters.BooleanFilter(label="只要每个单位每季度的最后一版", method="only_in_force")

    class Meta(StrictFilterSet.Meta):
        model = TaskProgress
        fields: list[str] = []

    def of_task(self, queryset: QuerySet[TaskProgress], name: str, value: str) -> QuerySet[TaskProgress]:
        kind, _, number = value.partition("-")
        if kind not in KeyTask.Kind.values or not (number.isascii() and number.isdecimal()):
            self.refuse(name, f"应为{TASK_CODE}。")
        return queryset.filter(task__kind=kind, task__number=int(number))

    def of_quarter(self, queryset: Any, name: str, value: str) -> QuerySet[TaskProgress]:
        period = Period.coded(value)
        if period is None:
            self.refuse(name, "应写成“2026Q3”的样子。")
        return queryset.of_period(period)

    def only_in_force(self, queryset: Any, name: str, value: bool) -> QuerySet[TaskProgress]:
        return queryset.in_force() if value else queryset

    def refuse(self, name: str, sentence: str) -> None:
        raise ValidationError({name: [sentence]})


@extend_schema_view(list=extend_schema(summary="任务进展列表"), retrieve=extend_schema(summary="一条任务进展"))
class TaskProgressViewSet(ListedViewSet):
    """各单位所报的进展，更正前的各版也在内。"""

    queryset = TaskProgress.objects.select_related("task", "unit", "by").prefetch_related("files").order_by()
    serializer_class = TaskProgressSerializer
    filterset_class = TaskProgressFilter
    sorts = {"id": "id"}
    default_sort = "-id"
