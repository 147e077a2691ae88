"""What the outlook's API sends: the numbers of the page, not rounded for reading."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class ChanceRow(serializers.Serializer[Any]):
    expected = serializers.FloatField(help_text="期望值（家）")
    low = serializers.IntegerField(help_text="80%区间下限")
    high = serializers.IntegerField(help_text="80%区间上限")
    probability = serializers.FloatField(help_text="达到目标的概率，0至1")


class VerdictRow(serializers.Serializer[Any]):
    indicator = serializers.CharField(source="target.indicator.code")
    due = serializers.DateField(source="target.due")
    wording = serializers.CharField(source="target.wording", help_text="计划原文")
    smallest = serializers.IntegerField(help_text="满足目标的最小整数")
    stock = serializers.IntegerField(help_text="预测起点的家数")
    lacking = serializers.ListField(
        child=serializers.CharField(), help_text="不能预测的原因；空为可以预测"
    )
    chance = ChanceRow(allow_null=True, help_text="按历史推算")
    supposed = ChanceRow(allow_null=True, help_text="按假设推算")


class PointRow(serializers.Serializer[Any]):
    day = serializers.DateField()
    actual = serializers.IntegerField(allow_null=True, help_text="实际家数；null 为尚未到来")
    chance = ChanceRow(allow_null=True, help_text="probability 按最后一个目标判断")
    supposed = ChanceRow(allow_null=True)


class BalanceRow(serializers.Serializer[Any]):
    """stock − unrenewed − gone + returning + others = kept."""

    stock = serializers.IntegerField()
    lapses = serializers.IntegerField(help_text="其中证书到期的企业")
    unrenewed = serializers.FloatField()
    gone = serializers.FloatField()
    returning = serializers.FloatField()
    others = serializers.FloatField()
    kept = serializers.FloatField(help_text="预计留存")


class BatchRow(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    closes_on = serializers.DateField()
    firms = serializers.IntegerField()


class YearNeedRow(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    firms = serializers.IntegerField()
    batches = serializers.SerializerMethodField()
    modelled_on = serializers.IntegerField(
        allow_null=True, help_text="批次日期参照的年度；null 为当年公布"
    )

    @extend_schema_field(BatchRow(many=True))
    def get_batches(self, need: Any) -> list[dict[str, Any]]:
        return [
            {"number": batch.number, "closes_on": batch.last_day.isoformat(), "firms": firms}
            for batch, firms in need.batches
        ]


class NeedRow(serializers.Serializer[Any]):
    goal = serializers.IntegerField()
    day = serializers.DateField()
    balance = BalanceRow()
    firms = serializers.IntegerField(help_text="还需首次认定（新入库）的家数")
    confident = serializers.IntegerField(help_text="有八成把握所需的家数")
    per_year = serializers.FloatField()
    usual = serializers.FloatField(help_text="近几个完整年度平均")
    years = YearNeedRow(many=True)


class UnitRatesRow(serializers.Serializer[Any]):
    unit = serializers.CharField(source="unit.code", help_text="镇街只计园区平台以外的企业")
    hits = serializers.IntegerField(source="tally.hits", help_text="续证（科技型企业为退出）家数")
    of = serializers.IntegerField(source="tally.of", help_text="到期（科技型企业为年初在库）家数")
    rate = serializers.FloatField(allow_null=True, help_text="采用值：向全区平均靠拢")
    stock = serializers.IntegerField()
    need = serializers.IntegerField(allow_null=True, help_text="分摊的新增家数")


class LapseRow(serializers.Serializer[Any]):
    month = serializers.DateField(help_text="失效首日所在月的1日")
    firms = serializers.IntegerField(help_text="按企业计；已有后续证书的不算到期")


class IssuedInYear(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    firms = serializers.IntegerField()


class CohortRow(serializers.Serializer[Any]):
    day = serializers.DateField()
    total = serializers.IntegerField(help_text="现有证书在该日仍有效的企业")
    years = serializers.SerializerMethodField(help_text="按发证年度")

    @extend_schema_field(IssuedInYear(many=True))
    def get_years(self, cohort: Any) -> list[dict[str, Any]]:
        return [{"year": year, "firms": firms} for year, firms in cohort.years.items()]


class ValidityRow(serializers.Serializer[Any]):
    day = serializers.DateField()
    valid = serializers.IntegerField(help_text="按日期有效：该日仍有效的现有证书")
    in_renewal = serializers.IntegerField(
        help_text="已失效不足180天、尚未取得新证、已申报或公示中的企业"
    )
    together = serializers.IntegerField(help_text="有效或续证中：前两数之和")
    likely = serializers.FloatField(allow_null=True, help_text="预计；当日即为 valid")


class TrialRow(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    day = serializers.DateField()
    expected = serializers.FloatField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()
    actual = serializers.IntegerField()
    hit = serializers.BooleanField(help_text="实际数落在80%区间内")


class OutlookReply(serializers.Serializer[Any]):
    as_of = serializers.DateField(source="question.on", help_text="预测起点，即统计日")
    kind = serializers.CharField(source="question.kind", help_text="重点指标的代码")
    verdicts = VerdictRow(many=True)
    points = PointRow(many=True, help_text="逐季")
    need = NeedRow(allow_null=True)
    units = UnitRatesRow(many=True, help_text="填报人只见本单位")
    cohorts = CohortRow(many=True, help_text="科技型企业没有有效期，为空")
    lapses = LapseRow(many=True, help_text="未来36个月；给出 unit 的只计该单位")
    validity = ValidityRow(many=True, help_text="预测起点和当年年底；科技型企业没有有效期，为空")
    record = TrialRow(many=True, source="record.trials", help_text="历年检验")
