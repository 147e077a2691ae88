"""A release as its page, its files and its bulletin show it: read from what was frozen, counted anew nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from enterprises.firms.timeline import Teller, TimelineEntry
from enterprises.models import LedgerEntry, Qualification, Quarter
from parks.models import Unit, User
from targets.models import Definition, Indicator, Release, Scope
from targets.releases import completion as release_completion
from targets.releases import publishing
from targets.releases import tasks as release_tasks
from targets.releases.completion import Frozen
from targets.releases.publishing import ReleaseDifference
from targets.releases.tasks import ReleasedTask

Value = Decimal | int | None
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
class Changed:
    """A figure that the edition before gave otherwise, in words."""

    indicator: str
    scope: str
    definition: str
    before: Value
    after: Value


@dataclass(frozen=True)
class ReleasePage:
    release: Release
    definition: str
    indicators: list[Indicator]
    groups: list[tuple[str, list[ReleaseLine]]]
    shares: list[tuple[Indicator, Value]]
    changed: list[Changed] | None
    corrections: list[TimelineEntry]
    beside: list[str]
    completion: Frozen | None
    tasks: list[ReleasedTask]
    is_latest: bool

    @property
    def definition_label(self) -> str:
        return str(Definition(self.definition).label)

    @property
    def tasks_in_words(self) -> str:
        return release_tasks.in_words(self.tasks)


def build_page(
    release: Release, user: User, definition: str = Definition.CERTIFICATE
) -> ReleasePage:
    """What the user may see of it: everything, or for a reporter the district's totals and the own unit."""
    figures = {
        (scope, code): _number(value)
        for scope, code, value in release.figures.filter(definition=definition).values_list(
            "scope", "indicator", "value"
        )
    }
    known = Indicator.objects.in_bulk(field_name="code")
    counted = [known[code] for code in known if (Scope.DISTRICT, code) in figures]
    counted.sort(key=lambda one: one.order)
    plain = [one for one in counted if one.kind == Indicator.Kind.COUNTED]
    units = list(Unit.objects.reporting().visible_to(user).order_by("order", "code"))
    groups = [("全区", [_line(str(scope.label), scope, plain, figures) for scope in WIDE])]
    for kind in (Unit.Kind.PARK, Unit.Kind.TOWN):
        own = [_line(unit.name, unit.code, plain, figures) for unit in units if unit.kind == kind]
        if own:
            groups.append((str(kind.label), own))
    difference = publishing.difference(release) if user.sees_whole_district else None
    return ReleasePage(
        release=release,
        definition=definition,
        indicators=plain,
        groups=groups,
        shares=[
            (one, figures[Scope.DISTRICT, one.code])
            for one in counted
            if one.kind == Indicator.Kind.SHARE
        ],
        changed=_changed(difference) if difference else None,
        corrections=told(difference.entries) if difference else [],
        beside=difference.beside if difference else [],
        completion=release_completion.frozen_completion(release, user),
        tasks=release_tasks.tasks_of_release(release),
        is_latest=not Release.objects.filter(
            quarter=release.quarter, number__gt=release.number
        ).exists(),
    )


def _number(value: Decimal | None) -> Value:
    return int(value) if value is not None and value == int(value) else value


def _line(
    name: str, scope: str, indicators: Sequence[Indicator], figures: dict[tuple[str, str], Value]
) -> ReleaseLine:
    cells = [
        ReleaseCell(one.code, str(scope), figures.get((str(scope), one.code))) for one in indicators
    ]
    return ReleaseLine(name, str(scope), cells)


def _changed(difference: ReleaseDifference) -> list[Changed]:
    said = names()
    return [
        Changed(
            said[one.indicator],
            said[one.scope],
            said[one.definition],
            _number(one.before),
            _number(one.after),
        )
        for one in difference.figures
    ]


def told(entries: Sequence[LedgerEntry]) -> list[TimelineEntry]:
    """Ledger entries in words, without contact persons."""
    held = [entry.fact_id for entry in entries if entry.fact == "qualification"]
    teller = Teller(Qualification.objects.filter(pk__in=held).select_related("kind"))
    return teller.tell(entries, contacts=False)


def names() -> dict[str, str]:
    """Scope, indicator and definition by their codes, in words."""
    named: dict[str, str] = {str(scope.value): str(scope.label) for scope in Scope}
    named |= {unit.code: unit.told_apart for unit in Unit.objects.reporting()}
    named |= dict(Indicator.objects.values_list("code", "short_name"))
    return named | {definition.value: str(definition.label) for definition in Definition}


def publishable() -> list[Quarter]:
    """Opened quarters, newest first, each with its editions."""
    return list(Quarter.objects.prefetch_related("releases__made_by").order_by("-year", "-number"))
