"""Which frozen firms a query string asks for: those behind a figure of a release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from enterprises.models.validity import DAY
from targets.figures import indicators
from targets.figures.frozen import frozen_spans
from targets.figures.question import EARLIEST, LATEST
from targets.models import Definition, Release, Scope
from targets.models.release import FrozenSpanQuerySet


@dataclass(frozen=True)
class FrozenList:
    """Firms on a day, or those whose count ends in [since, until) where `lapsing` is set.

    `day` None: the release's own.
    """

    indicator: str
    scope: str
    definition: str
    day: dt.date | None
    lapsing: tuple[dt.date, dt.date] | None
    park: str
    town: str

    def firms(self, release: Release) -> FrozenSpanQuerySet:
        figure = {"indicator": self.indicator, "scope": self.scope, "definition": self.definition}
        if self.lapsing:
            since, until = self.lapsing
            firms = frozen_spans.lapsing(release, **figure, since=since, until=until)
        else:
            firms = frozen_spans.listed(release, **figure, day=self.day)
        # A further place narrows the list: the firms of a town that stand in a park, for instance.
        for place in (self.park, self.town):
            if place:
                firms = firms.in_scope(place)
        return firms

    def where(self, names: Mapping[str, str]) -> str:
        """In words; `names`: code of a scope or unit → name."""
        places = [place for place in (self.scope, self.park, self.town) if place]
        return " · ".join(names.get(place, place) for place in places)

    def when(self, release: Release) -> str:
        if self.lapsing:
            since, until = self.lapsing
            # A count that ends on a day had its certificate's last day before it.
            return f"{since} 至 {until - DAY} 证书到期、发布时尚无后续证书"
        if self.day and self.day != release.as_of:
            return f"{self.day}（按 {release.as_of} 发布版所知）"
        return f"统计日 {release.as_of}"


class DefinitionForm(forms.Form):
    """The definition, by default certificate."""

    definition = forms.ChoiceField(label="统计口径", choices=Definition.choices, required=False)

    @property
    def definition_or_default(self) -> str:
        return self.cleaned_data["definition"] or Definition.CERTIFICATE.value


class FrozenListForm(DefinitionForm):
    """The fields of a `FrozenList`; by default the district, by certificate dates."""

    indicator = forms.ChoiceField(label="指标")
    scope = forms.SlugField(label="统计范围", required=False, max_length=20)
    on = forms.DateField(label="日期", required=False)
    lapsing_from = forms.DateField(label="到期自", required=False)
    lapsing_to = forms.DateField(label="到期至（不含）", required=False)
    park = forms.SlugField(label="园区平台", required=False, max_length=20)
    town = forms.SlugField(label="镇街", required=False, max_length=20)

    def __init__(self, data: Mapping[str, str], *, release: Release) -> None:
        super().__init__(data)
        # The release's own indicators: one that came later has no frozen firms.
        choices = [(indicator.code, indicator.code) for indicator in indicators.released(release)]
        self.fields["indicator"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("lapsing_from"), cleaned.get("lapsing_to")
        # The end is excluded, so an equal day would ask for nothing at all.
        if bool(since) != bool(until) or (since and until and since >= until):
            self.add_error("lapsing_to", "到期的起止两日须都填，且止日在起日之后。")
        days = [day for day in (cleaned.get("on"), since, until) if day]
        if any(not EARLIEST <= day <= LATEST for day in days):
            raise forms.ValidationError(f"日期应在{EARLIEST:%Y}年至{LATEST:%Y}年之间。")
        return cleaned

    def frozen_list(self) -> FrozenList:
        """Of a form that is valid."""
        cleaned = self.cleaned_data
        since, until = cleaned["lapsing_from"], cleaned["lapsing_to"]
        return FrozenList(
            indicator=cleaned["indicator"],
            scope=cleaned["scope"] or Scope.DISTRICT.value,
            definition=self.definition_or_default,
            day=cleaned["on"],
            lapsing=(since, until) if since and until else None,
            park=cleaned["park"],
            town=cleaned["town"],
        )
