"""A year's plan of applications: whom to certify, what they lack, in which batch, and what it adds up to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from enterprises.eligibility.rule_sets import RuleBook, rule_book
from enterprises.firms import contacts
from enterprises.firms.owners.standing import NOBODY, FirmOwners, owners_of
from enterprises.models import QualificationKind, UnitContact
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from parks.models import Unit, User
from targets.application_plan import applicants, batches, chances
from targets.application_plan.applicants import Applicant, Found, PlanRole
from targets.application_plan.batches import Intended
from targets.application_plan.chances import Chance, Distribution, Seen
from targets.application_plan.form import PlanQuestion
from targets.application_plan.readiness import Lacks, Readiness, lacks_of, readiness_of
from targets.application_plan.sums import PlanSum, PlanSums, SumBoard, sums_of
from targets.figures import counting
from targets.figures.counting import Counts
from targets.models import ApplicationBatch, Scope


@dataclass(frozen=True)
class PlanEntry:
    """A planned firm with its self-check and the batch it is meant for."""

    applicant: Applicant
    ready: Readiness
    batch: Intended

    @property
    def place(self) -> tuple[int, str, int, str, dt.date, str]:
        """Batch by batch, unit by unit; who holds a certificate first, the soonest to end first."""
        one = self.applicant
        ends = one.ends_on or dt.date.max
        unit = one.unit
        return self.batch.place, unit.kind, unit.order, unit.code, ends, one.firm.uscc


@dataclass(frozen=True)
class ApplicationPlan:
    """`entries` and `found` hold the firms that are shown; `sums` the whole district's numbers.

    `all_planned`: of the whole district. `counts`: today's stock. `book`: by which firms are judged.
    """

    asked: PlanQuestion
    kind: QualificationKind
    batches: Sequence[ApplicationBatch]
    entries: Sequence[PlanEntry]
    found: Found
    all_planned: Sequence[Applicant]
    sums: PlanSums
    seen: Seen
    counts: Counts
    book: RuleBook

    @property
    def of_district(self) -> bool:
        return self.asked.unit is None

    @cached_property
    def listed(self) -> list[PlanEntry]:
        return self.listed_for(self.asked)

    def listed_for(self, asked: PlanQuestion) -> list[PlanEntry]:
        """Of the entries those that a question names by role and check."""
        role, check = asked.role, asked.check
        return [
            entry
            for entry in self.entries
            if role in ("", entry.applicant.role) and check in ("", entry.ready.state.name.lower())
        ]

    @cached_property
    def own(self) -> PlanSum | None:
        """The sum of the unit that is looked at."""
        unit = self.asked.unit
        return next((row for row in self.sums.units if row.unit == unit), None) if unit else None

    @cached_property
    def chances(self) -> list[Chance]:
        """Of the firms that are shown."""
        return self.seen.rates.chances(entry.applicant for entry in self.entries)

    @cached_property
    def passing(self) -> Distribution | None:
        """How many of the firms that are shown get their certificate."""
        return chances.added(self.chances)

    @cached_property
    def at_years_end(self) -> Distribution | None:
        """The district's firms at the end of the year, by the plan alone."""
        # Who still counts on the last day is in the base already.
        gaining = [one for one in self.all_planned if not one.outlasts(self.asked.year_end)]
        passing = chances.added(self.seen.rates.chances(gaining))
        if passing is None:
            return None
        return self._base.plus(chances.shifted(passing, -self.sums.district.lapsing))

    @property
    def _base(self) -> Distribution:
        """What the year starts with."""
        if self.asked.is_next:
            expected = self.seen.on(self.seen.scenario.year_end)
            if expected is not None:
                return expected.number
        return chances.certain(self.sums.district.base)

    @property
    def outside_now(self) -> int:
        return self.counts.stock(self.asked.on, self.kind.code, Scope.OUTSIDE)

    @property
    def warned(self) -> list[PlanEntry]:
        return [entry for entry in self.entries if entry.batch.warning]

    def number_of(self, role: PlanRole) -> int:
        return sum(entry.applicant.role == role for entry in self.entries)


def build_plan(asked: PlanQuestion) -> ApplicationPlan:
    """The number of queries depends neither on the firms nor on the units."""
    kind = QualificationKind.objects.prefetch_related("terms").get(code=CERTIFIED_KIND)
    # First: it makes the spans follow the ledger, by which all else is judged.
    counts = counting.count([asked.on])
    found = applicants.find(kind, asked.year, asked.on)
    shown = _of_unit(found, asked.unit)
    announced = batches.batches_of(kind, asked.year)
    seen, book = chances.read(kind, asked.on), rule_book()
    return ApplicationPlan(
        asked=asked,
        kind=kind,
        batches=announced,
        entries=_entries(shown.planned, announced, kind, asked.on, book),
        book=book,
        found=shown,
        all_planned=found.planned,
        sums=sums_of(SumBoard(asked, kind, found.planned, counts, seen)),
        seen=seen,
        counts=counts,
    )


def _of_unit(found: Found, unit: Unit | None) -> Found:
    """Those that the unit answers for: a town's outside the parks, as in its goals."""
    if unit is None:
        return found
    return Found(
        planned=[one for one in found.planned if one.unit == unit],
        out=[one for one in found.out if one.unit == unit],
        lapsed=[row for row in found.lapsed if row.unit == unit],
    )


def _entries(
    planned: Sequence[Applicant],
    announced: Sequence[ApplicationBatch],
    kind: QualificationKind,
    on: dt.date,
    book: RuleBook,
) -> list[PlanEntry]:
    ready = readiness_of([applicant.firm.pk for applicant in planned], kind.code, on, book)
    entries = []
    for applicant in planned:
        of_firm = ready[applicant.firm.pk]
        batch = batches.intended(applicant, of_firm, announced, on)
        entries.append(PlanEntry(applicant, of_firm, batch))
    return sorted(entries, key=lambda entry: entry.place)


@dataclass(frozen=True)
class PlanLine:
    """An entry as shown. `contact` is None where the viewer may not see it; `dials`: by touch.

    `owners` see to the firm; `unit_contact`: whom to call at its unit. `owner`: of the
    application's next step.
    """

    entry: PlanEntry
    lacks: Lacks
    contact: str | None
    dials: str
    owners: FirmOwners
    unit_contact: UnitContact | None
    owner: str

    @property
    def contact_words(self) -> str:
        if self.contact is None:
            return "不公开"
        return self.contact or "未登记"

    @property
    def state_label(self) -> str:
        application = self.entry.applicant.application
        return str(application.get_stage_display()) if application else "未启动"

    @property
    def next_words(self) -> str:
        """商定材料 12-05 王敏."""
        application = self.entry.applicant.application
        if application is None or not application.next_action:
            return ""
        due = f"{application.next_on:%m-%d}" if application.next_on else ""
        return " ".join(filter(None, [application.next_action, due, self.owner]))


def lines_of(plan: ApplicationPlan, entries: Sequence[PlanEntry], user: User) -> list[PlanLine]:
    """Of entries of the plan, in their order; ten queries at most for a chunk of firms."""
    firms = {entry.applicant.firm.pk for entry in entries}
    lacks = lacks_of([entry.applicant.firm for entry in entries], plan.asked.on, plan.book)
    open_to = contacts.shown_to(user, firms)
    people, owners = _names_of_owners(entries), owners_of(firms, timezone.localdate())
    units = UnitContact.objects.of_units(entry.applicant.unit.pk for entry in entries)
    lines = []
    for entry in entries:
        firm, application = entry.applicant.firm, entry.applicant.application
        contact = contacts.contact_line(firm, open_to)
        dials = contacts.dials(firm, contact)
        owner = application.owner if application else ""
        seen_to, unit = owners.get(firm.pk, NOBODY), units.get(entry.applicant.unit.pk)
        lines.append(
            PlanLine(
                entry=entry,
                lacks=lacks[firm.pk],
                contact=contact,
                dials=dials,
                owners=seen_to,
                unit_contact=unit,
                owner=people.get(owner, owner),
            )
        )
    return lines


def _names_of_owners(entries: Iterable[PlanEntry]) -> Mapping[str, str]:
    told = [entry.applicant.application for entry in entries]
    accounts = {application.owner for application in told if application} - {""}
    return {one.username: str(one) for one in User.objects.filter(username__in=accounts)}
