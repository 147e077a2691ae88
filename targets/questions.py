"""What a viewer asks of a page: as of which day, by which definition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django import forms
from django.utils import timezone

from targets.models import Definition

EARLIEST, LATEST = dt.date(2010, 1, 1), dt.date(2040, 12, 31)


@dataclass(frozen=True)
class Question:
    on: dt.date
    definition: str = Definition.CERTIFICATE

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    @property
    def in_future(self) -> bool:
        return self.on > self.today

    @property
    def definition_label(self) -> str:
        return str(Definition(self.definition).label)

    @property
    def year_ago(self) -> dt.date:
        return self.on - relativedelta(years=1)

    @property
    def query(self) -> dict[str, str]:
        """The part of the address that repeats this question; empty for the default one."""
        asked = {} if self.on == self.today else {"on": self.on.isoformat()}
        return asked if self.definition == Definition.CERTIFICATE else {**asked, "definition": self.definition}

    @property
    def chart_query(self) -> str:
        """The address of a chart, whole: it means the same on any later day."""
        return urlencode({"on": self.on.isoformat(), "definition": str(self.definition)})


@dataclass(frozen=True)
class BridgeQuestion:
    """What changed for a kind over a scope, from the end of `since` to the end of `until`."""

    kind: str
    scope: str
    since: dt.date
    until: dt.date
    definition: str = Definition.CERTIFICATE

    @classmethod
    def of_year_before(cls, question: Question, kind: str, scope: str) -> BridgeQuestion:
        return cls(kind, str(scope), question.year_ago, question.on, question.definition)

    @property
    def in_future(self) -> bool:
        return self.until > timezone.localdate()

    @property
    def definition_label(self) -> str:
        return str(Definition(self.definition).label)

    @property
    def query(self) -> dict[str, str]:
        """The address that asks this, whole: it means the same on any later day."""
        return {
            "kind": self.kind,
            "scope": str(self.scope),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "definition": str(self.definition),
        }


class QuestionForm(forms.Form):
    """`on` (default today) and `definition` (default certificate) from a query string."""

    on = forms.DateField(
        label="统计日",
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "统计日应写成“2026-06-30”的样子，且是存在的日子。"},
    )
    definition = forms.ChoiceField(
        label="统计口径",
        required=False,
        choices=Definition.choices,
        error_messages={"invalid_choice": "统计口径只能是证书日期口径或认定年度口径。"},
    )

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(f"统计日应在{EARLIEST:%Y}年至{LATEST:%Y}年之间。")
        return day

    def question(self) -> Question:
        """What was asked; where that is not understood, the default (the form then carries the errors)."""
        asked = self.cleaned_data if self.is_valid() else {}
        return Question(asked.get("on") or timezone.localdate(), asked.get("definition") or Definition.CERTIFICATE)

    @property
    def problems(self) -> list[str]:
        return [str(message) for messages in self.errors.values() for message in messages]


def asked(data: Mapping[str, str]) -> tuple[Question, list[str]]:
    """The question in a query string and what was wrong with it."""
    form = QuestionForm(data)
    return form.question(), form.problems
