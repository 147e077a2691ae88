"""Every database constraint, by name: the row it must refuse, written past the registry."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, QuerySet, UniqueConstraint
from django.utils import timezone

from enterprises.models import (
    Application,
    Case,
    Closure,
    ColumnMapping,
    Enterprise,
    FormerName,
    KindTerm,
    LedgerEntry,
    LedgerHead,
    LockException,
    Office,
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    Quarter,
    QuarterEvent,
    QuarterRule,
    Remark,
    Reminder,
    ReminderRule,
    Roster,
    RosterFirm,
    RosterVersion,
    SourceFile,
)
from parks.models import Unit, User
from targets.models import (
    ApplicationBatch,
    Baseline,
    FrozenFigure,
    GoalRevision,
    Indicator,
    KeyTask,
    MonthlySeries,
    OutlookPrior,
    OutlookRules,
    PaceRule,
    Release,
    ReleaseProposal,
    RenewalReminder,
    ReportedFigure,
    Span,
    SpanMark,
    Target,
    TaskBody,
    TaskFile,
    TaskProgress,
    TaskReminder,
    UnitGoal,
)
from tests.enterprises.announcements.violations import OF_LISTS
from tests.enterprises.applications.violations import violations
from tests.enterprises.firms.violations import OF_FOLLOW_UP, owner
from tests.enterprises.jobs.violations import OF_JOBS
from tests.enterprises.mining.violations import OF_JUDGEMENTS
from tests.enterprises.records.violations import RECORD_VIOLATIONS
from tests.enterprises.registry.violations import OF_RETURNS
from tests.firms import code, firm
from tests.parks.violations import OF_PEOPLE, OF_SEALS
from tests.snapshots import Snapshot
from tests.targets.assessment.violations import KEPT_OF_ASSESSMENT, OF_ASSESSMENT
from tests.targets.drafts.violations import OF_BULLETINS
from tests.targets.duties.violations import OF_DUTIES
from tests.targets.meetings.violations import OF_MEETINGS

OUR_APPS = ("parks", "enterprises", "targets")
DAY = dt.date(2026, 1, 1)
EVE, MORROW = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)
CONSTRAINTS = {
    constraint.name: (model, constraint)
    for app in OUR_APPS
    for model in apps.get_app_config(app).get_models()
    for constraint in model._meta.constraints
}


def enter_world(people) -> SimpleNamespace:
    """Rows to lean on: a firm that holds nothing, units, a kind, an indicator, a task, an official, a quarter."""
    one = firm()
    Placement.objects.filter(enterprise=one).delete()
    return SimpleNamespace(
        firm=one,
        other=firm(),
        park=Unit.objects.get(code="degan"),
        town=Unit.objects.get(code="500116002"),
        kind=QualificationKind.objects.get(code="hnte"),
        indicator=Indicator.objects.get(code="champion"),
        national=Indicator.objects.get(code="rd_intensity_national"),
        task=KeyTask.objects.get(kind="task", number=1),
        official=people["小石"],
        quarter=quarter(number=1),
    )


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("constraints", enter_world)


@pytest.fixture
def world(district) -> SimpleNamespace:
    return district


def quarter(**values: object) -> Quarter:
    base = {"year": 2025, "number": 4, "opens_on": EVE, "due_on": DAY, "locks_on": MORROW}
    return Quarter.objects.create(**base | values)


def placement(w: SimpleNamespace, **values: object) -> Placement:
    return Placement.objects.create(**{"enterprise": w.firm, "town": w.town, "since": DAY} | values)


def qualification(w: SimpleNamespace, **values: object) -> Qualification:
    return Qualification.objects.create(
        **{"enterprise": w.firm, "kind": w.kind, "valid_from": DAY} | values
    )


def application(w: SimpleNamespace, **values: object) -> Application:
    base = {"enterprise": w.firm, "kind": w.kind, "year": 2026, "stage": "filed", "since": DAY}
    return Application.objects.create(**base | values)


def pool(w: SimpleNamespace, **values: object) -> PoolEntry:
    return PoolEntry.objects.create(
        **{"enterprise": w.firm, "stage": "seed", "since": DAY} | values
    )


def closure(w: SimpleNamespace, **values: object) -> Closure:
    return Closure.objects.create(**{"enterprise": w.firm, "closed_on": DAY} | values)


def target(w: SimpleNamespace, **values: object) -> Target:
    base = {"indicator": w.national, "due": DAY, "operator": "gt", "value": 1, "wording": "超过1"}
    return Target.objects.create(**base | values)


def indicator(w: SimpleNamespace, **values: object) -> Indicator:
    """A reported figure, unless said otherwise."""
    given = {"code": "another", "name": "另一指标", "short_name": "另一", "unit_label": "家"}
    return Indicator.objects.create(**given | {"kind": "reported"} | values)


def batch(**values: object) -> ApplicationBatch:
    """2025 has three batches already."""
    kind = QualificationKind.objects.get(code="hnte")
    given = {"kind": kind, "year": 2025, "number": 9, "closes_on": DAY, "source": "x"}
    return ApplicationBatch.objects.create(**given | values)


def baseline(w: SimpleNamespace, **values: object) -> Baseline:
    return Baseline.objects.create(**{"indicator": w.national, "day": DAY, "value": 1} | values)


def reported(w: SimpleNamespace, **values: object) -> ReportedFigure:
    base = {"indicator": w.national, "year": 2025, "value": 1, "published_on": DAY}
    return ReportedFigure.objects.create(**base | values)


def span(w: SimpleNamespace, **values: object) -> Span:
    certificate = Qualification.objects.filter(enterprise=w.firm).first() or qualification(w)
    base = {"enterprise": w.firm, "kind": w.kind, "definition": "certificate"}
    base |= {"town": w.town, "opened_by": "first"}
    return Span.objects.create(**base | {"start": DAY, "qualification": certificate} | values)


def series() -> MonthlySeries:
    return MonthlySeries.objects.create(
        definition="certificate",
        scope="district",
        indicator="hnte",
        first_month=DAY,
        values=[],
        computed_at=timezone.now(),
    )


def revision(w: SimpleNamespace, **values: object) -> GoalRevision:
    by = User.objects.filter(username="编").first() or User.objects.create(
        username="编", role="bureau_staff"
    )
    return GoalRevision.objects.create(
        **{"year": 2027, "number": 1, "basis_day": DAY, "made_by": by} | values
    )


def unit_goal(w: SimpleNamespace, of: GoalRevision, **values: object) -> UnitGoal:
    given = {
        "revision": of,
        "indicator": w.indicator,
        "unit": w.park,
        "stock": 3,
        "net": 1,
        "first": 1,
    }
    return UnitGoal.objects.create(**given | values)


def two_goals(w: SimpleNamespace) -> None:
    of = revision(w)
    twice(lambda: unit_goal(w, of))


def body(w: SimpleNamespace, **values: object) -> TaskBody:
    return TaskBody.objects.create(
        task=KeyTask.objects.get(kind="task", number=13), role="responsible", **values
    )


def exception(w: SimpleNamespace, **values: object) -> LockException:
    base = {"quarter": w.quarter, "unit": w.park, "until": DAY, "granted_by": w.official}
    return LockException.objects.create(**base | values)


def reminder(w: SimpleNamespace) -> Reminder:
    return Reminder.objects.create(quarter=w.quarter, unit=w.park, milestone="due")


def told(w: SimpleNamespace, **values: object) -> TaskProgress:
    base = {"task": w.task, "unit": w.park, "year": 2025, "quarter": 4}
    base |= {
        "version": 1,
        "state": "done",
        "text": "x",
    }
    return TaskProgress.objects.create(**base | {"by": w.official} | values)


def renewal_reminder(w: SimpleNamespace) -> RenewalReminder:
    held = (
        qualification(w, number="续")
        if not w.firm.qualifications.exists()
        else w.firm.qualifications.get()
    )
    return RenewalReminder.objects.create(qualification=held, milestone=30)


def task_reminder(w: SimpleNamespace) -> TaskReminder:
    return TaskReminder.objects.create(unit=w.park, year=2025, quarter=4, milestone="+1")


def version(w: SimpleNamespace, **values: object) -> RosterVersion:
    roster, _ = Roster.objects.get_or_create(quarter=w.quarter, unit=w.park)
    base = {"roster": roster, "number": 1, "created_by": w.official}
    return RosterVersion.objects.create(**base | values)


def listed(one: RosterVersion) -> RosterFirm:
    return RosterFirm.objects.create(version=one, uscc=code(99), name="甲", kind="new")


def mapping(w: SimpleNamespace, title: str, **owner: object) -> ColumnMapping:
    base = {"unit": w.park, "title": title, "key": "产值", "told_by": w.official}
    return ColumnMapping.objects.create(**base | owner)


def quarter_rule(**values: object) -> QuarterRule:
    base = {"since": DAY, "due_days": 15, "lock_days": 45, "source": "通知"}
    return QuarterRule.objects.create(**base | values)


def reminder_rule(**values: object) -> ReminderRule:
    base = {"subject": "roster", "days": -3, "sentence": "快截止", "since": DAY, "source": "通知"}
    return ReminderRule.objects.create(**base | values)


def case(w: SimpleNamespace, **values: object) -> Case:
    base = {"quarter": w.quarter, "uscc": code(99), "name": "甲", "kind": "transfer"}
    return Case.objects.create(**base | values)


def release(w: SimpleNamespace, **values: object) -> Release:
    counts = dict.fromkeys(("ledger_entry", "expected", "handed_in", "applied"), 0)
    frozen: dict[str, object] = {name: {} for name in ("rules", "verdicts", "plan")}
    base = {"quarter": w.quarter, "number": 1, "as_of": DAY, "made_by": w.official}
    return Release.objects.create(**counts | frozen | base | values)


def figure(one: Release) -> FrozenFigure:
    return FrozenFigure.objects.create(
        release=one, definition="certificate", scope="district", indicator="hnte"
    )


def proposal(w: SimpleNamespace, **values: object) -> ReleaseProposal:
    base = {"quarter": w.quarter, "mark": "0" * 64, "ledger_entry": 1, "asked_by": w.official}
    return ReleaseProposal.objects.create(**base | values)


def twice(write: Callable[..., object], *about: object) -> None:
    write(*about)
    write(*about)


def enterprise(**values: object) -> Enterprise:
    (row,) = Enterprise.objects.bulk_create(
        [Enterprise(**{"uscc": code(99), "name": "甲", "name_key": "甲"} | values)]
    )
    return row


VIOLATIONS: dict[str, Callable[[SimpleNamespace], object]] = {
    "enterprise_uscc_shape": lambda w: enterprise(uscc="91500116MA000001I0"),
    "enterprise_name_not_blank": lambda w: enterprise(name=""),
    "former_name_once_per_day": lambda w: twice(
        lambda: FormerName.objects.create(enterprise=w.firm, name="旧", name_key="旧", until=DAY)
    ),
    "placement_dates_in_order": lambda w: placement(w, until=DAY),
    "placement_one_open": lambda w: (placement(w), placement(w, since=MORROW)),
    "placement_once_per_day": lambda w: (placement(w), placement(w, until=MORROW)),
    "placement_park_is_not_town": lambda w: placement(w, park=w.town),
    "closure_dates_in_order": lambda w: closure(w, reopened_on=EVE),
    "closure_one_open": lambda w: (closure(w), closure(w, closed_on=MORROW)),
    "closure_once_per_day": lambda w: (closure(w), closure(w, reopened_on=MORROW)),
    "source_sha256_shape": lambda w: SourceFile.objects.create(
        kind="roster", name="x", sha256="G" * 64, size=1
    ),
    "ledger_head_single": lambda w: LedgerHead.objects.create(id=2),
    "kind_dates_in_order": lambda w: QualificationKind.objects.create(
        code="x", name="x", in_force_from=DAY, in_force_until=EVE
    ),
    "term_once_per_day": lambda w: twice(
        lambda: KindTerm.objects.create(kind=w.kind, since=DAY, rule="open")
    ),
    "term_years_iff_years_rule": lambda w: KindTerm.objects.create(
        kind=w.kind, since=DAY, rule="years"
    ),
    "qualification_dates_in_order": lambda w: qualification(w, valid_until=EVE),
    "qualification_revoked_after_issue": lambda w: qualification(w, revoked_on=EVE),
    "qualification_dated": lambda w: qualification(w, valid_from=None),
    "qualification_number_once": lambda w: (
        qualification(w, number="1"),
        qualification(w, number="1", enterprise=w.other),
    ),
    "qualification_unnumbered_once": lambda w: twice(lambda: qualification(w)),
    "application_dates_in_order": lambda w: application(w, until=DAY),
    "application_one_open": lambda w: (application(w), application(w, since=MORROW)),
    "application_once_per_day": lambda w: (application(w), application(w, until=MORROW)),
    "application_year_plausible": lambda w: application(w, year=1999),
    "application_batch_plausible": lambda w: application(w, batch=0),
    "application_stage_known": lambda w: application(w, stage="won"),
    "application_given_up_has_reason": lambda w: application(w, stage="given_up"),
    "pool_dates_in_order": lambda w: pool(w, until=DAY),
    "pool_one_open": lambda w: (pool(w), pool(w, since=MORROW)),
    "pool_once_per_day": lambda w: (pool(w), pool(w, until=MORROW)),
    "pool_stage_known": lambda w: pool(w, stage="harvest"),
    "span_dates_in_order": lambda w: span(w, end=DAY),
    "span_once": lambda w: twice(lambda: span(w)),
    "span_mark_single": lambda w: SpanMark.objects.create(id=2),
    "series_once": lambda w: twice(series),
    "target_once_per_unit": lambda w: twice(lambda: target(w, unit=w.park)),
    "target_once_in_district": lambda w: twice(lambda: target(w)),
    "target_value_or_reference": lambda w: target(w, reference=w.indicator),
    "target_value_positive": lambda w: target(w, value=0),
    "target_operator_known": lambda w: target(w, operator="lt"),
    "goal_revision_once": lambda w: twice(lambda: revision(w)),
    "goal_revision_has_reason": lambda w: revision(w, number=2),
    "unit_goal_once": two_goals,
    "unit_goal_net_within_stock": lambda w: unit_goal(w, revision(w), net=4),
    "pace_rule_has_threshold": lambda w: PaceRule.objects.filter(state="ahead").update(
        at_least=None
    ),
    "outlook_rules_in_range": lambda w: OutlookRules.objects.update(fading=1.5),
    "outlook_prior_is_share": lambda w: OutlookPrior.objects.filter(lot="safe").update(share=1.5),
    "outlook_prior_once": lambda w: OutlookPrior.objects.filter(lot="again").update(stage="filed"),
    "baseline_once": lambda w: twice(lambda: baseline(w)),
    "baseline_positive": lambda w: baseline(w, value=0),
    "reported_once_per_publication": lambda w: twice(lambda: reported(w)),
    "reported_not_negative": lambda w: reported(w, value=-1),
    "batch_number_once": lambda w: batch(number=3),
    "indicator_counts_a_kind": lambda w: indicator(w, kind="counted"),
    "indicator_headline_is_counted": lambda w: indicator(w, headline=True),
    "indicator_once_per_kind": lambda w: indicator(
        w, kind="share", qualification_kind=QualificationKind.objects.get(code="hnte")
    ),
    "batch_dates_in_order": lambda w: batch(opens_on=DAY, closes_on=DAY - dt.timedelta(days=1)),
    "batch_decided_in_order": lambda w: batch(
        publicity_on=DAY, certificates_on=DAY - dt.timedelta(days=1)
    ),
    "task_number_once": lambda w: KeyTask.objects.create(kind="task", number=1, name="x"),
    "task_body_unit_or_group": lambda w: body(w, unit=w.park, group="parks"),
    "task_body_once": lambda w: twice(lambda: body(w, unit=w.park)),
    "task_group_once": lambda w: twice(lambda: body(w, group="parks")),
    "quarter_once": lambda w: twice(quarter),
    "quarter_number_1_to_4": lambda w: quarter(number=5),
    "quarter_days_in_order": lambda w: quarter(due_on=MORROW, locks_on=DAY),
    "quarter_event_kind_known": lambda w: QuarterEvent.objects.record("lost", w.quarter, by=None),
    "quarter_rule_once_per_day": lambda w: twice(quarter_rule),
    "quarter_rule_due_days_positive": lambda w: quarter_rule(due_days=0),
    "quarter_rule_due_before_lock": lambda w: quarter_rule(lock_days=14),
    "quarter_rule_has_source": lambda w: quarter_rule(source=""),
    "reminder_rule_once_per_day": lambda w: twice(reminder_rule),
    "reminder_rule_subject_known": lambda w: reminder_rule(subject="birthday"),
    "reminder_rule_renewal_days_positive": lambda w: reminder_rule(subject="renewal", days=0),
    "reminder_rule_has_sentence": lambda w: reminder_rule(sentence=""),
    "reminder_rule_has_source": lambda w: reminder_rule(source=""),
    "reminder_rule_dates_in_order": lambda w: reminder_rule(until=EVE),
    "exception_has_reason": lambda w: exception(w, reason=""),
    "task_progress_version_once": lambda w: twice(told, w),
    "task_progress_quarter_1_to_4": lambda w: told(w, quarter=5),
    "task_progress_state_known": lambda w: told(w, state="fine"),
    "task_progress_version_from_1": lambda w: told(w, version=0),
    "task_progress_says_something": lambda w: told(w, text=""),
    "task_file_sha256_shape": lambda w: TaskFile.objects.create(
        entry=told(w), name="a.pdf", sha256="A" * 64, size=1
    ),
    "renewal_reminder_once": lambda w: twice(renewal_reminder, w),
    "task_reminder_once": lambda w: twice(task_reminder, w),
    "reminder_once": lambda w: twice(reminder, w),
    "roster_once": lambda w: twice(lambda: Roster.objects.create(quarter=w.quarter, unit=w.park)),
    "version_number_once": lambda w: twice(version, w),
    "version_one_under_review": lambda w: (
        version(w, state="submitted"),
        version(w, number=2, state="approved"),
    ),
    "version_one_applied": lambda w: (
        version(w, state="applied"),
        version(w, number=2, state="applied"),
    ),
    "version_state_known": lambda w: version(w, state="lost"),
    "roster_firm_once": lambda w: twice(listed, version(w)),
    "remark_has_text": lambda w: Remark.objects.create(version=version(w), text="", by=w.official),
    "mapping_once_per_title": lambda w: (mapping(w, "产值"), mapping(w, "产 值")),
    "mapping_once_per_title_of_office": lambda w: [
        mapping(w, title, unit=None, office=Office.objects.first()) for title in ("产值", "产 值")
    ],
    "mapping_of_unit_or_office": lambda w: mapping(w, "产值", office=Office.objects.first()),
    "case_once_per_quarter": lambda w: (case(w), case(w, kind="double")),
    "case_decided_whole": lambda w: case(w, decision="placed", decided_at=timezone.now()),
    "release_number_once": lambda w: twice(release, w),
    "release_revision_has_reason": lambda w: release(w, number=2),
    "proposal_one_open": lambda w: twice(proposal, w),
    "proposal_withdrawn_whole": lambda w: proposal(w, withdrawn_at=timezone.now()),
    "frozen_figure_once": lambda w: twice(figure, release(w)),
}
VIOLATIONS |= (
    OF_PEOPLE
    | OF_SEALS
    | violations(application)
    | OF_LISTS
    | OF_RETURNS
    | OF_FOLLOW_UP
    | OF_DUTIES
)
VIOLATIONS |= (
    OF_JOBS | OF_JUDGEMENTS | OF_MEETINGS | OF_ASSESSMENT | OF_BULLETINS | RECORD_VIOLATIONS
)

IMPLIED_BY = {"job_state_known": "job_finished_has_time", "owner_one_open": "owner_no_overlap"}
IMPLIED_BY |= dict.fromkeys(("ip_item_one_owner", "ip_item_once_a_day"), "ip_item_no_overlap")
"""An unknown state, a second owner, breaks both; PostgreSQL names the one it tries first."""


def test_every_constraint_has_its_case_and_every_case_its_constraint():
    assert set(VIOLATIONS) == set(CONSTRAINTS)


@pytest.mark.parametrize("name", VIOLATIONS)
def test_the_database_refuses(world, name):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        VIOLATIONS[name](world)
    assert names(str(refused.value), *CONSTRAINTS[name]), refused.value


def names(message: str, model: type, constraint: CheckConstraint | UniqueConstraint) -> bool:
    """SQLite names the columns of a violated unique constraint, and nothing else."""
    if connection.vendor == "postgresql" or isinstance(constraint, CheckConstraint):
        return any(
            name in message for name in (constraint.name, IMPLIED_BY.get(constraint.name)) if name
        )
    columns = [
        f"{model._meta.db_table}.{model._meta.get_field(field).column}"
        for field in constraint.fields
    ]
    return message == f"UNIQUE constraint failed: {', '.join(columns)}"


@pytest.mark.django_db
def test_every_constraint_stands_in_the_database_under_its_name():
    with connection.cursor() as cursor:
        tables = {model._meta.db_table for model, _ in CONSTRAINTS.values()}
        found = {
            name
            for table in tables
            for name in connection.introspection.get_constraints(cursor, table)
        }
    assert set(CONSTRAINTS) <= found


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_a_clerk_understands_why(name):
    message = str(CONSTRAINTS[name][1].violation_error_message)
    assert message.endswith("。")
    assert any("\u4e00" <= character <= "\u9fff" for character in message)


# --- what Django's constraints cannot say ------------------------------------------------------------------------
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no exclusion constraints"
)


@on_postgresql
@pytest.mark.parametrize(
    ("write", "name"),
    [
        (placement, "placement_no_overlap"),
        (pool, "pool_no_overlap"),
        (application, "application_no_overlap"),
        (owner, "owner_no_overlap"),
    ],
)
def test_two_stays_do_not_overlap(world, write, name):
    write(world, since=DAY, until=DAY + dt.timedelta(days=10))
    write(world, since=DAY + dt.timedelta(days=10), until=DAY + dt.timedelta(days=20))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(world, since=DAY + dt.timedelta(days=19))


def test_a_ledger_entry_is_not_rewritten(world):
    entry = LedgerEntry.objects.first()
    with pytest.raises(IntegrityError, match="ledger_append_only"), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(reason="改")
    entry.refresh_from_db()
    assert entry.reason == ""


@on_postgresql
def test_a_ledger_entry_is_not_deleted(world):
    with pytest.raises(IntegrityError, match="ledger_append_only"), transaction.atomic():
        LedgerEntry.objects.all()._raw_delete("default")


def quarter_event(w: SimpleNamespace) -> QuarterEvent:
    return QuarterEvent.objects.record("moved", w.quarter, by=None, reason="假期")


def test_what_was_done_in_a_quarter_is_not_rewritten(world):
    event = quarter_event(world)
    told = QuerySet(QuarterEvent).filter(pk=event.pk)  # without the portal's own refusals
    with pytest.raises(IntegrityError, match="quarter_event_append_only"), transaction.atomic():
        told.update(reason="改")
    event.refresh_from_db()
    assert event.reason == "假期"
    for refused in (event.save, event.delete, QuarterEvent.objects.all().delete):
        with pytest.raises(TypeError, match="only added to"):
            refused()


@on_postgresql
def test_what_was_done_in_a_quarter_is_not_deleted(world):
    quarter_event(world)
    with pytest.raises(IntegrityError, match="quarter_event_append_only"), transaction.atomic():
        QuarterEvent.objects.all()._raw_delete("default")


def task_file(w: SimpleNamespace) -> TaskFile:
    return TaskFile.objects.create(entry=told(w), name="a.pdf", sha256="a" * 64, size=1)


KEPT = [
    (told, {"text": "改"}, "task_entry_is_kept"),
    (task_file, {"name": "b.pdf"}, "task_entry_is_kept"),
    (reported, {"value": 2}, "reported_figure_is_kept"),
    *KEPT_OF_ASSESSMENT,
]


@pytest.mark.parametrize(("write", "change", "name"), KEPT)
def test_what_was_reported_is_not_rewritten(world, write, change, name):
    row = write(world)
    rows = type(row).objects.filter(pk=row.pk)
    before = rows.values().get()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rows.update(**change)
    assert rows.values().get() == before


@on_postgresql
@pytest.mark.parametrize("write", [told, task_file])
def test_a_report_on_a_task_is_not_deleted(world, write):
    row = write(world)
    with pytest.raises(IntegrityError, match="task_entry_is_kept"), transaction.atomic():
        type(row).objects.filter(pk=row.pk)._raw_delete("default")


def test_a_reported_figure_that_was_entered_wrongly_can_be_taken_out(world):
    reported(world).delete()
    assert not ReportedFigure.objects.exists()


def test_the_versions_of_a_report_have_no_gap(world):
    told(world)
    told(world, version=2)
    with pytest.raises(IntegrityError, match="task_versions_without_gap"), transaction.atomic():
        told(world, version=4)
    with pytest.raises(IntegrityError, match="task_versions_without_gap"), transaction.atomic():
        told(world, version=2, quarter=3)
