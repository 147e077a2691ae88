"""Certificates that lapse and their renewal in the API: the same rows as the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from enterprises.models import Qualification
from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import FoundRowsViewSet
from parks.models import User
from targets.renewals.form import ALL, GROUPS, RenewalsForm
from targets.renewals.page import RenewalLine, lines_of
from targets.renewals.rules import RenewalRow, RenewalState

PARAMETERS = [
    OpenApiParameter("on", dt.date, description="续证状态截至哪一天，默认今天"),
    OpenApiParameter("kind", str, description="资质类别代码（有有效期的），默认 hnte"),
    OpenApiParameter("since", dt.date, description="失效日（有效期至的次日）自，默认半年前"),
    OpenApiParameter("until", dt.date, description="失效日至（含），默认12个月后的月末"),
    OpenApiParameter("unit", str, description="单位代码；填报人只能为本单位"),
    OpenApiParameter(
        "state", str, enum=[*GROUPS, *RenewalState.values], default=ALL, description="续证状态"
    ),
]


class RenewalSerializer(serializers.Serializer[RenewalLine]):
    uscc = serializers.CharField(source="row.certificate.enterprise.uscc")
    name = serializers.CharField(source="row.certificate.enterprise.name")
    unit = serializers.CharField(
        source="row.unit.code", help_text="负责的单位：园区平台，园区外的为镇街"
    )
    contact = serializers.CharField(allow_null=True, help_text="联系人和电话；无权查看时为 null")
    certificate = serializers.CharField(source="row.certificate.number", allow_blank=True)
    valid_until = serializers.DateField(source="row.last_day", help_text="有效期至，当日仍有效")
    days_left = serializers.IntegerField(
        source="row.days_left", help_text="到有效期至的天数，负数为已失效"
    )
    state = serializers.ChoiceField(RenewalState.choices, source="row.standing.state")
    since = serializers.DateField(
        source="row.standing.since", allow_null=True, help_text="自何时起"
    )
    year = serializers.IntegerField(
        source="row.standing.application.year", allow_null=True, default=None, help_text="申报年度"
    )
    batch = serializers.IntegerField(
        source="row.standing.application.batch", allow_null=True, default=None
    )
    agency = serializers.CharField(
        source="row.standing.application.agency", default="", help_text="辅导机构"
    )
    note = serializers.CharField(source="row.standing.application.note", default="")
    renewed_by = serializers.CharField(
        source="row.standing.renewed_by.number",
        allow_null=True,
        default=None,
        help_text="新证书编号",
    )


@extend_schema_view(
    list=extend_schema(summary="到期证书与续证状态", parameters=PARAMETERS, filters=True)
)
class RenewalViewSet(FoundRowsViewSet):
    """每张将到期或到期未满半年的证书一条；填报人只见本单位企业。"""

    queryset = Qualification.objects.none()
    serializer_class = RenewalSerializer
    sorts = {"valid_until": "valid_until", "id": "id"}
    default_sort = "valid_until"

    @cached_property
    def found(self) -> dict[int, RenewalRow]:
        """By the key of the certificate."""
        query = self.request.query_params
        form = RenewalsForm(
            query, user=self._user, beside=KeysetPagination.parameters, usual_state=ALL
        )
        question = understood(form).question()
        rows = question.listed(question.rows(self._user))
        return {row.certificate.pk: row for row in rows}

    def lines_of_page(self, rows: Sequence[RenewalRow]) -> Sequence[RenewalLine]:
        return lines_of(rows, self._user)

    @property
    def _user(self) -> User:
        user: User = self.request.user  # type: ignore[assignment]
        return user
