"""How old the data of firms is, in the API: the same rows as the page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from enterprises.models import Enterprise
from parks.access import person
from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import FoundRowsViewSet
from targets.duties.freshness.form import AGES, ALL, PARTS, FreshForm
from targets.duties.freshness.page import FreshLine, lines_of
from targets.duties.freshness.rules import Age, FreshPart, FreshRow

PARAMETERS = [
    OpenApiParameter("unit", str, description="负责单位代码；填报人只能为本单位"),
    OpenApiParameter(
        "part", str, enum=[code for code, _ in PARTS], default=ALL, description="持证或后备库"
    ),
    OpenApiParameter(
        "age", str, enum=[code for code, _ in AGES], default=ALL, description="todo 为除 fresh 外"
    ),
]


class FreshSerializer(serializers.Serializer[FreshLine]):
    uscc = serializers.CharField(source="row.firm.uscc")
    name = serializers.CharField(source="row.firm.name")
    unit = serializers.CharField(
        source="row.unit.code", help_text="负责的单位：园区平台，园区外的为镇街"
    )
    contact = serializers.CharField(allow_null=True, help_text="联系人和电话；无权查看时为 null")
    part = serializers.ChoiceField(FreshPart.choices, source="row.part")
    age = serializers.ChoiceField(Age.choices, source="row.age")
    wanted_year = serializers.IntegerField(source="row.wanted", help_text="应有的最近年度")
    newest_year = serializers.IntegerField(source="row.newest", allow_null=True)
    told = serializers.DictField(
        source="row.told", child=serializers.IntegerField(), help_text="来源及其最新年度"
    )
    missing = serializers.ListField(
        source="row.missing", child=serializers.CharField(), help_text="待补项目，只列后备库企业"
    )


@extend_schema_view(
    list=extend_schema(summary="企业数据的新旧和待补项目", parameters=PARAMETERS, filters=True)
)
class FreshnessViewSet(FoundRowsViewSet):
    """持证企业和在库后备企业一家一条；填报人只见本单位负责的企业。"""

    queryset = Enterprise.objects.none()
    serializer_class = FreshSerializer
    sorts = {"id": "id", "uscc": "uscc"}
    default_sort = "id"

    @cached_property
    def found(self) -> dict[int, FreshRow]:
        user = person(self.request)
        form = FreshForm(
            self.request.query_params,
            user=user,
            beside=KeysetPagination.parameters,
            usual_age=ALL,
        )
        question = understood(form).question()
        return {row.firm.pk: row for row in question.listed(question.rows(user))}

    def lines_of_page(self, rows: Sequence[FreshRow]) -> Sequence[FreshLine]:
        return lines_of(rows, person(self.request))
