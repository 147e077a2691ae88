"""The shapes in which the API shows firms, their facts, the ledger and jobs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enterprises.firms.records import VOID
from enterprises.models import (
    Application,
    Closure,
    DutyDone,
    Enterprise,
    FirmOwner,
    FormerName,
    Incident,
    IpItem,
    Job,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    SourceFile,
    YearlyFigures,
)

READ_FROM_FILES = ("files", "summary", "problems")
"""Parts of a job's result that quote what was typed into a file."""
CODE: dict[str, Any] = {"slug_field": "code", "read_only": True}


class FormerNameSerializer(serializers.ModelSerializer[FormerName]):
    class Meta:
        model = FormerName
        fields = ["name", "until"]


class HeldSerializer(serializers.ModelSerializer[Qualification]):
    """A qualification inside its firm."""

    kind = serializers.SlugRelatedField[Any](**CODE)

    class Meta:
        model = Qualification
        fields = [
            "kind", "number", "valid_from", "valid_until", "class_year", "revoked_on",
            "recognition", "dating",
        ]  # fmt: skip


class StaySerializer(serializers.ModelSerializer[Placement]):
    """A placement inside its firm."""

    park = serializers.SlugRelatedField[Any](**CODE, allow_null=True)
    town = serializers.SlugRelatedField[Any](**CODE)

    class Meta:
        model = Placement
        fields = ["park", "town", "since", "until", "arrival"]


class PooledSerializer(serializers.ModelSerializer[PoolEntry]):
    class Meta:
        model = PoolEntry
        fields = [
            *("stage", "target_year", "since", "until", "exit_kind", "exit_reason"),
            *("source", "reason", "next_review", "ended_on", "ended_by"),
        ]


class AppliedSerializer(serializers.ModelSerializer[Application]):
    """An application's stage inside its firm."""

    kind = serializers.SlugRelatedField[Any](**CODE)
    rejected_for = serializers.SlugRelatedField[Any](
        slug_field="code", read_only=True, allow_null=True, help_text="未通过原因的代码"
    )

    class Meta:
        model = Application
        fields = [
            *["kind", "year", "batch", "agency", "stage", "since", "until", "note"],
            *["rejected_for", "next_action", "next_on", "owner"],
        ]


class OfFirm(serializers.ModelSerializer[Any]):
    id = serializers.IntegerField(read_only=True)
    uscc = serializers.CharField(source="enterprise.uscc", read_only=True)


class QualificationSerializer(HeldSerializer, OfFirm):
    class Meta(HeldSerializer.Meta):
        fields = ["id", "uscc", *HeldSerializer.Meta.fields]


class PlacementSerializer(StaySerializer, OfFirm):
    class Meta(StaySerializer.Meta):
        fields = ["id", "uscc", *StaySerializer.Meta.fields]


class PoolEntrySerializer(PooledSerializer, OfFirm):
    class Meta(PooledSerializer.Meta):
        fields = ["id", "uscc", *PooledSerializer.Meta.fields]


class ApplicationSerializer(AppliedSerializer, OfFirm):
    class Meta(AppliedSerializer.Meta):
        fields = ["id", "uscc", *AppliedSerializer.Meta.fields]


class ClosureSerializer(serializers.ModelSerializer[Closure]):
    class Meta:
        model = Closure
        fields = ["closed_on", "reopened_on", "cause"]


class YearlyFiguresSerializer(serializers.ModelSerializer[YearlyFigures]):
    class Meta:
        model = YearlyFigures
        # By what is left out: a field of figures is named beside its column only (CONTRIBUTING.md).
        exclude = ["id", "enterprise"]


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    class Meta:
        model = Incident
        fields = ["id", "kind", "on", "source", "withdrawn_on"]


class OwnerSerializer(serializers.ModelSerializer[FirmOwner]):
    class Meta:
        model = FirmOwner
        fields = ["level", "account", "since", "until"]


class DutyDoneSerializer(serializers.ModelSerializer[DutyDone]):
    duty = serializers.CharField(source="duty.code")

    class Meta:
        model = DutyDone
        fields = ["id", "duty", "year", "done_on", "source", "withdrawn_on"]


class RightSerializer(serializers.ModelSerializer[IpItem]):
    """A right inside the firm that owns or owned it."""

    kind = serializers.CharField(source="kind_id", help_text="知识产权类别的代码")

    class Meta:
        model = IpItem
        fields = [
            *("id", "kind", "number", "title", "granted_on", "ends_on", "obtained"),
            *("since", "until", "ending", "used_first", "used_last"),
        ]


class CertificateSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(allow_blank=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)


class FirmSerializer(serializers.Serializer[Any]):
    """The shape of `enterprises.firms.records`.

    Park and town are codes; where a figure is asked for, those of its day.
    """

    uscc = serializers.CharField()
    name = serializers.CharField()
    former_names = FormerNameSerializer(many=True)
    registered_on = serializers.DateField(allow_null=True)
    industry_code = serializers.CharField(allow_blank=True)
    tech_field = serializers.CharField(allow_null=True)
    park = serializers.CharField(allow_null=True, help_text="园区代码；null 为园区外")
    town = serializers.CharField(allow_null=True, help_text="镇街代码")
    status = serializers.ChoiceField(
        ["active", "left", "closed", VOID],
        help_text="在册、已迁出、已注销；void 登记已撤销，不在任何列表中，按代码仍可读",
    )
    pool_stage = serializers.CharField(allow_null=True, help_text="当前后备库层级代码")
    certificate = CertificateSerializer(
        allow_null=True, help_text="按统计数字查询时为计入该数的证书，否则为最近的有效证书"
    )
    qualifications = HeldSerializer(many=True)


class FirmDetailSerializer(FirmSerializer):
    placements = StaySerializer(many=True)
    closures = ClosureSerializer(many=True)
    pool_entries = PooledSerializer(many=True)
    applications = AppliedSerializer(many=True)
    yearly_figures = YearlyFiguresSerializer(many=True)
    incidents = IncidentSerializer(many=True, help_text="重大事故和违法；none 为答复截至该日没有")
    owners = OwnerSerializer(many=True, help_text="责任人，until 为空的是现在的")
    duties_done = DutyDoneSerializer(many=True, help_text="已办的年度义务")
    ip_items = RightSerializer(many=True, help_text="逐项登记的知识产权，含已转出、失效的")
    legal_form = serializers.CharField(allow_blank=True, help_text="企业类型，照营业执照")
    contact_name = serializers.CharField(allow_null=True, help_text="无权查看时为 null")
    contact_phone = serializers.CharField(allow_null=True, help_text="无权查看时为 null")


class FirmFactsSerializer(serializers.ModelSerializer[Enterprise]):
    """What a firm's own record adds to its row in the list."""

    placements = StaySerializer(many=True)
    closures = ClosureSerializer(many=True)
    pool_entries = PooledSerializer(many=True)
    applications = AppliedSerializer(many=True)
    yearly_figures = YearlyFiguresSerializer(many=True)
    incidents = IncidentSerializer(many=True)
    owners = OwnerSerializer(many=True)
    merged_into: Any = serializers.SlugRelatedField(
        "uscc", read_only=True, help_text="这条登记并入的企业的代码；没有并入的为空"
    )
    duties_done = DutyDoneSerializer(many=True)
    ip_items = RightSerializer(many=True)

    class Meta:
        model = Enterprise
        fields = [
            "merged_into",
            "placements", "closures", "pool_entries", "applications", "yearly_figures",
            "incidents", "owners", "duties_done", "ip_items", "legal_form", "contact_name",
            "contact_phone",
        ]  # fmt: skip


class SourceSerializer(serializers.ModelSerializer[SourceFile]):
    class Meta:
        model = SourceFile
        fields = ["kind", "name", "sha256", "as_of"]


@extend_schema_field({"type": ["string", "number", "boolean", "null"]})
class FactValue(serializers.Field[Any, Any, Any, Any]):
    """A value of a fact's field, as the ledger keeps it."""

    def to_representation(self, value: Any) -> Any:
        return value


class LedgerSerializer(OfFirm):
    source = SourceSerializer(allow_null=True, read_only=True)  # type: ignore[assignment]
    by = serializers.StringRelatedField[Any](allow_null=True)
    before = serializers.DictField(child=FactValue(), help_text="变更前，只含变更的字段")
    after = serializers.DictField(child=FactValue(), help_text="变更后，只含变更的字段")
    cells = serializers.DictField(child=serializers.CharField(), help_text="字段 → 来源单元格")

    class Meta:
        model = LedgerEntry
        fields = [
            "id", "uscc", "act", "fact", "fact_id", "effective_on", "before", "after", "source",
            "cells", "reason", "by", "at",
        ]  # fmt: skip


class JobSerializer(serializers.ModelSerializer[Job]):
    created_by = serializers.StringRelatedField[Any](allow_null=True)
    result = serializers.DictField(allow_null=True)

    class Meta:
        model = Job
        fields = [
            "id", "kind", "state", "phase", "progress_done", "progress_total", "attempts", "result",
            "error", "created_by", "created_at", "started_at", "heartbeat_at", "finished_at",
        ]  # fmt: skip

    def to_representation(self, instance: Job) -> dict[str, Any]:
        """Rows of a file name contact persons: only the bureau and the file's sender see them."""
        row = super().to_representation(instance)
        user = getattr(self.context.get("request"), "user", None)
        may_see = user and (user.in_bureau or user.pk == instance.created_by_id)
        if row["result"] and not may_see:
            row["result"] = {
                name: value for name, value in row["result"].items() if name not in READ_FROM_FILES
            }
        return row
