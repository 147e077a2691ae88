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

    `place` narrows it down to those that then also stood in a park (or `outside`) or a town:
    {"park": …, "town": …}.
    """
    return _firm_list(
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
    """The firms whose count ends in [since, until) because a certificate runs out.

    `place` as for a figure.
    """
    return _firm_list(
        question,
        indicator=indicator,
        scope=str(scope),
        lapsing_from=since.isoformat(),
        lapsing_to=until.isoformat(),
        definition=str(question.definition),
        **(place or {}),
    )


def bridge(question: BridgeQuestion, name: str = "bridge", **changes: str) -> str:
    """A page about what changed between two days.

    `name` and `changes` lead to the lists behind it.
    """
    return f"{reverse(name)}?{urlencode(question.query | changes)}"


def page(question: Question, name: str, *args: str) -> str:
    """Another page of figures, with the same question."""
    query = urlencode(question.query)
    address = reverse(name, args=args)
    return f"{address}?{query}" if query else address


def chart(question: Question, name: str, scope: str = "", form_at: str = "svg") -> str:
    """The image of a chart, or its numbers as xlsx or csv.

    Of the home page's charts; with `scope`, of those of a unit's page.
    """
    # Pinned: a picture or a file that is passed on must mean the same tomorrow.
    query = question.pinned
    if scope:
        query["scope"] = scope
    if form_at == "svg":
        address = reverse("chart_image", args=[name])
    else:
        address = reverse("chart_export", args=[name, form_at])
    return f"{address}?{urlencode(query)}"


def _firm_list(question: Question, **query: str) -> str:
    """The list of the question's firms; as published, where it asks for a release."""
    address = reverse("firm_list")
    # A published figure opens the published list: today's facts hold other firms.
    if question.release:
        address = reverse("release_firms", args=[question.release.code])
    return f"{address}?{urlencode(query)}"
