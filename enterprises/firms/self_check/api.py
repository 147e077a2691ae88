"""A firm's self-check in the API: the same answers as its page, as exact as they are shown there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.eligibility.model.condition_answer import State
from enterprises.eligibility.rule_sets import rule_book
from enterprises.firms.ip.listing import FirmRights, RightLine, rights_of
from enterprises.firms.self_check.form import SupposedDayForm
from enterprises.firms.self_check.page import ConditionLine, FirmSelfCheck, self_check_of
from enterprises.firms.self_check.told import INPUTS, ToldValue
from enterprises.firms.sources import Source
from enterprises.models import Enterprise, IpClass
from parks.api.problems import understood
from parks.api.views import PortalApi
from parks.models import User

STATES = [(state.name.lower(), state.value) for state in State]
ON = OpenApiParameter("on", dt.date, description="假设申报日，默认今天")


class StateField(serializers.ChoiceField):
    """The state's name, in small letters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(STATES, **options)

    def to_representation(self, value: Any) -> str:
        return str(value.name).lower()


class ToldSourceSerializer(serializers.Serializer[Source]):
    document = serializers.CharField(help_text="文件名；由人登记的为“人工登记”")
    cell = serializers.CharField(allow_blank=True, help_text="工作表和单元格；官方名单为行")
    day = serializers.DateField(help_text="文件的数据截至日；没有的为登记日")
    ledger_entry = serializers.IntegerField(source="entry", help_text="账簿的条号")


class ToldSerializer(serializers.Serializer[ToldValue]):
    field = serializers.CharField(help_text="与各条件的 inputs 对应")  # type: ignore[assignment]
    name = serializers.CharField()
    year = serializers.IntegerField(allow_null=True, help_text="不分年度的为 null")
    value = serializers.CharField(source="text", help_text="金额以万元计")
    source = ToldSourceSerializer(allow_null=True)  # type: ignore[assignment]


class ConditionSerializer(serializers.Serializer[ConditionLine]):
    code = serializers.CharField(help_text="条件编号，c5 分为 c5a、c5b；form 为企业类型")
    name = serializers.CharField()
    state = StateField(source="answer.state")
    value = serializers.CharField(allow_blank=True, help_text="带单位；没有数值时为空")
    threshold = serializers.CharField(allow_blank=True)
    margin = serializers.CharField(allow_blank=True, help_text="高出为正，不足为负")
    says = serializers.CharField(allow_blank=True, help_text="怎样达到，或缺什么数据")
    inputs = serializers.SerializerMethodField(help_text="按哪些数据判断，见 facts 的 field")

    def get_inputs(self, line: ConditionLine) -> list[str]:
        return list(INPUTS[line.code])


class PointsSerializer(serializers.Serializer[Any]):
    low = serializers.IntegerField(help_text="数据可证的分数")
    high = serializers.IntegerField(help_text="最高可能的分数")


class ScoreSerializer(serializers.Serializer[Any]):
    ip = PointsSerializer()
    conversion = PointsSerializer()
    management = PointsSerializer()
    growth = PointsSerializer()
    total = PointsSerializer()


class SmallFirmSerializer(serializers.Serializer[Any]):
    state = StateField()
    staff = serializers.IntegerField(allow_null=True)
    rd = serializers.IntegerField(allow_null=True)
    ip = serializers.IntegerField(allow_null=True)
    score = serializers.IntegerField(allow_null=True)


class RightLineSerializer(serializers.Serializer[RightLine]):
    kind = serializers.CharField(source="item.kind_id", help_text="知识产权类别的代码")
    number = serializers.CharField(source="item.number")
    title = serializers.CharField(source="item.title", allow_blank=True)
    ip_class = serializers.ChoiceField(IpClass.choices, help_text="none 为不计")
    counts = serializers.BooleanField(help_text="申报日归企业所有、有效，且有分类")
    was_used = serializers.BooleanField(source="item.was_used", help_text="已用于以前年度的申报")
    says = serializers.CharField(help_text="能否使用，或为什么不能")


class ItemNumbersSerializer(serializers.Serializer[Any]):
    class1 = serializers.IntegerField(allow_null=True)
    class2 = serializers.IntegerField(allow_null=True)
    class2_used = serializers.IntegerField(allow_null=True)
    own = serializers.IntegerField(allow_null=True, help_text="自主研发")


class SelfCheckSerializer(serializers.Serializer[FirmSelfCheck]):
    uscc = serializers.CharField(source="firm.uscc")
    name = serializers.CharField(source="firm.name")
    on = serializers.DateField()
    document = serializers.CharField(source="rules.document", help_text="所依据的文件")
    rules_since = serializers.DateField(source="rules.since", help_text="这套条件的起始日")
    state = StateField(help_text="自检结果，不代表认定结论")
    conditions = ConditionSerializer(source="lines", many=True)
    score = ScoreSerializer(source="found.score")
    small_firm = SmallFirmSerializer(help_text="科技型中小企业")
    facts = ToldSerializer(source="told.known", many=True, help_text="所用的已知数据和来源")
    ip = ItemNumbersSerializer(source="data.ip", help_text="所用的知识产权件数；null 为缺数据")
    counts_items = serializers.BooleanField(help_text="件数按逐项登记计；否则用年度数据的")
    warnings = serializers.ListField(
        child=serializers.CharField(), help_text="逐项登记与年度数据的件数不同之处"
    )
    ip_items = serializers.SerializerMethodField(help_text="逐项登记的知识产权")

    @extend_schema_field(RightLineSerializer(many=True))
    def get_ip_items(self, check: FirmSelfCheck) -> Any:
        rights: FirmRights = rights_of(check.firm, check.on)
        lines: Any = rights.lines
        return RightLineSerializer(lines, many=True).data


class FirmSelfCheckView(PortalApi):
    """按现有数据逐条自检高企认定条件；自检结果，不代表认定结论。"""

    @extend_schema(
        summary="一家企业的自检", parameters=[ON], responses={200: SelfCheckSerializer, 404: None}
    )
    def get(self, request: Request, uscc: str) -> Response:
        user: User = request.user  # type: ignore[assignment]
        firm = get_object_or_404(Enterprise.objects.visible_to(user), uscc=uscc)
        book = rule_book()
        form = understood(SupposedDayForm(request.query_params, book=book))
        on = form.cleaned_data["on"] or timezone.localdate()
        check = self_check_of(firm, on, book)
        return Response(SelfCheckSerializer(check).data)
