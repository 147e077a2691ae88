"""Which frozen firms a query string asks for: those behind a figure of a release, on its day or another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from targets.figures import frozen_spans, indicators
from targets.figures.question import EARLIEST, LATEST
from targets.models import Definition, Release, Scope
from targets.models.release import FrozenSpanQuerySet


@dataclass(frozen=True)
class FrozenList:
    """`day` None: the release's own; `lapsing`: firms whose count ends in [since, until) instead of those on a day."""

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
            found = frozen_spans.lapsing(
                release, **figure, since=self.lapsing[0], until=self.lapsing[1]
            )
        else:
            found = frozen_spans.listed(release, **figure, day=self.day)
        for place in (self.park, self.town):
            found = found.in_scope(place) if place else found
        return found

    def where(self, names: Mapping[str, str]) -> str:
        return " · ".join(names.get(one, one) for one in (self.scope, self.park, self.town) if one)

    def when(self, release: Release) -> str:
        if self.lapsing:
            last = self.lapsing[1] - dt.timedelta(1)
            return f"{self.lapsing[0]} 至 {last} 证书到期、发布时尚无后续证书"
        if self.day and self.day != release.as_of:
            return f"{self.day}（按 {release.as_of} 发布版所知）"
        return f"统计日 {release.as_of}"


class DefinitionForm(forms.Form):
    """The definition, by default certificate."""

    definition = forms.ChoiceField(label="统计口径", choices=Definition.choices, required=False)

    @property
    def definition_asked(self) -> str:
        return self.cleaned_data["definition"] or Definition.CERTIFICATE.value


class FrozenListForm(DefinitionForm):
    """Indicator, scope (default district), definition (default certificate), and what `FrozenList` knows besides."""

    indicator = forms.ChoiceField(label="指标")
    scope = forms.SlugField(label="统计范围", required=False, max_length=20)
    on = forms.DateField(label="日期", required=False)
    lapsing_from = forms.DateField(label="到期自", required=False)
    lapsing_to = forms.DateField(label="到期至（不含）", required=False)
    park = forms.SlugField(label="园区平台", required=False, max_length=20)
    town = forms.SlugField(label="镇街", required=False, max_length=20)

    def __init__(self, data: Mapping[str, str], *, release: Release) -> None:
        super().__init__(data)
        choices = [(indicator.code, indicator.code) for indicator in indicators.released(release)]
        self.fields["indicator"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("lapsing_from"), cleaned.get("lapsing_to")
        if bool(since) != bool(until) or (since and until and since >= until):
            self.add_error("lapsing_to", "到期的起止两日须都填，且止日在起日之后。")
        if any(day and not EARLIEST <= day <= LATEST for day in (cleaned.get("on"), since, until)):
            raise forms.ValidationError(f"日期应在{EARLIEST:%Y}年至{LATEST:%Y}年之间。")
        return cleaned

    def asked(self) -> FrozenList:
        given = self.cleaned_data
        since, until = given["lapsing_from"], given["lapsing_to"]
        return FrozenList(
            indicator=given["indicator"],
            scope=given["scope"] or Scope.DISTRICT.value,
            definition=self.definition_asked,
            day=given["on"],
            lapsing=(since, until) if since and until else None,
            park=given["park"],
            town=given["town"],
        )
