"""A large district: some firms are entered as a clerk enters them, the database copies them with all they hold.

Copies need no Python: 30,000 firms with 18 rows each are laid down in seconds.
"""

import datetime as dt
import itertools
from dataclasses import replace
from types import SimpleNamespace

from django.db import connection, models
from django.utils import timezone

from enterprises import jobs, registry
from enterprises.loading import storage
from enterprises.models import (
    Application,
    Case,
    Closure,
    DutyDone,
    Enterprise,
    FirmOwner,
    FormerName,
    Incident,
    Job,
    JudgementMark,
    KeptJudgement,
    LedgerEntry,
    LedgerHead,
    Notice,
    Placement,
    PoolEntry,
    Qualification,
    Quarter,
    Roster,
    RosterFirm,
    RosterProblem,
    RosterVersion,
    Talk,
    TalkKind,
    YearlyFigures,
)
from enterprises.registry import acts
from parks import table_statistics
from parks.models import Unit, User
from targets.goals import revisions
from targets.models import (
    FrozenSpan,
    Indicator,
    KeyTask,
    Release,
    RenewalReminder,
    Span,
    SpanMark,
    TaskProgress,
)
from tests.firms import certificate, code
from tests.world import made_world

TODAY = dt.date(2026, 11, 29)
PATTERNS = 60
"""Firms that are entered; all others are copies of them."""
STRIDE = 100_000
"""The keys of a firm's copies lie so far apart."""
COPIED = (
    Enterprise, FormerName, Placement, Closure, Qualification, YearlyFigures, PoolEntry, Application,
    Incident, DutyDone, FirmOwner, Talk, LedgerEntry, RenewalReminder, Span, FrozenSpan, RosterFirm,
    KeptJudgement,
)  # fmt: skip
"""What grows with the firms: each firm's copy gets a copy of these rows."""
FIRST_CODE = 5_000_000
"""Far from the codes of `tests.firms.firm`."""


def enter(people: dict[str, User]) -> SimpleNamespace:
    """The world of the table of access, and the patterns with all that firms can have."""
    by = people["小石"]
    codes = _patterns(by)
    world = made_world(people)
    for quarter in Quarter.objects.all():
        _rosters(quarter, codes, by)
    _goals(by)
    _tasks(by)
    _messages(people)
    jobs.run_inline(jobs.submit(kind="recompute", by=by))
    # The releases were made before most rosters: they froze the same firms all the same.
    assert FrozenSpan.objects.filter(release__in=Release.objects.all()).count() > PATTERNS
    return world


def grow(firms: int) -> None:
    """Copy the patterns until there are so many firms, and count the tables anew."""
    patterns = Enterprise.objects.filter(pk__lte=STRIDE).count()
    copies_made = Enterprise.objects.count() // patterns
    copies_wanted = firms // patterns
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # References are copied whole: looking each up would take longer than the copying.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for model in COPIED:
            cursor.execute(_copying(model), [copies_made, copies_wanted - 1, STRIDE])
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    # Spans and judgements were copied with the facts: they hold up to the last entry.
    newest = LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    LedgerHead.objects.update(last_entry=newest)
    SpanMark.objects.update(ledger_entry=newest)
    JudgementMark.objects.update(ledger_entry=newest)
    table_statistics.refresh(COPIED)


def _copying(model: type[models.Model]) -> str:
    """The statement that copies a model's patterns; its parameters: first and last copy, and STRIDE."""
    columns = {field.column: _copied(model, field) for field in model._meta.local_fields}
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    return (
        "WITH RECURSIVE copies(k) AS (SELECT %s UNION ALL SELECT k + 1 FROM copies WHERE k < %s) "
        f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} "
        f"FROM {table} CROSS JOIN copies WHERE id <= %s ORDER BY k, id"
    )


def _copied(model: type[models.Model], field: models.Field) -> str:
    column = connection.ops.quote_name(field.column)
    of_firm = field.related_model in COPIED
    if field.primary_key or of_firm or field.name == "fact_id":
        return f"{column} + k * {STRIDE}"
    # Six digits that name the copy, in the same words on both databases.
    digits = "substr(CAST(1000000 + k AS text), 2)"
    if field.name == "uscc":
        return f"substr({column}, 1, 4) || {digits} || substr({column}, 11)"
    if field.name in ("name", "name_key"):
        return f"{column} || {digits}"
    if (model, field.name) == (Qualification, "number"):
        return f"CASE WHEN {column} = '' THEN '' ELSE {column} || {digits} END"
    return column


def _patterns(by: User) -> list[tuple[str, str, str]]:
    """(code, park, town) of firms in all units, of which every few have something that others have not."""
    parks = [*Unit.objects.parks().values_list("code", flat=True), "", ""]
    towns = Unit.objects.towns().values_list("code", flat=True)
    places = zip(itertools.cycle(parks), itertools.cycle(towns), strict=False)
    firms = [
        (code(FIRST_CODE + number), park, town)
        for number, (park, town) in zip(range(PATTERNS), places, strict=False)
    ]
    done = [act for number, place in enumerate(firms) for act in _life(number, *place)]
    # Days of long ago, told by hand, are looked at twice.
    registry.apply([replace(act, confirmed=True) for act in done], by=by, reason="补登")
    _talks([uscc for uscc, *_ in firms], by)
    return firms


def _life(number: int, uscc: str, park: str, town: str) -> list[acts.Act]:
    since = dt.date(2016, 1, 1) + dt.timedelta(days=53 * number)
    told = {"uscc": uscc, "confirmed": True}
    life: list[acts.Act] = [
        acts.Register(uscc=uscc, name=f"重庆{number}号机械有限公司", registered_on=since),
        acts.Place(uscc=uscc, park=park, town=town, since=since),
        acts.Grant(uscc=uscc, kind="tech", valid_from=since + dt.timedelta(days=40)),
        acts.RecordFigures(uscc=uscc, year=2025, values={"revenue": 100 + number, "staff": 20}),
    ]
    if number % 2 == 0:
        # Among them such as lapse within the year, such as were renewed, and such as have lapsed.
        until = dt.date(2025, 12, 31) + dt.timedelta(days=25 * number)
        if number % 4 == 0:
            before = until.replace(year=until.year - 3)
            life.append(certificate(uscc, until=before))
        life.append(certificate(uscc, until=until))
        filed = until - dt.timedelta(days=200)
        if filed < TODAY:
            applied = {"kind": "hnte", "year": until.year, "on": filed}
            life.append(acts.Apply(stage="filed", **told, **applied))
    if number % 3 == 0:
        year = {"year": 2025, "on": dt.date(2026, 5, 20), "source": "名单"}
        life += [
            acts.RecordDuty(duty=duty, **told, **year) for duty in ("hnte_report", "tech_update")
        ]
    # Without a certificate: who holds one is no reserve.
    if number % 10 == 1:
        life.append(acts.EnterPool(stage="seed", on=dt.date(2026, 3, 1), **told))
    if number % 2 == 1:
        owner = {"level": "bureau", "account": "小石", "on": dt.date(2026, 5, 1)}
        life.append(acts.AssignOwner(**told, **owner))
    if number % 10 == 3:
        life.append(
            acts.Rename(name=f"重庆新{number}号机械有限公司", on=dt.date(2026, 8, 1), **told)
        )
    if number % 20 == 7:
        life.append(acts.Close(on=dt.date(2026, 9, 10), **told))
    return life


def _talks(codes: list[str], by: User) -> None:
    """Most firms were called some times; every sixth still waits for an answer."""
    kind = TalkKind.objects.first()
    told = {"kind": kind, "said": "谈", "by": by}
    asked = {"asked": "问", "answerer": by, "answer_by": TODAY}
    found = Enterprise.objects.filter(uscc__in=codes).order_by("uscc")
    Talk.objects.bulk_create(
        Talk(enterprise=one, on=day, **told, **(asked if number % 6 == 0 else {}))
        for number, one in enumerate(found)
        for day in (dt.date(2026, 3, 2), dt.date(2026, 7, 3))
        if number % 5
    )


def _rosters(quarter: Quarter, firms: list[tuple[str, str, str]], by: User) -> None:
    """Every unit has sent one that names its firms, in every state."""
    source = storage.keep([b"c,d"], "名册.csv", by=by)
    states = itertools.cycle(("applied", "submitted", "approved", "ready", "returned"))
    for unit in Unit.objects.reporting().exclude(rosters__quarter=quarter):
        roster = Roster.objects.create(quarter=quarter, unit=unit)
        Version = RosterVersion.objects
        version = Version.create(
            roster=roster, number=1, source=source, filename="名册.csv", created_by=by,
            state=next(states), submitted_by=by, submitted_at=timezone.now(),
        )  # fmt: skip
        _contents(version, [uscc for uscc, *place in firms if unit.code in place], unit)
    for version in RosterVersion.objects.filter(roster__quarter=quarter, firms=None):
        _contents(version, [uscc for uscc, *_ in firms[:3]], version.roster.unit)


def _contents(version: RosterVersion, codes: list[str], unit: Unit) -> None:
    kinds = itertools.cycle(("new", "changed", "unchanged", "missing"))
    RosterFirm.objects.bulk_create(
        RosterFirm(version=version, uscc=uscc, name="试", kind=next(kinds), row=row, from_unit=unit)
        for row, uscc in enumerate(codes, 4)
    )
    RosterProblem.objects.bulk_create(
        RosterProblem(
            version=version, code="R001", severity="warning", address=f"名册!A{row}", reason="试",
            fix="试", uscc=uscc,
        )
        for row, uscc in enumerate(codes, 4)
    )  # fmt: skip


def _goals(by: User) -> None:
    kinds = Indicator.objects.headline_codes()
    units = Unit.objects.reporting()
    wanted = {(kind, unit.pk): revisions.Wanted(40, 9) for kind in kinds for unit in units}
    revisions.save_revision(TODAY.year, wanted, seen=0, reason="", by=by)


def _tasks(by: User) -> None:
    TaskProgress.objects.bulk_create(
        TaskProgress(
            task=task, unit=unit, year=2026, quarter=quarter, version=1, state="done", text="完成",
            by=by,
        )
        for task in KeyTask.objects.all()
        for unit in Unit.objects.all()
        for quarter in (1, 2)
    )  # fmt: skip


def _messages(people: dict[str, User]) -> None:
    """As many notices, jobs and cases as come together in years."""
    Notice.objects.bulk_create(
        Notice(person=person, text=f"试{number}")
        for person in people.values()
        for number in range(200)
    )
    told = {"kind": "recompute", "state": "done", "finished_at": timezone.now()}
    Job.objects.bulk_create(
        Job(created_by=person, **told) for person in people.values() for _ in range(200)
    )
    unit, quarter = Unit.objects.get(code="degan"), Quarter.objects.first()
    Case.objects.bulk_create(
        Case(quarter=quarter, uscc=code(number), name="试", kind="transfer", from_unit=unit)
        for number in range(FIRST_CODE, FIRST_CODE + 500)
    )
