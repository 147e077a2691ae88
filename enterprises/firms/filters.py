"""Filters over firms and their facts, shared by page, export and API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from enterprises.models import (
    Application,
    Closure,
    Enterprise,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    TechField,
)
from enterprises.models.application import MOST_BATCHES
from enterprises.models.validity import in_force
from enterprises.uscc import validate_search
from parks.filters import Choices, StrictFilterSet, StrictForm, choice, day
from parks.models import Unit

OUTSIDE = "outside"
STATUSES = [("active", "在册"), ("left", "已迁出"), ("closed", "已注销")]


def of_firm(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of the outer query's firm, for a column."""
    return rows.filter(enterprise=OuterRef("pk"))


def among(firms: QuerySet[Enterprise], rows: QuerySet[Any]) -> QuerySet[Enterprise]:
    """The firms that the rows belong to."""
    # IN looks the rows up once; SQLite would run an EXISTS anew for every firm.
    return firms.filter(pk__in=rows.values("enterprise"))


def place_columns(places: QuerySet[Any]) -> dict[str, Subquery]:
    """Columns from rows with a park and a town, such as placements, of which the first is shown."""
    columns = {
        "park_code": "park__code",
        "park_name": "park__short_name",
        "town_code": "town__code",
        "town_name": "town__name",
    }
    return {column: Subquery(places.values(source)[:1]) for column, source in columns.items()}


def certificate_columns(rows: QuerySet[Any], path: str = "") -> dict[str, Subquery]:
    """Columns of one certificate, found along `path` from the first of the rows."""
    columns = {"certificate": "number", "issued_on": "valid_from", "expires_on": "valid_until"}
    return {column: Subquery(rows.values(path + source)[:1]) for column, source in columns.items()}


class FirmFilterForm(StrictForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # A day alone asks nothing: it is the day on which the named kind must hold.
        if cleaned.get("valid_on") and not cleaned.get("kind") and "kind" not in self.errors:
            self.add_error("valid_on", "须同时指定资质类别。")
        return cleaned


class EnterpriseFilter(StrictFilterSet):
    """Filters on a firm's own facts.

    Rows carry the columns a list shows: park, town, certificate, status. Place, status and pool are
    those of today; a qualification is asked for on `valid_on` (today if left out). Here it is asked
    whether the firm holds it; whether it counts with it, `targets.firm_list` asks, where spans are.
    """

    q = django_filters.CharFilter(
        label="名称或代码", method="having_name", max_length=120, validators=[validate_search]
    )
    park = choice("园区平台", "beside_others")
    town = choice("镇街", "beside_others")
    kind = choice("资质", "beside_others")
    valid_on = day("资质有效日")
    tech_field = choice("技术领域", "in_field")
    stage = choice("后备库", "at_stage", PoolEntry.Stage.choices)
    status = choice("状态", "having_status", STATUSES)

    class Meta:
        model = Enterprise
        form = FirmFilterForm
        fields: list[str] = []

    def given_choices(self) -> dict[str, Callable[[], Choices]]:
        return {
            # Functions: choices are read when they are needed, and then once.
            "park": lambda: [*self.units(Unit.Kind.PARK), (OUTSIDE, "园区外")],
            "town": lambda: self.units(Unit.Kind.TOWN),
            "kind": cache(lambda: list(QualificationKind.objects.values_list("code", "name"))),
            "tech_field": cache(lambda: list(TechField.objects.values_list("code", "name"))),
        }

    def units(self, *kinds: str) -> list[tuple[str, str]]:
        return [(unit.code, unit.name) for unit in self._units if unit.kind in kinds]

    @cached_property
    def _units(self) -> list[Unit]:
        return list(Unit.objects.reporting())

    @property
    def given(self) -> dict[str, Any]:
        """The parameters that are set, by name, as values."""
        cleaned = self.form.cleaned_data
        return {name: value for name, value in cleaned.items() if value not in (None, "")}

    @property
    def day(self) -> dt.date:
        """The day on which qualifications are shown."""
        return self.given.get("valid_on") or timezone.localdate()

    def filter_queryset(self, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        firms = self.with_kind(self.beside_kind(queryset))
        return self.with_place(firms).annotate(**self.standing())

    def beside_kind(self, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        """The filters that stand for themselves: all but kind and place."""
        return super().filter_queryset(queryset)

    def with_kind(self, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        """Firms that hold the kind asked for."""
        if kind := self.given.get("kind"):
            held = Qualification.objects.filter(kind__code=kind).holding_on(self.day)
            return among(queryset, held)
        return queryset

    def with_place(self, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        """Filter by place and add the columns of place and certificate."""
        if place := self.place():
            here = Placement.objects.covering(timezone.localdate()).filter(place)
            queryset = among(queryset, here)
        held = Qualification.objects.filter(enterprise=OuterRef("pk")).holding_on(self.day)
        if kind := self.given.get("kind"):
            held = held.filter(kind__code=kind)
        return queryset.annotate(
            # The latest place, not that of today:
            # a firm that has left is listed where it last stood.
            **place_columns(Placement.objects.current_of("pk")),
            **certificate_columns(held.order_by("-valid_from", "-pk")),
        )

    def place(self) -> Q:
        """The condition on rows with a park and a town; empty when no place is asked for."""
        wanted = Q()
        if park := self.given.get("park"):
            wanted &= Q(park__isnull=True) if park == OUTSIDE else Q(park__code=park)
        # Park and town are independent of each other: both may be asked for together.
        if town := self.given.get("town"):
            wanted &= Q(town__code=town)
        return wanted

    def standing(self) -> dict[str, Any]:
        """The columns of today's status and pool stage."""
        today = timezone.localdate()
        return {
            "is_closed": Exists(of_firm(Closure.objects.holding_on(today))),
            "is_placed": Exists(of_firm(Placement.objects.covering(today))),
            "pool_stage": Subquery(of_firm(PoolEntry.objects.live_on(today)).values("stage")[:1]),
        }

    def having_name(self, queryset: Any, name: str, value: str) -> QuerySet[Enterprise]:
        return queryset.named_like(value)

    def in_field(self, queryset: Any, name: str, value: str) -> QuerySet[Enterprise]:
        return queryset.filter(tech_field__code=value)

    def at_stage(self, queryset: Any, name: str, value: str) -> QuerySet[Enterprise]:
        return among(queryset, PoolEntry.objects.live_on(timezone.localdate()).filter(stage=value))

    def having_status(self, queryset: Any, name: str, value: str) -> QuerySet[Enterprise]:
        today = timezone.localdate()
        closed = Closure.objects.holding_on(today)
        # Closed comes first: a firm that was struck off is neither here nor gone,
        # wherever it stood.
        if value == "closed":
            return among(queryset, closed)
        placed = Q(pk__in=Placement.objects.covering(today).values("enterprise"))
        return queryset.exclude(pk__in=closed.values("enterprise")).filter(
            placed if value == "active" else ~placed
        )


class WholeNumberFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField


class OfFirmFilter(StrictFilterSet):
    uscc = django_filters.CharFilter(
        label="统一社会信用代码", field_name="enterprise__uscc", max_length=18
    )


class QualificationFilter(OfFirmFilter):
    kind = django_filters.CharFilter(label="资质类别代码", field_name="kind__code", max_length=30)
    valid_on = day("有效日", "holding_on")
    issued_from = day("发证日不早于", None, field_name="valid_from", lookup_expr="gte")
    issued_to = day("发证日不晚于", None, field_name="valid_from", lookup_expr="lte")
    expires_from = day("有效期至不早于", None, field_name="valid_until", lookup_expr="gte")
    expires_to = day("有效期至不晚于", None, field_name="valid_until", lookup_expr="lte")

    class Meta(StrictFilterSet.Meta):
        model = Qualification
        fields: list[str] = []

    def holding_on(self, queryset: Any, name: str, value: dt.date) -> QuerySet[Qualification]:
        return queryset.holding_on(value)


class PlacementFilter(OfFirmFilter):
    park = django_filters.CharFilter(
        label="园区代码，outside 为园区外", method="at_park", max_length=20
    )
    town = django_filters.CharFilter(label="镇街代码", field_name="town__code", max_length=20)
    on = day("所在日", "standing_on")

    class Meta(StrictFilterSet.Meta):
        model = Placement
        fields: list[str] = []

    def at_park(self, queryset: Any, name: str, value: str) -> QuerySet[Placement]:
        return queryset.filter(Q(park__isnull=True) if value == OUTSIDE else Q(park__code=value))

    def standing_on(self, queryset: Any, name: str, value: dt.date) -> QuerySet[Placement]:
        return queryset.covering(value)


class PoolFilter(OfFirmFilter):
    stage = django_filters.ChoiceFilter(label="层级", choices=PoolEntry.Stage.choices)
    target_year = WholeNumberFilter(label="拟申报年度", min_value=2000, max_value=2100)
    on = day("在库日", "standing_on")

    class Meta(StrictFilterSet.Meta):
        model = PoolEntry
        fields: list[str] = []

    def standing_on(self, queryset: Any, name: str, value: dt.date) -> QuerySet[PoolEntry]:
        return queryset.live_on(value)


class ApplicationFilter(OfFirmFilter):
    kind = django_filters.CharFilter(label="资质类别代码", field_name="kind__code", max_length=30)
    stage = django_filters.ChoiceFilter(label="申报状态", choices=Application.Stage.choices)
    year = WholeNumberFilter(label="申报年度", min_value=2000, max_value=2100)
    batch = WholeNumberFilter(label="批次", min_value=1, max_value=MOST_BATCHES)
    owner = django_filters.CharFilter(label="责任人的用户名", max_length=150)
    current = django_filters.BooleanFilter(
        label="只要当前的", field_name="until", lookup_expr="isnull"
    )
    due_by = day("下一步在这一天或以前", method=None, field_name="next_on", lookup_expr="lte")
    on = day("处于该状态之日", "standing_on")

    class Meta(StrictFilterSet.Meta):
        model = Application
        fields: list[str] = []

    def standing_on(
        self, queryset: QuerySet[Application], name: str, value: dt.date
    ) -> QuerySet[Application]:
        return queryset.filter(in_force(value, "since", "until"))


class LedgerFilter(OfFirmFilter):
    # The greatest id there can be: a database refuses a larger number instead of finding none.
    since = WholeNumberFilter(
        label="此编号之后", method="after_entry", min_value=0, max_value=2**63 - 1
    )
    act = django_filters.ChoiceFilter(label="动作", choices=LedgerEntry.Act.choices)

    class Meta(StrictFilterSet.Meta):
        model = LedgerEntry
        fields: list[str] = []

    def after_entry(self, queryset: Any, name: str, value: int) -> QuerySet[LedgerEntry]:
        return queryset.since(value)
