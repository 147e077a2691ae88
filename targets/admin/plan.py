"""The admin of the plan (editable) and of what is reckoned from facts (shown only)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from parks.admin import BureauAdmin, RegistryWrites
from targets.models import (
    ApplicationBatch,
    Baseline,
    BulletinTemplate,
    Expectation,
    FrozenFigure,
    FrozenSpan,
    GoalRevision,
    Indicator,
    KeyTask,
    KnownDay,
    MonthlySeries,
    OutlookPrior,
    OutlookRules,
    PaceRule,
    Release,
    ReleaseProposal,
    RenewalReminder,
    ReportedFigure,
    Span,
    SpanMark,
    Target,
    TaskBody,
    TaskFile,
    TaskProgress,
    TaskReminder,
    UnitGoal,
)
from targets.models.batches import COURSE


class IndicatorForm(forms.ModelForm):
    """An indicator is shown on many pages: the help says which ones a change touches."""

    class Meta:
        help_texts = {
            "qualification_kind": (
                "统计持有哪一类资质的企业。按事实统计的指标，代码须与资质类别的代码相同；"
                "填报的指标留空。保存后，家数列入目标、首页（重点指标或其他指标）、单位页、"
                "增减变动、以后的发布版和 API。"
            ),
            "headline": (
                "只有按事实统计的家数可以列为重点指标。保存后，首页和大屏、单位页逐月走势、"
                "任务分解、到期与预测、以后的通报和 API 逐一列出；取消后不再列出。"
                "有目标才有预测和建议方案；逐月走势在下一次重算后出现。已发布的版本不变。"
            ),
        }


@admin.register(Indicator)
class IndicatorAdmin(BureauAdmin):
    form = IndicatorForm
    list_display = [
        "name",
        "code",
        "kind",
        "qualification_kind",
        "headline",
        "unit_label",
        "in_plan",
        "order",
    ]
    list_select_related = ["qualification_kind"]
    list_filter = ["kind", "headline", "in_plan"]


class TargetForm(forms.ModelForm):
    """Pages show the plan's wording beside figures that are reckoned from the value.

    So the two must name the same number.
    """

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        value, wording = cleaned.get("value"), cleaned.get("wording") or ""
        # A wording without a number, such as 超过全国平均水平, names none to compare with.
        named = [Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", wording)]
        if value is not None and named and value not in named:
            self.add_error("wording", "计划原文中的数字与目标值不一致，请一并修改。")
        return cleaned


@admin.register(Target)
class TargetAdmin(BureauAdmin):
    form = TargetForm
    list_display = [
        "indicator",
        "unit",
        "due",
        "operator",
        "value",
        "reference",
        "doubles_baseline",
        "wording",
    ]
    list_select_related = ["indicator", "unit", "reference"]
    list_filter = ["due"]


@admin.register(Baseline)
class BaselineAdmin(BureauAdmin):
    list_display = ["indicator", "day", "value", "basis", "source"]
    list_select_related = ["indicator"]


@admin.register(ReportedFigure)
class ReportedFigureAdmin(BureauAdmin):
    """A wrong entry can be taken out, never changed: what was published stays as it was entered."""

    list_display = ["indicator", "year", "value", "published_on", "source", "by", "at"]
    list_select_related = ["indicator", "by"]
    list_filter = ["year"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the page checks more

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ApplicationBatch)
class ApplicationBatchAdmin(BureauAdmin):
    """Entered on the calendar's page; here only what was entered by mistake is deleted."""

    list_display = ["kind", "year", "number", *COURSE, "source"]
    list_select_related = ["kind"]
    list_filter = ["kind", "year"]


@admin.register(PaceRule)
class PaceRuleAdmin(BureauAdmin):
    """Four states, no more and no fewer; their thresholds change."""

    list_display = ["state", "at_least", "note"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The four states are published; only their thresholds are the bureau's to set.
        return ["state"]


@admin.register(GoalRevision)
class GoalRevisionAdmin(RegistryWrites):
    list_display = ["year", "number", "reason", "basis_day", "made_by", "made_at"]
    list_select_related = ["made_by"]
    list_filter = ["year"]


@admin.register(UnitGoal)
class UnitGoalAdmin(RegistryWrites):
    list_display = ["revision", "indicator", "unit", "stock", "net", "first"]
    list_select_related = ["revision", "indicator", "unit"]
    list_filter = ["indicator", "unit__kind"]


class OutlookPriorInline(admin.TabularInline):
    model = OutlookPrior
    extra = 0


@admin.register(OutlookRules)
class OutlookRulesAdmin(BureauAdmin):
    """Another day is another row: what was forecast under the old numbers stays explained."""

    list_display = ["since", "strength", "fading", "alike", "fewest_years", "source"]
    inlines = [OutlookPriorInline]


@admin.register(OutlookPrior)
class OutlookPriorAdmin(BureauAdmin):
    list_display = ["rules", "lot", "stage", "share", "later"]
    list_select_related = ["rules"]


class TaskBodyInline(admin.TabularInline):
    model = TaskBody
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # the task's own admin has asked already


@admin.register(KeyTask)
class KeyTaskAdmin(BureauAdmin):
    list_display = ["number", "name", "kind", "group"]
    list_filter = ["kind"]
    inlines = [TaskBodyInline]

    # Django would ask its own permissions, which do not count here (see parks.admin).
    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> Any:
        return [inline(self.model, self.admin_site) for inline in self.inlines]


@admin.register(TaskBody)
class TaskBodyAdmin(BureauAdmin):
    list_display = ["task", "role", "unit", "group", "order"]
    list_select_related = ["task", "unit"]
    list_filter = ["role"]


@admin.register(Span)
class SpanAdmin(RegistryWrites):
    list_display = [
        "enterprise",
        "kind",
        "definition",
        "park",
        "town",
        "start",
        "end",
        "opened_by",
        "closed_by",
    ]
    list_select_related = ["enterprise", "kind", "park", "town", "qualification__kind"]
    list_filter = ["definition", "kind"]
    search_fields = ["enterprise__uscc", "enterprise__name"]


@admin.register(SpanMark)
class SpanMarkAdmin(RegistryWrites):
    list_display = ["ledger_entry", "refreshed_at"]


@admin.register(KnownDay)
class KnownDayAdmin(RegistryWrites):
    list_display = ["kind", "park", "town", "until"]
    list_filter = ["kind"]
    list_select_related = ["kind", "park", "town"]


@admin.register(MonthlySeries)
class MonthlySeriesAdmin(RegistryWrites):
    list_display = ["definition", "scope", "indicator", "first_month", "computed_at"]
    list_filter = ["definition", "indicator"]
    search_fields = ["scope", "indicator"]


@admin.register(Release)
class ReleaseAdmin(RegistryWrites):
    list_display = [
        "quarter",
        "number",
        "as_of",
        "reason",
        "handed_in",
        "expected",
        "made_by",
        "made_at",
    ]
    list_select_related = ["quarter", "made_by"]


@admin.register(ReleaseProposal)
class ReleaseProposalAdmin(RegistryWrites):
    list_display = ["quarter", "reason", "asked_by", "asked_at", "withdrawn_at", "release"]
    list_select_related = ["quarter", "asked_by", "release__quarter"]


@admin.register(FrozenFigure)
class FrozenFigureAdmin(RegistryWrites):
    list_display = ["release", "definition", "scope", "indicator", "value"]
    list_select_related = ["release__quarter"]
    list_filter = ["definition", "indicator"]


@admin.register(FrozenSpan)
class FrozenSpanAdmin(RegistryWrites):
    list_display = ["release", "uscc", "name", "kind", "definition", "park", "town", "start", "end"]
    list_select_related = ["release__quarter"]
    list_filter = ["definition", "kind"]
    search_fields = ["uscc", "name"]


@admin.register(BulletinTemplate)
class BulletinTemplateAdmin(RegistryWrites):
    list_display = ["name", "uploaded_by", "uploaded_at"]
    list_select_related = ["uploaded_by"]
    # Bytes of a Word file: nothing to look at.
    exclude = ["content"]


@admin.register(Expectation)
class ExpectationAdmin(RegistryWrites):
    list_display = ["target", "as_of", "expected", "low", "high", "probability", "computed_at"]
    list_select_related = ["target__indicator"]


@admin.register(TaskProgress)
class TaskProgressAdmin(RegistryWrites):
    list_display = ["task", "unit", "year", "quarter", "version", "state", "by", "at"]
    list_select_related = ["task", "unit", "by"]
    list_filter = ["year", "quarter", "state"]
    search_fields = ["text", "unit__name", "task__name"]


@admin.register(TaskFile)
class TaskFileAdmin(RegistryWrites):
    list_display = ["name", "entry", "size"]
    list_select_related = ["entry__task", "entry__unit"]
    search_fields = ["name"]


@admin.register(RenewalReminder)
class RenewalReminderAdmin(RegistryWrites):
    list_display = ["qualification", "milestone", "sent_at"]
    list_select_related = ["qualification__kind"]
    list_filter = ["milestone"]


@admin.register(TaskReminder)
class TaskReminderAdmin(RegistryWrites):
    list_display = ["unit", "year", "quarter", "milestone", "sent_at"]
    list_select_related = ["unit"]
