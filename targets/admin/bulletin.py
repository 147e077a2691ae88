"""The admin of the bulletin: its head by default is editable, what was written of quarters is not."""

from __future__ import annotations

from django.contrib import admin

from parks.admin import BureauAdmin, RegistryWrites
from targets.models import BulletinDraft, BulletinHead


@admin.register(BulletinHead)
class BulletinHeadAdmin(BureauAdmin):
    list_display = ["organ", "addressees", "copies", "printer", "since", "until", "source"]


@admin.register(BulletinDraft)
class BulletinDraftAdmin(RegistryWrites):
    list_display = ["quarter", "number", "by", "at", "drafted_on"]
    list_select_related = ["quarter", "by"]
