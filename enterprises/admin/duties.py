"""The admin of what holders owe each year: edited here; what was done and reminded is only shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import JSONField

from enterprises.models import DutyDone, DutyReminder, YearlyDuty
from parks.admin import BureauAdmin, LinesField, RegistryWrites


class DaysField(LinesField):
    """A list of numbers, one a line."""

    def prepare_value(self, value: Any) -> str:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        lines = super().to_python(self.prepare_value(value))
        if not all(line.isdecimal() for line in lines):
            raise ValidationError("每行应为一个天数，如 30。")
        return [int(line) for line in lines]


@admin.register(YearlyDuty)
class YearlyDutyAdmin(BureauAdmin):
    list_display = [
        "short_name", "kind", "first_year", "due_month", "due_day", "missed_limit", "source",
    ]  # fmt: skip
    list_select_related = ["kind"]
    formfield_overrides = {
        JSONField: {"form_class": DaysField, "help_text": "每行一个天数：截止日前各提醒一次"}
    }


@admin.register(DutyDone)
class DutyDoneAdmin(RegistryWrites):
    list_display = ["enterprise", "duty", "year", "done_on", "source", "withdrawn_on"]
    list_select_related = ["enterprise", "duty"]
    list_filter = ["duty", "year"]
    search_fields = ["source", "enterprise__uscc", "enterprise__name"]


@admin.register(DutyReminder)
class DutyReminderAdmin(RegistryWrites):
    list_display = ["duty", "year", "unit", "days", "sent_at"]
    list_select_related = ["duty", "unit"]
