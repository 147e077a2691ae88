"""The admin of the joint meeting: the ladder is editable, all else is written on its pages."""

from __future__ import annotations

from django.contrib import admin

from parks.admin import BureauAdmin, RegistryWrites
from targets.models import (
    AgendaItem,
    ChasingRung,
    Decision,
    DecisionReminder,
    DecisionStep,
    Meeting,
    MeetingTemplate,
    StepFile,
)


@admin.register(ChasingRung)
class ChasingRungAdmin(BureauAdmin):
    list_display = ["days", "repeats", "since", "until", "source"]


@admin.register(Meeting)
class MeetingAdmin(RegistryWrites):
    list_display = ["number", "day", "place", "chair", "state", "made_by"]
    list_select_related = ["made_by"]


@admin.register(AgendaItem)
class AgendaItemAdmin(RegistryWrites):
    list_display = ["meeting", "order", "title", "figure", "as_of", "is_dropped"]
    list_select_related = ["meeting"]
    search_fields = ["title"]


@admin.register(Decision)
class DecisionAdmin(RegistryWrites):
    list_display = ["meeting", "number", "words", "quantity", "indicator", "value"]
    list_select_related = ["meeting", "indicator"]
    search_fields = ["words"]


@admin.register(DecisionStep)
class DecisionStepAdmin(RegistryWrites):
    list_display = ["decision", "number", "kind", "lead", "due", "by"]
    list_select_related = ["decision__meeting", "lead", "by"]
    list_filter = ["kind", "state"]


@admin.register(StepFile)
class StepFileAdmin(RegistryWrites):
    list_display = ["name", "step", "size"]
    list_select_related = ["step"]


@admin.register(DecisionReminder)
class DecisionReminderAdmin(RegistryWrites):
    list_display = ["decision", "due", "rung", "sent_at"]
    list_select_related = ["decision__meeting"]


@admin.register(MeetingTemplate)
class MeetingTemplateAdmin(RegistryWrites):
    list_display = ["purpose", "name", "uploaded_by", "uploaded_at"]
    list_select_related = ["uploaded_by"]
    # Bytes of a Word file: nothing to look at.
    exclude = ["content"]
