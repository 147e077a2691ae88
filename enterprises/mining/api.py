"""Candidates in the API: the same lists, firms and words as the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from enterprises.firms.self_check.api import PointsSerializer, StateField
from enterprises.mining.details import ConditionNote
from enterprises.mining.lists import candidate_lists
from enterprises.mining.page import CandidateLine, CandidatesPage, Ranked
from enterprises.mining.question import POOL, CandidatesForm
from enterprises.mining.sifting import Outcome
from enterprises.models import Enterprise
from parks.access import person
from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import FoundRowsViewSet

PARAMETERS = [
    OpenApiParameter(
        "show", str, enum=list(candidate_lists()), description="名单，默认 candidates（高企候选）"
    ),
    OpenApiParameter("outcome", str, enum=Outcome.values, description="结果"),
    OpenApiParameter("unit", str, description="单位代码；填报人只见本单位"),
    OpenApiParameter("pool", str, enum=list(POOL), description="在后备库（in）或不在（out）"),
    OpenApiParameter("q", str, description="名称的一部分或代码的开头"),
    OpenApiParameter("on", dt.date, description="假设申报日，默认今天；上年数据未到时为上年末"),
]


class ConditionNoteSerializer(serializers.Serializer[ConditionNote]):
    code = serializers.CharField(help_text="条件编号，与自检相同")
    name = serializers.CharField()
    state = StateField()
    says = serializers.CharField(allow_blank=True, help_text="怎样达到，或缺什么数据")


class CandidateSerializer(serializers.Serializer[CandidateLine]):
    rank = serializers.IntegerField(help_text="在名单中的先后，最有把握的在前")
    uscc = serializers.CharField(source="firm.uscc")
    name = serializers.CharField(source="firm.name")
    unit = serializers.CharField(source="unit.code", default=None, allow_null=True)
    contact = serializers.CharField(allow_null=True, help_text="联系人和电话；无权查看时为 null")
    pool_stage = serializers.CharField(
        source="stage", allow_blank=True, help_text="在后备库的层级；不在库为空"
    )
    outcome = serializers.ChoiceField(Outcome.choices, help_text="自检结果，不代表认定结论")
    conditions = ConditionNoteSerializer(source="notes", many=True)
    score = PointsSerializer(help_text="数据可证和最高可得的分数；没有评分的名单为 0 至 0")
    data_year = serializers.IntegerField(
        source="sifted.year", allow_null=True, help_text="最新一份年度数据的年度"
    )
    valid_until = serializers.DateField(
        source="until", allow_null=True, help_text="续证风险：现有证书的有效期至"
    )


@extend_schema_view(
    list=extend_schema(summary="高企等的候选企业", parameters=PARAMETERS, filters=True)
)
class CandidateViewSet(FoundRowsViewSet):
    """应入未入是高企候选中 outcome=ready、pool=out 的。与候选企业页同样的参数、同样的企业；填报人只见本单位企业。按 rank 排列即为页面次序。"""

    queryset = Enterprise.objects.none()
    serializer_class = CandidateSerializer
    sorts = {"id": "id", "uscc": "uscc"}
    default_sort = "id"

    @cached_property
    def candidates(self) -> CandidatesPage:
        form = CandidatesForm(
            self.request.query_params,
            user=person(self.request),
            beside=KeysetPagination.parameters,
        )
        return CandidatesPage(understood(form).question())

    @cached_property
    def found(self) -> dict[int, Ranked]:
        """By the key of the firm."""
        ranked = enumerate(self.candidates.listed, 1)
        return {sifted.firm: (rank, sifted) for rank, sifted in ranked}

    def lines_of_page(self, rows: Sequence[Ranked]) -> Sequence[CandidateLine]:
        return self.candidates.lines_of(rows)
