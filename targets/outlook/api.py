"""The outlook in the API: the same numbers as the page."""

from __future__ import annotations

import datetime as dt

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from parks.api.problems import understood
from parks.api.views import PortalApi
from parks.filters import StrictForm
from parks.models import User
from targets.figures import freshness
from targets.figures.http_cache import revalidated_get
from targets.figures.question import Question
from targets.figures.serializers import FreshnessReply
from targets.outlook import assembly
from targets.outlook.form import OutlookForm
from targets.outlook.serializers import OutlookReply

PARAMETERS = [
    OpenApiParameter("on", dt.date, description="统计日，默认今天，不晚于今天"),
    OpenApiParameter("kind", str, description="重点指标的代码，默认第一个"),
    OpenApiParameter("unit", str, description="只影响 lapses；填报人只能为本单位"),
    OpenApiParameter("renewal", float, description="假设的续证率（%），只影响 supposed"),
    OpenApiParameter("publicity", float, description="假设公示中的通过率（%），只影响 supposed"),
    OpenApiParameter("filed", float, description="假设已申报的通过率（%），只影响 supposed"),
    OpenApiParameter("preparing", float, description="假设准备中的申报率（%），只影响 supposed"),
    OpenApiParameter("wins", int, description="假设的每年新增家数，只影响 supposed"),
]


class OutlookAnswer(OutlookReply, FreshnessReply):
    """`as_of` is the day on which the forecast starts."""


class StrictOutlookForm(OutlookForm, StrictForm):
    """Refuses unknown and repeated parameters, as all of the API does.

    There is one definition and none to choose.
    """

    definition = None  # type: ignore[assignment]


class OutlookView(PortalApi):
    """到期与预测：各目标完成的可能性、逐季预测、还需新增的家数、各单位比率、历年检验；证书日期口径。"""

    @extend_schema(
        summary="到期与预测", parameters=PARAMETERS, responses={200: OutlookAnswer, 404: None}
    )
    @revalidated_get
    def get(self, request: Request) -> Response:
        user: User = request.user  # type: ignore[assignment]
        form = understood(StrictOutlookForm(request.query_params, user=user))
        if not form.indicators:
            raise NotFound("行动计划的指标尚未载入。")
        question = form.outlook_question()
        outlook = OutlookReply(assembly.build_outlook(question, user)).data
        fresh = freshness.build_freshness(Question(question.on))
        return Response(FreshnessReply({"freshness": fresh}).data | outlook)
