"""The firms behind a figure: filters that turn a number back into the list it was counted from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from enterprises.firms.filters import (
    EnterpriseFilter,
    FirmFilterForm,
    WholeNumberFilter,
    among,
    certificate_columns,
    of_firm,
    place_columns,
)
from enterprises.models import Enterprise, Qualification
from parks.filters import Choices, choice, day
from parks.models import Unit
from targets import in_flight
from targets.figures import indicators, spans
from targets.figures.indicators import IndicatorSet
from targets.firm_list.figure import (
    ALL,
    COUNTED_CHOICES,
    Confirmation,
    FilteredFigure,
    LeftOut,
    count_reasons,
)
from targets.in_flight import Flying
from targets.models import Definition, Scope, Span

NOT_HERE = ("closed", "left")
FIGURE_FIELDS = ("indicator", "on", "scope", "definition", "lapsing_from", "lapsing_to")


class FigureFilterForm(FirmFilterForm):
    """A figure's parameters stand together: an indicator, and a day or a period."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_counted(cleaned)
        if any(name in self.errors for name in FIGURE_FIELDS):
            return cleaned
        if not any(cleaned.get(name) for name in FIGURE_FIELDS):
            return cleaned
        since, until = cleaned.get("lapsing_from"), cleaned.get("lapsing_to")
        half_a_period = bool(since) != bool(until)
        if not cleaned.get("indicator"):
            self.add_error("indicator", "按统计数字查企业时须指定指标。")
        # A stock and a period at once would be two figures, and the list can show one.
        elif half_a_period or bool(cleaned.get("on")) == bool(since):
            self.add_error("on", "须指定统计日期，或同时指定到期起止日期，两者择一。")
        elif since and until and since >= until:
            self.add_error("lapsing_to", "到期止日须晚于起日（不含止日当天）。")
        return cleaned

    def _check_counted(self, cleaned: dict[str, Any]) -> None:
        """Who does not count is asked of those who hold a kind on a day, by their certificates."""
        if not cleaned.get("counted"):
            return
        if not cleaned.get("kind") and not cleaned.get("indicator"):
            self.add_error("counted", "须同时指定资质类别。")
        elif cleaned.get("indicator") and (
            not cleaned.get("on") or cleaned.get("definition") == Definition.CLASS_YEAR
        ):
            self.add_error("counted", "只能与某一统计日期、证书日期口径的统计数字一起指定。")


class FirmFilter(EnterpriseFilter):
    """The filters on facts and those of a figure.

    A kind of qualification is itself a figure: it lists the firms that count for it on the day in
    the district, as the headline does. Place and certificate are those that it counted. `counted`
    asks instead for firms that hold the kind and do not count, or for all that hold it.
    """

    indicator = choice("指标", "beside_others")
    on = day("统计日期")
    scope = choice("统计范围", "beside_others")
    definition = choice("统计口径", "beside_others", Definition.choices)
    lapsing_from = day("到期起日")
    lapsing_to = day("到期止日（不含）")
    issued_year = WholeNumberFilter(
        label="发证年度", method="beside_others", min_value=2000, max_value=2100
    )

    counted = django_filters.ChoiceFilter(
        label="是否计入统计",
        method="beside_others",
        choices=COUNTED_CHOICES,
        empty_label="计入统计的",
    )

    class Meta(EnterpriseFilter.Meta):
        form = FigureFilterForm

    def given_choices(self) -> dict[str, Callable[[], Choices]]:
        return super().given_choices() | {
            "indicator": lambda: list(self.indicators.short_names.items()),
            "scope": lambda: [*Scope.choices, *self.units(Unit.Kind.PARK, Unit.Kind.TOWN)],
        }

    @cached_property
    def indicators(self) -> IndicatorSet:
        return indicators.live()

    @cached_property
    def figure(self) -> FilteredFigure | None:
        """The figure that the parameters name."""
        given = self.given
        if "indicator" not in given:
            return None
        return FilteredFigure(
            kind=self.indicators[given["indicator"]].kind,
            indicator=given["indicator"],
            scope=given.get("scope", Scope.DISTRICT),
            definition=given.get("definition", Definition.CERTIFICATE),
            on=given.get("on"),
            since=given.get("lapsing_from"),
            until=given.get("lapsing_to"),
        )

    @cached_property
    def listed(self) -> FilteredFigure | None:
        """The figure whose firms are listed: the named one, or that of the kind asked for."""
        if self.figure is None and (kind := self.given.get("kind")):
            return FilteredFigure(kind=kind, on=self.day)
        return self.figure

    @property
    def instead(self) -> str:
        """The parameter's value; "" where those that count are listed."""
        given = self.given
        today = self.day == timezone.localdate()
        # Today none that counts is closed or gone: who asks for these wants those that do not count.
        if self.figure is None and today and given.get("status") in NOT_HERE:
            return given.get("counted", ALL)
        return given.get("counted", "")

    @property
    def instead_in_words(self) -> str:
        if self.instead in Flying.values:
            return f"{Flying(self.instead).label}的"
        if self.instead in Confirmation.values:
            return str(Confirmation(self.instead).label)
        return "未计入的或全部持有资质的" if self.instead else ""

    @property
    def day(self) -> dt.date:
        figure = self.figure
        if figure is None or "valid_on" in self.given:
            return super().day
        return figure.on or super().day

    def with_kind(self, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        kind = self.given.get("kind")
        # Without a named figure the kind is the figure itself, which `with_place` lists.
        if not kind or self.figure is None:
            return queryset
        spans.refresh()
        return among(queryset, FilteredFigure(kind=kind, on=self.day).spans(self.request.user))

    def with_place(self, queryset: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        if self.listed is None:
            listed = super().with_place(queryset)
        elif not self.instead:
            listed = self._with_figure(queryset, self.listed)
        elif self.instead in Confirmation.values:
            which = Confirmation(self.instead)
            listed = self._with_figure(queryset, self.listed, which)
        elif self.instead in Flying.values:
            listed = self._with_flying(queryset, self.listed, Flying(self.instead))
        else:
            listed = self._with_holders(queryset, self.listed)
        issued_year = self.given.get("issued_year")
        return listed.filter(**{"issued_on__year": issued_year}) if issued_year else listed

    def _with_figure(
        self,
        queryset: QuerySet[Enterprise],
        figure: FilteredFigure,
        which: Confirmation | None = None,
    ) -> QuerySet[Enterprise]:
        spans.refresh()  # as the count does: list and figure must rest on the same spans
        counted = figure.spans(self.request.user).filter(self.place())
        if which:
            counted = figure.confirmed_in(counted, which)
        of_each_firm = of_firm(counted).order_by("start")
        # Place and certificate as they counted: the firm may stand elsewhere by now.
        columns = place_columns(of_each_firm) | self._certificate(figure, of_each_firm)
        return among(queryset, counted).annotate(**columns)

    def _with_holders(
        self, queryset: QuerySet[Enterprise], figure: FilteredFigure
    ) -> QuerySet[Enterprise]:
        """Who holds the kind on the day, each at its last place; those not counted by reason."""
        user = self.request.user
        if self.instead == ALL:
            listed = figure.held_in(queryset, self.place(), user)
        else:
            uncounted = figure.uncounted(queryset, self.place(), user)
            listed = uncounted.filter(**{"reason": self.instead})
        held = of_firm(figure.holders()).order_by("-valid_from", "-pk")
        columns = place_columns(of_firm(figure.last_place()))
        return listed.annotate(**columns, **certificate_columns(held))

    def _with_flying(
        self, queryset: QuerySet[Enterprise], figure: FilteredFigure, which: Flying
    ) -> QuerySet[Enterprise]:
        """Who has applied and does not count, where it stands on the day; with its stage."""
        spans.refresh()  # by them it is judged who counts
        listed = figure.flying_in(queryset, which, self.place(), self.request.user)
        assert figure.on is not None
        flying = of_firm(in_flight.listed(figure.kind, figure.on, which))
        held = of_firm(figure.holders()).order_by("-valid_from", "-pk")
        return listed.annotate(
            **place_columns(of_firm(figure.places())),
            **certificate_columns(held),
            applied_stage=Subquery(flying.values("stage")[:1]),
            applied_since=Subquery(flying.values("since")[:1]),
        )

    def left_out(self) -> list[LeftOut]:
        """Whom the list leaves out, though they hold the qualification on its day, by reason."""
        listed = self.listed
        if listed is None or self.instead or not listed.tells_left_out:
            return []
        # The other filters narrow them down just as they narrow the list.
        firms = self.with_kind(self.beside_kind(self.queryset))
        uncounted = listed.uncounted(firms, self.place(), self.request.user)
        if issued_year := self.given.get("issued_year"):
            held = listed.holders().filter(valid_from__year=issued_year)
            uncounted = among(uncounted, held)
        return count_reasons(uncounted)

    def _certificate(
        self, figure: FilteredFigure, of_each_firm: QuerySet[Span]
    ) -> dict[str, Subquery]:
        """Columns of the certificate that counted.

        A span names only its last one. That lapses at its end, but on a day before that another may
        have counted.
        """
        if figure.on is None:
            return certificate_columns(of_each_firm, "qualification__")
        held = Qualification.objects.filter(kind__code=figure.kind)
        return certificate_columns(of_firm(held.counted_on(figure.on)))

    def headline(self) -> str:
        """The figure in words, without its number.

        德感工业园 · 高新技术企业 · 2026-06-30 · 证书日期口径.
        """
        figure, user = self.figure, self.request.user
        if figure is None:
            return ""
        where = self._in_words("scope", figure.scope)
        # The number was counted for the district, the list holds a part of it: the heading says so.
        if not user.sees_whole_district and figure.scope != user.unit.code:
            where += "中的本单位企业"
        what = self._in_words("indicator", figure.indicator)
        # A share has no firms of its own: its list is that of the firms it is a share of.
        if not self.indicators[figure.indicator].counts_firms:
            what += "（占比的分母）"
        when = str(figure.on)
        if figure.on is None:
            when = f"{figure.since} 至 {figure.until}（不含）到期未续"
        return " · ".join([where, what, when, str(Definition(figure.definition).label)])

    def chips(self) -> list[tuple[str, str]]:
        """(parameter, words) of every other filter that is set."""
        return [
            (name, f"{self.form.fields[name].label}：{self._in_words(name, value)}")
            for name, value in self.given.items()
            if name not in FIGURE_FIELDS
        ]

    def _in_words(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        return str(choices.get(value, value))
