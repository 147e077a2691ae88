"""The admin of quarterly reporting: its rules are edited here, all else is only shown.

Quarters, versions and cases change on their pages.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from enterprises.models import (
    Case,
    ColumnMapping,
    LockException,
    Notice,
    Office,
    Quarter,
    QuarterEvent,
    QuarterRule,
    Remark,
    Reminder,
    ReminderRule,
    Roster,
    RosterFirm,
    RosterProblem,
    RosterVersion,
)
from parks.admin import BureauAdmin, RegistryWrites, administers

OF_VERSION = ["version__roster__quarter", "version__roster__unit"]


@admin.register(QuarterRule)
class QuarterRuleAdmin(BureauAdmin):
    """Every quarter needs a rule, so the last one cannot be deleted."""

    list_display = ["since", "due_days", "lock_days", "source"]
    # Without the action that deletes the ticked rows: it could take all of them at once.
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request) and QuarterRule.objects.count() > 1


@admin.register(ReminderRule)
class ReminderRuleAdmin(BureauAdmin):
    list_display = ["subject", "days", "sentence", "since", "until", "source"]
    list_filter = ["subject"]


@admin.register(Quarter)
class QuarterAdmin(RegistryWrites):
    list_display = ["__str__", "opens_on", "due_on", "locks_on", "opened_by"]
    list_select_related = ["opened_by"]


@admin.register(QuarterEvent)
class QuarterEventAdmin(RegistryWrites):
    list_display = ["quarter", "kind", "unit", "version", "reason", "by", "at"]
    list_select_related = [
        "quarter",
        "unit",
        "version__roster__quarter",
        "version__roster__unit",
        "by",
    ]
    list_filter = ["quarter", "kind"]
    search_fields = ["reason", "unit__name"]


@admin.register(LockException)
class LockExceptionAdmin(RegistryWrites):
    list_display = ["quarter", "unit", "until", "reason", "granted_by", "granted_at"]
    list_select_related = ["quarter", "unit", "granted_by"]
    list_filter = ["quarter"]


@admin.register(Reminder)
class ReminderAdmin(RegistryWrites):
    list_display = ["quarter", "unit", "milestone", "sent_at"]
    list_select_related = ["quarter", "unit"]
    list_filter = ["quarter"]


@admin.register(Roster)
class RosterAdmin(RegistryWrites):
    list_display = ["quarter", "unit"]
    list_select_related = ["quarter", "unit"]
    list_filter = ["quarter"]


@admin.register(RosterVersion)
class RosterVersionAdmin(RegistryWrites):
    list_display = [
        "roster",
        "number",
        "state",
        "filename",
        "created_by",
        "submitted_at",
        "decided_by",
        "same_person_reason",
        "applied_at",
    ]
    list_select_related = ["roster__quarter", "roster__unit", "created_by", "decided_by"]
    list_filter = ["state", "roster__quarter"]
    search_fields = ["filename", "roster__unit__name"]


@admin.register(RosterFirm)
class RosterFirmAdmin(RegistryWrites):
    list_display = ["name", "uscc", "version", "kind", "word", "day", "to_unit"]
    list_select_related = ["version", *OF_VERSION, "to_unit"]
    list_filter = ["kind", "word"]
    search_fields = ["uscc", "name"]


@admin.register(RosterProblem)
class RosterProblemAdmin(RegistryWrites):
    list_display = ["code", "severity", "address", "title", "seen", "version"]
    list_select_related = ["version", *OF_VERSION]
    list_filter = ["severity", "code"]
    search_fields = ["uscc"]


@admin.register(Remark)
class RemarkAdmin(RegistryWrites):
    list_display = ["text", "version", "firm_name", "cell", "by", "at"]
    list_select_related = ["version", *OF_VERSION, "by"]
    search_fields = ["text", "firm_name"]


@admin.register(ColumnMapping)
class ColumnMappingAdmin(RegistryWrites):
    """Told on a page; a wrong one may be deleted here, and whoever told it is asked again."""

    list_display = ["unit", "office", "title", "field", "told_by", "told_at"]
    list_select_related = ["unit", "office", "told_by"]
    search_fields = ["title", "unit__name", "office__name"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request)


@admin.register(Office)
class OfficeAdmin(BureauAdmin):
    list_display = ["name", "code", "note", "order"]


@admin.register(Case)
class CaseAdmin(RegistryWrites):
    list_display = [
        "name",
        "uscc",
        "quarter",
        "kind",
        "from_unit",
        "decision",
        "decided_by",
        "decided_at",
    ]
    list_select_related = ["quarter", "from_unit", "decided_by"]
    list_filter = ["decision", "kind", "quarter"]
    search_fields = ["uscc", "name"]


@admin.register(Notice)
class NoticeAdmin(RegistryWrites):
    list_display = ["person", "text", "at", "read_at", "mailed_at"]
    list_select_related = ["person"]
    search_fields = ["text", "person__username"]
