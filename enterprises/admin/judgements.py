"""The admin of what is kept of the reserve pool's work: all of it is made by the portal, and only shown."""

from __future__ import annotations

from django.contrib import admin

from enterprises.admin.facts import BY_FIRM
from enterprises.models import JudgementMark, KeptJudgement, ReviewReminder
from parks.admin import RegistryWrites


@admin.register(JudgementMark)
class JudgementMarkAdmin(RegistryWrites):
    list_display = ["kind", "on", "ledger_entry", "made_at"]


@admin.register(KeptJudgement)
class KeptJudgementAdmin(RegistryWrites):
    list_display = ["enterprise", "mark", "outcome", "met", "failed", "unknown", "year"]
    list_select_related = ["enterprise", "mark"]
    list_filter = ["outcome"]
    search_fields = BY_FIRM


@admin.register(ReviewReminder)
class ReviewReminderAdmin(RegistryWrites):
    list_display = ["entry", "day", "sent_at"]
    list_select_related = ["entry__enterprise"]
