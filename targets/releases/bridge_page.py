"""The bridge from the release before, and the firms behind its terms, as pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from enterprises.firms.timeline import TimelineEntry
from parks.models import Unit, User
from targets.bridge.events import AWAY
from targets.bridge.page import BridgeNumber
from targets.figures import flows, indicators
from targets.figures.flows import FlowTerm
from targets.models import Release, Scope
from targets.releases import bridge, changed_firms, differences
from targets.releases import page as release_page
from targets.releases.bridge import SIGNS, Chain, Corrected, Correction
from targets.releases.changed_firms import ChangedFirm, Side

SIGN_MARKS = {1: "+", -1: "−"}
# Parks and the firms outside make up the district; towns do so by themselves.
SUMS_OF_PARKS = (Scope.PARKS, Scope.OUTSIDE, Scope.DISTRICT)
SUMS_OF_TOWNS = (Scope.DISTRICT,)


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
    chained = bridge.build_chain(release, definition)
    if chained is None:
        return None
    units = list(Unit.objects.reporting().order_by("order", "code"))
    names = release_page.names_by_code()
    # Over the district every kind has a row; unit by unit only the headline kinds.
    district = [_row(chained, names[kind], kind, Scope.DISTRICT.value) for kind in chained.kinds]
    tables = []
    for kind in chained.indicators.headline_codes:
        for title, rows in _groups(chained, kind, units, names, user):
            name = f"{names[kind]}：{title}"
            tables.append(ReleaseBridgeTable(name, titles_of_kind(chained, kind), rows))
    return BridgeSection(
        chained=chained,
        district=ReleaseBridgeTable("全区", column_titles(), district, row_heading="指标"),
        units=tables,
    )


def column_titles(*, of_register: bool = False) -> list[str]:
    """The words of a register or of certificates; several kinds together have the latter."""
    terms = []
    for term in SIGNS:
        if term in Correction.values:
            terms.append(str(Correction(term).label))
        else:
            terms.append(flows.label(FlowTerm(term), of_register=of_register))
    return ["上期公布", *terms, "本期公布"]


def titles_of_kind(chained: Chain, kind: str) -> list[str]:
    return column_titles(of_register=chained.indicators[kind].is_register)


def _groups(
    chained: Chain, kind: str, units: Sequence[Unit], names: Mapping[str, str], user: User
) -> list[tuple[str, list[ReleaseBridgeRow]]]:
    """Parks with the sums that they make up, then towns; each closed by the district."""
    parks = [unit.code for unit in units if unit.kind == Unit.Kind.PARK]
    towns = [unit.code for unit in units if unit.kind != Unit.Kind.PARK]
    visible = bridge.scopes_visible_to(user, [*parks, *towns])
    groups = []
    for title, members, sums in (
        ("园区平台内、外", parks, SUMS_OF_PARKS),
        ("镇街", towns, SUMS_OF_TOWNS),
    ):
        rows = [_row(chained, names[code], kind, code) for code in members if code in visible]
        # Sums alone are no group: a reporter's unit stands in one of the two.
        if not rows:
            continue
        for scope in sums:
            if scope in visible:
                rows.append(_row(chained, names[scope], kind, scope.value, is_sum=True))
        groups.append((title, rows))
    return groups


def _row(
    chained: Chain, name: str, kind: str, scope: str, *, is_sum: bool = False
) -> ReleaseBridgeRow:
    corrected = chained.corrected(kind, scope)
    opening, *labels, closing = titles_of_kind(chained, kind)
    url = _stock_list(chained, chained.earlier, kind, scope)
    # The opening stock opens the list of the earlier release: it is what was published then.
    numbers = [BridgeNumber(opening, corrected.told, url)]
    for label, (term, firms) in zip(labels, corrected.terms.items(), strict=True):
        url = _term_list(chained, kind, scope, term)
        numbers.append(BridgeNumber(label, firms, url, SIGN_MARKS[SIGNS[term]]))
    url = _stock_list(chained, chained.later, kind, scope)
    numbers.append(BridgeNumber(closing, corrected.bridge.closing, url))
    return ReleaseBridgeRow(name, corrected, numbers, is_sum)


def _term_list(chained: Chain, kind: str, scope: str, term: str) -> str:
    """Address of the firms behind a term."""
    query = {"kind": kind, "scope": scope, "term": term, "definition": chained.definition}
    return f"{reverse('release_changes', args=[chained.later.code])}?{urlencode(query)}"


def _stock_list(chained: Chain, release: Release, kind: str, scope: str) -> str:
    """Address of the firms that a release counts on its own day."""
    query = {"indicator": kind, "scope": scope, "definition": chained.definition}
    return f"{reverse('release_firms', args=[release.code])}?{urlencode(query)}"


# --- the firms behind a term ---------------------------------------------------------------
@dataclass(frozen=True)
class ChangesPage:
    """The firms behind a term.

    `entries`: what the ledger says of those behind a correction. `names`: code → name.
    """

    title: str
    term: str
    firms: list[ChangedFirm]
    entries: list[TimelineEntry]
    names: Mapping[str, str]

    @property
    def is_correction(self) -> bool:
        return self.term in Correction.values


def build_changes_page(
    chained: Chain, *, kind: str, scope: str, term: str, user: User
) -> ChangesPage:
    firms = changed_firms.find_firms(chained, kind=kind, scope=scope, term=term, user=user)
    names = release_page.names_by_code()
    # The terms stand between the opening and the closing stock.
    label = titles_of_kind(chained, kind)[1 + list(SIGNS).index(term)]
    return ChangesPage(
        title=f"{names.get(scope, scope)} · {names[kind]} · {label}",
        term=term,
        firms=firms,
        entries=correcting_entries(chained, firms) if term in Correction.values else [],
        names=names,
    )


def correcting_entries(chained: Chain, firms: Sequence[ChangedFirm]) -> list[TimelineEntry]:
    """What was entered between the two releases about the firms."""
    usccs = [firm.uscc for firm in firms]
    entries = differences.entries_between(chained.earlier, chained.later, usccs)
    return release_page.entries_in_words(entries)


@dataclass(frozen=True)
class EditionDifference:
    """A firm that the edition before told otherwise, in words."""

    kind: str
    firm: ChangedFirm
    before: str
    after: str


def differing_firms(release: Release, user: User, definition: str) -> list[EditionDifference]:
    """The firms behind the difference to the edition before, for those who see them all."""
    before = differences.edition_before(release)
    # The lists name firms of the whole district: they are not for reporters.
    if before is None or not user.sees_whole_district:
        return []
    names = release_page.names_by_code()
    rows = []
    for indicator in indicators.released(release).stocks:
        kind = indicator.code
        for firm in changed_firms.firms_between_editions(before, release, kind, definition):
            then = place_in_words(firm.before, Correction.ADDED, names)
            now = place_in_words(firm.after, Correction.ADDED, names)
            rows.append(EditionDifference(names[kind], firm, then, now))
    return rows


def entry_in_words(entry: TimelineEntry) -> str:
    """更正：GR… （有效期至：2027-01-01 → 2026-06-20）；说明：按原件更正."""
    alterations = []
    for altered in entry.altered:
        change = altered.after if altered.before is None else f"{altered.before} → {altered.after}"
        alterations.append(f"{altered.label}：{change}")
    reason = f"；说明：{entry.entry.reason}" if entry.entry.reason else ""
    return f"{entry.title}（{'；'.join(alterations)}）{reason}"


def place_in_words(side: Side | None, term: str, names: Mapping[str, str]) -> str:
    """双福工业园 · 双福街道; 区外 where the firm came from or went, else 不计入."""
    if side is None:
        return AWAY if term in (FlowTerm.ARRIVED, FlowTerm.LEFT) else "不计入"
    park = names.get(side.place.park, side.place.park) if side.place.park else "园区外"
    return f"{park} · {names.get(side.place.town or '', '')}"


@dataclass(frozen=True)
class ChangedFirmRow:
    """A firm with its two sides in words, and the certificate of the side on which it counts."""

    firm: ChangedFirm
    before: str
    after: str
    certificate: str

    @property
    def cells(self) -> list[str | dt.date | None]:
        """Of an export."""
        firm = self.firm
        return [firm.uscc, firm.name, firm.day, self.before, self.after, self.certificate]


def rows_in_words(page: ChangesPage) -> list[ChangedFirmRow]:
    rows = []
    for firm in page.firms:
        before = place_in_words(firm.before, page.term, page.names)
        after = place_in_words(firm.after, page.term, page.names)
        # Whoever is gained counts after the change, whoever is lost counted before it.
        counting_side = firm.after if firm.sign > 0 else firm.before
        certificate = counting_side.certificate if counting_side else ""
        rows.append(ChangedFirmRow(firm, before, after, certificate))
    return rows
