"""What may be asked of registers, on the page, in the file and in the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from enterprises.models import Enterprise, Record, RecordKind
from enterprises.models.records.record import RecordQuerySet
from enterprises.records import reviews
from enterprises.uscc import normalise
from parks.filters import Choices, StrictFilterSet, choice, day
from parks.models import Unit, User

DUE = "due"


class RecordFilter(StrictFilterSet):
    """Level and unit are those of the day `on`, today where none is named."""

    q = django_filters.CharFilter(
        label="名称、企业、文号或代码", method="beside_others", max_length=120
    )
    on = day("这一天有效的")
    since = day("开始或发生日期自", method=None, field_name="since", lookup_expr="gte")
    until = day("开始或发生日期至", method=None, field_name="since", lookup_expr="lte")
    level = django_filters.CharFilter(label="级别", method="beside_others", max_length=20)
    klass = django_filters.CharFilter(label="类别", field_name="klass", max_length=20)
    unit = django_filters.CharFilter(label="单位", method="beside_others", max_length=20)
    review = choice("复核", "beside_others", [(DUE, "已到复核期")])

    class Meta(StrictFilterSet.Meta):
        model = Record
        fields: list[str] = []

    @property
    def day(self) -> dt.date:
        return self.form.cleaned_data.get("on") or timezone.localdate()

    @property
    def kinds(self) -> Sequence[RecordKind]:
        """Those whose records are asked for."""
        return list(RecordKind.objects.filter(is_kept=True))

    def filter_queryset(self, queryset: Any) -> RecordQuerySet:
        asked = self.form.cleaned_data
        rows: RecordQuerySet = super().filter_queryset(queryset.standing())
        if asked.get("on"):
            rows = rows.in_force_on(asked["on"])
        if asked.get("level"):
            rows = rows.on_level(asked["level"], self.day)
        if asked.get("unit"):
            rows = rows.in_unit(self._unit(asked["unit"]), self.day)
        if asked.get("review"):
            rows = reviews.due(rows, self.kinds, self.day)
        if asked.get("q"):
            rows = rows.filter(named_like(asked["q"]))
        return rows

    def _unit(self, code: str) -> Unit:
        # Known and visible: `unit_of` has looked at it before.
        return Unit.objects.get(code=code)

    @property
    def form(self) -> Any:
        form: Any = super().form
        form.clean_unit = lambda: self._visible(form.cleaned_data.get("unit") or "")
        return form

    def _visible(self, code: str) -> str:
        user = getattr(self.request, "user", None)
        if code and isinstance(user, User):
            units = Unit.objects.reporting().visible_to(user)
            # One answer for both: who may not see a unit is not told whether it exists.
            if not units.filter(code=code).exists():
                raise ValidationError("没有这个单位，或您无权查看。")
        return code


def named_like(text: str) -> Q:
    """Records that a word may mean: by name, number, firm as told, firm as registered."""
    text = text.strip()
    told = Q(subject__contains=text) | Q(firm_name__contains=text) | Q(number__contains=text)
    firms = Enterprise.objects.filter(Q(name__contains=text) | Q(uscc=normalise(text)))
    return told | Q(enterprise__in=firms)


class RegisterFilter(RecordFilter):
    """Of one register, with its own words for levels and classes."""

    def __init__(self, data: Any, queryset: Any, *, kind: RecordKind, **options: Any) -> None:
        self.kind = kind
        super().__init__(data, queryset, **options)
        for name, offered in (("level", kind.levels), ("klass", kind.classes)):
            words = [(each["code"], each["name"]) for each in offered]
            self._offer(name, words, getattr(kind.by_role.get(name), "title", ""))
        user = self.request.user  # type: ignore[union-attr]
        units = Unit.objects.reporting().visible_to(user)
        self._offer("unit", [(unit.code, unit.name) for unit in units], "单位")

    @property
    def kinds(self) -> Sequence[RecordKind]:
        return [self.kind]

    @property
    def day(self) -> dt.date:
        """Of what happens, the last day asked for: the unit is the one that answers then."""
        until = self.form.cleaned_data.get("until")
        if self.kind.happens and until:
            return min(until, timezone.localdate())
        return super().day

    def _offer(self, name: str, words: Choices, label: str) -> None:
        wrong = {"invalid_choice": f"没有这一{label or '选项'}。"}
        self.form.fields[name] = forms.ChoiceField(
            label=label, required=False, choices=[("", "全部"), *words], error_messages=wrong
        )

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that mean something for this register; the word comes first, by itself."""
        wanted = {
            "since": self.kind.happens,
            "until": self.kind.happens,
            "on": not self.kind.happens,
            "level": self.kind.levels,
            "klass": self.kind.classes,
            "unit": True,
            "review": self.kind.review_months,
        }
        return [self.form[name] for name, shown in wanted.items() if shown]
