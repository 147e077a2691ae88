"""Addresses that open what stands behind a figure: the same firms, day and definition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse

from targets.figures.question import BridgeQuestion, Question
from targets.models import Scope


def figure(
    question: Question,
    indicator: str,
    scope: str = Scope.DISTRICT,
    on: dt.date | None = None,
    place: Mapping[str, str] | None = None,
) -> str:
    """The firms counted by an indicator over a scope on a day (the question's, unless given).

    `place` narrows it down to those that then also stood in a park (or `outside`) or a town: {"park": …, "town": …}.
    """
    return _firms(
        question,
        indicator=indicator,
        on=(on or question.on).isoformat(),
        scope=str(scope),
        definition=str(question.definition),
        **(place or {}),
    )


def lapsing(
    question: Question,
    indicator: str,
    scope: str,
    since: dt.date,
    until: dt.date,
    place: Mapping[str, str] | None = None,
) -> str:
    """The firms whose count ends in [since, until) because a certificate runs out; `place` as for a figure."""
    return _firms(
        question,
        indicator=indicator,
        scope=str(scope),
        lapsing_from=since.isoformat(),
        lapsing_to=until.isoformat(),
        definition=str(question.definition),
        **(place or {}),
    )


def bridge(question: BridgeQuestion, name: str = "bridge", **changes: str) -> str:
    """A page about what changed between two days; `name` and `changes` lead to the lists behind it."""
    return f"{reverse(name)}?{urlencode(question.query | changes)}"


def page(question: Question, name: str, *args: str) -> str:
    """Another page of figures, asked the same."""
    query = urlencode(question.query)
    return reverse(name, args=args) + (f"?{query}" if query else "")


def chart(question: Question, name: str, scope: str = "", form_at: str = "svg") -> str:
    """The image of a chart of the home page, or of a unit's page; or its numbers as xlsx or csv."""
    query = question.pinned | ({"scope": scope} if scope else {})
    place = (
        reverse("chart_image", args=[name])
        if form_at == "svg"
        else reverse("chart_export", args=[name, form_at])
    )
    return f"{place}?{urlencode(query)}"


def _firms(question: Question, **query: str) -> str:
    """The list of the question's firms: as published, where it asks for a release."""
    release = question.release
    place = reverse("release_firms", args=[release.code]) if release else reverse("firm_list")
    return f"{place}?{urlencode(query)}"
