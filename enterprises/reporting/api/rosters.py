"""API views of rosters: sending one, its versions, their problems and firms, the acts on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
)
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from enterprises.firms.serializers import JobSerializer
from enterprises.loading import storage
from enterprises.loading.stored_files import hand_out
from enterprises.models import RosterVersion
from enterprises.reporting import answers, applying, intake, rehearsal, rights, submission
from enterprises.reporting.api.filters import PlannedFirmFilter, ProblemFilter, VersionFilter
from enterprises.reporting.api.quarters import RosterApi
from enterprises.reporting.api.requests import (
    AnswersRequest,
    ApprovalRequest,
    MappingRequest,
    RemarkRequest,
    RosterQuery,
    RosterRequest,
    TextRequest,
    UndoRequest,
)
from enterprises.reporting.api.serializers import (
    PlannedFirmSerializer,
    RemarkSerializer,
    RosterProblemSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.views import JsonBody, ListedViewSet
from parks.filters import NoFilter
from parks.models import Unit

DRY_RUN = OpenApiParameter(
    "dry_run", bool, description="只检查，不登记：答复为任务，结果见 jobs/{id}/"
)
ANSWERS = OpenApiExample(
    "说明和理由",
    {
        "firms": {
            "91500116MA00000012": {"word": "moved", "day": "2026-08-08", "to_unit": "luohuang"}
        },
        "reasons": {"R111|上年研发费用（万元）": "当年投入新产线，数据属实"},
    },
    request_only=True,
)
RELATED = (
    "roster__quarter", "roster__unit", "source",
    "created_by", "submitted_by", "decided_by", "undone_by",
)  # fmt: skip
LISTED = frozenset({"list", "problems", "firms", "remarks"})


def describe_act(
    summary: str, request: Any = None, code: int = 200, examples: Sequence[OpenApiExample] = ()
) -> Any:
    """The schema of a POST that does something to a version and answers with the version."""
    return extend_schema(
        summary=summary,
        request=request,
        responses={code: VersionDetailSerializer},
        parameters=[DESCRIBED],
        filters=False,
        examples=list(examples),
    )


class RosterViewSet(RosterApi, viewsets.GenericViewSet[Any]):
    """报送名册：与页面上传走同一检查，规则代码相同。"""

    queryset = RosterVersion.objects.all()
    parser_classes = [MultiPartParser, JsonBody]
    pagination_class = None

    @extend_schema(
        summary="上传名册或报零报告，可只检查（dry_run）",
        request={"multipart/form-data": RosterRequest},
        responses={
            202: PolymorphicProxySerializer(
                "Received", [VersionDetailSerializer, JobSerializer], None
            )
        },
        parameters=[DESCRIBED, DRY_RUN],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        if not (self.user.in_bureau or self.user.unit_id):
            self.forbid("只有填报人和科技局人员可以报送名册。")
        query = RosterQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        body = self.parse_body(request, RosterRequest).validated_data
        unit = self._reporting_unit(body.get("unit"))
        # As a field of the form or as a parameter of the address.
        if body["dry_run"] or query.validated_data.get("dry_run"):
            job = self._dry_run(unit, body)
            place = reverse("api-jobs-detail", args=[job.pk], request=request)
            reply = JobSerializer(job, context=self.get_serializer_context()).data
        else:
            version = self._receive_version(unit, body)
            place = reverse("api-roster-versions-detail", args=[version.pk], request=request)
            reply = VersionDetailSerializer(version, context=self.get_serializer_context()).data
        return Response(reply, status=status.HTTP_202_ACCEPTED, headers={"Location": place})

    def _reporting_unit(self, named: Unit | None) -> Unit:
        unit = named or self.user.unit
        if unit is None or not rights.reports_for(self.user, unit):
            self.forbid("填报人只能报送本单位的名册；科技局代报须写明单位。")
        return unit

    def _receive_version(self, unit: Unit, body: dict[str, Any]) -> RosterVersion:
        quarter, reason = body["quarter"], body["reason"]
        if body["nil"]:
            return intake.declare_nil(quarter, unit, by=self.user, reason=reason)
        file = body["file"]
        return intake.receive_file(
            quarter, unit, file.chunks(), file.name, by=self.user, reason=reason
        )

    def _dry_run(self, unit: Unit, body: dict[str, Any]) -> Any:
        quarter = body["quarter"]
        if body["nil"]:
            return rehearsal.submit_nil(quarter, unit, by=self.user)
        file = body["file"]
        return rehearsal.submit_file(quarter, unit, file.chunks(), file.name, by=self.user)


@extend_schema_view(list=extend_schema(summary="名册版本列表"))
class RosterVersionViewSet(RosterApi, ListedViewSet):
    """填报人只见本单位的版本；草稿（checking、faulty、ready）只有本单位和科技局可见。"""

    queryset = RosterVersion.objects.select_related(*RELATED).order_by()
    serializer_class = VersionSerializer
    filterset_class: Any = VersionFilter
    default_sort = "-id"
    paged_actions = LISTED
    whole = False
    """Whether the answer to this request may name contact persons. Serializers read it from the
    context."""

    # --- reading ----------------------------------------------------------------------------------
    @extend_schema(
        summary="一个名册版本：状态、检查结果、未办事项", responses=VersionDetailSerializer
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._current(self.get_object())

    @extend_schema(
        summary="检查出的问题", responses=RosterProblemSerializer(many=True), filters=True
    )
    @action(
        detail=True,
        filterset_class=ProblemFilter,
        serializer_class=RosterProblemSerializer,
        default_sort="id",
    )
    def problems(self, request: Request, pk: str) -> Response:
        version = self._visible_version()
        return self._filtered_page(version, version.problems.order_by())

    @extend_schema(
        summary="入库方案：各企业将有的变更和须说明的内容",
        responses=PlannedFirmSerializer(many=True),
        filters=True,
    )
    @action(
        detail=True,
        filterset_class=PlannedFirmFilter,
        serializer_class=PlannedFirmSerializer,
        default_sort="id",
    )
    def firms(self, request: Request, pk: str) -> Response:
        version = self._visible_version()
        return self._filtered_page(
            version, version.firms.select_related("park", "town", "from_unit", "to_unit").order_by()
        )

    @extend_schema(
        summary="下载收到的文件", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    @action(detail=True)
    def file(self, request: Request, pk: str) -> FileResponse:
        version = self._visible_version()
        if not rights.reads_whole(self.user, version):
            self.forbid("名册文件含联系人，只有本单位和科技局可以下载。")
        source = version.source
        if source is None:
            raise Http404
        return hand_out(storage.path_of(source), version.filename, source.sha256)

    @extend_schema(summary="审核意见", responses=RemarkSerializer(many=True), filters=True)
    @action(
        detail=True, filterset_class=NoFilter, serializer_class=RemarkSerializer, default_sort="id"
    )
    def remarks(self, request: Request, pk: str) -> Response:
        version = self._visible_version()
        return self._filtered_page(version, version.remarks.select_related("by").order_by())

    @extend_schema(
        summary="提意见",
        request=RemarkRequest,
        responses={201: RemarkSerializer},
        parameters=[DESCRIBED],
        filters=False,
    )
    @remarks.mapping.post
    @idempotent
    def add_remark(self, request: Request, pk: str) -> Response:
        version = self._own_version()
        body = dict(self.parse_body(request, RemarkRequest).validated_data)
        remark = submission.add_remark(version, body.pop("text"), by=self.user, **body)
        return Response(RemarkSerializer(remark).data, status=status.HTTP_201_CREATED)

    # --- the unit's acts --------------------------------------------------------------------------
    @describe_act("填写企业说明和提醒的理由", AnswersRequest, examples=[ANSWERS])
    @action(detail=True, methods=["post"])
    @idempotent
    def answers(self, request: Request, pk: str) -> Response:
        version = self._own_version()
        sent, reasons = self.parse_body(request, AnswersRequest).answers_and_reasons()
        answers.store_answers_and_reasons(version, sent, reasons)
        return self._current(version)

    @describe_act("报送")
    @action(detail=True, methods=["post"], url_path="hand-in")
    @idempotent
    def hand_in(self, request: Request, pk: str) -> Response:
        version = self._own_version()
        submission.hand_in(version, by=self.user)
        return self._current(version)

    @describe_act("撤回")
    @action(detail=True, methods=["post"], url_path="take-back")
    @idempotent
    def take_back(self, request: Request, pk: str) -> Response:
        version = self._own_version()
        submission.take_back(version, by=self.user)
        return self._current(version)

    @describe_act("重新检查", code=202)
    @action(detail=True, methods=["post"])
    @idempotent
    def recheck(self, request: Request, pk: str) -> Response:
        version = self._own_version()
        intake.recheck_version(version, by=self.user)
        return self._current(version, status.HTTP_202_ACCEPTED)

    @describe_act("说明本单位的列名对应哪一列，并重新检查", MappingRequest, code=202)
    @action(detail=True, methods=["post"])
    @idempotent
    def mapping(self, request: Request, pk: str) -> Response:
        version = self._own_version()
        titles = self.parse_body(request, MappingRequest).validated_data["titles"]
        intake.store_mapping(version, titles, by=self.user)
        return self._current(version, status.HTTP_202_ACCEPTED)

    # --- the bureau's acts ------------------------------------------------------------------------
    @describe_act("审核通过并入库（科技局）", ApprovalRequest, code=202)
    @action(detail=True, methods=["post"])
    @idempotent
    def approve(self, request: Request, pk: str) -> Response:
        version = self._version_for_bureau()
        body = self.parse_body(request, ApprovalRequest).validated_data
        submission.approve_version(version, by=self.user, **body)
        return self._current(version, status.HTTP_202_ACCEPTED)

    @describe_act("退回（科技局）", TextRequest)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    @idempotent
    def send_back(self, request: Request, pk: str) -> Response:
        version = self._version_for_bureau()
        text = self.parse_body(request, TextRequest).validated_data["text"]
        submission.return_to_unit(version, by=self.user, text=text)
        return self._current(version)

    @describe_act("撤销入库（科技局）", UndoRequest)
    @action(detail=True, methods=["post"])
    @idempotent
    def undo(self, request: Request, pk: str) -> Response:
        version = self._version_for_bureau()
        reason = self.parse_body(request, UndoRequest).validated_data["reason"]
        applying.undo_roster(version, by=self.user, reason=reason)
        return self._current(version)

    # --- what these share -------------------------------------------------------------------------
    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file is sent whatever type the request accepts: none of the renderers makes it."""
        return super().perform_content_negotiation(request, force or self.action == "file")

    def _visible_version(self) -> RosterVersion:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def _own_version(self) -> RosterVersion:
        version = self._visible_version()
        if not rights.reports_for(self.user, version.roster.unit):
            self.forbid("只有本单位和科技局可以办理。")
        return version

    def _version_for_bureau(self) -> RosterVersion:
        version = self._visible_version()
        self.refuse_unless_bureau()
        return version

    def _filtered_page(self, version: RosterVersion, rows: Any) -> Response:
        """A page of rows of the version, through the filter of the action."""
        self.whole = rights.reads_whole(self.user, version)
        rows = self.filter_queryset(rows)
        return self.get_paginated_response(self.rows(rows, self.paginate_queryset(rows) or []))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "whole": self.whole}

    def _current(self, version: RosterVersion, code: int = status.HTTP_200_OK) -> Response:
        """The version as it is in the database now, after the act."""
        fresh = get_object_or_404(RosterVersion.objects.select_related(*RELATED), pk=version.pk)
        reply = VersionDetailSerializer(fresh, context=self.get_serializer_context()).data
        return Response(reply, status=code)
