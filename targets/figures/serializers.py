from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from targets.figures.freshness import Rosters
from targets.figures.standing import Standing
from targets.models import Baseline, Definition, Indicator, Target
from targets.terms.catalogue import described


@extend_schema_field({"type": "number"})
class NumberField(serializers.Field[Any, Any, Any, Any]):
    """Counts as whole numbers, shares and paces as JSON numbers; never as strings."""

    def to_representation(self, value: Decimal | int) -> float | int:
        return int(value) if value == int(value) else float(value)


def number(**kwargs: Any) -> NumberField:
    return NumberField(read_only=True, allow_null=True, **kwargs)


class BaselineSerializer(serializers.ModelSerializer[Baseline]):
    value = NumberField(read_only=True)

    class Meta:
        model = Baseline
        fields = ["day", "value", "basis", "source"]


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    baselines = BaselineSerializer(many=True)

    class Meta:
        model = Indicator
        fields = [
            "code",
            "name",
            "short_name",
            "unit_label",
            "kind",
            "in_plan",
            "note",
            "baselines",
        ]


class TargetSerializer(serializers.ModelSerializer[Target]):
    indicator = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    unit = serializers.SlugRelatedField[Any](
        slug_field="code", read_only=True, allow_null=True, help_text="null 为全区"
    )
    reference = serializers.SlugRelatedField[Any](
        slug_field="code", read_only=True, allow_null=True
    )
    value = number()

    class Meta:
        model = Target
        fields = [
            "id",
            "indicator",
            "unit",
            "due",
            "operator",
            "value",
            "reference",
            "doubles_baseline",
            "wording",
        ]


class AtDueRow(serializers.Serializer[Any]):
    """How a target stood on its due day: the verdict that stays."""

    value = number(help_text="期限当日数值")
    met = serializers.BooleanField(allow_null=True, help_text="期限当日是否达到绝对值条款")
    missing = number(help_text="期限当日还差")


class ProgressRow(serializers.Serializer[Any]):
    """A target beside its figure; `targets.figures.progress.Progress` explains each number."""

    indicator = serializers.CharField(source="now.target.indicator.code")
    name = serializers.CharField(source="now.target.indicator.name")
    due = serializers.DateField(source="now.target.due")
    wording = serializers.CharField(source="now.target.wording", help_text="计划原文")
    operator = serializers.CharField(source="now.target.operator")
    goal = number(source="now.goal", help_text="目标值")
    smallest = number(source="now.smallest", help_text="满足目标的最小整数")
    value = number(source="now.value", help_text="当日数值")
    value_note = serializers.CharField(source="now.value_note", allow_blank=True)
    met = serializers.BooleanField(
        source="now.met", allow_null=True, help_text="当日是否达到绝对值条款"
    )
    standing = serializers.ChoiceField(
        Standing.choices,
        source="now.standing",
        help_text="目标判断：未到期的不判断为没有达到",
    )
    missing = number(source="now.missing", help_text=described("target_gap"))
    share_of_way = number(source="now.share_of_way", help_text="自基期起已走完的百分比")
    pace_needed = number(source="now.pace_needed", help_text="到期前每年需净增")
    baseline = BaselineSerializer(source="now.baseline", allow_null=True)
    doubling = number(source="now.doubling", help_text="相当于基期的倍数")
    doubled = serializers.BooleanField(
        source="now.doubled", allow_null=True, help_text="翻一番条款是否达到"
    )
    at_due = AtDueRow(allow_null=True, help_text="期限已过的，期限当日的结论；未到期为 null")


class ParkShareRow(serializers.Serializer[Any]):
    indicator = serializers.CharField(source="now.indicator")
    share = number(source="now.share", help_text="百分比")
    district = serializers.IntegerField(source="now.district")
    outside = serializers.IntegerField(source="now.outside", help_text="园区外家数")
    floor = number(
        source="now.floor", help_text="要求的百分比；行动计划没有要求的，本项和以下各项为 null"
    )
    operator = serializers.CharField(
        source="now.target.operator", allow_null=True, help_text="gt 超过，gte 以上"
    )
    due = serializers.DateField(source="now.target.due", allow_null=True, help_text="期限")
    allowed_outside = serializers.IntegerField(
        source="now.allowed_outside",
        allow_null=True,
        help_text="按全区现有家数最多允许在园区外的家数",
    )
    slack = serializers.IntegerField(
        source="now.slack", allow_null=True, help_text="余量，负数为超出"
    )
    met = serializers.BooleanField(source="now.met", allow_null=True)
    at_due = AtDueRow(source="goal.at_due", allow_null=True, help_text="期限已过的，期限当日的结论")


class RostersRow(serializers.Serializer[Rosters]):
    quarter = serializers.CharField(source="quarter.code")
    handed_in = serializers.IntegerField(help_text="已报单位")
    expected = serializers.IntegerField(help_text="应报单位")


class OlderUnitRow(serializers.Serializer[Any]):
    indicator = serializers.CharField()
    unit = serializers.CharField(help_text="单位代码；镇街为园区平台以外的企业")
    known_until = serializers.DateField(source="until", allow_null=True)


class FreshnessReply(serializers.Serializer[Any]):
    """Which figures an answer shows and how fresh they are; the head of every such answer."""

    as_of = serializers.DateField(source="freshness.question.on", help_text="统计日")
    definition = serializers.ChoiceField(Definition.choices, source="freshness.question.definition")
    release = serializers.CharField(
        source="freshness.question.release.code",
        allow_null=True,
        default=None,
        help_text="发布版，如 2026Q3-1；null 为实时",
    )
    computed_at = serializers.DateTimeField(
        source="freshness.computed_at",
        allow_null=True,
        help_text="发布的时间；实时数字为登记变更后最近一次更新计数的时间",
    )
    rosters = RostersRow(
        source="freshness.rosters",
        allow_null=True,
        help_text="发布时该季度、或实时最近一个季度的名册；null 为尚未开放季度",
    )
    known_until = serializers.DateField(
        source="freshness.known_until",
        allow_null=True,
        help_text="数据截至：已入库的事实所说到的最后一天；发布版为 null",
    )
    older = OlderUnitRow(
        source="freshness.older",
        many=True,
        help_text="重点指标中，事实早于统计日（最晚今天）的单位：其家数按该日名册",
    )


class ProgressReply(FreshnessReply):
    scope = serializers.CharField()
    targets = ProgressRow(many=True)
    park_shares = ParkShareRow(many=True, help_text="各重点指标的园区占比与余量，仅全区")


class FigureRow(serializers.Serializer[Any]):
    scope = serializers.CharField(help_text="district、parks、outside 或单位代码")
    indicator = serializers.CharField()
    value = number()


class FiguresReply(FreshnessReply):
    figures = FigureRow(many=True)
