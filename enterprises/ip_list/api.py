"""Rights in the API. Read only: changes are `targets.by_hand`."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from enterprises.firms.serializers import OfFirm, RightSerializer
from enterprises.ip_list.filters import IpItemFilter
from enterprises.models import IpItem
from parks.api.views import ListedViewSet


class IpItemSerializer(RightSerializer, OfFirm):
    class Meta(RightSerializer.Meta):
        fields = ["id", "uscc", *RightSerializer.Meta.fields[1:]]


@extend_schema_view(
    list=extend_schema(summary="知识产权列表"), retrieve=extend_schema(summary="一项知识产权")
)
class IpItemViewSet(ListedViewSet):
    queryset = IpItem.objects.select_related("enterprise").order_by()
    serializer_class = IpItemSerializer
    filterset_class = IpItemFilter
    sorts = {"id": "id", "granted_on": "granted_on", "since": "since"}
