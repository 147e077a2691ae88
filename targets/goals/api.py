"""A year's goals and how far they are reached, in the API: the same numbers as the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from parks.api.problems import understood
from parks.api.views import PortalApi
from parks.models import User
from targets.figures import freshness
from targets.figures.http_cache import revalidated_get
from targets.figures.question import Question
from targets.figures.serializers import FreshnessReply
from targets.goals import page as goal_page
from targets.goals.completion import Completion, GoalState
from targets.goals.form import GoalsForm
from targets.goals.page import GoalRow, GoalsPage
from targets.goals.reached import Measure
from targets.models import Scope
from targets.outlook import assembly as outlook_assembly
from targets.terms.catalogue import described


class CompletionSerializer(serializers.Serializer[Completion]):
    goal = serializers.IntegerField(allow_null=True, help_text="null 为尚未下达")
    done = serializers.IntegerField(
        allow_null=True, help_text="年末存量为现有，其余为当年的净增、首次认定；null 为当年尚未开始"
    )
    rate = serializers.DecimalField(
        6, 1, allow_null=True, help_text="完成率（%）；目标不大于0、净减时为 null"
    )
    gap = serializers.IntegerField(allow_null=True, help_text=described("year_gap"))
    due = serializers.IntegerField(allow_null=True, help_text=described("due_now"))
    behind = serializers.IntegerField(allow_null=True, help_text=described("behind"))
    in_flight = serializers.IntegerField(
        allow_null=True, help_text=described("in_flight", "不需申报的指标、尚未开始的年度为 null。")
    )
    still_missing = serializers.IntegerField(allow_null=True, help_text=described("still_missing"))
    deviation = serializers.DecimalField(
        8, 1, allow_null=True, help_text="比序时进度领先的百分点，负数为落后"
    )
    state = serializers.ChoiceField(GoalState.choices)
    since = serializers.DateField(allow_null=True, help_text="从这个月末起一直是这一状态")


class MeasuresSerializer(serializers.Serializer[Any]):
    """年末存量、净增、首次认定。"""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            measure.value: CompletionSerializer(help_text=str(measure.label)) for measure in Measure
        }


class GoalRowSerializer(serializers.Serializer[Any]):
    scope = serializers.CharField(
        help_text="district、parks、outside 或单位代码；镇街只计园区平台以外的企业"
    )
    measures = MeasuresSerializer()


class GoalsReply(FreshnessReply):
    year = serializers.IntegerField()
    kind = serializers.CharField(help_text="重点指标的代码")
    revision = serializers.IntegerField(
        allow_null=True, help_text="现行方案的版次，null 为尚未下达"
    )
    needed = serializers.IntegerField(
        allow_null=True, help_text="全区当年至少应达到的家数；行动计划未涉及的年度为 null"
    )
    rows = GoalRowSerializer(many=True)


@extend_schema(
    summary="任务分解与完成情况",
    parameters=[
        OpenApiParameter("year", int, description="年度，默认数据截至的年度"),
        OpenApiParameter("kind", str, description="重点指标的代码，默认第一个"),
    ],
    responses={200: GoalsReply, 404: None},
)
class GoalsView(PortalApi):
    """各单位当年任务与完成情况；填报人得到全区和本单位。"""

    @revalidated_get
    def get(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        form = GoalsForm(request.query_params)
        # The answer holds all measures in the plan's order, so neither can be asked for.
        del form.fields["measure"], form.fields["sort"]
        understood(form)
        if not outlook_assembly.possible():
            raise NotFound("行动计划的指标尚未载入。")
        asked = replace(form.asked(), sort="unit")
        return Response(GoalsReply(_reply(goal_page.build_page(asked, user))).data)


def _reply(page: GoalsPage) -> dict[str, Any]:
    return {
        "year": page.asked.year,
        "freshness": freshness.build_freshness(Question(page.asked.day)),
        "kind": page.asked.kind,
        "revision": page.revision.number if page.revision else None,
        "needed": page.need.smallest if page.need else None,
        "rows": [_row(scope, row) for scope, row in _scopes(page)],
    }


def _scopes(page: GoalsPage) -> list[tuple[str, GoalRow]]:
    """The district, the two sums for those who see it whole, then the units."""
    scopes = [(Scope.DISTRICT.value, page.district)]
    # A reporter's groups have no sum; the rows below are then those of the own unit.
    for scope, group in zip((Scope.PARKS, Scope.OUTSIDE), page.groups, strict=False):
        if group.total:
            scopes.append((scope.value, group.total))
    scopes += [(row.unit.code, row) for row in page.rows if row.unit]
    return scopes


def _row(scope: str, row: GoalRow) -> dict[str, Any]:
    measures = {measure.value: completion for measure, completion in row.measures.items()}
    return {"scope": scope, "measures": measures}
