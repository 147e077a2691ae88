"""API views of firms, their facts, the ledger and the jobs. Read only: changes are `targets.by_hand`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.firms import contacts
from enterprises.firms.filters import (
    ApplicationFilter,
    EnterpriseFilter,
    LedgerFilter,
    PlacementFilter,
    PoolFilter,
    QualificationFilter,
)
from enterprises.firms.records import FIRM_SORTS, firm_records
from enterprises.firms.serializers import (
    ApplicationSerializer,
    FirmDetailSerializer,
    FirmFactsSerializer,
    FirmSerializer,
    JobSerializer,
    LedgerSerializer,
    PlacementSerializer,
    PoolEntrySerializer,
    QualificationSerializer,
)
from enterprises.models import (
    Application,
    Enterprise,
    Job,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
)
from parks.access import person
from parks.api.views import ListedViewSet


class EnterpriseViewSet(ListedViewSet):
    queryset = Enterprise.objects.all()
    serializer_class = FirmSerializer
    filterset_class: Any = EnterpriseFilter
    lookup_field = "uscc"
    sorts = FIRM_SORTS
    default_sort = "uscc"

    def get_queryset(self) -> Any:
        firms = super().get_queryset()
        # By its address a firm whose registration was undone stays readable: the ledger names it.
        return firms.registered() if self.action == "list" else firms

    def rows(self, queryset: Any, ids: Sequence[int]) -> Any:
        return firm_records(queryset, ids)

    @extend_schema(summary="一家企业的全部事实", responses=FirmDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        firm = self.get_object()
        facts = dict(FirmFactsSerializer(_with_facts(firm.pk)).data)
        # null, not left out: the shape of the reply is the same for everybody.
        if not contacts.shown_to(request.user, [firm.pk]):  # type: ignore[arg-type]
            facts |= dict.fromkeys(contacts.FIELDS)
        return Response(
            firm_records(self.filter_queryset(self.get_queryset()), [firm.pk])[0] | facts
        )


def _with_facts(pk: int) -> Enterprise:
    facts = (
        "placements__park",
        "placements__town",
        "closures",
        "pool_entries",
        "applications__kind",
        "applications__rejected_for",
        "yearly_figures",
        "incidents",
        "owners",
        "duties_done__duty",
        "ip_items",
    )
    return Enterprise.objects.prefetch_related(*facts).get(pk=pk)


@extend_schema_view(
    list=extend_schema(summary="资质列表"), retrieve=extend_schema(summary="一项资质")
)
class QualificationViewSet(ListedViewSet):
    queryset = Qualification.objects.select_related("enterprise", "kind").order_by()
    serializer_class = QualificationSerializer
    filterset_class = QualificationFilter
    sorts = {"id": "id", "valid_from": "valid_from", "valid_until": "valid_until"}


@extend_schema_view(
    list=extend_schema(summary="所在地列表"), retrieve=extend_schema(summary="一段所在地")
)
class PlacementViewSet(ListedViewSet):
    queryset = Placement.objects.select_related("enterprise", "park", "town").order_by()
    serializer_class = PlacementSerializer
    filterset_class = PlacementFilter
    sorts = {"id": "id", "since": "since"}


@extend_schema_view(
    list=extend_schema(summary="后备库列表"), retrieve=extend_schema(summary="一条后备库记录")
)
class PoolEntryViewSet(ListedViewSet):
    queryset = PoolEntry.objects.select_related("enterprise").order_by()
    serializer_class = PoolEntrySerializer
    filterset_class = PoolFilter
    sorts = {"id": "id", "since": "since"}


@extend_schema_view(
    list=extend_schema(summary="申报记录列表"), retrieve=extend_schema(summary="一条申报记录")
)
class ApplicationViewSet(ListedViewSet):
    queryset = Application.objects.select_related("enterprise", "kind", "rejected_for").order_by()
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilter
    sorts = {"id": "id", "since": "since"}


@extend_schema_view(
    list=extend_schema(summary="变更账簿"), retrieve=extend_schema(summary="一条变更")
)
class LedgerViewSet(ListedViewSet):
    """按编号先后；以 `since` 传入已处理的最大编号即可增量同步，不会遗漏。"""

    queryset = LedgerEntry.objects.select_related("enterprise", "source", "by").order_by()
    serializer_class = LedgerSerializer
    filterset_class = LedgerFilter

    def rows(self, queryset: Any, ids: Sequence[int]) -> Any:
        entries = queryset.in_bulk(ids)
        return self._rows_of([entries[pk] for pk in ids])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._rows_of([self.get_object()])[0])

    def _rows_of(self, entries: Sequence[LedgerEntry]) -> list[dict[str, Any]]:
        firms = {entry.enterprise_id for entry in entries}
        open_to = contacts.shown_to(person(self.request), firms)
        # One serializer for all: making one takes thirty times as long as a row.
        rows: list[dict[str, Any]] = self.get_serializer(entries, many=True).data
        for entry, row in zip(entries, rows, strict=True):
            if entry.enterprise_id not in open_to:
                for side in ("before", "after"):
                    row[side] = contacts.redact_contacts(row[side])
        return rows


@extend_schema_view(
    list=extend_schema(summary="后台任务列表"), retrieve=extend_schema(summary="一个后台任务")
)
class JobViewSet(ListedViewSet):
    queryset = Job.objects.select_related("created_by").order_by()
    serializer_class = JobSerializer
    default_sort = "-id"
