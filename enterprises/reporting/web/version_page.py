"""What the page of a version shows: verdict, problems by cause, questions about firms, the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, IntegerField, Value, When, Window
from django.db.models.functions import RowNumber

from enterprises.firms.contacts import LABELS
from enterprises.models import RosterFirm, RosterProblem, RosterVersion, VersionState
from enterprises.reporting import answers, differences, submission
from enterprises.reporting.cross_rules import ANSWERED_ELSEWHERE
from enterprises.reporting.rights import reports_for
from enterprises.reporting.web.review_views import review_panel
from enterprises.reporting.web.roster_forms import (
    FirmAnswerForm,
    column_choices,
    confidence_in_words,
)
from parks.models import Unit, User

PER_PAGE, PER_GROUP = 50, 20
FEW = 3
"""Up to so many firms are answered one by one; of more, several can be given the same answer at once."""
FEW_CELLS = 5
"""The cells of an error are shown at once when there are no more."""
SHOWN_FIRST = ("new", "changed", "arriving", "missing", "unchanged")


def page_of(
    version: RosterVersion,
    user: User,
    asked: Mapping[str, str],
    forms: list[FirmAnswerForm] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The context of the page; `forms` and `reasons` (by key of the group): as just entered, when not saved."""
    checked = version.state != VersionState.CHECKING
    own = reports_for(user, version.roster.unit)
    shown: dict[str, Any] = {
        "version": version,
        "job": version.job,
        "own": own,
        "checked": checked,
        "open": own and version.state in answers.OPEN,
        "review": None if version.is_draft else review_panel(version, user),
    }
    if not checked:
        return shown
    shown["lacking"] = answers.unanswered(version)
    shown["points"] = (
        submission.points_of(version, shown["lacking"]) if version.state in answers.OPEN else []
    )
    return (
        shown
        | _findings(version, own, reasons or {})
        | _questions(version, asked, forms)
        | _plan(version, asked, own)
    )


# --- problems ---------------------------------------------------------------------------------------------------
def _findings(version: RosterVersion, whole: bool, entered: Mapping[str, str]) -> dict[str, Any]:
    """`whole`: with what was typed into the cells, which may name contact persons."""
    cells = _cells(version) if whole else {}
    groups = [
        _group(group, {**version.reasons, **entered}, cells)
        for group in version.summary.get("groups", [])
    ]
    lacking = answers.unexplained(version)
    titles = [
        one | {"number": number, "sure": confidence_in_words(one["confidence"])}
        for number, one in enumerate(version.summary.get("unknown_titles", []))
    ]
    return {
        "groups": groups,
        "explainable": any(group["needs_reason"] for group in groups),
        "unexplained": len(lacking),
        "titles": titles,
        "column_choices": column_choices() if titles else [],
        "difference": differences.since_last(version),
        "normalised": _notes(version, "normalised", whole),
        "ignored": _notes(version, "ignored", whole),
    }


def _notes(version: RosterVersion, name: str, whole: bool) -> list[dict[str, Any]]:
    return version.summary.get(name, []) if whole else []


def _group(
    group: dict[str, Any], reasons: Mapping[str, str], cells: dict[tuple[str, str], list[Any]]
) -> dict[str, Any]:
    key = answers.key_of(group)
    warns = group["severity"] == "warning"
    return group | {
        "key": key,
        "cells": cells.get((group["code"], group["title"][:120]), []),
        "needs_reason": warns and group["code"] not in ANSWERED_ELSEWHERE,
        "asked_below": warns and group["code"] in ANSWERED_ELSEWHERE,
        "said": reasons.get(key, ""),
        "opens": not warns and group["count"] <= FEW_CELLS,
    }


def _cells(version: RosterVersion) -> dict[tuple[str, str], list[Any]]:
    """The first cells of each group (one query)."""
    place = Window(RowNumber(), partition_by=[F("code"), F("title")], order_by="id")
    found: dict[tuple[str, str], list[Any]] = {}
    numbered = RosterProblem.objects.filter(version=version).annotate(place=place)
    for problem in numbered.filter(place__lte=PER_GROUP).order_by("id"):
        found.setdefault((problem.code, problem.title), []).append(problem)
    return found


# --- questions --------------------------------------------------------------------------------------------------
def places() -> dict[str, Unit]:
    """Units a firm can move to, by id as a form sends it."""
    return {str(unit.pk): unit for unit in Unit.objects.reporting()}


def asked_page(version: RosterVersion, number: str | None) -> Page[RosterFirm]:
    rank = Case(When(kind="missing", then=Value(0)), default=Value(1), output_field=IntegerField())
    firms = version.firms.asked().select_related("park", "town", "from_unit", "to_unit")
    return Paginator(firms.order_by(rank, "row", "uscc"), PER_PAGE).get_page(number)


def asked_forms(
    version: RosterVersion, data: Mapping[str, str], further: Mapping[str, str]
) -> list[FirmAnswerForm]:
    """The forms of the page of firms that was sent, bound to what was entered."""
    entered = {name: data[name] for name in data} | dict(further)
    choices = _choices(version)
    return [
        FirmAnswerForm(firm, choices, entered) for firm in asked_page(version, data.get("page"))
    ]


def _choices(version: RosterVersion) -> list[tuple[str, str]]:
    return [(key, unit.name) for key, unit in places().items() if unit.pk != version.roster.unit_id]


def _questions(
    version: RosterVersion, asked: Mapping[str, str], forms: list[FirmAnswerForm] | None
) -> dict[str, Any]:
    page = asked_page(version, asked.get("page"))
    choices = _choices(version) if page.paginator.count else []
    return {
        "asked": page,
        "firm_forms": forms
        if forms is not None
        else [FirmAnswerForm(firm, choices) for firm in page],
        "places": choices,
        "words": RosterFirm.Word.choices,
        "several": page.paginator.count > FEW
        and any(firm.kind == RosterFirm.Kind.MISSING for firm in page),
    }


# --- the plan ---------------------------------------------------------------------------------------------------
def _plan(version: RosterVersion, asked: Mapping[str, str], whole: bool) -> dict[str, Any]:
    counts = version.summary.get("counts", {})
    tabs = [(kind, RosterFirm.Kind(kind).label, counts.get(kind, 0)) for kind in SHOWN_FIRST]
    filled = [kind for kind, _, count in tabs if count]
    chosen = asked.get("kind", "")
    kind = chosen if chosen in SHOWN_FIRST else (filled or ["new"])[0]
    firms = version.firms.filter(kind=kind).select_related("park", "town", "from_unit", "to_unit")
    page = Paginator(firms, PER_PAGE).get_page(asked.get("plan"))
    if not whole:
        for firm in page:
            _hide_contacts(firm)
    return {"tabs": tabs, "kind": kind, "plan": page}


def _hide_contacts(firm: RosterFirm) -> None:
    for change in firm.changes:
        change["details"] = [
            detail for detail in change["details"] if detail["label"] not in LABELS
        ]
