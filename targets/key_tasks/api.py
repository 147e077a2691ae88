"""Key tasks in the API: how each stands in a quarter, its entries, and reporting one more."""

from __future__ import annotations

from typing import Any, NoReturn

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.models import Period
from enterprises.reporting.api.quarters import RosterApi
from enterprises.reporting.rights import reports_for
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.problems import understood
from parks.api.serializers import StrictBody
from parks.api.views import ListedViewSet, PortalApi
from parks.filters import StrictFilterSet
from parks.models import Unit
from targets.key_tasks import board, entries
from targets.key_tasks.board import STANDINGS, TaskRow
from targets.key_tasks.entries import TaskReport
from targets.key_tasks.forms import TaskQuarterForm
from targets.models import KeyTask, TaskFile, TaskProgress, TaskState
from targets.models.tasks import FIGURES_AT_MOST

QUARTER = OpenApiParameter("quarter", str, description="如 2026Q3，默认最近结束的季度")
TASK_CODE = "task-1 至 task-13、safeguard-1 至 safeguard-3"
"""For help texts and errors."""


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
        fields = [
            "id",
            "task",
            "unit",
            "quarter",
            "version",
            "state",
            "text",
            "figures",
            "files",
            "by",
            "at",
        ]


class BodyInTask(serializers.Serializer[Any]):
    unit = serializers.CharField(source="duty.unit.code")
    leads = serializers.BooleanField(source="duty.leads", help_text="牵头（否则为责任单位）")
    state = serializers.ChoiceField(STANDINGS, source="standing")
    late = serializers.BooleanField(help_text="首次填报晚于截止日")


class TaskInQuarter(serializers.Serializer[Any]):
    code = serializers.CharField(source="task.code", help_text=TASK_CODE)
    name = serializers.CharField(source="task.name")
    group = serializers.CharField(source="task.group", allow_blank=True)
    asks = serializers.ListField(child=serializers.CharField(), source="task.asks")
    state = serializers.SerializerMethodField(help_text="牵头单位所报；几家牵头的取最需关注的一家")
    expected = serializers.IntegerField(help_text="应报单位数")
    reported = serializers.IntegerField(help_text="已报单位数")
    bodies = BodyInTask(many=True, source="lines")

    @extend_schema_field(serializers.ChoiceField(STANDINGS))
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
        form = understood(TaskQuarterForm(request.query_params))
        return Response(TasksReply(board.build_board(form.period, timezone.localdate())).data)


class TaskField(serializers.CharField):
    """A code such as task-1 → the task."""

    def to_internal_value(self, data: Any) -> Any:
        task = KeyTask.objects.coded(super().to_internal_value(data)).first()
        if task is None:
            raise serializers.ValidationError(f"应为{TASK_CODE}。")
        return task


class PeriodField(serializers.CharField):
    """A code such as 2026Q3 → the quarter, opened or not."""

    def to_internal_value(self, data: Any) -> Any:
        period = Period.coded(super().to_internal_value(data))
        if period is None:
            raise serializers.ValidationError("应写成“2026Q3”的样子。")
        return period


class FigureRequest(StrictBody):
    label = serializers.CharField(max_length=30)  # type: ignore[assignment]
    value = serializers.DecimalField(max_digits=14, decimal_places=2)
    unit = serializers.CharField(max_length=10, required=False, default="", allow_blank=True)


class TaskProgressRequest(StrictBody):
    task = TaskField(help_text=TASK_CODE)
    unit = serializers.SlugRelatedField[Any](
        slug_field="code",
        queryset=Unit.objects.all(),
        required=False,
        help_text="单位代码；填报人可不填，即本单位",
        error_messages={"does_not_exist": "没有代码为“{value}”的单位。"},
    )
    quarter = PeriodField(help_text="如 2026Q3，须已结束")
    state = serializers.ChoiceField(TaskState.choices)
    text = serializers.CharField(max_length=2000)
    figures = FigureRequest(  # type: ignore[call-arg]
        many=True, required=False, default=list, max_length=FIGURES_AT_MOST
    )
    seen = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        help_text="更正时填所见的最后一版的版次；首次填报为0",
    )


class TaskProgressFilter(StrictFilterSet):
    task = django_filters.CharFilter(label=f"任务：{TASK_CODE}", method="of_task", max_length=20)
    unit = django_filters.CharFilter(label="单位代码", field_name="unit__code", max_length=20)
    quarter = django_filters.CharFilter(label="季度，如 2026Q3", method="of_quarter", max_length=6)
    in_force = django_filters.BooleanFilter(
        label="只要每个单位每季度的最后一版", method="only_in_force"
    )

    class Meta(StrictFilterSet.Meta):
        model = TaskProgress
        fields: list[str] = []

    def of_task(
        self, queryset: QuerySet[TaskProgress], name: str, value: str
    ) -> QuerySet[TaskProgress]:
        task = KeyTask.objects.coded(value).first()
        if task is None:
            self.refuse(name, f"应为{TASK_CODE}。")
        return queryset.filter(task=task)

    def of_quarter(self, queryset: Any, name: str, value: str) -> QuerySet[TaskProgress]:
        period = Period.coded(value)
        if period is None:
            self.refuse(name, "应写成“2026Q3”的样子。")
        return queryset.of_period(period)

    def only_in_force(self, queryset: Any, name: str, value: bool) -> QuerySet[TaskProgress]:
        return queryset.in_force() if value else queryset

    def refuse(self, name: str, sentence: str) -> NoReturn:
        raise ValidationError({name: [sentence]})


@extend_schema_view(
    list=extend_schema(summary="任务进展列表"), retrieve=extend_schema(summary="一条任务进展")
)
class TaskProgressViewSet(RosterApi, ListedViewSet):
    """各单位所报的进展，更正前的各版也在内。"""

    # Without an order: the pages sort by key themselves.
    queryset = (
        TaskProgress.objects.select_related("task", "unit", "by")
        .prefetch_related("files")
        .order_by()
    )
    serializer_class = TaskProgressSerializer
    filterset_class = TaskProgressFilter
    sorts = {"id": "id"}
    default_sort = "-id"

    @extend_schema(
        summary="填报或更正一项任务的进展（本单位，或科技局代填）",
        request=TaskProgressRequest,
        responses={201: TaskProgressSerializer},
        parameters=[DESCRIBED],
        filters=False,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        # Leaders and auditors read everything and report nothing.
        if not (self.user.in_bureau or self.user.unit_id):
            self.forbid("只有牵头、责任单位和科技局人员可以填报。")
        body = self.parse_body(request, TaskProgressRequest).validated_data
        unit = body.get("unit") or self.user.unit
        if unit is None or not reports_for(self.user, unit):
            self.forbid("填报人只能填报本单位的进展；科技局代填须写明单位。")
        entry = self._add_entry(body, unit)
        return self.created(entry)

    def _add_entry(self, body: dict[str, Any], unit: Unit) -> TaskProgress:
        """The next version; the files of the last one stay with it, as none can be sent here."""
        task, quarter = body["task"], body["quarter"]
        last = entries.last_of(task, unit, quarter)
        files = list(last.files.all()) if last else []
        figures = [entries.figure(**figure) for figure in body["figures"]]
        report = TaskReport(body["state"], body["text"], figures, files)
        return entries.add(task, unit, quarter, report, by=self.user, seen=body["seen"])
