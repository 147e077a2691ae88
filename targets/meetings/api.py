"""The joint meeting in the API: meetings and decisions to read, steps of a decision to send."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.reporting.api.quarters import RosterApi
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.serializers import StrictBody
from parks.api.views import ListedViewSet
from parks.filters import StrictFilterSet
from parks.models import Unit
from targets.meetings import rights, standing, steps
from targets.meetings.measures import Gauge
from targets.meetings.steps import NewStep
from targets.models import (
    AgendaItem,
    Decision,
    DecisionState,
    DecisionStep,
    Meeting,
    MeetingState,
    StepFile,
)

STEP_KINDS = [
    (kind.value, kind.label) for kind in DecisionStep.Kind if kind != DecisionStep.Kind.MADE
]


class AgendaItemRow(serializers.ModelSerializer[AgendaItem]):
    class Meta:
        model = AgendaItem
        fields = ["key", "title", "reason", "figure", "url", "as_of", "minutes"]


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    state = serializers.ChoiceField(MeetingState.choices)
    agenda = serializers.SerializerMethodField(help_text="不含不列入的议题")

    class Meta:
        model = Meeting
        fields = ["id", "number", "day", "place", "chair", "state", "agenda"]

    @extend_schema_field(AgendaItemRow(many=True))
    def get_agenda(self, meeting: Meeting) -> Any:
        items = [item for item in meeting.items.all() if not item.is_dropped]
        return AgendaItemRow(items, many=True).data


@extend_schema_view(
    list=extend_schema(summary="联席会议列表"), retrieve=extend_schema(summary="一次联席会议")
)
class MeetingViewSet(ListedViewSet):
    """会议及其议程、纪要。单位填报人只见决定，见 decisions。"""

    queryset = Meeting.objects.prefetch_related("items").order_by()
    serializer_class = MeetingSerializer
    sorts = {"id": "id"}
    default_sort = "-id"


class StepFileRow(serializers.ModelSerializer[StepFile]):
    class Meta:
        model = StepFile
        fields = ["name", "size", "sha256"]


class StepSerializer(serializers.ModelSerializer[DecisionStep]):
    kind = serializers.ChoiceField(DecisionStep.Kind.choices)
    state = serializers.ChoiceField(DecisionState.choices, help_text="此步之后的状态")
    lead = serializers.CharField(source="lead.code", help_text="此步之后的牵头单位")
    due = serializers.DateField(help_text="此步之后的办结期限")
    by = serializers.CharField(source="by.username")
    files = StepFileRow(many=True)

    class Meta:
        model = DecisionStep
        fields = ["number", "kind", "text", "state", "lead", "due", "by", "at", "files"]


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    meeting = serializers.IntegerField(source="meeting.number", help_text="第几次会议")
    code = serializers.CharField(help_text="如 6-3")
    state = serializers.ChoiceField(DecisionState.choices, source="last.state")
    lead = serializers.CharField(source="last.lead.code")
    due = serializers.DateField(source="last.due")
    original_due = serializers.DateField(source="first.due")
    overdue = serializers.SerializerMethodField()
    supporting = serializers.SerializerMethodField(help_text="单位代码")
    quantity = serializers.ChoiceField(
        Decision.Quantity.choices, allow_blank=True, help_text="空为不按数字衡量"
    )
    indicator = serializers.CharField(source="indicator.code", allow_null=True, default=None)
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)
    value_now = serializers.SerializerMethodField(help_text="现在的数；无法判断或不衡量为 null")
    met = serializers.SerializerMethodField(help_text="是否已达到；无法判断或不衡量为 null")
    steps = StepSerializer(many=True, source="history")

    class Meta:
        model = Decision
        fields = [
            "id", "meeting", "code", "words", "state", "lead", "supporting", "due",
            "original_due", "overdue", "quantity", "indicator", "unit", "value", "began_at",
            "value_now", "met", "steps",
        ]  # fmt: skip

    def get_overdue(self, decision: Decision) -> bool:
        return decision.is_overdue(timezone.localdate())

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_supporting(self, decision: Decision) -> list[str]:
        return [unit.code for unit in decision.supporting.all()]

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_value_now(self, decision: Decision) -> int | None:
        judged = self._gauge.judge(decision)
        return judged.now if judged else None

    @extend_schema_field(serializers.BooleanField(allow_null=True))
    def get_met(self, decision: Decision) -> bool | None:
        judged = self._gauge.judge(decision)
        return judged.is_met if judged else None

    @property
    def _gauge(self) -> Gauge:
        """One for the whole reply: it counts once."""
        context: Any = self.context
        gauge: Gauge = context.setdefault("gauge", Gauge(timezone.localdate()))
        return gauge


class StepRequest(StrictBody):
    kind = serializers.ChoiceField(STEP_KINDS)
    text = serializers.CharField(
        max_length=2000,
        required=False,
        default="",
        allow_blank=True,
        help_text="同意办结可不填，其余必填",
    )
    seen = serializers.IntegerField(min_value=1, help_text="所见的最后一步的 number")
    lead = serializers.SlugRelatedField[Any](
        slug_field="code",
        queryset=Unit.objects.all(),
        required=False,
        help_text="改派时的新牵头单位",
        error_messages={"does_not_exist": "没有代码为“{value}”的单位。"},
    )
    due = serializers.DateField(required=False, help_text="改期时的新期限")


class DecisionFilter(StrictFilterSet):
    state = django_filters.ChoiceFilter(
        label="状态", field_name="state_now", choices=DecisionState.choices
    )
    lead = django_filters.CharFilter(label="现牵头单位代码", method="of_lead", max_length=20)
    meeting = django_filters.NumberFilter(label="第几次会议", field_name="meeting__number")

    class Meta(StrictFilterSet.Meta):
        model = Decision
        fields: list[str] = []

    def of_lead(self, queryset: Any, name: str, value: str) -> QuerySet[Decision]:
        lead = Unit.objects.filter(code=value).first()
        return queryset.led_by(lead) if lead else queryset.none()


@extend_schema_view(
    list=extend_schema(summary="会议决定列表"), retrieve=extend_schema(summary="一项会议决定")
)
class DecisionViewSet(RosterApi, ListedViewSet):
    """联席会议的决定和每一步办理。单位人员只见本单位牵头（含曾牵头）或配合的。"""

    queryset = standing.with_steps(Decision.objects.with_state()).order_by()
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter
    sorts = {"id": "id"}
    default_sort = "-id"

    @extend_schema(
        summary="报进度、申请办结、同意办结、退回、改派或改期",
        request=StepRequest,
        responses={201: DecisionSerializer},
        parameters=[DESCRIBED],
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def steps(self, request: Request, pk: str) -> Response:
        decision = get_object_or_404(self.get_queryset(), pk=pk)
        # Before the body is read: leaders and auditors read everything and write nothing.
        if not rights.may_take_any(self.user, decision):
            self.forbid(rights.FORBIDDEN)
        body = self.parse_body(request, StepRequest).validated_data
        if not rights.may_take(self.user, decision, body["kind"]):
            self.forbid(rights.FORBIDDEN)
        new = NewStep(body["kind"], body["text"], lead=body.get("lead"), due=body.get("due"))
        steps.take(decision, new, by=self.user, seen=body["seen"])
        fresh = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(self.get_serializer(fresh).data, status.HTTP_201_CREATED)
