"""The admin of facts, which are only shown, and of the reference data they are read with."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from enterprises import jobs
from enterprises.models import (
    Agency,
    AgencyEvent,
    AgencyReply,
    AgencySpelling,
    Application,
    BulkRun,
    Closure,
    DeclinedAdvice,
    Enterprise,
    FormerName,
    Incident,
    Job,
    KindTerm,
    LedgerEntry,
    LedgerHead,
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    RejectionReason,
    SourceFile,
    TechField,
    YearlyFigures,
)
from parks.admin import BureauAdmin, RegistryWrites

BY_FIRM = ["enterprise__uscc", "enterprise__name"]


class Respanning(BureauAdmin):
    """Reference data that decides on which days a firm counts: a change has all spans made anew."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Only after a real change: a rebuild reckons the spans of every firm.
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            self._submit_rebuild(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._submit_rebuild(request)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        self._submit_rebuild(request)

    def _submit_rebuild(self, request: HttpRequest) -> None:
        user: Any = request.user
        job = jobs.submit(kind="recompute", params={"rebuild": True}, by=user)
        self.message_user(
            request, f"计数规则已变更，已提交重算任务 #{job.pk}，完成后各统计数字即按新规则计。"
        )


@admin.register(RejectionReason)
class RejectionReasonAdmin(BureauAdmin):
    list_display = ["name", "code", "note", "order"]


@admin.register(TechField)
class TechFieldAdmin(BureauAdmin):
    list_display = ["name", "code", "order"]


class KindTermInline(admin.TabularInline):
    model = KindTerm
    extra = 0


@admin.register(QualificationKind)
class QualificationKindAdmin(Respanning):
    list_display = [
        "name",
        "code",
        "authority",
        "in_force_from",
        "in_force_until",
        "class_year_convention",
    ]
    inlines = [KindTermInline]

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> Any:
        # Django would ask for its own permissions on the inline.
        # Here the role decides, as for the page.
        return [inline(self.model, self.admin_site) for inline in self.inlines]


@admin.register(KindTerm)
class KindTermAdmin(Respanning):
    list_display = ["kind", "since", "rule", "years", "basis"]
    list_select_related = ["kind"]


@admin.register(Enterprise)
class EnterpriseAdmin(RegistryWrites):
    list_display = ["uscc", "name", "tech_field", "registered_on", "voided_at"]
    list_select_related = ["tech_field"]
    search_fields = ["uscc", "name"]


@admin.register(FormerName)
class FormerNameAdmin(RegistryWrites):
    list_display = ["name", "enterprise", "until"]
    list_select_related = ["enterprise"]
    search_fields = ["name", *BY_FIRM]


@admin.register(Placement)
class PlacementAdmin(RegistryWrites):
    list_display = ["enterprise", "park", "town", "since", "until", "arrival"]
    list_select_related = ["enterprise", "park", "town"]
    list_filter = ["arrival"]
    search_fields = BY_FIRM


@admin.register(Closure)
class ClosureAdmin(RegistryWrites):
    list_display = ["enterprise", "cause", "closed_on", "reopened_on"]
    list_select_related = ["enterprise"]
    search_fields = BY_FIRM


@admin.register(Qualification)
class QualificationAdmin(RegistryWrites):
    list_display = [
        "enterprise",
        "kind",
        "number",
        "valid_from",
        "valid_until",
        "class_year",
        "revoked_on",
    ]
    list_select_related = ["enterprise", "kind"]
    list_filter = ["kind", "class_year"]
    search_fields = ["number", *BY_FIRM]


@admin.register(YearlyFigures)
class YearlyFiguresAdmin(RegistryWrites):
    list_display = ["enterprise", "year", "revenue", "rd_expense", "staff", "rd_staff"]
    list_select_related = ["enterprise"]
    list_filter = ["year"]
    search_fields = BY_FIRM


@admin.register(Incident)
class IncidentAdmin(RegistryWrites):
    list_display = ["enterprise", "kind", "on", "source"]
    list_select_related = ["enterprise"]
    list_filter = ["kind"]
    search_fields = ["source", *BY_FIRM]


@admin.register(DeclinedAdvice)
class DeclinedAdviceAdmin(RegistryWrites):
    list_display = ["enterprise", "advice", "stage", "on", "until"]
    list_select_related = ["enterprise"]
    list_filter = ["advice"]
    search_fields = BY_FIRM


@admin.register(PoolEntry)
class PoolEntryAdmin(RegistryWrites):
    list_display = ["enterprise", "stage", "target_year", "since", "ended_on"]
    list_select_related = ["enterprise"]
    list_filter = ["stage", "target_year"]
    search_fields = BY_FIRM


@admin.register(Application)
class ApplicationAdmin(RegistryWrites):
    list_display = ["enterprise", "kind", "year", "batch", "agency", "stage", "since", "until"]
    list_select_related = ["enterprise", "kind"]
    list_filter = ["kind", "year", "stage"]
    search_fields = ["agency", *BY_FIRM]


@admin.register(Agency)
class AgencyAdmin(RegistryWrites):
    list_display = ["name", "code", "merged_into"]
    list_select_related = ["merged_into"]
    search_fields = ["name"]


@admin.register(AgencySpelling)
class AgencySpellingAdmin(RegistryWrites):
    list_display = ["text", "agency"]
    list_select_related = ["agency"]
    search_fields = ["text"]


@admin.register(AgencyReply)
class AgencyReplyAdmin(RegistryWrites):
    list_display = ["agency", "year", "replied_on", "by", "at"]
    list_select_related = ["agency", "by"]


@admin.register(AgencyEvent)
class AgencyEventAdmin(RegistryWrites):
    list_display = ["agency", "what", "by", "at"]
    list_select_related = ["agency", "by"]


@admin.register(BulkRun)
class BulkRunAdmin(RegistryWrites):
    list_display = ["id", "desk", "act", "made_by", "made_at", "applied_at", "undone_at"]
    list_select_related = ["made_by"]


@admin.register(SourceFile)
class SourceFileAdmin(RegistryWrites):
    list_display = ["name", "kind", "as_of", "size", "received_at", "received_from"]
    list_select_related = ["received_from"]
    list_filter = ["kind"]
    search_fields = ["name", "sha256"]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(RegistryWrites):
    list_display = ["id", "act", "enterprise", "effective_on", "source", "by", "at"]
    list_select_related = ["enterprise", "source", "by"]
    list_filter = ["act"]
    search_fields = BY_FIRM


@admin.register(LedgerHead)
class LedgerHeadAdmin(RegistryWrites):
    list_display = ["id", "last_entry"]


@admin.register(Job)
class JobAdmin(RegistryWrites):
    list_display = [
        "id",
        "kind",
        "state",
        "phase",
        "attempts",
        "created_by",
        "created_at",
        "finished_at",
    ]
    list_select_related = ["created_by"]
    list_filter = ["kind", "state"]
