"""Filters over roster versions, their problems and firms, and over cases."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from enterprises.models import Case, Quarter, RosterFirm, RosterVersion, VersionState
from parks.filters import StrictFilterSet, choice

SEVERITIES = [("error", "错误"), ("warning", "提醒")]


class QuarterFilter(StrictFilterSet):
    quarter = django_filters.CharFilter(label="季度", method="in_quarter", help_text="如 2026Q3")
    quarter_path = "quarter__in"

    class Meta(StrictFilterSet.Meta):
        fields: list[str] = []

    def in_quarter(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(**{self.quarter_path: Quarter.objects.coded(value)})


class VersionFilter(QuarterFilter):
    unit = django_filters.CharFilter(label="单位代码", field_name="roster__unit__code")
    state = django_filters.ChoiceFilter(label="状态", choices=VersionState.choices)
    quarter_path = "roster__quarter__in"

    class Meta(StrictFilterSet.Meta):
        model = RosterVersion
        fields: list[str] = []


class ProblemFilter(StrictFilterSet):
    code = django_filters.CharFilter(label="规则")
    severity = django_filters.ChoiceFilter(label="级别", choices=SEVERITIES)
    uscc = django_filters.CharFilter(label="统一社会信用代码")


class PlannedFirmFilter(StrictFilterSet):
    kind = django_filters.ChoiceFilter(label="类别", choices=RosterFirm.Kind.choices)
    uscc = django_filters.CharFilter(label="统一社会信用代码")
    asked = choice("须说明", "to_be_asked", [("true", "是")])

    def to_be_asked(self, queryset: Any, name: str, value: str) -> QuerySet[RosterFirm]:
        return queryset.asked()


class CaseFilter(QuarterFilter):
    kind = django_filters.ChoiceFilter(label="情形", choices=Case.Kind.choices)
    decided = choice("已决定", "is_decided", [("true", "是"), ("false", "否")])
    uscc = django_filters.CharFilter(label="统一社会信用代码")

    class Meta(StrictFilterSet.Meta):
        model = Case
        fields: list[str] = []

    def is_decided(self, queryset: Any, name: str, value: str) -> QuerySet[Case]:
        return queryset.undecided() if value == "false" else queryset.exclude(decision="")
