"""The firms to call in the API: the same question, the same firms as the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from enterprises.firms.owners.standing import OwnerStanding
from enterprises.models import Enterprise
from parks.access import person
from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import FoundRowsViewSet
from targets.followup.page import FollowUpLine, FollowUpPage, lines_of
from targets.followup.question import DUE, OPEN, QUIET, FollowUpForm
from targets.followup.rows import FollowUpRow, Why

PARAMETERS = [
    OpenApiParameter("q", str, description="名称的一部分或代码的开头"),
    OpenApiParameter("unit", str, description="单位代码；填报人只能为本单位"),
    OpenApiParameter("why", str, enum=Why.values, description="列入原因"),
    OpenApiParameter(
        "owner", str, description="责任人的用户名；none 为未指定，trouble 为停用或调离"
    ),
    OpenApiParameter("quiet", str, enum=[QUIET], description="1：久未对接的"),
    OpenApiParameter(
        "question", str, enum=[OPEN, DUE], description="有未答问题的；due 为本周应答复的"
    ),
]


class OwnerStandingSerializer(serializers.Serializer[OwnerStanding]):
    account = serializers.CharField(help_text="用户名")
    name = serializers.CharField()
    since = serializers.DateField()
    trouble = serializers.CharField(allow_blank=True, help_text="停用、调离的说明，没有则为空")


class ReasonSerializer(serializers.Serializer[Any]):
    why = serializers.ChoiceField(Why.choices)
    words = serializers.CharField()


class FollowUpSerializer(serializers.Serializer[FollowUpLine]):
    uscc = serializers.CharField(source="row.firm.uscc")
    name = serializers.CharField(source="row.firm.name")
    unit = serializers.CharField(source="row.unit.code")
    reasons = ReasonSerializer(source="row.reasons", many=True, help_text="为什么列入")
    unit_owner = OwnerStandingSerializer(source="row.owners.unit", allow_null=True)
    bureau_owner = OwnerStandingSerializer(source="row.owners.bureau", allow_null=True)
    contact = serializers.CharField(
        allow_null=True, help_text="企业联系人和电话；无权查看时为 null"
    )
    unit_contact = serializers.CharField(allow_null=True, help_text="单位联系人和电话")
    last_on = serializers.DateField(
        source="row.last.on", default=None, allow_null=True, help_text="最近一次对接"
    )
    last_by = serializers.CharField(
        source="row.last.by.username", default=None, allow_null=True, help_text="对接人的用户名"
    )
    quiet = serializers.BooleanField(source="row.is_quiet", help_text="久未对接")
    open_questions = serializers.IntegerField(source="row.questions", help_text="未答问题数")
    due_on = serializers.DateField(
        source="row.next_due.day", default=None, allow_null=True, help_text="最近的期限"
    )
    due = serializers.CharField(source="row.next_due.what", default="", help_text="到期限要做的事")


@extend_schema_view(list=extend_schema(summary="要对接的企业", parameters=PARAMETERS, filters=True))
class FollowUpViewSet(FoundRowsViewSet):
    """与对接页同样的参数、同样的企业；填报人只见本单位企业。"""

    queryset = Enterprise.objects.none()
    serializer_class = FollowUpSerializer
    sorts = {"uscc": "uscc", "id": "id"}
    default_sort = "uscc"

    @cached_property
    def found(self) -> Mapping[int, FollowUpRow]:
        user = person(self.request)
        form = FollowUpForm(
            self.request.query_params, user=user, beside=KeysetPagination.parameters
        )
        asked = understood(form).question_asked()
        return {row.firm.pk: row for row in FollowUpPage(asked).listed}

    def lines_of_page(self, rows: Sequence[FollowUpRow]) -> Sequence[FollowUpLine]:
        return lines_of(rows, person(self.request))
