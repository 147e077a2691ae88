"""A release as its page shows it: read from what was frozen, nothing is counted anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.urls import reverse

from enterprises.firms.timeline import Teller, TimelineEntry
from enterprises.models import LedgerEntry, Qualification, Quarter
from parks.models import Unit, User
from targets.figures import indicators
from targets.figures.indicators import first_of
from targets.models import (
    Definition,
    FrozenFigure,
    Indicator,
    Release,
    ReleaseProposal,
    Scope,
    proposal_of,
)
from targets.releases import completion as release_completion
from targets.releases import differences
from targets.releases import tasks as release_tasks
from targets.releases import verdicts as released_verdicts
from targets.releases.completion import FrozenCompletion
from targets.releases.differences import ReleaseDifference
from targets.releases.doubts import ReleaseDoubt, read_doubts
from targets.releases.sealed import seal_in_words
from targets.releases.tasks import ReleasedTask
from targets.releases.verdicts import ReleasedVerdict

Value = Decimal | int | None
Figures = Mapping[tuple[str, str], Value]
"""(scope, indicator) → value."""
WIDE = (Scope.DISTRICT, Scope.PARKS, Scope.OUTSIDE)


@dataclass(frozen=True)
class ReleaseCell:
    """One frozen figure."""

    indicator: str
    scope: str
    value: Value


@dataclass(frozen=True)
class ReleaseLine:
    name: str
    scope: str
    cells: list[ReleaseCell]


@dataclass(frozen=True)
class ChangedFigure:
    """A figure that the edition before gave otherwise, in words."""

    indicator: str
    scope: str
    definition: str
    before: Value
    after: Value


@dataclass(frozen=True)
class VerdictLine:
    """`url`: the firms on the release's day, `at_due_url`: on the due day; "" where none are told."""

    verdict: ReleasedVerdict
    url: str
    at_due_url: str


@dataclass(frozen=True)
class ReleasePage:
    release: Release
    definition: str
    indicators: list[Indicator]
    groups: list[tuple[str, list[ReleaseLine]]]
    shares: list[tuple[Indicator, Value]]
    verdicts: list[VerdictLine]
    changed: list[ChangedFigure] | None
    corrections: list[TimelineEntry]
    beside: list[str]
    completion: FrozenCompletion | None
    tasks: list[ReleasedTask]
    is_latest: bool
    proposal: ReleaseProposal | None
    doubts: list[ReleaseDoubt]
    seal_in_words: str

    @property
    def definition_label(self) -> str:
        return str(Definition(self.definition).label)

    @property
    def tasks_in_words(self) -> str:
        return release_tasks.count_in_words(self.tasks)


def build_page(
    release: Release, user: User, definition: str = Definition.CERTIFICATE
) -> ReleasePage:
    """What the user may see of it.

    Everything, or for a reporter the district's totals and the own unit.
    """
    figures = _figures_by_scope(release, definition)
    # Which indicators a release counts is told by its figures: the table may have more by now.
    counted, shares = [], []
    for indicator in Indicator.objects.order_by("order", "code"):
        key = (str(Scope.DISTRICT), indicator.code)
        if key not in figures:
            continue
        if indicator.kind == Indicator.Kind.SHARE:
            shares.append((indicator, figures[key]))
        elif indicator.kind == Indicator.Kind.COUNTED:
            counted.append(indicator)
    changed: list[ChangedFigure] | None = None
    corrections: list[TimelineEntry] = []
    beside: list[str] = []
    # Changes name firms of the whole district: they are not for reporters.
    if user.sees_whole_district:
        difference = differences.difference_to_before(release)
        # None for a first edition: then the page has no section of changes at all.
        if difference:
            changed = _changed_figures(difference)
            corrections = entries_in_words(difference.entries)
            beside = difference.beside
    completion = release_completion.frozen_completion(release, user)
    proposal = proposal_of(release)
    # An older edition stays readable, and its page says that there is a newer one.
    later_editions = Release.objects.filter(quarter=release.quarter, number__gt=release.number)
    return ReleasePage(
        release=release,
        definition=definition,
        indicators=counted,
        groups=_groups(_units_in_order(release, user, completion), counted, figures),
        shares=shares,
        verdicts=_verdict_rows(release, user),
        changed=changed,
        corrections=corrections,
        beside=beside,
        completion=completion,
        tasks=release_tasks.tasks_of_release(release),
        is_latest=not later_editions.exists(),
        proposal=proposal,
        # They name firms and units of the whole district: they are not for reporters.
        doubts=read_doubts(proposal.doubts) if proposal and user.sees_whole_district else [],
        seal_in_words=seal_in_words(release),
    )


def _figures_by_scope(release: Release, definition: str) -> Figures:
    figures = {}
    rows = release.figures.filter(definition=definition).values_list("scope", "indicator", "value")
    for scope, code, value in rows:
        figures[scope, code] = whole_if_whole(value)
    return figures


def _verdict_rows(release: Release, user: User) -> list[VerdictLine]:
    rows = []
    for verdict in released_verdicts.verdicts_of_release(release):
        url = at_due_url = ""
        # Behind the district's numbers stand firms of all units: they are not for reporters.
        if verdict.is_counted and user.sees_whole_district:
            query = {"indicator": verdict.indicator, "definition": released_verdicts.DEFINITION}
            address = reverse("release_firms", args=[release.code])
            url = f"{address}?{urlencode(query)}"
            at_due_url = f"{address}?{urlencode({**query, 'on': verdict.due.isoformat()})}"
        rows.append(VerdictLine(verdict, url, at_due_url))
    return rows


def whole_if_whole(value: Value) -> Value:
    """Decimals are stored with places; numbers of firms are shown without."""
    return int(value) if value is not None and value == int(value) else value


def _units_in_order(
    release: Release, user: User, completion: FrozenCompletion | None
) -> list[Unit]:
    """Those that the user may see, in the order of the table of goals; others follow."""
    units = list(Unit.objects.reporting().visible_to(user).order_by("order", "code"))
    first = first_of(indicators.released(release).headlines)
    # The one ranking of a release: its tables must not put the units in another order each.
    order = list(completion.rows_by_scope(first)) if completion else []
    places = {scope: number for number, scope in enumerate(order)}
    return sorted(units, key=lambda unit: places.get(unit.code, len(places)))


def _groups(
    units: Sequence[Unit], counted: Sequence[Indicator], figures: Figures
) -> list[tuple[str, list[ReleaseLine]]]:
    """The sums, then the parks and the towns."""
    sums = [_line(str(scope.label), str(scope), counted, figures) for scope in WIDE]
    groups = [("全区", sums)]
    # A group without visible units is left out: a reporter sees the sums and one unit.
    for kind in (Unit.Kind.PARK, Unit.Kind.TOWN):
        members = [unit for unit in units if unit.kind == kind]
        lines = [_line(unit.name, unit.code, counted, figures) for unit in members]
        if lines:
            groups.append((str(kind.label), lines))
    return groups


def _line(name: str, scope: str, counted: Sequence[Indicator], figures: Figures) -> ReleaseLine:
    cells = []
    for indicator in counted:
        value = figures.get((scope, indicator.code))
        cells.append(ReleaseCell(indicator.code, scope, value))
    return ReleaseLine(name, scope, cells)


def _changed_figures(difference: ReleaseDifference) -> list[ChangedFigure]:
    names = names_by_code()
    return [
        ChangedFigure(
            indicator=names[change.indicator],
            scope=names[change.scope],
            definition=names[change.definition],
            before=whole_if_whole(change.before),
            after=whole_if_whole(change.after),
        )
        for change in difference.figures
    ]


def entries_in_words(entries: Sequence[LedgerEntry]) -> list[TimelineEntry]:
    """Without contact persons."""
    # Entries name certificates by their key: they are read in one query for all entries.
    certificates = [entry.fact_id for entry in entries if entry.fact == "qualification"]
    teller = Teller(Qualification.objects.filter(pk__in=certificates).select_related("kind"))
    return teller.tell(entries, contacts=False)


def names_by_code() -> dict[str, str]:
    """Names of scopes, units, indicators and definitions."""
    names: dict[str, str] = {str(scope.value): str(scope.label) for scope in Scope}
    names |= {unit.code: unit.told_apart for unit in Unit.objects.reporting()}
    names |= dict(Indicator.objects.values_list("code", "short_name"))
    return names | {definition.value: str(definition.label) for definition in Definition}


# --- the editions of every quarter ------------------------------------------------------------
@dataclass(frozen=True)
class EditionRow:
    """`values`: the headline numbers of the district, in the order of the page's columns."""

    release: Release
    values: list[Value]
    is_latest: bool


@dataclass(frozen=True)
class QuarterEditions:
    """The newest edition first. `proposal`: a publication that is asked for."""

    quarter: Quarter
    editions: list[EditionRow]
    proposal: ReleaseProposal | None


@dataclass(frozen=True)
class ReleaseList:
    columns: list[str]
    quarters: list[QuarterEditions]


def build_list(user: User) -> ReleaseList:
    """Opened quarters, newest first, each with its editions. The number of queries is fixed."""
    headlines = indicators.live().headlines
    figures = FrozenFigure.objects.filter(
        definition=Definition.CERTIFICATE,
        scope=Scope.DISTRICT,
        indicator__in=[indicator.code for indicator in headlines],
    )
    values: dict[tuple[int, str], Value] = {}
    for release_id, code, value in figures.values_list("release", "indicator", "value"):
        values[release_id, code] = whole_if_whole(value)
    standing = ReleaseProposal.objects.open().visible_to(user).select_related("asked_by")
    proposals = {proposal.quarter_id: proposal for proposal in standing}
    releases = Release.objects.select_related("made_by", "proposal__asked_by")
    quarters = Quarter.objects.prefetch_related(Prefetch("releases", releases))
    rows = []
    for quarter in quarters.order_by("-year", "-number"):
        editions = []
        for number, release in enumerate(quarter.releases.all()):
            told = [values.get((release.pk, indicator.code)) for indicator in headlines]
            editions.append(EditionRow(release, told, is_latest=number == 0))
        rows.append(QuarterEditions(quarter, editions, proposals.get(quarter.pk)))
    return ReleaseList([indicator.short_name for indicator in headlines], rows)
