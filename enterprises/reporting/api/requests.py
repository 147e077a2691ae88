"""What programs send about rosters. Unknown fields are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.conf import settings
from rest_framework import serializers, status

from enterprises.loading import storage
from enterprises.models import Case, Period, Quarter, RosterFirm, Settled, Settlement
from enterprises.reporting.answers import Answer
from parks.api.problems import Declined
from parks.api.serializers import StrictBody
from parks.models import Unit

_PERIOD = re.compile(r"(20\d\d)Q([1-4])", re.ASCII)


class QuarterField(serializers.CharField):
    """A code such as 2026Q3 → the opened quarter."""

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        quarter = Quarter.objects.coded(code).first()
        if quarter is None:
            raise serializers.ValidationError(f"没有开放“{code}”这一季度。")
        return quarter


class UnitField(serializers.CharField):
    """A park's or town's code → the unit, from one query for the whole request."""

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        if code not in self.units:
            raise serializers.ValidationError(f"没有代码为“{code}”的园区平台或镇街。")
        return self.units[code]

    @cached_property
    def units(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in Unit.objects.reporting()}


class DaysRequest(StrictBody):
    due_on = serializers.DateField(required=False)
    locks_on = serializers.DateField(required=False)
    reason = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="理由，有变动时必填"
    )


class OpeningRequest(StrictBody):
    due_on = serializers.DateField(required=False)
    locks_on = serializers.DateField(required=False)
    code = serializers.CharField(help_text="如 2026Q3")
    opens_on = serializers.DateField(required=False, help_text="不填的各日按规定")

    def validate_code(self, value: str) -> Period:
        match = _PERIOD.fullmatch(value)
        if not match:
            raise serializers.ValidationError("季度写作 2026Q3。")
        return Period(int(match[1]), int(match[2]))


class RosterRequest(StrictBody):
    quarter = QuarterField()
    unit = UnitField(required=False, help_text="单位代码；填报人可不填，即本单位")
    file = serializers.FileField(required=False, help_text="xlsx、xls 或 csv")
    nil = serializers.BooleanField(required=False, default=False, help_text="零报告，此时不带文件")
    reason = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=500, help_text="更正理由"
    )
    dry_run = serializers.BooleanField(required=False, default=False, help_text="只检查，不登记")

    def validate_file(self, value: Any) -> Any:
        # By the name alone: a file that is too large is answered with a status of its own below.
        if reason := storage.objection(value.name, 0):
            raise serializers.ValidationError(reason)
        if value.size > settings.MAX_REGISTER_BYTES:
            too_large = storage.objection(value.name, value.size) or ""
            raise Declined(too_large, "too_large", status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["nil"] == ("file" in attrs):
            reason = "零报告不带文件。" if attrs["nil"] else "请附文件，或以 nil=true 报零报告。"
            raise serializers.ValidationError({"file": [reason]})
        return attrs


class RosterQuery(StrictBody):
    dry_run = serializers.BooleanField(required=False)


class SettlementRequest(StrictBody):
    choice = serializers.ChoiceField([("", "收回"), *Settlement.choices])
    day = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class SettlementsField(serializers.DictField):
    """Kind of contradiction → answer."""

    child = SettlementRequest()

    def to_internal_value(self, data: Any) -> dict[str, Settled]:
        given = super().to_internal_value(data)
        return {kind: Settled(**parts) for kind, parts in given.items()}


class AnswerRequest(StrictBody):
    """不填的内容保持原样。"""

    settlements = SettlementsField(
        required=False, help_text="对矛盾（企业的 contradictions）的说明：kind → 说明"
    )

    word = serializers.ChoiceField([("", "收回"), *RosterFirm.Word.choices], required=False)
    day = serializers.DateField(required=False)
    to_unit = UnitField(required=False)
    renamed_on = serializers.DateField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class AnswersRequest(StrictBody):
    firms = serializers.DictField(
        child=AnswerRequest(), required=False, help_text="统一社会信用代码 → 说明"
    )
    reasons = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=300),
        required=False,
        help_text="提醒组的键（规则|列名）→ 理由",
    )

    def answers_and_reasons(self) -> tuple[dict[str, Answer], Mapping[str, str]]:
        """(firm's code → answer, key of a group of warnings → reason)."""
        body = self.validated_data
        answers = {uscc: Answer(**parts) for uscc, parts in body.get("firms", {}).items()}
        return answers, body.get("reasons", {})


class MappingRequest(StrictBody):
    titles = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=40),
        help_text="本单位的列名 → 字段；空为不读取",
    )


class ApprovalRequest(StrictBody):
    same_person_reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=200,
        help_text="经办与审核为同一人的说明：由本人上传或报送的版本须填",
    )


class TextRequest(StrictBody):
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class RemarkRequest(StrictBody):
    text = serializers.CharField(max_length=500)
    uscc = serializers.CharField(required=False, default="", allow_blank=True, max_length=18)
    cell = serializers.CharField(required=False, default="", allow_blank=True, max_length=80)


class UndoRequest(StrictBody):
    reason = serializers.CharField(max_length=200)


class DecisionRequest(StrictBody):
    decision = serializers.ChoiceField(Case.Decision.choices)
    park = UnitField(required=False, allow_null=True, default=None)
    town = UnitField(required=False, allow_null=True, default=None)
    moved_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)
