"""The bridge from the release before as page and workbook show it, and the named firms behind each term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from enterprises.firms.timeline import TimelineEntry
from parks.models import Unit, User
from targets.bridge.events import AWAY
from targets.bridge.page import BridgeNumber
from targets.figures import flows
from targets.figures.flows import FlowTerm
from targets.figures.headlines import HEADLINES
from targets.models import Release, Scope
from targets.releases import bridge, publishing
from targets.releases import page as release_page
from targets.releases.bridge import SIGNS, Chain, ChangedFirm, Corrected, Correction, Side

SIGN_MARKS = {1: "+", -1: "−"}


@dataclass(frozen=True)
class ReleaseBridgeRow:
    name: str
    corrected: Corrected
    numbers: list[BridgeNumber]
    is_sum: bool = False


@dataclass(frozen=True)
class ReleaseBridgeTable:
    """Rows of one kind that may be compared; parks and towns are never added."""

    title: str
    titles: list[str]
    rows: list[ReleaseBridgeRow]
    row_heading: str = "单位"


@dataclass(frozen=True)
class BridgeSection:
    """`district`: one row per kind; `units`: tables of the headline kinds."""

    chained: Chain
    district: ReleaseBridgeTable
    units: list[ReleaseBridgeTable]


def build_section(release: Release, user: User, definition: str) -> BridgeSection | None:
    """None where the quarter before was not published."""
    chained = bridge.chain(release, definition)
    if chained is None:
        return None
    units = list(Unit.objects.reporting().order_by("order", "code"))
    names = release_page.names()
    district = [_row(chained, names[kind], kind, Scope.DISTRICT.value) for kind in flows.KINDS]
    return BridgeSection(
        chained=chained,
        district=ReleaseBridgeTable("全区", titles(""), district, row_heading="指标"),
        units=[
            ReleaseBridgeTable(f"{names[kind]}：{title}", titles(kind), rows)
            for kind in HEADLINES
            for title, rows in _groups(chained, kind, units, names, user)
        ],
    )


def titles(kind: str) -> list[str]:
    """The words of a kind; of several kinds together the general ones."""
    terms = [
        str(Correction(term).label) if term in Correction.values else _label(term, kind)
        for term in SIGNS
    ]
    return ["上期公布", *terms, "本期公布"]


def _label(term: str, kind: str) -> str:
    return flows.label(FlowTerm(term), kind)


def _groups(
    chained: Chain, kind: str, units: Sequence[Unit], names: Mapping[str, str], user: User
) -> list[tuple[str, list[ReleaseBridgeRow]]]:
    """Parks with the sums that they make up, then towns; each closed by the district."""
    parks = [unit.code for unit in units if unit.kind == Unit.Kind.PARK]
    towns = [unit.code for unit in units if unit.kind != Unit.Kind.PARK]
    visible = set(bridge.scopes_visible_to(user, [*parks, *towns]))
    found = []
    for title, members, sums in (
        ("园区平台内、外", parks, (Scope.PARKS, Scope.OUTSIDE, Scope.DISTRICT)),
        ("镇街", towns, (Scope.DISTRICT,)),
    ):
        own = [_row(chained, names[code], kind, code) for code in members if code in visible]
        if own:
            added = [
                _row(chained, names[scope], kind, scope.value, is_sum=True)
                for scope in sums
                if scope in visible
            ]
            found.append((title, own + added))
    return found


def _row(
    chained: Chain, name: str, kind: str, scope: str, *, is_sum: bool = False
) -> ReleaseBridgeRow:
    corrected = chained.of(kind, scope)
    opening, *labels, closing = titles(kind)
    between = [
        BridgeNumber(label, firms, _list(chained, kind, scope, term), SIGN_MARKS[SIGNS[term]])
        for label, (term, firms) in zip(labels, corrected.terms.items(), strict=True)
    ]
    told = BridgeNumber(opening, corrected.told, _stock(chained, chained.earlier, kind, scope))
    now = BridgeNumber(
        closing, corrected.bridge.closing, _stock(chained, chained.later, kind, scope)
    )
    return ReleaseBridgeRow(name, corrected, [told, *between, now], is_sum)


def _list(chained: Chain, kind: str, scope: str, term: str) -> str:
    query = {"kind": kind, "scope": scope, "term": term, "definition": chained.definition}
    return f"{reverse('release_changes', args=[chained.later.code])}?{urlencode(query)}"


def _stock(chained: Chain, release: Release, kind: str, scope: str) -> str:
    query = {"indicator": kind, "scope": scope, "definition": chained.definition}
    return f"{reverse('release_firms', args=[release.code])}?{urlencode(query)}"


# --- lists ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ChangesPage:
    """The firms behind a term; `entries`: what the ledger says of those behind a correction; `names`: of codes."""

    title: str
    term: str
    firms: list[ChangedFirm]
    entries: list[TimelineEntry]
    names: Mapping[str, str]

    @property
    def is_correction(self) -> bool:
        return self.term in Correction.values


def changes(chained: Chain, *, kind: str, scope: str, term: str, user: User) -> ChangesPage:
    found = bridge.firms(chained, kind=kind, scope=scope, term=term, user=user)
    names = release_page.names()
    label = titles(kind)[1 + list(SIGNS).index(term)]
    return ChangesPage(
        title=f"{names.get(scope, scope)} · {names[kind]} · {label}",
        term=term,
        firms=found,
        entries=reasons(chained, found) if term in Correction.values else [],
        names=names,
    )


def reasons(chained: Chain, firms: Sequence[ChangedFirm]) -> list[TimelineEntry]:
    """What was entered between the two releases about the firms."""
    entries = publishing.entries_between(
        chained.earlier, chained.later, [firm.uscc for firm in firms]
    )
    return release_page.told(entries)


@dataclass(frozen=True)
class Otherwise:
    """A firm that the edition before told otherwise, in words."""

    kind: str
    firm: ChangedFirm
    before: str
    after: str


def editions_apart(release: Release, user: User, definition: str) -> list[Otherwise]:
    """The firms behind the difference to the edition before, for those who see them all."""
    before = Release.objects.filter(quarter=release.quarter, number=release.number - 1).first()
    if before is None or not user.sees_whole_district:
        return []
    names = release_page.names()
    return [
        Otherwise(
            names[kind],
            firm,
            *(place_in_words(side, Correction.ADDED, names) for side in (firm.before, firm.after)),
        )
        for kind in flows.KINDS
        for firm in bridge.between_editions(before, release, kind, definition)
    ]


def reason_in_words(told: TimelineEntry) -> str:
    """更正：GR… （有效期至：2027-01-01 → 2026-06-20）；说明：按原件更正."""
    altered = "；".join(
        f"{one.label}：{one.after}"
        if one.before is None
        else f"{one.label}：{one.before} → {one.after}"
        for one in told.altered
    )
    reason = f"；说明：{told.entry.reason}" if told.entry.reason else ""
    return f"{told.title}（{altered}）{reason}"


def place_in_words(side: Side | None, term: str, names: Mapping[str, str]) -> str:
    """双福工业园 · 双福街道; 区外 where the firm came from or went, 不计入 where it does not count."""
    if side is None:
        return AWAY if term in (FlowTerm.ARRIVED, FlowTerm.LEFT) else "不计入"
    park = names.get(side.place.park, side.place.park) if side.place.park else "园区外"
    return f"{park} · {names.get(side.place.town or '', '')}"


def shown(page: ChangesPage) -> list[dict[str, Any]]:
    """Each firm with its two sides in words, and the certificate of the side that is told."""
    return [
        {
            "firm": firm,
            "before": place_in_words(firm.before, page.term, page.names),
            "after": place_in_words(firm.after, page.term, page.names),
            "certificate": told.certificate if (told := _told(firm)) else "",
        }
        for firm in page.firms
    ]


def _told(firm: ChangedFirm) -> Side | None:
    return firm.after if firm.sign > 0 else firm.before
