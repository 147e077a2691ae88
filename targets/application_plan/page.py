"""The plan's page as its template shows it: sentences, sums, and the named firms batch by batch."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse

from enterprises.firms import contacts
from enterprises.models import UnitContact
from parks.models import Unit, User
from targets.application_plan import words
from targets.application_plan.applicants import PlanRole
from targets.application_plan.form import CHECKS
from targets.application_plan.plan import ApplicationPlan, PlanEntry, PlanLine, lines_of
from targets.output.addresses import up_to_page_number
from targets.renewals import rules as renewal_rules

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class UnitGroup:
    """The firms of a batch and a unit on this page of the list; `firms`: on all pages.

    `contact`: whom to call at the unit; `dials`: by touch.
    """

    name: str
    firms: int
    lines: Sequence[PlanLine]
    contact: UnitContact | None
    dials: str


@dataclass(frozen=True)
class PlanChip:
    """So many firms of the plan, and the list of them."""

    label: str
    firms: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class BatchGroup:
    label: str
    firms: int
    units: Sequence[UnitGroup]


def page_context(plan: ApplicationPlan, user: User, number: str | None) -> dict[str, Any]:
    """What the template shows. `number` is that of the list's page, as it stands in the address."""
    paginator = Paginator(plan.listed, ROWS_PER_PAGE)
    page = paginator.get_page(number)
    query = plan.asked.query()
    groups = groups_of(lines_of(plan, list(page), user), plan.listed)
    rows = plan.sums.units
    if not user.sees_whole_district:
        rows = [row for row in rows if row.unit == user.unit]
    return {
        "plan": plan,
        "title": words.title_of(plan),
        "head": words.head_of(plan),
        "outcome": words.of_outcome(plan),
        "chips": chips(plan),
        "word_query": plan.asked.narrowed().query(),
        "said_of_sums": words.sums_of(plan),
        "note_of_sums": words.of_sums(plan),
        "columns": words.columns_of_sums(plan),
        "has_base": bool(words.of_base_column(plan)),
        "sums": rows,
        "lapsed_url": _lapsed_url(plan),
        "batch_rule": words.BATCH_RULE,
        "caveat": words.CAVEAT,
        "groups": groups,
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "page_address": up_to_page_number(query),
        "query": query,
    }


def chips(plan: ApplicationPlan) -> list[PlanChip]:
    """All, then by role, then by what the self-check says; each opens its list."""
    asked = plan.asked
    wanted = [("全部", asked.narrowed())]
    wanted += [(str(role.label), asked.narrowed(role=role)) for role in reversed(PlanRole)]
    wanted += [(f"自检{label}", asked.narrowed(check=check)) for check, label in CHECKS]
    found = [
        PlanChip(label, len(plan.listed_for(of_chip)), of_chip.address(), of_chip == asked)
        for label, of_chip in wanted
    ]
    return [chip for chip in found if chip.firms or chip.is_chosen]


def _unit_group(unit: Unit, firms: int, lines: Sequence[PlanLine]) -> UnitGroup:
    contact = lines[0].unit_contact
    dials = contacts.dialled(contact.phone) if contact else ""
    return UnitGroup(unit.answering_name, firms, lines, contact, dials)


def groups_of(lines: Sequence[PlanLine], listed: Sequence[PlanEntry]) -> list[BatchGroup]:
    """Lines in the order of their entries, by batch and unit. `listed`: all entries, for numbers."""
    by_batch = Counter(_batch(entry) for entry in listed)
    by_unit = Counter((_batch(entry), entry.applicant.unit.pk) for entry in listed)
    groups = []
    for label, of_batch in itertools.groupby(lines, key=lambda line: _batch(line.entry)):
        units = [
            _unit_group(unit, by_unit[label, unit.pk], list(of_unit))
            for unit, of_unit in itertools.groupby(
                of_batch, key=lambda line: line.entry.applicant.unit
            )
        ]
        groups.append(BatchGroup(label, by_batch[label], units))
    return groups


def _batch(entry: PlanEntry) -> str:
    return entry.batch.label


def _lapsed_url(plan: ApplicationPlan) -> str:
    """The list of renewals that holds just the firms left over from before the year."""
    unit = plan.asked.unit
    # A town's list of renewals holds its firms in the parks as well.
    if unit is not None and not unit.is_park:
        return ""
    query = {
        "kind": plan.kind.code,
        "since": renewal_rules.usual_since(plan.asked.on).isoformat(),
        "until": plan.asked.on.isoformat(),
    }
    if unit:
        query["unit"] = unit.code
    return f"{reverse('renewals')}?{urlencode(query)}"
