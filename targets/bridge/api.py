"""API of what changed between two days, and of the named firms behind each term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from parks.api.pagination import KeysetPagination
from parks.api.problems import understood
from parks.api.views import PortalApi
from parks.models import User
from targets.bridge import events as bridge_events
from targets.bridge.form import BridgeForm, EventsForm
from targets.figures import flows, freshness
from targets.figures.flows import GAINS, LOSSES, Bridge, FlowPlace, FlowTerm
from targets.figures.http_cache import revalidated_get
from targets.figures.question import Question
from targets.figures.serializers import FreshnessReply
from targets.models import Definition, Span

ASKED = [
    OpenApiParameter("since", dt.date, description="期初日，按日终存量；默认为期末日上年末"),
    OpenApiParameter("until", dt.date, description="期末日，按日终存量；默认为数据截至日"),
    OpenApiParameter(
        "definition", str, enum=Definition.values, default=Definition.CERTIFICATE.value
    ),
]
KIND = OpenApiParameter("kind", str, description="按家数统计的指标，默认全部")
SCOPE = OpenApiParameter(
    "scope", str, description="district、parks、outside 或单位代码，默认全部可见范围"
)
ONE_KIND = OpenApiParameter("kind", str, description="按家数统计的指标，默认第一个")
ONE_SCOPE = OpenApiParameter(
    "scope", str, description="默认全区；填报人默认本单位，全区名单中只列本单位企业"
)
TERM = OpenApiParameter(
    "term", str, required=True, enum=FlowTerm.values, description="变动，如 first、expired"
)


class TermsSerializer(serializers.Serializer[Any]):
    """Every term, 0 where nothing happened."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Made from the terms, so that a further term stands in the API's description at once.
        signs = {**dict.fromkeys(GAINS.values(), "增加"), **dict.fromkeys(LOSSES.values(), "减少")}
        return {
            term.value: serializers.IntegerField(help_text=f"{signs[term]}：{term.label}")
            for term in FlowTerm
        }


class BridgeSerializer(serializers.Serializer[Bridge]):
    kind = serializers.CharField()
    scope = serializers.CharField(help_text="district、parks、outside 或单位代码")
    opening = serializers.IntegerField(help_text="期初日日终家数")
    flows = TermsSerializer(help_text="期初＋增加各项－减少各项＝期末")
    closing = serializers.IntegerField(help_text="期末日日终家数")
    net = serializers.IntegerField(help_text="净增：期末－期初")
    growth = serializers.IntegerField(
        help_text="净增中扣除首见（seen：名册首次列出、不知取得日期，不算增长）"
    )
    newly = serializers.IntegerField(help_text="新增：first＋regained，不含迁入，不扣减少")


class FlowsReply(FreshnessReply):
    """`as_of` is `until`; a release holds no flows."""

    since = serializers.DateField()
    until = serializers.DateField()
    bridges = BridgeSerializer(many=True)


class PlaceSerializer(serializers.Serializer[FlowPlace]):
    park = serializers.CharField(allow_null=True, help_text="园区平台代码，null 为园区外")
    town = serializers.CharField()


class EventSerializer(serializers.Serializer[bridge_events.Event]):
    uscc = serializers.CharField()
    name = serializers.CharField()
    term = serializers.ChoiceField(FlowTerm.choices)
    day = serializers.DateField(help_text="增加为开始计入的第一天，减少为不再计入的第一天")
    before = PlaceSerializer(allow_null=True, help_text="原所在地；null 为此前不计入")
    after = PlaceSerializer(allow_null=True, help_text="现所在地；null 为此后不计入")
    certificate = serializers.CharField(source="certificate.number", allow_blank=True)
    valid_from = serializers.DateField(source="certificate.valid_from", allow_null=True)
    valid_until = serializers.DateField(source="certificate.valid_until", allow_null=True)


class FlowsView(PortalApi):
    """期初、各项增减、期末，逐单位、逐资质；填报人只见全区和本单位。镇街与园区平台不可相加。"""

    @extend_schema(summary="增减变动", parameters=[KIND, SCOPE, *ASKED], responses=FlowsReply)
    @revalidated_get
    def get(self, request: Request) -> Response:
        form = understood(BridgeForm(request.query_params, user=_user(request)))
        question = form.question
        changes = flows.between(question.since, question.until, question.definition)
        # Unlike the page, which shows one kind and scope, the API gives all unless one is named.
        kinds = [question.kind] if form.cleaned_data["kind"] else list(form.kinds)
        scopes = [question.scope] if form.cleaned_data["scope"] else form.visible_scopes
        bridges = [changes.bridge(kind, scope) for kind in kinds for scope in scopes]
        # A bridge ends on a day: its freshness is that of the figures of this day.
        fresh = freshness.build_freshness(Question(question.until, question.definition))
        reply = {
            "freshness": fresh,
            "since": question.since,
            "until": question.until,
            "bridges": bridges,
        }
        return Response(FlowsReply(reply).data)


@extend_schema_view(
    list=extend_schema(
        summary="增减名单", parameters=[TERM, ONE_KIND, ONE_SCOPE, *ASKED], filters=True
    )
)
class FlowFirms(PortalApi, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """某项变动的企业，每次变动一条，条数即该项的数；填报人只见本单位企业。"""

    queryset = Span.objects.none()
    serializer_class = EventSerializer
    filter_backends: Sequence[Any] = []
    pagination_class = KeysetPagination
    sorts = bridge_events.SORTS
    default_sort = "uscc"

    @cached_property
    def form(self) -> EventsForm:
        query, user = self.request.query_params, _user(self.request)
        return understood(EventsForm(query, user=user, beside=KeysetPagination.parameters))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        spans = bridge_events.find_spans(self.form)
        # The page is cut by keys; only its spans are then read with all that belongs to them.
        ids = self.paginate_queryset(spans) or []
        page_spans = spans.filter(pk__in=ids).order_by("pk")
        events = {}
        for event in bridge_events.events_of_spans(page_spans, self.form):
            events[event.span] = event
        # A span may have gone since the page was cut: facts are written at any time.
        page_events = [events[pk] for pk in ids if pk in events]
        return self.get_paginated_response(self.get_serializer(page_events, many=True).data)


def _user(request: Request) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user
