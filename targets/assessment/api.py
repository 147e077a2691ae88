"""Assessment in the API, to read: the same points as the pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from parks.api.problems import understood
from parks.api.views import PortalApi
from parks.models import Unit, User
from targets.assessment import page, rights
from targets.assessment.gains import OneMore
from targets.assessment.page import BoardPage, SheetRow
from targets.assessment.question import KINDS, AssessmentForm
from targets.assessment.sheet import ItemScore
from targets.models import AssessmentAnswer, AssessmentItem, AssessmentObjection, AssessmentState

ASKED = [
    OpenApiParameter("year", int, description="年度；默认本年，没有时为最近的"),
    OpenApiParameter("kind", str, enum=[code for code, _ in KINDS], description="默认园区平台或本单位的类别"),
]  # fmt: skip


class AssessmentItemRow(serializers.ModelSerializer[AssessmentItem]):
    indicator = serializers.CharField(source="indicator.code", allow_null=True, default=None)
    figure = serializers.CharField(source="figure.code", allow_null=True, default=None)
    source = serializers.ChoiceField(AssessmentItem.Source.choices)  # type: ignore[assignment]

    class Meta:
        model = AssessmentItem
        fields = [
            "id", "title", "note", "source", "indicator", "measure", "figure", "weight", "cap",
            "floor", "full", "no_case",
        ]  # fmt: skip


class ItemScoreSerializer(serializers.Serializer[ItemScore]):
    item = serializers.IntegerField(source="item.pk")
    points = serializers.DecimalField(
        7, 2, allow_null=True, help_text="null 为不计入，其分值按比例分给其他项"
    )
    part = serializers.IntegerField(
        source="measured.part", allow_null=True, help_text="分子；台账数即为此数"
    )
    whole = serializers.IntegerField(source="measured.whole", allow_null=True, help_text="分母")
    lost = serializers.DecimalField(7, 2, help_text="比分值少的分")
    gain = serializers.DecimalField(
        7, 2, allow_null=True, help_text="再多一件加的分；null 为没有下一件，或按材料评分"
    )
    note = serializers.CharField(allow_blank=True)


class AssessmentRowSerializer(serializers.Serializer[SheetRow]):
    unit = serializers.CharField(source="unit.code")
    points = serializers.DecimalField(
        7, 2, source="sheet.points", allow_null=True, help_text="总分；null 为各项都不计入"
    )
    rank = serializers.IntegerField(
        allow_null=True, help_text="名次，同分同名次；无权查看时为 null"
    )
    items = ItemScoreSerializer(many=True, help_text="其他单位的各项无权查看时为空")


class AssessmentReply(serializers.Serializer[BoardPage]):
    year = serializers.IntegerField(source="scheme.year")
    kind = serializers.ChoiceField(KINDS, source="scheme.kind")
    title = serializers.CharField(source="scheme.title")
    state = serializers.ChoiceField(
        AssessmentState.choices,
        source="scheme.state",
        help_text="draft、proposed 的得分是模拟，不作为考核结果",
    )
    document = serializers.CharField(source="scheme.document", allow_blank=True)
    basis = serializers.CharField(source="scheme.basis")
    total = serializers.DecimalField(6, 2, source="scheme.total")
    day = serializers.DateField(source="sheet.day", help_text="统计日")
    frozen_at = serializers.DateTimeField(source="scheme.frozen_at", allow_null=True)
    items = AssessmentItemRow(many=True, source="sheet.items")
    rows = serializers.SerializerMethodField()

    @extend_schema_field(AssessmentRowSerializer(many=True))
    def get_rows(self, shown: BoardPage) -> Any:
        rows: Any = [
            {
                "unit": row.unit,
                "sheet": row.sheet,
                "rank": row.sheet.rank if shown.sees_ranking else None,
                "items": [cell.line for cell in row.cells],
            }
            for row in shown.rows
        ]
        return AssessmentRowSerializer(rows, many=True).data


class CountedCaseSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    told = serializers.CharField(help_text="情况")
    counted = serializers.BooleanField(help_text="是否计入分子")
    url = serializers.CharField(allow_blank=True)


class UnitItemSerializer(ItemScoreSerializer):
    cases = CountedCaseSerializer(many=True, source="measured.cases", help_text="数的是哪些")


class OneMoreSerializer(serializers.Serializer[OneMore]):
    words = serializers.CharField()
    total = serializers.DecimalField(7, 2, help_text="总分加多少")


class ObjectionRow(serializers.ModelSerializer[AssessmentObjection]):
    outcome = serializers.ChoiceField(
        AssessmentAnswer.Outcome.choices, source="answer.outcome", allow_null=True, default=None
    )
    answer = serializers.CharField(source="answer.words", allow_null=True, default=None)

    class Meta:
        model = AssessmentObjection
        fields = ["id", "item", "words", "at", "outcome", "answer"]


class UnitAssessmentReply(serializers.Serializer[Any]):
    unit = serializers.CharField()
    year = serializers.IntegerField()
    state = serializers.ChoiceField(AssessmentState.choices)
    points = serializers.DecimalField(7, 2, allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    items = UnitItemSerializer(many=True)
    best = OneMoreSerializer(many=True, help_text="再办成一件，总分加得最多的几件")
    objections = ObjectionRow(many=True)


class AssessmentView(PortalApi):
    """考核方案和各单位的得分。没有方案、或单位人员看不到的，为 404。"""

    @extend_schema(summary="考核得分", parameters=ASKED, responses=AssessmentReply)
    def get(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        form = understood(AssessmentForm(request.query_params, user=user))
        scheme = form.scheme()
        if scheme is None:
            raise NotFound("没有这份考核方案，或尚未下达。")
        shown = page.build_board(scheme, user, timezone.localdate())
        return Response(AssessmentReply(shown).data)


class UnitAssessmentView(PortalApi):
    """一个单位的各项得分、数的是哪些、再办成一件加多少分，以及异议。"""

    @extend_schema(
        operation_id="assessment_unit_retrieve",
        summary="一个单位的考核得分",
        parameters=ASKED[:1],
        responses=UnitAssessmentReply,
    )
    def get(self, request: Request, code: str) -> Response:
        user: User = request.user  # type: ignore[assignment]
        unit = get_object_or_404(Unit.objects.reporting(), code=code)
        if not rights.may_see(user, unit):
            raise PermissionDenied("各单位只看本单位的考核得分。")
        scheme = understood(AssessmentForm(request.query_params, user=user)).scheme(unit)
        shown = page.build_unit(scheme, unit, user, timezone.localdate()) if scheme else None
        if scheme is None or shown is None:
            raise NotFound("没有这份考核方案，或尚未下达。")
        told = {
            "unit": unit.code,
            "year": scheme.year,
            "state": scheme.state,
            "points": shown.row.points,
            "rank": shown.row.rank if shown.sees_ranking else None,
            "items": shown.row.lines,
            "best": shown.best,
            "objections": shown.objections,
        }
        return Response(UnitAssessmentReply(told).data)
