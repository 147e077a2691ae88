"""API of the bridge from the release before, and of the named firms behind each of its terms."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from parks.api.problems import understood
from parks.api.views import PortalApi
from parks.filters import StrictForm
from parks.models import Unit, User
from targets.bridge.api import PlaceSerializer, TermsSerializer
from targets.figures.frozen.frozen_list import DefinitionForm
from targets.models import Definition, Release
from targets.releases import bridge, changed_firms
from targets.releases.bridge import SIGNS, Chain, Corrected
from targets.releases.bridge_views import ChangesForm
from targets.releases.views import find_release

DEFINITION = OpenApiParameter(
    "definition", str, enum=Definition.values, default=Definition.CERTIFICATE.value
)


class CorrectedSerializer(serializers.Serializer[Corrected]):
    kind = serializers.CharField(source="bridge.kind")
    scope = serializers.CharField(
        source="bridge.scope", help_text="district、parks、outside 或单位代码"
    )
    told = serializers.IntegerField(help_text="上期发布所说的期末家数")
    added = serializers.IntegerField(help_text="更正增加：上期统计日本版计入而上期没有计入")
    dropped = serializers.IntegerField(help_text="更正减少：上期计入而本版不再计入")
    flows = TermsSerializer(
        source="bridge.flows", help_text="上期公布＋更正增加－更正减少＋增加－减少＝期末"
    )
    closing = serializers.IntegerField(source="bridge.closing", help_text="本版所说的期末家数")
    net = serializers.IntegerField(help_text="本版期末－上期公布")


class ChainReply(serializers.Serializer[Any]):
    earlier = serializers.CharField(help_text="上期发布，如 2026Q2-1")
    later = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    definition = serializers.ChoiceField(Definition.choices)
    bridges = CorrectedSerializer(many=True)


class SideSerializer(serializers.Serializer[Any]):
    place = PlaceSerializer()
    number = serializers.CharField(allow_blank=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)


class ChangedFirmSerializer(serializers.Serializer[Any]):
    uscc = serializers.CharField()
    name = serializers.CharField()
    sign = serializers.IntegerField(help_text="1 增加，-1 减少")
    day = serializers.DateField(allow_null=True, help_text="变动日；更正为 null")
    before = SideSerializer(
        allow_null=True, help_text="变动之前；更正为上期发布所说。null 为不计入"
    )
    after = SideSerializer(allow_null=True, help_text="变动之后；更正为本版所说。null 为不计入")


class ChangesReply(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    results = ChangedFirmSerializer(many=True)


class DefinitionQuery(StrictForm, DefinitionForm):
    """Only the definition."""


class ChangesQuery(StrictForm, ChangesForm):
    """As the page's, refusing what it does not know."""


class ReleaseBridge(PortalApi):
    """与上一季度发布的衔接，逐资质、逐范围；填报人只见全区和本单位。上一季度没有发布时为404。"""

    @extend_schema(summary="与上期发布的衔接", parameters=[DEFINITION], responses=ChainReply)
    def get(self, request: Request, code: str) -> Response:
        query = understood(DefinitionQuery(request.query_params))
        chained = _find_chain(find_release(code), query.definition_or_default)
        units = Unit.objects.reporting().order_by("order", "code").values_list("code", flat=True)
        scopes = bridge.scopes_visible_to(_user(request), list(units))
        bridges = []
        for kind in chained.kinds:
            for scope in scopes:
                bridges.append(chained.corrected(kind, scope))
        reply = {
            "earlier": chained.earlier.code,
            "later": chained.later.code,
            "since": chained.earlier.as_of,
            "until": chained.later.as_of,
            "definition": chained.definition,
            "bridges": bridges,
        }
        return Response(ChainReply(reply).data)


class ReleaseChanges(PortalApi):
    """衔接中某一项的企业，条数即该项的数；填报人只见本单位企业。"""

    PARAMETERS = [
        OpenApiParameter("kind", str, required=True, description="按家数统计的指标"),
        OpenApiParameter(
            "term", str, required=True, enum=list(SIGNS), description="added、dropped 为更正"
        ),
        OpenApiParameter("scope", str, description="district、parks、outside 或单位代码，默认全区"),
        DEFINITION,
    ]

    @extend_schema(summary="衔接各项的名单", parameters=PARAMETERS, responses=ChangesReply)
    def get(self, request: Request, code: str) -> Response:
        release = find_release(code)
        query = understood(ChangesQuery(request.query_params, release=release))
        chained = _find_chain(release, query.definition_or_default)
        firms = changed_firms.find_firms(chained, **query.term_of_scope(), user=_user(request))
        results = ChangedFirmSerializer(firms, many=True).data
        return Response({"count": len(firms), "results": results})


def _find_chain(release: Release, definition: str) -> Chain:
    chained = bridge.build_chain(release, definition)
    # Not 200 with an empty list: that would read as if nothing had changed.
    if chained is None:
        raise NotFound("本版发布时，上一季度没有发布，无从衔接。")
    return chained


def _user(request: Request) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user
