"""API of releases: the editions, and the frozen figures and firms of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from parks.api.problems import understood
from parks.api.views import PortalApi
from parks.filters import StrictForm
from parks.models import User
from targets.figures.frozen.frozen_list import FrozenListForm
from targets.figures.http_cache import revalidated_get
from targets.figures.serializers import number
from targets.goals.api import MeasuresSerializer
from targets.models import Definition, FrozenSpan, Release, Scope
from targets.releases import completion as release_completion
from targets.releases import verdicts as released_verdicts
from targets.releases import views

FIRMS_AT_MOST = 1_000


@extend_schema_field({"type": ["number", "string", "null"]})
class FrozenNumber(serializers.Field[Any, Any, Any, Any]):
    """A whole number, or a decimal in figures."""


class FrozenJudgement(serializers.Serializer[Any]):
    value = FrozenNumber()
    goal = FrozenNumber()
    met = serializers.BooleanField(allow_null=True)
    missing = FrozenNumber()
    doubled = serializers.BooleanField(allow_null=True)


class FrozenVerdict(FrozenJudgement):
    indicator = serializers.CharField()
    name = serializers.CharField()
    due = serializers.DateField()
    wording = serializers.CharField()
    at_due = FrozenJudgement(allow_null=True)


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    code = serializers.CharField(help_text="如 2026Q3-1")
    quarter = serializers.CharField(source="quarter.code")
    made_by = serializers.CharField(source="made_by.username")
    asked_by = serializers.CharField(
        source="proposal.asked_by.username",
        allow_null=True,
        default=None,
        help_text="提请人；最初几版没有提请的为 null",
    )
    sole_reason = serializers.CharField(
        source="proposal.sole_reason",
        allow_null=True,
        default=None,
        help_text="由一人提请并发布的理由，由两人办理的为空",
    )
    rules = serializers.ListField(child=serializers.DictField(), help_text="统计的指标及其说明")
    tasks = serializers.ListField(child=serializers.DictField(), help_text="重点任务的进展")
    verdicts = serializers.SerializerMethodField(
        help_text="各目标的判断：统计日的；at_due 为期限已过的目标在到期日的数值和判断，以此为准"
    )

    class Meta:
        model = Release
        fields = [
            "code", "quarter", "number", "as_of", "reason", "made_at", "made_by",
            "asked_by", "sole_reason", "expected", "handed_in", "applied", "ledger_entry", "digest", "rules", "verdicts", "tasks",
        ]  # fmt: skip

    @extend_schema_field(FrozenVerdict(many=True))
    def get_verdicts(self, release: Release) -> list[dict[str, Any]]:
        return released_verdicts.rows_with_due_days(release)


class FrozenFigureRow(serializers.Serializer[Any]):
    definition = serializers.CharField()
    scope = serializers.CharField()
    indicator = serializers.CharField()
    value = number()


class FrozenGoalRowSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    scope = serializers.CharField(
        help_text="district、parks、outside 或单位代码；镇街只计园区平台以外的企业"
    )
    rank = serializers.IntegerField(
        allow_null=True, help_text="园区平台、镇街分别按年末存量完成率排位"
    )
    measures = MeasuresSerializer()


class FrozenGoals(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    revision = serializers.CharField(help_text="发布时现行的任务分解方案")
    rows = FrozenGoalRowSerializer(many=True)


class ForecastRow(serializers.Serializer[Any]):
    """按统计日所知的推算；没有可推算的为 null."""

    kind = serializers.CharField()
    name = serializers.CharField()
    stock = serializers.IntegerField()
    in_flight = serializers.IntegerField(help_text="在途")
    year_end = serializers.DateField(required=False)
    expected = serializers.IntegerField(required=False)
    low = serializers.IntegerField(required=False, help_text="八成把握的下限")
    high = serializers.IntegerField(required=False, help_text="八成把握的上限")
    goal = serializers.IntegerField(required=False, allow_null=True, help_text="全年任务")
    target_due = serializers.DateField(required=False)
    target = serializers.IntegerField(required=False, help_text="计划目标至少")
    needed = serializers.IntegerField(required=False, help_text="还需新认定或新入库")
    confident = serializers.IntegerField(required=False, help_text="要有八成把握所需")
    said = serializers.ListField(child=serializers.CharField())


class BulletinDecisionRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()
    lead = serializers.CharField()
    due = serializers.DateField()
    state = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)


class ReleaseBulletin(serializers.Serializer[Any]):
    head = serializers.DictField(help_text="发文字号 symbol、期号 issue、签发人、主送、抄送、印发")
    problems = serializers.ListField(child=serializers.CharField(), help_text="存在问题，一项一段")
    steps = serializers.ListField(child=serializers.CharField(), help_text="下一步工作，一项一段")
    drafted = serializers.DictField(help_text="按数字起草的原文，各段带其数字")
    is_automatic = serializers.BooleanField(help_text="文字由系统起草，没有人改过")
    forecast = ForecastRow(many=True)
    decisions = BulletinDecisionRow(many=True, help_text="未办结的和本季度以来办结的会议决定")
    written_by = serializers.CharField()
    written_at = serializers.CharField()


class ReleaseReply(ReleaseSerializer):
    figures = FrozenFigureRow(many=True)
    bulletin = ReleaseBulletin(
        allow_null=True, help_text="通报的版头和文字；以前的发布版没有，填报人不见，为 null"
    )
    completion = FrozenGoals(allow_null=True, help_text="发布时没有下达任务的为 null")

    class Meta(ReleaseSerializer.Meta):
        fields = [*ReleaseSerializer.Meta.fields, "figures", "completion", "bulletin"]


class FrozenFirmSerializer(serializers.ModelSerializer[FrozenSpan]):
    class Meta:
        model = FrozenSpan
        fields = [
            "uscc",
            "name",
            "park",
            "town",
            "start",
            "end",
            "number",
            "valid_from",
            "valid_until",
        ]


class FirmsReply(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True, help_text="下一段的 after；null 为已到末尾")
    results = FrozenFirmSerializer(many=True)


class FirmsQuery(StrictForm, FrozenListForm):
    after = forms.CharField(label="起点", required=False, max_length=18)


class Releases(PortalApi):
    """季度发布的各版，新的在前。发布后不再改变。"""

    @extend_schema(summary="季度发布", responses=ReleaseSerializer(many=True))
    @revalidated_get
    def get(self, request: Request) -> Response:
        understood(StrictForm(request.query_params))
        releases = Release.objects.select_related("quarter", "made_by", "proposal__asked_by")
        return Response(ReleaseSerializer(releases, many=True).data)


class ReleaseDetail(PortalApi):
    """一版的全部数字，按发布时冻结的；填报人只见全区合计和本单位。"""

    @extend_schema(summary="一版季度发布", responses=ReleaseReply)
    @revalidated_get
    def get(self, request: Request, code: str) -> Response:
        understood(StrictForm(request.query_params))
        release = views.find_release(code)
        user: User = request.user  # type: ignore[assignment]
        figures = release.figures.order_by("definition", "indicator", "scope")
        if not user.sees_whole_district:
            # The district's totals are for everyone, the figures of units only for their own users.
            own_code = user.unit.code if user.unit else ""
            figures = figures.filter(scope__in=[*Scope.values, own_code])
        goals = release_completion.frozen_completion(release, user)
        reply = {
            **ReleaseSerializer(release).data,
            "figures": FrozenFigureRow(figures, many=True).data,
            "completion": FrozenGoals(goals).data if goals else None,
            # It names firms and units of the whole district.
            "bulletin": (release.bulletin or None) if user.sees_whole_district else None,
        }
        return Response(reply)


class ReleaseFirms(PortalApi):
    """一版中某个数字背后的企业，按信用代码排序，每次最多1000家。"""

    PARAMETERS = [
        OpenApiParameter("indicator", str, required=True, description="统计的指标"),
        OpenApiParameter("scope", str, description="district、parks、outside 或单位代码，默认全区"),
        OpenApiParameter("definition", str, enum=Definition.values),
        OpenApiParameter("on", dt.date, description="发布时所知的另一日，默认统计日"),
        OpenApiParameter(
            "lapsing_from",
            dt.date,
            description="与 lapsing_to 一起：证书在此期间到期且无后续证书的企业",
        ),
        OpenApiParameter("lapsing_to", dt.date, description="不含当日"),
        OpenApiParameter("park", str, description="园区代码，或 outside"),
        OpenApiParameter("town", str, description="镇街代码"),
        OpenApiParameter("after", str, description="上一段的 next"),
    ]

    @extend_schema(summary="一版季度发布的名单", parameters=PARAMETERS, responses=FirmsReply)
    @revalidated_get
    def get(self, request: Request, code: str) -> Response:
        release = views.find_release(code)
        query = understood(FirmsQuery(request.query_params, release=release))
        user: User = request.user  # type: ignore[assignment]
        firms = query.frozen_list().firms(release).visible_to(user)
        # From a code on: rows that are skipped by number would all be read again.
        rest = firms.filter(uscc__gt=query.cleaned_data["after"]).order_by("uscc", "start")
        # One row more than is given tells whether anything follows.
        page = list(rest[: FIRMS_AT_MOST + 1])
        following = None
        if len(page) > FIRMS_AT_MOST:
            # A firm may have several rows, and the key names only the firm: its rows stay together.
            page = [row for row in page if row.uscc < page[-1].uscc]
            following = page[-1].uscc
        results = FrozenFirmSerializer(page, many=True).data
        return Response({"count": firms.count(), "next": following, "results": results})
