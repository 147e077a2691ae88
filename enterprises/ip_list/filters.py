"""What may be asked of the list of rights, on the page, in the file and in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from enterprises import right_numbers
from enterprises.firms.filters import OfFirmFilter
from enterprises.models import Enterprise, IpClass, IpItem, IpKind
from enterprises.uscc import validate_search
from parks.filters import StrictFilterSet, choice, day


def kind_filter() -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        label="类别",
        queryset=IpKind.objects.all(),
        to_field_name="code",
        empty_label="全部",
        error_messages={"invalid_choice": "没有这一知识产权类别。"},
    )


class IpItemFilter(OfFirmFilter):
    kind = kind_filter()
    obtained = django_filters.ChoiceFilter(
        label="取得方式", choices=IpItem.Obtained.choices, empty_label="全部"
    )
    number = django_filters.CharFilter(label="编号", method="of_number", max_length=60)
    on = day("这一天归企业所有且有效", "owned_on")

    class Meta(StrictFilterSet.Meta):
        model = IpItem
        fields: list[str] = []

    def of_number(self, queryset: Any, name: str, value: str) -> QuerySet[IpItem]:
        return queryset.filter(number=right_numbers.canonical(value))

    def owned_on(self, queryset: Any, name: str, value: dt.date) -> QuerySet[IpItem]:
        return queryset.owned_on(value)


class IpPageFilter(StrictFilterSet):
    """The page's: a firm or a right by any word, class, kind, and what may still be used."""

    q = django_filters.CharFilter(
        label="企业、编号或名称", method="named", max_length=120, validators=[validate_search]
    )
    firm = django_filters.CharFilter(label="信用代码", field_name="enterprise__uscc", max_length=18)
    ip_class = django_filters.ChoiceFilter(
        label="分类", choices=IpClass.choices, empty_label="全部"
    )
    kind = kind_filter()
    held = choice("今天", "held_today", [("yes", "归企业所有且有效"), ("no", "已转出或失效")])

    class Meta(StrictFilterSet.Meta):
        model = IpItem
        fields: list[str] = []

    def named(self, queryset: Any, name: str, value: str) -> QuerySet[IpItem]:
        # Of a label such as 专利号 alone no number is left, and nothing is a part of every number.
        number = right_numbers.canonical(value) or value
        right = Q(number__contains=number) | Q(title__contains=value)
        return queryset.filter(right | Q(enterprise__in=Enterprise.objects.named_like(value)))

    def held_today(self, queryset: Any, name: str, value: str) -> QuerySet[IpItem]:
        return queryset.filter(owned=value == "yes")
