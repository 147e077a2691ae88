"""The board of a quarter: every unit and where its roster stands, by the states of its versions."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from enterprises.marks import Mark, Tone
from enterprises.models import LockException, Quarter, RosterVersion, VersionState
from enterprises.models.version_state import DRAFTS, HANDED_IN
from enterprises.reporting.rights import reports_for
from parks.models import Unit, User

NOT_STARTED = "not_started"
DRAFTED = "drafted"
"""The state shown for a draft to those who may not see it."""
LABELS: dict[str, str] = {
    NOT_STARTED: "未开始",
    DRAFTED: "准备中",
    **{state.value: str(state.label) for state in VersionState},
}

MARKS: dict[str, Mark] = {
    NOT_STARTED: Mark(Tone.NONE, "question-circle"),
    DRAFTED: Mark(Tone.NONE, "question-circle"),
} | {state.value: state.mark for state in VersionState}
SHORT_LABELS = {NOT_STARTED: "未报", VersionState.APPROVED: "通过"}


@dataclass(frozen=True)
class BoardLine:
    """One unit.

    `latest`: its newest version. `official`: its newest one under review or in force. `first`: the
    first one that was handed in and not taken back, whatever became of it.
    """

    unit: Unit
    latest: RosterVersion | None
    official: RosterVersion | None
    is_late: bool
    extended_to: dt.date | None = None
    first: RosterVersion | None = None

    @property
    def came_in_time(self) -> bool:
        """First handed in by the due day: a later correction does not make the unit late."""
        return self.first is not None and not self.first.is_late

    @property
    def was_right_at_once(self) -> bool | None:
        """What was handed in first was approved and still counts; None while nobody has looked."""
        if self.first is None:
            return False
        if self.first.is_submitted:
            return None
        return self.first.is_approved or self.first.is_applied

    @property
    def state(self) -> str:
        return self.version.state if self.version else NOT_STARTED

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def mark(self) -> Mark:
        return MARKS[self.state]

    @property
    def is_overdue(self) -> bool:
        """Late, and nothing was begun."""
        return self.is_late and self.state == NOT_STARTED

    def state_for(self, user: User) -> str:
        """The state as far as the user may see it: a draft is the unit's and the bureau's."""
        is_hidden = self.state in DRAFTS and not reports_for(user, self.unit)
        return DRAFTED if is_hidden else self.state

    def version_for(self, user: User) -> RosterVersion | None:
        """The version behind the state, unless it is a draft that the user may not see."""
        return None if self.state_for(user) == DRAFTED else self.version

    @property
    def short_label(self) -> str:
        """The state in a word or two, for narrow tables."""
        return SHORT_LABELS.get(self.state, self.label)

    @property
    def version(self) -> RosterVersion | None:
        """The version whose state is the unit's: a draft of a correction does not take it back."""
        # A draft of a correction does not take back what was handed in.
        return self.official or self.latest

    @property
    def is_in(self) -> bool:
        return self.official is not None

    @property
    def is_being_corrected(self) -> bool:
        """Whether a newer draft stands beside the version that was handed in."""
        return bool(
            self.official
            and self.latest
            and self.latest.pk != self.official.pk
            and self.latest.is_draft
        )


@dataclass
class QuarterBoard:
    quarter: Quarter
    lines: list[BoardLine] = field(default_factory=list)

    @property
    def expected(self) -> int:
        return len(self.lines)

    @property
    def handed_in(self) -> int:
        return sum(line.is_in for line in self.lines)

    @property
    def applied(self) -> int:
        return sum(line.state == VersionState.APPLIED for line in self.lines)

    @property
    def late(self) -> int:
        return sum(line.is_late for line in self.lines)

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.state for line in self.lines)


@dataclass(frozen=True)
class Totals:
    """How many units owe a roster, have handed one in, have one in force."""

    expected: int
    handed_in: int = 0
    applied: int = 0


def count_totals(quarters: Iterable[Quarter], units: Collection[int]) -> dict[int, Totals]:
    """Quarter's id → totals over these units (ids), in one query."""
    totals = {quarter.pk: Totals(len(units)) for quarter in quarters}
    versions = RosterVersion.objects.filter(
        roster__quarter__in=list(totals), roster__unit__in=list(units), state__in=HANDED_IN
    )
    # By roster, not by version: a unit that hands in twice counts once.
    counted = (
        versions.order_by()
        .values_list("roster__quarter")
        .annotate(
            handed_in=Count("roster", distinct=True),
            applied=Count("roster", distinct=True, filter=Q(state=VersionState.APPLIED)),
        )
    )
    for pk, handed_in, applied in counted:
        totals[pk] = Totals(len(units), handed_in, applied)
    return totals


def build_board(
    quarter: Quarter,
    today: dt.date,
    units: Iterable[Unit] | None = None,
    *,
    seen_by: User | None = None,
) -> QuarterBoard:
    """The board of one quarter, parks first, then towns; by default of all units.

    Three queries whatever the number of units and versions. Drafts that `seen_by` must not see are
    left out; without a user, none are.
    """
    versions = RosterVersion.objects.all()
    if seen_by is not None:
        versions = versions.visible_to(seen_by)
    return _build_boards([quarter], today, units, versions)[0]


def boards_of_quarters(
    quarters: Sequence[Quarter],
    today: dt.date,
    units: Iterable[Unit] | None = None,
    *,
    seen_by: User | None = None,
) -> list[QuarterBoard]:
    """The boards of several quarters, in their order, in three queries.

    Their versions come without the long fields: each of those costs a query when it is read.
    Drafts that `seen_by` must not see are left out; without a user, none are.
    """
    versions = RosterVersion.objects.all()
    if seen_by is not None:
        versions = versions.visible_to(seen_by)
    long_fields = ("mapping", "summary", "reasons", "outcome")
    return _build_boards(quarters, today, units, versions.defer(*long_fields))


def _build_boards(
    quarters: Sequence[Quarter],
    today: dt.date,
    units: Iterable[Unit] | None,
    versions: QuerySet[RosterVersion],
) -> list[QuarterBoard]:
    wanted = list(units if units is not None else Unit.objects.reporting())
    by_owner: dict[tuple[int, int], list[RosterVersion]] = defaultdict(list)
    rows = versions.filter(roster__quarter__in=quarters, roster__unit__in=wanted)
    # By number, so that the last of each list is the newest.
    for version in rows.select_related("roster__quarter", "roster__unit").order_by("number"):
        by_owner[version.roster.quarter_id, version.roster.unit_id].append(version)
    extended: dict[tuple[int, int], dt.date] = {}
    # In the order of their days: of several extensions of a unit the longest remains.
    exceptions = LockException.objects.filter(quarter__in=quarters).order_by("until")
    for quarter_id, unit_id, until in exceptions.values_list("quarter", "unit", "until"):
        extended[quarter_id, unit_id] = until
    boards = []
    for quarter in quarters:
        lines = [_build_line(quarter, unit, by_owner, today, extended) for unit in wanted]
        boards.append(QuarterBoard(quarter, lines))
    return boards


def _build_line(
    quarter: Quarter,
    unit: Unit,
    by_owner: Mapping[tuple[int, int], list[RosterVersion]],
    today: dt.date,
    extended: Mapping[tuple[int, int], dt.date],
) -> BoardLine:
    versions = by_owner.get((quarter.pk, unit.pk), [])
    latest = versions[-1] if versions else None
    handed_in = [version for version in versions if version.state in HANDED_IN]
    official = handed_in[-1] if handed_in else None
    # Handed in: by its time of submission. Not handed in: by today.
    late = official.is_late if official else quarter.is_late(today)
    first = next((version for version in versions if version.was_handed_in), None)
    return BoardLine(unit, latest, official, late, extended.get((quarter.pk, unit.pk)), first)
