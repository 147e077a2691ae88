"""The context of a version's page: verdict, problems by cause, questions about firms, the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, IntegerField, Value, When, Window
from django.db.models.functions import RowNumber

from enterprises.firms.contacts import LABELS
from enterprises.jobs import turns
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
"""Up to so many firms are answered one by one. Of more, several can be given the same answer at
once."""
FEW_CELLS = 5
"""The cells of an error are shown at once when there are no more."""
KINDS_IN_ORDER = ("new", "changed", "arriving", "missing", "unchanged")


def progress_of(version: RosterVersion) -> dict[str, Any]:
    """How far the check is: the variables of templates/enterprises/reporting/roster_progress.html."""
    place = turns.place_of(version.job) if version.job else None
    return {"version": version, "job": version.job, "place": place}


def build_context(
    version: RosterVersion,
    user: User,
    query: Mapping[str, str],
    forms: list[FirmAnswerForm] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """`forms` and `reasons` (by key of the group): as just entered, where they were not saved."""
    checked = version.state != VersionState.CHECKING
    own = reports_for(user, version.roster.unit)
    context: dict[str, Any] = {
        "version": version,
        "job": version.job,
        "own": own,
        "checked": checked,
        "open": own and version.state in answers.OPEN,
        "review": None if version.is_draft else review_panel(version, user),
    }
    # While the check runs there are no rows yet.
    if not checked:
        return context | progress_of(version)
    lacking = answers.firms_without_answer(version)
    is_open = version.state in answers.OPEN
    context |= {
        "lacking": lacking,
        "points": submission.points_of(version, lacking) if is_open else [],
        **_problems_context(version, own, reasons or {}),
        **_questions_context(version, query, forms),
        **_plan_context(version, query, own),
    }
    return context


# --- problems -------------------------------------------------------------------------------------
def _problems_context(
    version: RosterVersion, whole: bool, entered: Mapping[str, str]
) -> dict[str, Any]:
    """`whole`: with what was typed into the cells, which may name contact persons."""
    summary, reasons = version.summary, {**version.reasons, **entered}
    cells: dict[tuple[str, str], list[RosterProblem]] = {}
    normalised: list[dict[str, Any]] = []
    ignored: list[dict[str, Any]] = []
    if whole:
        cells = _first_cells(version)
        normalised, ignored = summary.get("normalised", []), summary.get("ignored", [])
    # Reasons as entered come before the stored ones: a refused form is shown again with them.
    groups = [_group_context(group, reasons, cells) for group in summary.get("groups", [])]
    titles = []
    for number, title in enumerate(summary.get("unknown_titles", [])):
        sure = confidence_in_words(title["confidence"])
        titles.append(title | {"number": number, "sure": sure})
    return {
        "groups": groups,
        "explainable": any(group["needs_reason"] for group in groups),
        "unexplained": len(answers.groups_without_reason(version)),
        "titles": titles,
        "column_choices": column_choices() if titles else [],
        "difference": differences.since_last(version),
        "normalised": normalised,
        "ignored": ignored,
    }


def _group_context(
    group: dict[str, Any],
    reasons: Mapping[str, str],
    cells: dict[tuple[str, str], list[RosterProblem]],
) -> dict[str, Any]:
    key = answers.group_key(group)
    is_warning = group["severity"] == "warning"
    is_about_firms = group["code"] in ANSWERED_ELSEWHERE
    return group | {
        "key": key,
        # The stored title is cut to its column, see the check.
        "cells": cells.get((group["code"], group["title"][:120]), []),
        "needs_reason": is_warning and not is_about_firms,
        "asked_below": is_warning and is_about_firms,
        "said": reasons.get(key, ""),
        "opens": not is_warning and group["count"] <= FEW_CELLS,
    }


def _first_cells(version: RosterVersion) -> dict[tuple[str, str], list[RosterProblem]]:
    """(rule, column) → the first problems of the group, in one query."""
    place = Window(RowNumber(), partition_by=[F("code"), F("title")], order_by="id")
    numbered = RosterProblem.objects.filter(version=version).annotate(place=place)
    cells: dict[tuple[str, str], list[RosterProblem]] = {}
    for problem in numbered.filter(place__lte=PER_GROUP).order_by("id"):
        cells.setdefault((problem.code, problem.title), []).append(problem)
    return cells


# --- questions ------------------------------------------------------------------------------------
def units_by_id() -> dict[str, Unit]:
    """Units to which a firm can move, by their id as a form sends it."""
    return {str(unit.pk): unit for unit in Unit.objects.reporting()}


def asked_page(version: RosterVersion, number: str | None) -> Page[RosterFirm]:
    """A page of the firms that the unit has to explain: those not listed first."""
    # Missing firms first: they need more than a day.
    rank = Case(When(kind="missing", then=Value(0)), default=Value(1), output_field=IntegerField())
    firms = version.firms.asked().select_related("park", "town", "from_unit", "to_unit")
    return Paginator(firms.order_by(rank, "row", "uscc"), PER_PAGE).get_page(number)


def asked_forms(
    version: RosterVersion, data: Mapping[str, str], further: Mapping[str, str]
) -> list[FirmAnswerForm]:
    """The forms of the page of firms that was sent, bound to the entries and `further` ones."""
    # A plain dictionary: `dict` of a QueryDict would hold lists.
    entered = {name: data[name] for name in data} | dict(further)
    choices = _destinations(version)
    firms = asked_page(version, data.get("page"))
    return [FirmAnswerForm(firm, choices, entered) for firm in firms]


def _destinations(version: RosterVersion) -> list[tuple[str, str]]:
    """(id, name) of the units to which a firm of this roster can have moved."""
    own_id = version.roster.unit_id
    return [(key, unit.name) for key, unit in units_by_id().items() if unit.pk != own_id]


def _questions_context(
    version: RosterVersion, query: Mapping[str, str], forms: list[FirmAnswerForm] | None
) -> dict[str, Any]:
    page = asked_page(version, query.get("page"))
    choices = _destinations(version) if page.paginator.count else []
    if forms is None:
        forms = [FirmAnswerForm(firm, choices) for firm in page]
    # The same answer for several is offered for missing firms only.
    has_missing = any(firm.kind == RosterFirm.Kind.MISSING for firm in page)
    return {
        "asked": page,
        "firm_forms": forms,
        "places": choices,
        "words": RosterFirm.Word.choices,
        "several": page.paginator.count > FEW and has_missing,
    }


# --- the plan -------------------------------------------------------------------------------------
def _plan_context(version: RosterVersion, query: Mapping[str, str], whole: bool) -> dict[str, Any]:
    """The firms of the chosen kind; without a choice, of the first kind that has any."""
    counts = version.summary.get("counts", {})
    tabs = [(kind, RosterFirm.Kind(kind).label, counts.get(kind, 0)) for kind in KINDS_IN_ORDER]
    kind = query.get("kind", "")
    if kind not in KINDS_IN_ORDER:
        filled = [kind for kind, _, count in tabs if count]
        kind = filled[0] if filled else KINDS_IN_ORDER[0]
    firms = version.firms.filter(kind=kind).select_related("park", "town", "from_unit", "to_unit")
    page = Paginator(firms, PER_PAGE).get_page(query.get("plan"))
    # Other viewers see the plan, but no contact persons.
    if not whole:
        for firm in page:
            _hide_contacts(firm)
    return {"tabs": tabs, "kind": kind, "plan": page}


def _hide_contacts(firm: RosterFirm) -> None:
    for change in firm.changes:
        details = change["details"]
        change["details"] = [detail for detail in details if detail["label"] not in LABELS]
