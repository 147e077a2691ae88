"""The reserve pool in the API: the same rows as the page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from enterprises.models import Enterprise, PoolEntry
from parks.access import person
from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import FoundRowsViewSet
from targets.pool.page import PoolLine, lines_of
from targets.pool.question import PoolListForm, PoolQuestion, PoolView
from targets.pool.reading import DUE_LABELS, PoolReading, PoolRow, read_pool

LISTS = [view for view in PoolView if view is not PoolView.COHORT]
PARAMETERS = [
    OpenApiParameter(
        "view",
        str,
        enum=[view.value for view in LISTS],
        default=PoolView.LIVE.value,
        description="名单",
    ),
    OpenApiParameter("unit", str, description="单位代码；填报人只能为本单位"),
    OpenApiParameter("stage", str, enum=PoolEntry.Stage.values, description="层级或建议的层级"),
    OpenApiParameter("due", str, enum=list(DUE_LABELS), description="到期原因"),
    OpenApiParameter("age", int, description="在该层级的整年数，2 为 2 年以上"),
    OpenApiParameter("q", str, description="企业名称的一段"),
]


class PoolRowSerializer(serializers.Serializer[PoolLine]):
    uscc = serializers.CharField(source="firm.uscc")
    name = serializers.CharField(source="firm.name")
    unit = serializers.CharField(source="unit.code", help_text="负责的单位")
    contact = serializers.CharField(allow_null=True, help_text="联系人和电话；无权查看时为 null")
    stage = serializers.CharField(
        source="row.stay.stage", allow_null=True, default=None, help_text="不在库的为 null"
    )
    target_year = serializers.IntegerField(
        source="row.stay.target_year", allow_null=True, default=None
    )
    since = serializers.DateField(
        source="row.at_stage_since", allow_null=True, help_text="从这一天起在该层级"
    )
    review_on = serializers.DateField(
        source="row.review_day", allow_null=True, help_text="下次复核"
    )
    due = serializers.SerializerMethodField(help_text="到期原因的代码")
    advice = serializers.CharField(
        source="row.proposal.advice", allow_null=True, default=None, help_text="建议；没有的为 null"
    )
    advised_stage = serializers.CharField(
        source="row.proposal.stage", allow_null=True, default=None
    )
    met = serializers.IntegerField(source="row.met", help_text="自检符合的条件数")
    failed = serializers.IntegerField(source="row.failed")
    missing = serializers.IntegerField(source="row.missing", help_text="缺数据的条件数")
    lacks = serializers.ListField(
        source="all_lacks", child=serializers.CharField(), help_text="差什么，先不符合后缺数据"
    )
    newest_year = serializers.IntegerField(
        source="row.newest_year", allow_null=True, help_text="所用数据的年度"
    )

    def get_due(self, line: PoolLine) -> list[str]:
        return [due.code for due in line.row.due]


@extend_schema_view(list=extend_schema(summary="后备库", parameters=PARAMETERS, filters=True))
class PoolViewSet(FoundRowsViewSet):
    """在库、到期或有建议的企业，每家一条；自检结果，不代表认定结论。填报人只见本单位企业。"""

    queryset = Enterprise.objects.none()
    serializer_class = PoolRowSerializer

    @cached_property
    def question(self) -> PoolQuestion:
        query = self.request.query_params
        form = PoolListForm(
            query, user=person(self.request), beside=KeysetPagination.parameters, views=LISTS
        )
        return understood(form).question()

    @cached_property
    def reading(self) -> PoolReading:
        return read_pool(self.question.on, person(self.request), self.question.unit)

    @cached_property
    def found(self) -> dict[int, PoolRow]:
        """By the key of the firm."""
        return {row.firm: row for row in self.question.listed(self.reading)}

    def lines_of_page(self, rows: Sequence[PoolRow]) -> Sequence[PoolLine]:
        return lines_of(rows, person(self.request), self.reading)
