"""Yearly duties in the API: the same rows as the page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from enterprises.models import DutyState, Enterprise
from parks.access import person
from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import FoundRowsViewSet
from targets.duties.form import ALL, GROUPS, DutiesForm
from targets.duties.page import HolderLine, lines_of
from targets.duties.rules import DutyRow

PARAMETERS = [
    OpenApiParameter("duty", str, description="年度义务的代码，默认第一项"),
    OpenApiParameter("year", int, description="所报年度，默认最近一个"),
    OpenApiParameter("unit", str, description="负责单位代码；填报人只能为本单位"),
    OpenApiParameter(
        "state",
        str,
        enum=[*GROUPS, *DutyState.values],
        default=ALL,
        description="状态；todo 为 open 和 missed，risk 为可能失去资格",
    ),
]


class DutySerializer(serializers.Serializer[HolderLine]):
    uscc = serializers.CharField(source="row.span.enterprise.uscc")
    name = serializers.CharField(source="row.span.enterprise.name")
    unit = serializers.CharField(
        source="row.unit.code", help_text="负责的单位：园区平台，园区外的为镇街"
    )
    contact = serializers.CharField(allow_null=True, help_text="联系人和电话；无权查看时为 null")
    duty = serializers.CharField(source="row.duty.code")
    year = serializers.IntegerField(source="row.year", help_text="所报年度")
    due_on = serializers.DateField(source="row.due_on", help_text="截止日，当日仍算按时")
    state = serializers.ChoiceField(DutyState.choices, source="row.state")
    done_on = serializers.DateField(
        source="row.done.done_on", allow_null=True, default=None, help_text="办理日期"
    )
    source = serializers.CharField(  # type: ignore[assignment]
        source="row.done.source", default="", help_text="由谁确认"
    )
    missed_years = serializers.ListField(
        source="row.missed",
        child=serializers.IntegerField(),
        help_text="未办的年度，近的在前；没有登记过任何一家的年度不计",
    )
    at_risk = serializers.BooleanField(source="row.at_risk", help_text="可能失去资格")


@extend_schema_view(
    list=extend_schema(summary="年度义务及办理情况", parameters=PARAMETERS, filters=True)
)
class DutyViewSet(FoundRowsViewSet):
    """截止日计入该类资质的企业一家一条；填报人只见本单位负责的企业。"""

    queryset = Enterprise.objects.none()
    serializer_class = DutySerializer
    sorts = {"id": "id", "uscc": "uscc"}
    default_sort = "id"

    @cached_property
    def found(self) -> dict[int, DutyRow]:
        user = person(self.request)
        form = DutiesForm(
            self.request.query_params,
            user=user,
            beside=KeysetPagination.parameters,
            usual_state=ALL,
        )
        question = understood(form).question()
        if question is None:
            return {}
        rows = question.listed(question.found(user).rows)
        return {row.span.enterprise_id: row for row in rows}

    def lines_of_page(self, rows: Sequence[DutyRow]) -> Sequence[HolderLine]:
        return lines_of(rows, person(self.request))
