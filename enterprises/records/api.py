"""Registers in the API: kinds, records with their entries, one record, one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enterprises.firms import refused_api
from enterprises.models import Record, RecordEntry, RecordField, RecordKind, RecordLevel
from enterprises.models.records import FieldType
from enterprises.records import by_hand
from enterprises.records.filters import RecordFilter
from enterprises.records.forms import YES_NO_WORDS, RecordForm
from enterprises.records.kinds import kind_coded
from enterprises.refusal import Refusal
from parks.access import person
from parks.api.idempotency import DESCRIBED, idempotent
from parks.api.problems import understood
from parks.api.serializers import StrictBody
from parks.api.views import ListedViewSet
from parks.filters import NoFilter
from parks.models import User

ID = OpenApiParameter("id", int, OpenApiParameter.PATH, description="台账记录的编号")
KIND = OpenApiParameter("code", str, OpenApiParameter.PATH, description="台账种类的代码")
FREE = {"type": "object", "additionalProperties": True}
LONGEST_VALUE = 400


class ChoiceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class RecordFieldSerializer(serializers.ModelSerializer[RecordField]):
    choices = ChoiceSerializer(many=True)

    class Meta:
        model = RecordField
        fields = ["code", "title", "role", "type", "unit", "is_required", "choices"]


class RecordKindSerializer(serializers.ModelSerializer[RecordKind]):
    fields = RecordFieldSerializer(many=True, source="columns")  # type: ignore[assignment]
    tasks = serializers.ListField(child=serializers.CharField(), help_text="对应任务的代码")

    class Meta:
        model = RecordKind
        fields = ["code", "name", "counter", "happens", "tasks", "review_months", "basis", "fields"]


class RecordLevelSerializer(serializers.ModelSerializer[RecordLevel]):
    class Meta:
        model = RecordLevel
        fields = ["level", "since", "until"]


class RecordSerializer(serializers.ModelSerializer[Record]):
    kind = serializers.CharField(source="kind.code", help_text="台账种类的代码")
    uscc = serializers.CharField(
        source="firm.uscc", default=None, allow_null=True, help_text="企业的代码；null 为不在名录中"
    )
    unit = serializers.CharField(source="unit.code", default=None, allow_null=True)
    until = serializers.DateField(allow_null=True, help_text="不再有效的第一天")
    extra = serializers.SerializerMethodField(help_text="种类自己的列，按列的代码")

    class Meta:
        model = Record
        fields = [
            *("id", "kind", "subject", "uscc", "firm_name", "unit", "level", "klass", "number"),
            *("since", "until", "reviewed_on", "amount", "returned_on", "returned", "extra"),
        ]

    @extend_schema_field(FREE)
    def get_extra(self, record: Record) -> dict[str, Any]:
        return dict(record.extra)


class RecordEntrySerializer(serializers.ModelSerializer[RecordEntry]):
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.name", default=None, allow_null=True
    )
    by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True, allow_null=True)
    undoes = serializers.IntegerField(source="undoes_id", allow_null=True)
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    cells = serializers.SerializerMethodField(help_text="列 → 来源文件中的单元格")

    class Meta:
        model = RecordEntry
        fields = ["id", "act", "on", "before", "after", "source", "cells", "reason", "by", "at"]
        fields += ["undoes"]

    @extend_schema_field(FREE)
    def get_before(self, entry: RecordEntry) -> dict[str, Any]:
        return dict(entry.before)

    @extend_schema_field(FREE)
    def get_after(self, entry: RecordEntry) -> dict[str, Any]:
        return dict(entry.after)

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_cells(self, entry: RecordEntry) -> dict[str, str]:
        return dict(entry.cells)


class RecordDetailSerializer(RecordSerializer):
    is_void = serializers.BooleanField(help_text="登记已撤销，不在任何列表和统计中")
    levels = RecordLevelSerializer(many=True)
    entries = RecordEntrySerializer(many=True, help_text="账目，新的在前")

    class Meta(RecordSerializer.Meta):
        fields = [*RecordSerializer.Meta.fields, "is_void", "levels", "entries"]


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}}
)
class ColumnsField(serializers.DictField):
    """Values by the codes of the kind's columns."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().to_internal_value(data)
        for code, value in told.items():
            if isinstance(value, dict | list) or len(str(value)) > LONGEST_VALUE:
                raise serializers.ValidationError({code: ["应为一个值，400字以内。"]})
        return told


class RecordRequest(StrictBody):
    kind = serializers.CharField(max_length=20, help_text="台账种类的代码")
    fields = ColumnsField(  # type: ignore[assignment]
        help_text="列的代码 → 值；选项填代码，日期如 2026-06-30，是否填 true 或 false"
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class RecordChangeRequest(StrictBody):
    act = serializers.ChoiceField(
        [(act.code, act.title) for act in by_hand.ACTS.values()], help_text="动作"
    )
    seen = serializers.IntegerField(
        min_value=0, help_text="所见的最后一笔账目；其后有账目的不写（409）"
    )
    reason = serializers.CharField(max_length=200)
    fields = ColumnsField(  # type: ignore[assignment]
        required=False, help_text="change：要改的列，其余不变；null 为改为空"
    )
    on = serializers.DateField(required=False, help_text="change 和 reopen 以外的动作的日期")
    level = serializers.CharField(required=False, max_length=20, help_text="level：级别的代码")
    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, required=False, help_text="return：收回金额，万元"
    )


class RecordApiFilter(RecordFilter):
    kind = django_filters.CharFilter(label="台账种类的代码", field_name="kind__code", max_length=20)
    uscc = django_filters.CharFilter(
        label="统一社会信用代码", field_name="enterprise__uscc", max_length=18
    )


@extend_schema_view(
    list=extend_schema(summary="台账种类"),
    retrieve=extend_schema(summary="一种台账", parameters=[KIND]),
)
class RecordKindViewSet(ListedViewSet):
    """在用的台账和各自的列。"""

    queryset = RecordKind.objects.filter(is_kept=True).prefetch_related("fields").order_by()
    serializer_class = RecordKindSerializer
    lookup_field = "code"
    sorts = {"id": "id", "code": "code"}


@extend_schema_view(list=extend_schema(summary="台账记录列表"))
class RecordViewSet(ListedViewSet):
    """重点任务的要素记录；填报人只见本单位的，和本单位曾有的企业的。"""

    queryset = Record.objects.select_related("kind", "unit", "enterprise__merged_into").order_by()
    serializer_class = RecordSerializer
    filterset_class = RecordApiFilter
    sorts = {"id": "id", "since": "since"}

    @extend_schema(
        summary="一条台账记录和它的账目", responses=RecordDetailSerializer, parameters=[ID]
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(RecordDetailSerializer(self._one()).data)

    @extend_schema(
        summary="登记一条台账记录",
        request=RecordRequest,
        responses={201: RecordDetailSerializer},
        parameters=[DESCRIBED],
        filters=False,
        description="科技局和该台账的登记单位。",
    )
    @idempotent
    def create(self, request: Request) -> Response:
        sent = RecordRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        told = sent.validated_data
        kind = kind_coded(told["kind"])
        if kind is None:
            raise exceptions.ValidationError({"kind": ["没有这种台账。"]})
        _refuse_unless_written_by(kind, person(request))
        form = _columns(RecordForm(kind, _posted(kind, told["fields"])), told["fields"])
        try:
            record = by_hand.enter(kind, form, by=person(request), reason=told.get("reason", ""))
        except Refusal as refusal:
            raise refused_api.declined(refusal) from None
        answer = self.created(record)
        answer.data = RecordDetailSerializer(_whole(record.pk)).data
        return answer

    @extend_schema(
        summary="登记一条记录的变动",
        request=RecordChangeRequest,
        responses={200: RecordDetailSerializer},
        parameters=[DESCRIBED, ID],
        filters=False,
        description="科技局和该台账的登记单位；动作与记录页相同。",
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def changes(self, request: Request, pk: str) -> Response:
        record, user = self._one(), person(request)
        _refuse_unless_written_by(record.kind, user)
        sent = RecordChangeRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        told = dict(sent.validated_data)
        deed, columns = by_hand.ACTS[told.pop("act")], told.pop("fields", {})
        try:
            by_hand.refuse_unless_possible(record, deed)
            form = understood(deed.form(told, record=record))
            if deed is by_hand.CHANGE:
                whole = _columns(_changed(record, columns), columns)
                by_hand.change(record, whole, form.cleaned_data, by=user)
            else:
                by_hand.act(record, deed, form.cleaned_data, by=user)
        except Refusal as refusal:
            raise refused_api.declined(refusal) from None
        return Response(RecordDetailSerializer(_whole(record.pk)).data)

    def _one(self) -> Record:
        record: Record = self.get_object()
        return _whole(record.pk)

    def filter_queryset(self, queryset: Any) -> Any:
        # One record is read also when it was taken back or is no longer in force.
        if self.action != "list":
            self.filterset_class = NoFilter
        return super().filter_queryset(queryset)


def _whole(pk: int) -> Record:
    rows = Record.objects.select_related("kind", "unit", "enterprise__merged_into")
    return rows.prefetch_related("levels", "entries__source", "entries__by", "kind__fields").get(
        pk=pk
    )


def _refuse_unless_written_by(kind: RecordKind, user: User) -> None:
    if not kind.may_be_written_by(user):
        raise exceptions.PermissionDenied(by_hand.NOT_THEIRS)


def _posted(kind: RecordKind, fields: Mapping[str, Any]) -> dict[str, Any]:
    """As a browser would send them."""
    types = {column.code: column.type for column in kind.columns}
    sent = {}
    for code, value in fields.items():
        if types.get(code) == FieldType.YES_NO and isinstance(value, bool):
            value = YES_NO_WORDS[value]
        sent[f"field-{code}"] = "" if value is None else str(value)
    return sent


def _changed(record: Record, fields: Mapping[str, Any]) -> RecordForm:
    """The page's form, with what is registered where the request says nothing."""
    blank = RecordForm(record.kind, record=record)
    told = {code: _plain(blank[code].value()) for code in blank.fields} | dict(fields)
    return RecordForm(record.kind, _posted(record.kind, told), record=record)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _columns(form: RecordForm, told: Mapping[str, Any]) -> RecordForm:
    if unknown := sorted(set(told) - set(form.fields)):
        raise exceptions.ValidationError({f"fields.{code}": ["不认识的列。"] for code in unknown})
    if not form.is_valid():
        errors: dict[str, Sequence[Any]] = {
            name if name == "__all__" else f"fields.{name}": found
            for name, found in form.errors.items()
        }
        raise exceptions.ValidationError(errors)
    return form
