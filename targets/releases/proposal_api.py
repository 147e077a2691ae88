"""API of publishing a quarter: what would be published, asking for it, confirming, withdrawing."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from enterprises.models import Quarter
from enterprises.reporting.api.quarters import RosterApi
from enterprises.reporting.api.requests import QuarterField
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.problems import understood
from parks.api.serializers import StrictBody
from parks.api.views import ListedViewSet
from parks.filters import StrictForm
from targets.figures.serializers import number
from targets.models import ReleaseProposal
from targets.releases import preview as release_preview
from targets.releases import proposals
from targets.releases.api import ReleaseSerializer
from targets.releases.bridge_api import SideSerializer

NOT_FOR_OTHERS = "只有科技局可以发布季度数据。"
QUARTER = OpenApiParameter("code", str, OpenApiParameter.PATH, description="如 2026Q3")
SEEN = "预览中的 mark：发布的就是预览时所见；其后有变动的不予办理（409，code 为 changed）"


class DoubtSerializer(serializers.Serializer[Any]):
    about = serializers.CharField(help_text="代码，如 rosters_missing")
    said = serializers.CharField()
    names = serializers.ListField(child=serializers.CharField())


class PreviewFigureSerializer(serializers.Serializer[Any]):
    indicator = serializers.CharField(source="code")
    value = number(help_text="将发布的全区数")
    told = number(help_text="before 所发布的；before 为 null 时为 null")


class PreviewFirmSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="资质简称")
    uscc = serializers.CharField(source="firm.uscc")
    name = serializers.CharField(source="firm.name")
    sign = serializers.IntegerField(source="firm.sign", help_text="1 增加，-1 减少，0 有出入")
    before = SideSerializer(source="firm.before", allow_null=True)
    after = SideSerializer(source="firm.after", allow_null=True)


class PreviewReply(serializers.Serializer[Any]):
    quarter = serializers.CharField(source="release.quarter.code")
    number = serializers.IntegerField(source="release.number", help_text="将成为第几版")
    as_of = serializers.DateField(source="release.as_of")
    mark = serializers.CharField(help_text="所见内容的摘要，提请和发布时作为 seen 送回")
    ledger_entry = serializers.IntegerField(source="release.ledger_entry")
    expected = serializers.IntegerField(source="release.expected")
    handed_in = serializers.IntegerField(source="release.handed_in")
    applied = serializers.IntegerField(source="release.applied")
    before = serializers.CharField(
        source="before.code", allow_null=True, default=None, help_text="与之比较的发布版"
    )
    figures = PreviewFigureSerializer(many=True)
    doubts = DoubtSerializer(many=True, help_text="尚缺和存疑")
    firms = PreviewFirmSerializer(many=True, help_text="before 在其统计日所说不同的企业")
    beside = serializers.ListField(
        child=serializers.CharField(), help_text="与上一版在目标、任务方面的差别"
    )


class ProposalSerializer(serializers.ModelSerializer[ReleaseProposal]):
    quarter = serializers.CharField(source="quarter.code")
    asked_by = serializers.CharField(source="asked_by.username")
    withdrawn_by = serializers.CharField(
        source="withdrawn_by.username", allow_null=True, default=None
    )
    release = serializers.CharField(
        source="release.code", allow_null=True, default=None, help_text="发布以后的发布版"
    )
    doubts = DoubtSerializer(many=True, help_text="发布时尚缺和存疑")

    class Meta:
        model = ReleaseProposal
        fields = [
            "id", "quarter", "reason", "mark", "ledger_entry", "asked_by", "asked_at",
            "withdrawn_by", "withdrawn_at", "release", "doubts", "sole_reason",
        ]  # fmt: skip


class AskRequest(StrictBody):
    quarter = QuarterField(help_text="如 2026Q3")
    seen = serializers.CharField(max_length=64, help_text=SEEN)
    reason = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="修订版必填，最多300字"
    )


class ConfirmRequest(StrictBody):
    seen = serializers.CharField(max_length=64, help_text=SEEN)
    sole_reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="科技局没有第二个可以发布的人时必填，最多300字",
    )


class ReleasePreview(RosterApi):
    """季度发布的预览：将发布的数字、尚缺和存疑、与此前发布的差别。什么也不改变。仅限科技局。"""

    @extend_schema(summary="发布预览（科技局）", parameters=[QUARTER], responses=PreviewReply)
    def get(self, request: Request, code: str) -> Response:
        if not self.user.in_bureau:
            self.forbid(NOT_FOR_OTHERS)
        understood(StrictForm(request.query_params))
        quarter = Quarter.objects.coded(code).first()
        if quarter is None:
            raise NotFound
        return Response(PreviewReply(release_preview.build_preview(quarter, self.user)).data)


@extend_schema_view(
    list=extend_schema(summary="拟发布列表"), retrieve=extend_schema(summary="一项拟发布")
)
class ReleaseProposalViewSet(RosterApi, ListedViewSet):
    """一人提请、另一人发布。仅科技局可见。"""

    queryset = ReleaseProposal.objects.select_related(
        "quarter", "asked_by", "withdrawn_by", "release__quarter"
    ).order_by()
    serializer_class = ProposalSerializer
    default_sort = "-id"

    @extend_schema(
        summary="提请发布（科技局）",
        request=AskRequest,
        responses={201: ProposalSerializer},
        parameters=[DESCRIBED],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        self._refuse_others()
        body = self.parse_body(request, AskRequest).validated_data
        return self.created(proposals.ask(body.pop("quarter"), by=self.user, **body))

    @extend_schema(
        summary="发布（科技局，提请人以外的人）",
        request=ConfirmRequest,
        responses={201: ReleaseSerializer},
        parameters=[DESCRIBED],
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def publish(self, request: Request, pk: str) -> Response:
        self._refuse_others()
        proposal = get_object_or_404(self.get_queryset(), pk=pk)
        body = self.parse_body(request, ConfirmRequest).validated_data
        release = proposals.confirm(proposal, by=self.user, **body)
        place = reverse("api-release", args=[release.code], request=request)
        reply = ReleaseSerializer(release).data
        return Response(reply, status.HTTP_201_CREATED, headers={"Location": place})

    @extend_schema(
        summary="撤回拟发布（科技局）",
        request=None,
        responses=ProposalSerializer,
        parameters=[DESCRIBED],
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def withdraw(self, request: Request, pk: str) -> Response:
        self._refuse_others()
        proposal = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(ProposalSerializer(proposals.withdraw(proposal, by=self.user)).data)

    def _refuse_others(self) -> None:
        if not self.user.in_bureau:
            self.forbid(NOT_FOR_OTHERS)
