"""Shapes of quarters, roster versions, their problems, firms and remarks, and of cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from enterprises.firms.contacts import HIDDEN, LABELS
from enterprises.firms.serializers import CODE
from enterprises.models import (
    Case,
    Contradiction,
    Quarter,
    QuarterEvent,
    Remark,
    RosterFirm,
    RosterProblem,
    RosterVersion,
    Settlement,
)
from enterprises.reporting import answers, rights, submission
from enterprises.reporting.board import BoardLine
from parks.models import User

PUBLIC_SUMMARY = ("rows", "errors", "warnings", "counts", "as_of", "checked_at")
"""Parts of a check's summary that quote nothing from the file."""


def unit_code(**more: Any) -> serializers.SlugRelatedField[Any]:
    return serializers.SlugRelatedField[Any](**CODE, **more)


class QuarterSerializer(serializers.ModelSerializer[Quarter]):
    code = serializers.CharField(help_text="如 2026Q3")
    label = serializers.CharField(source="period.label")  # type: ignore[assignment]
    last_day = serializers.DateField(help_text="名册数据截至日")
    expected = serializers.IntegerField(help_text="应报单位数（填报人只计本单位）")
    handed_in = serializers.IntegerField(help_text="已报送的单位数")
    applied = serializers.IntegerField(help_text="已入库的单位数")

    class Meta:
        model = Quarter
        fields = [
            "code", "label", "last_day", "opens_on", "due_on", "locks_on",
            "expected", "handed_in", "applied",
        ]  # fmt: skip


class QuarterEventSerializer(serializers.ModelSerializer[QuarterEvent]):
    kind_label = serializers.CharField(source="get_kind_display")
    unit = unit_code(allow_null=True)
    version = serializers.PrimaryKeyRelatedField[Any](read_only=True, help_text="名册版本的编号")
    before = serializers.DictField(child=serializers.DateField(), help_text="变更前的日期，按名称")
    after = serializers.DictField(child=serializers.DateField(), help_text="变更后的日期，按名称")
    by = serializers.StringRelatedField[Any](allow_null=True, help_text="null 为系统")

    class Meta:
        model = QuarterEvent
        fields = [
            "id", "kind", "kind_label", "unit", "version", "before", "after", "reason", "by", "at",
        ]  # fmt: skip


class LineSerializer(serializers.Serializer[BoardLine]):
    """One unit on the board."""

    unit = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(source="unit.name")
    state = serializers.SerializerMethodField()
    late = serializers.BooleanField(source="is_late")
    being_corrected = serializers.BooleanField(source="is_being_corrected")
    extended_to = serializers.DateField(allow_null=True)
    version = serializers.SerializerMethodField()

    def get_state(self, line: BoardLine) -> str:
        """名册状态；not_started 未开始，drafted 准备中（草稿只有本单位和科技局可见）"""
        return line.state_for(self.context["request"].user)

    def get_version(self, line: BoardLine) -> int | None:
        """该状态所属的名册版本"""
        version = line.version_for(self.context["request"].user)
        return version.pk if version else None


class BoardSerializer(serializers.Serializer[Any]):
    quarter = serializers.CharField()
    lines = LineSerializer(many=True)


class FileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField(help_text="字节")


class VersionSerializer(serializers.ModelSerializer[RosterVersion]):
    """One line of the list; drafts are the unit's and the bureau's."""

    quarter = serializers.CharField(source="roster.quarter.code")
    unit = serializers.CharField(source="roster.unit.code")
    state_label = serializers.CharField(source="get_state_display")
    file = serializers.SerializerMethodField()
    nil = serializers.BooleanField(source="is_nil", help_text="零报告")
    late = serializers.BooleanField(source="is_late")
    counts = serializers.SerializerMethodField()
    created_by = serializers.StringRelatedField[Any]()
    submitted_by = serializers.StringRelatedField[Any](allow_null=True)
    decided_by = serializers.StringRelatedField[Any](allow_null=True)
    same_person = serializers.CharField(
        source="same_person_note",
        allow_blank=True,
        help_text="同一人报送并审核的，写明理由；由两人办理的为空",
    )
    links = serializers.SerializerMethodField()

    class Meta:
        model = RosterVersion
        fields = [
            "id", "quarter", "unit", "number", "state", "state_label", "nil", "late", "file",
            "reason", "counts", "created_by", "created_at", "submitted_by", "submitted_at",
            "decided_by", "decided_at", "same_person", "applied_at", "links",
        ]  # fmt: skip

    @extend_schema_field(FileSerializer(allow_null=True))
    def get_file(self, version: RosterVersion) -> dict[str, Any] | None:
        source = version.source
        if source is None:
            return None
        return {"name": version.filename, "sha256": source.sha256, "size": source.size}

    def get_counts(self, version: RosterVersion) -> dict[str, int]:
        """行数、错误数、提醒数，以及各类企业数（new、changed、arriving、missing、unchanged）。"""
        of_kinds = version.summary.get("counts", {})
        counts = {name: version.summary.get(name, 0) for name in ("rows", "errors", "warnings")}
        return counts | {kind: of_kinds.get(kind, 0) for kind in RosterFirm.Kind.values}

    def get_links(self, version: RosterVersion) -> dict[str, str]:
        request = self.context["request"]
        parts = ["problems", "firms", "remarks"]
        # A nil return has no file to download.
        if version.source_id:
            parts.append("file")
        routes = {part: f"api-roster-versions-{part}" for part in parts}
        routes["self"] = "api-roster-versions-detail"
        links = {}
        for name, route in routes.items():
            links[name] = reverse(route, args=[version.pk], request=request)
        if version.job_id:
            links["job"] = reverse("api-jobs-detail", args=[version.job_id], request=request)
        return links


class VersionDetailSerializer(VersionSerializer):
    summary = serializers.SerializerMethodField()
    points_open = serializers.SerializerMethodField()
    undone_by = serializers.StringRelatedField[Any](allow_null=True)
    outcome = serializers.DictField(
        help_text="入库结果：entries、firms、left_out、standing（按资质：写入、计入和不计的家数、原因、企业），"
        "或 refused"
    )
    reasons = serializers.DictField(child=serializers.CharField(), help_text="提醒组 → 理由")

    class Meta(VersionSerializer.Meta):
        fields = [
            *VersionSerializer.Meta.fields, "summary", "reasons", "points_open", "outcome",
            "undone_by", "undone_at", "undone_reason",
        ]  # fmt: skip

    def get_summary(self, version: RosterVersion) -> dict[str, Any]:
        """检查结果：groups 为同因问题（key 即填写理由用的键），normalised、ignored 为自动规范和略过的内容。"""
        summary = version.summary
        # The groups of problems quote cells, which may name contact persons.
        if not rights.reads_whole(self.context["request"].user, version):
            return {name: value for name, value in summary.items() if name in PUBLIC_SUMMARY}
        groups = []
        for group in summary.get("groups", []):
            groups.append(group | {"key": answers.group_key(group)})
        return summary | {"groups": groups}

    def get_points_open(self, version: RosterVersion) -> list[str]:
        """报送前还须办理的事项；空即可以报送。"""
        return submission.points_open(version) if version.is_draft else []


class RosterProblemSerializer(serializers.ModelSerializer[RosterProblem]):
    """`address` is sheet!cell; contact persons are shown to the unit and the bureau alone."""

    class Meta:
        model = RosterProblem
        fields = [
            "id",
            "code",
            "severity",
            "address",
            "row",
            "title",
            "seen",
            "reason",
            "fix",
            "uscc",
        ]

    def to_representation(self, instance: RosterProblem) -> dict[str, Any]:
        row = super().to_representation(instance)
        if instance.title in LABELS and not self.context["whole"]:
            row |= {"seen": HIDDEN, "reason": HIDDEN}
        return row


class SettledSerializer(serializers.Serializer[Any]):
    choice = serializers.ChoiceField([("", "未说明"), *Settlement.choices])
    day = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class SettlementsSaid(serializers.DictField):
    child = SettledSerializer()


class ContradictionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Contradiction.choices)
    text = serializers.CharField(help_text="问题")
    registered = serializers.CharField(help_text="登记的内容")
    offered = serializers.ListField(
        child=serializers.ChoiceField(Settlement.choices), help_text="可选的说明"
    )


class SaidSerializer(serializers.ModelSerializer[RosterFirm]):
    """What the unit says of a firm."""

    to_unit = unit_code(allow_null=True)
    settlements = SettlementsSaid(help_text="矛盾的 kind → 说明")

    class Meta:
        model = RosterFirm
        fields = ["word", "day", "to_unit", "renamed_on", "note", "settlements"]


class ChangedDetail(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class PlannedChange(serializers.Serializer[Any]):
    uscc = serializers.CharField()
    firm = serializers.CharField()
    act = serializers.CharField()
    on = serializers.CharField(allow_null=True, help_text="生效日")
    cell = serializers.CharField(allow_blank=True)
    details = ChangedDetail(many=True)


@extend_schema_field(PlannedChange(many=True))
class PlannedChanges(serializers.ListField):
    """As the plan keeps them: they are words, and answered as they stand."""


class PlannedFirmSerializer(serializers.ModelSerializer[RosterFirm]):
    park = unit_code(allow_null=True)
    town = unit_code(allow_null=True)
    from_unit = unit_code(allow_null=True, help_text="登记单位，名册列在别处时")
    changes = PlannedChanges()
    contradictions = ContradictionSerializer(many=True, help_text="与登记的矛盾")
    lacks = serializers.CharField(allow_blank=True, help_text="还须说明的内容；空即不须说明")
    answer = SaidSerializer(source="*")

    class Meta:
        model = RosterFirm
        fields = [
            "id", "uscc", "name", "kind", "row", "cell", "park", "town", "from_unit", "relocated",
            "registered_name", "holds_certificate", "contradictions", "changes", "lacks", "answer",
        ]  # fmt: skip

    def to_representation(self, instance: RosterFirm) -> dict[str, Any]:
        row = super().to_representation(instance)
        user: User = self.context["request"].user
        hidden: tuple[str, ...] = ()
        if not self.context["whole"]:
            hidden = ("before", "after")
        elif instance.kind == RosterFirm.Kind.ARRIVING and not user.in_bureau:
            hidden = ("before",)  # the contacts are still those that another unit has registered
        return row | {"changes": [_without_contacts(change, hidden) for change in row["changes"]]}


def _without_contacts(change: Mapping[str, Any], hidden: tuple[str, ...]) -> dict[str, Any]:
    """The change with contact persons masked on the `hidden` sides (before, after)."""
    details = []
    for detail in change["details"]:
        detail = dict(detail)
        if detail["label"] in LABELS:
            detail |= {side: HIDDEN for side in hidden if detail[side]}
        details.append(detail)
    return {**change, "details": details}


class RemarkSerializer(serializers.ModelSerializer[Remark]):
    by = serializers.StringRelatedField[Any]()

    class Meta:
        model = Remark
        fields = ["id", "uscc", "firm_name", "cell", "text", "by", "at"]


class CaseSerializer(serializers.ModelSerializer[Case]):
    quarter = serializers.CharField(source="quarter.code")
    from_unit = unit_code(allow_null=True, help_text="登记单位")
    park = unit_code(allow_null=True)
    town = unit_code(allow_null=True)
    decided_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = Case
        fields = [
            "id", "quarter", "uscc", "name", "kind", "from_unit", "decision", "park", "town",
            "moved_on", "note", "created_at", "decided_by", "decided_at",
        ]  # fmt: skip


class StatementSerializer(serializers.ModelSerializer[RosterFirm]):
    """What one unit has said of the firm of a case."""

    unit = serializers.CharField(source="version.roster.unit.code")
    park = unit_code(allow_null=True)
    town = unit_code(allow_null=True)
    to_unit = unit_code(allow_null=True)

    class Meta:
        model = RosterFirm
        fields = [
            "unit",
            "version",
            "kind",
            "row",
            "cell",
            "park",
            "town",
            "word",
            "day",
            "to_unit",
            "note",
        ]


class CaseDetailSerializer(CaseSerializer):
    statements = StatementSerializer(many=True)

    class Meta(CaseSerializer.Meta):
        fields = [*CaseSerializer.Meta.fields, "statements"]
