"""The admin of intellectual property: kinds and classes are edited here, items only shown."""

from __future__ import annotations

from django.contrib import admin

from enterprises.models import IpClassRule, IpItem, IpKind
from parks.admin import BureauAdmin, RegistryWrites


@admin.register(IpKind)
class IpKindAdmin(BureauAdmin):
    list_display = ["name", "code", "order"]


@admin.register(IpClassRule)
class IpClassRuleAdmin(BureauAdmin):
    list_display = ["kind", "since", "ip_class", "document"]
    list_select_related = ["kind"]
    list_filter = ["ip_class"]


@admin.register(IpItem)
class IpItemAdmin(RegistryWrites):
    list_display = ["number", "title", "kind", "enterprise", "granted_on", "since", "until"]
    list_select_related = ["enterprise", "kind"]
    list_filter = ["kind", "obtained"]
    search_fields = ["number", "title", "enterprise__uscc", "enterprise__name"]
