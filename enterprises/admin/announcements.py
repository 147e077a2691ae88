"""The admin of official lists: shown only, for lists change on their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from enterprises.models import Announcement, AnnouncementLine, NameChoice
from parks.admin import RegistryWrites, administers


@admin.register(Announcement)
class AnnouncementAdmin(RegistryWrites):
    list_display = ["title", "source", "published_on", "received_at", "written_at", "undone_at"]
    list_select_related = ["source"]
    list_filter = ["year"]
    search_fields = ["title", "source__name", "document_number"]


@admin.register(AnnouncementLine)
class AnnouncementLineAdmin(RegistryWrites):
    list_display = ["name", "announcement", "place", "firm", "by", "settled"]
    list_select_related = ["announcement__source", "firm"]
    list_filter = ["settled"]
    search_fields = ["name", "firm__name"]


@admin.register(NameChoice)
class NameChoiceAdmin(RegistryWrites):
    """A wrong choice may be deleted here, and the next list asks again."""

    list_display = ["name_key", "district", "firm", "decided_by", "decided_at"]
    list_select_related = ["firm", "decided_by"]
    search_fields = ["name_key", "firm__name"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request)
