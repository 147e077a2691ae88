"""The year's plan of applications in the API: the same firms and numbers as the page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.firms.self_check.api import StateField
from enterprises.models import Application, PoolEntry
from parks.api.problems import understood
from parks.api.views import PortalApi
from parks.models import User
from targets.application_plan.applicants import PlanRole
from targets.application_plan.export import shown_sums
from targets.application_plan.form import CHECKS, PlanForm
from targets.application_plan.plan import ApplicationPlan, PlanLine, build_plan, lines_of
from targets.application_plan.sums import PlanSum
from targets.models import Scope
from targets.outlook import assembly
from targets.terms.catalogue import described


class PlanBatchSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    closes_on = serializers.DateField(allow_null=True, help_text="企业申报截止，含当日")


class PlanFirmSerializer(serializers.Serializer[PlanLine]):
    uscc = serializers.CharField(source="entry.applicant.firm.uscc")
    name = serializers.CharField(source="entry.applicant.firm.name")
    unit = serializers.CharField(
        source="entry.applicant.unit.code", help_text="负责的单位：园区平台，园区外的为镇街"
    )
    role = serializers.ChoiceField(PlanRole.choices, source="entry.applicant.role")
    valid_until = serializers.DateField(
        source="entry.applicant.ends_on", allow_null=True, help_text="当年到期的证书的有效期至"
    )
    pool_stage = serializers.ChoiceField(
        PoolEntry.Stage.choices, source="entry.applicant.stage", allow_blank=True
    )
    batch = serializers.IntegerField(source="entry.batch.number", allow_null=True)
    batch_in_words = serializers.CharField(source="entry.batch.label")
    warning = serializers.CharField(
        source="entry.batch.warning", allow_blank=True, help_text="没有合适的批次时的说明"
    )
    self_check = StateField(source="entry.ready.state", help_text="自检结果，不代表认定结论")
    failed = serializers.ListField(
        child=serializers.CharField(), source="lacks.failed", help_text="不符合的怎样达到"
    )
    unknown = serializers.ListField(
        child=serializers.CharField(), source="lacks.unknown", help_text="缺数据的条件"
    )
    contact = serializers.CharField(allow_null=True, help_text="联系人和电话；无权查看时为 null")
    stage = serializers.ChoiceField(
        Application.Stage.choices,
        source="entry.applicant.application.stage",
        allow_null=True,
        default=None,
        help_text="当年申报的状态；null 为未启动",
    )
    next_action = serializers.CharField(
        source="entry.applicant.application.next_action", default="", help_text="下一步"
    )
    next_on = serializers.DateField(
        source="entry.applicant.application.next_on", allow_null=True, default=None
    )
    owner = serializers.CharField(allow_blank=True, help_text="下一步的责任人")
    unit_owner = serializers.CharField(
        source="owners.unit.name", allow_null=True, default=None, help_text="单位的责任人"
    )
    bureau_owner = serializers.CharField(
        source="owners.bureau.name", allow_null=True, default=None, help_text="科技局的责任人"
    )
    unit_contact = serializers.CharField(allow_null=True, help_text="单位的联系人和办公电话")


class PlanSumSerializer(serializers.Serializer[PlanSum]):
    scope = serializers.SerializerMethodField(
        help_text="district 或单位代码；镇街只计园区平台以外的企业"
    )
    stock = serializers.IntegerField(help_text=described("stock"))
    base = serializers.IntegerField(help_text="下一年为今年底预计，其余为现有")
    lapsing = serializers.IntegerField(help_text="到年底到期而没有后续证书的")
    again = serializers.IntegerField()
    regained = serializers.IntegerField()
    first = serializers.IntegerField()
    most = serializers.IntegerField(help_text="计划内的全部取得证书时的年底家数")
    goal = serializers.IntegerField(
        source="goals.stock", allow_null=True, default=None, help_text="年末任务；null 为尚未下达"
    )
    goal_first = serializers.IntegerField(source="goals.first", allow_null=True, default=None)
    beyond = serializers.IntegerField(allow_null=True, help_text=described("beyond_plan"))

    def get_scope(self, row: PlanSum) -> str:
        return row.unit.code if row.unit else str(Scope.DISTRICT)


class PlanRangeSerializer(serializers.Serializer[Any]):
    low = serializers.IntegerField(help_text="80%区间下限")
    high = serializers.IntegerField(help_text="80%区间上限")


class PlanChanceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    firms = serializers.IntegerField(help_text="计划申报的")
    hits = serializers.IntegerField(source="tally.hits", help_text="往年取得证书的")
    of = serializers.IntegerField(source="tally.of", help_text="往年同类的")
    certified = PlanRangeSerializer(allow_null=True, help_text="样本不足时为 null")


class PlanReply(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    as_of = serializers.DateField(help_text="今天")
    kind = serializers.CharField()
    needed = serializers.IntegerField(
        allow_null=True, help_text="全区当年至少应达到的家数；行动计划未涉及的年度为 null"
    )
    batches = PlanBatchSerializer(many=True)
    firms = PlanFirmSerializer(many=True)
    chances = PlanChanceSerializer(many=True, help_text="firms 的往年比例")
    passing = PlanRangeSerializer(allow_null=True, help_text="firms 中预计取得证书的")
    sums = PlanSumSerializer(many=True)
    by_plan = PlanRangeSerializer(allow_null=True, help_text="按往年比例，全区年底的家数")
    forecast = PlanRangeSerializer(allow_null=True, help_text="“到期与预测”对同一天的预计")


@extend_schema(
    summary="年度申报计划",
    parameters=[
        OpenApiParameter("year", int, description="今年或明年，默认明年"),
        OpenApiParameter("unit", str, description="单位代码；填报人只能为本单位"),
        OpenApiParameter(
            "role", str, enum=PlanRole.values, description="只列这一类别的企业，合计不变"
        ),
        OpenApiParameter(
            "check",
            str,
            enum=[value for value, _ in CHECKS],
            description="只列自检为这一结果的企业，合计不变",
        ),
    ],
    responses={200: PlanReply, 404: None},
)
class ApplicationPlanView(PortalApi):
    """下一年谁申报、缺什么、报哪一批，与任务对照；填报人得到本单位的企业。"""

    def get(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        form = understood(PlanForm(request.query_params, user=user))
        if not assembly.possible():
            raise NotFound("行动计划的指标尚未载入。")
        return Response(PlanReply(_reply(build_plan(form.question()), user)).data)


def _reply(plan: ApplicationPlan, user: User) -> dict[str, Any]:
    expected = plan.seen.on(plan.asked.year_end)
    sums = [row for row in shown_sums(plan, user) if row.unit or row is plan.sums.district]
    return {
        "year": plan.asked.year,
        "as_of": plan.asked.on,
        "kind": plan.kind.code,
        "needed": plan.sums.need.smallest if plan.sums.need else None,
        "batches": plan.batches,
        "firms": lines_of(plan, plan.listed, user),
        "chances": [
            {
                "name": chance.name,
                "firms": chance.firms,
                "tally": chance.tally,
                "certified": _range(chance.range80),
            }
            for chance in plan.chances
        ],
        "passing": _range(plan.passing.range80 if plan.passing and plan.entries else None),
        "sums": sums,
        "by_plan": _range(plan.at_years_end.range80 if plan.at_years_end else None),
        "forecast": _range(expected.range80 if expected else None),
    }


def _range(found: tuple[int, int] | None) -> dict[str, int] | None:
    return None if found is None else {"low": found[0], "high": found[1]}
