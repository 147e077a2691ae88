"""The admin of following firms up: kinds and days are edited here, owners and talks only shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from enterprises.admin.facts import BY_FIRM
from enterprises.models import FirmOwner, FollowUpRule, Talk, TalkKind, UnitContact
from parks.admin import BureauAdmin, RegistryWrites, administers


@admin.register(FirmOwner)
class FirmOwnerAdmin(RegistryWrites):
    list_display = ["enterprise", "level", "account", "since", "until"]
    list_select_related = ["enterprise"]
    list_filter = ["level"]
    search_fields = ["account", *BY_FIRM]


@admin.register(Talk)
class TalkAdmin(RegistryWrites):
    list_display = ["enterprise", "on", "kind", "by", "answerer", "answer_by", "answered_at"]
    list_select_related = ["enterprise", "kind", "by", "answerer"]
    list_filter = ["kind"]
    search_fields = ["said", "asked", *BY_FIRM]


@admin.register(TalkKind)
class TalkKindAdmin(BureauAdmin):
    list_display = ["name", "code", "order"]


@admin.register(FollowUpRule)
class FollowUpRuleAdmin(BureauAdmin):
    """The list of firms to call needs a rule, so the last one cannot be deleted."""

    list_display = ["since", "quiet_days", "ending_days", "source"]
    # Without the action that deletes the ticked rows: it could take all of them at once.
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request) and FollowUpRule.objects.count() > 1


@admin.register(UnitContact)
class UnitContactAdmin(BureauAdmin):
    list_display = ["unit", "name", "phone", "told_by", "told_at"]
    list_select_related = ["unit", "told_by"]
    search_fields = ["name", "unit__name"]
