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
    proven = serializers.BooleanField(
        help_text="历年检验优于简单外推；false 时页面只给区间，不给可能性"
    )
    supposed = ChanceRow(allow_null=True, help_text="按假设推算")


class PointRow(serializers.Serializer[Any]):
    day = serializers.DateField()
    actual = serializers.IntegerField(allow_null=True, help_text="实际家数；null 为尚未到来")
    chance = ChanceRow(allow_null=True, help_text="probability 按最后一个目标判断")
    supposed = ChanceRow(allow_null=True)


class BalanceRow(serializers.Serializer[Any]):
    """stock − unrenewed − gone + returning + others = kept; kept + applied + coming = 预计。"""

    stock = serializers.IntegerField()
    lapses = serializers.IntegerField(help_text="其中证书到期的企业")
    unrenewed = serializers.FloatField()
    gone = serializers.FloatField()
    returning = serializers.FloatField()
    others = serializers.FloatField()
    kept = serializers.FloatField(help_text="预计留存")
    applied = serializers.FloatField(help_text="在办的首次和再申报，预计认定")
    coming = serializers.FloatField(help_text="其他企业，预计首次认定（新入库）")


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
    firms = serializers.IntegerField(help_text="还需新认定（首次和失效后再认定；新入库）的家数")
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
    in_flight = serializers.IntegerField(help_text="在途")
    expected = serializers.IntegerField(
        allow_null=True, help_text="当年底预计；各单位相加为全区预计"
    )
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
    error = serializers.FloatField(help_text="整个分布的平均误差（CRPS），家")
    naive_errors = serializers.DictField(
        child=serializers.FloatField(),
        help_text="简单外推的平均误差：line 五个年底的直线，net 照上年净增；无从外推的没有",
    )


class CellShareRow(serializers.Serializer[Any]):
    lot = serializers.CharField(
        help_text="safe 证书到期末仍有效，again 须续证，first 首次或失效后再申报"
    )
    stage = serializers.CharField(help_text="申报状态；none 未申报，unknown 不详")
    firms = serializers.IntegerField(help_text="现在的家数")
    share = serializers.FloatField(help_text="到当年底计入的概率，往年同期兑现率")


class RecordedRow(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    recorded = serializers.IntegerField(help_text="当年发证的企业中有当年申报记录的")
    certified = serializers.IntegerField(help_text="当年发证的企业")
    used = serializers.BooleanField(help_text="用于学习申报状态的兑现率")


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
    in_flight = serializers.IntegerField(help_text="全区在途")
    cells = serializers.SerializerMethodField(help_text="各种处境的家数和兑现率；不能预测时为空")
    recorded = serializers.SerializerMethodField(help_text="往年申报状态的登记比例")
    record = TrialRow(many=True, source="record.trials", help_text="历年检验")

    @extend_schema_field(CellShareRow(many=True))
    def get_cells(self, outlook: Any) -> list[dict[str, Any]]:
        if outlook.now.lacking:
            return []
        expected = outlook.now.on(outlook.now.year_end)
        return [
            {
                "lot": cell.lot,
                "stage": cell.stage,
                "firms": firms,
                "share": expected.lessons.share(cell),
            }
            for cell, firms in sorted(expected.firms.items(), key=lambda pair: pair[0].rank)
        ]

    @extend_schema_field(RecordedRow(many=True))
    def get_recorded(self, outlook: Any) -> list[dict[str, Any]]:
        rows = []
        for year in outlook.now.past(outlook.now.year_end) if outlook.now.has_term else []:
            told, certified = outlook.now.record.recorded(year.day.year)
            rows.append(
                {
                    "year": year.day.year,
                    "recorded": told,
                    "certified": certified,
                    "used": year.day.year in outlook.now.staged_years,
                }
            )
        return rows
