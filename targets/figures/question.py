"""What a viewer asks of a page: the day, the definition, and counted now or as published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.utils import timezone

from targets.models import Definition, Release

EARLIEST, LATEST = dt.date(2010, 1, 1), dt.date(2040, 12, 31)


def known_later(on: dt.date, release: Release | None = None) -> str:
    """按2026-11-29已知: by when the facts were known that tell of days after a past day.

    Empty for today, of which nothing later is known. A renewal that came after the day is among
    these facts, so that fewer certificates run out than on that day one had to expect.
    """
    known_on = timezone.localdate(release.made_at) if release else timezone.localdate()
    return f"按{known_on:%Y-%m-%d}已知" if known_on > on else ""


@dataclass(frozen=True)
class Question:
    """With a release, its figures as they were published; `on` is then its day."""

    on: dt.date
    definition: str = Definition.CERTIFICATE
    release: Release | None = None

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    @property
    def in_future(self) -> bool:
        return self.on > self.today

    @property
    def known_until(self) -> dt.date:
        """The day after which everything is an expectation."""
        # A release knows no today: what lies after its day was still to come when it was made.
        return self.on if self.release else self.today

    @property
    def known_later(self) -> str:
        """`known_later` of the question's day, in words."""
        return known_later(self.on, self.release)

    @property
    def definition_label(self) -> str:
        return str(Definition(self.definition).label)

    @property
    def by_certificate(self) -> bool:
        return self.definition == Definition.CERTIFICATE

    @property
    def year_ago(self) -> dt.date:
        return self.on - relativedelta(years=1)

    @property
    def query(self) -> dict[str, str]:
        """The part of the address that repeats this question; empty for the default one."""
        query: dict[str, str] = {}
        if self.release or self.on != self.today:
            query |= self._when
        if self.definition != Definition.CERTIFICATE:
            query["definition"] = self.definition
        return query

    @property
    def pinned(self) -> dict[str, str]:
        """The same, whole: it means the same tomorrow."""
        # For addresses that leave the page, such as exports: a default would move with the day.
        return {**self._when, "definition": str(self.definition)}

    @property
    def _when(self) -> dict[str, str]:
        if self.release:
            return {"release": self.release.code}
        return {"on": self.on.isoformat()}


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
        """What is asked. Where that is not understood, the default; the form carries the errors."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        return Question(
            cleaned.get("on") or timezone.localdate(),
            cleaned.get("definition") or Definition.CERTIFICATE,
        )

    @property
    def problems(self) -> list[str]:
        return [str(message) for messages in self.errors.values() for message in messages]


class ReleaseForm(forms.Form):
    """`release`, which has a day of its own.

    Another day in the field that `day_field` names contradicts it.
    """

    day_field = "on"
    release = forms.CharField(label="发布版", required=False, max_length=20)

    def clean_release(self) -> Release | None:
        code = self.cleaned_data["release"]
        release = Release.objects.coded(code).select_related("quarter", "made_by").first()
        if code and release is None:
            raise forms.ValidationError(f"没有“{code}”这一版季度发布。")
        return release

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        release, day = cleaned.get("release"), cleaned.get(self.day_field)
        # Refused instead of one silently winning: the reader would take one answer for the other.
        if release and day and day != release.as_of:
            message = (
                f"发布版{release.code}的统计日是{release.as_of}，不能另选统计日；"
                "要看别的日子请选“实时”。"
            )
            self.add_error(self.day_field, message)
        return cleaned


class PageForm(ReleaseForm, QuestionForm):
    """All that a page of figures can be asked."""

    def question(self) -> Question:
        question = super().question()
        release = self.cleaned_data.get("release") if self.is_valid() else None
        if release:
            return Question(release.as_of, question.definition, release)
        return question


def parse_question(data: Mapping[str, str]) -> tuple[Question, list[str]]:
    """The question in a query string and what was wrong with it."""
    form = PageForm(data)
    return form.question(), form.problems
