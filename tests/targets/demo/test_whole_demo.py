"""The demo at its best moment: registers, past quarters, two releases, a list that waits, meetings with decisions."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises.demo.clock import told_at, working_hour
from enterprises.models import (
    Announcement,
    Notice,
    Period,
    Quarter,
    Record,
    RecordEntry,
    RecordKind,
    RosterVersion,
)
from enterprises.reporting import board as roster_board
from parks.models import Unit, User
from targets.demo.quarters import LATE, MISSING
from targets.meetings import standing
from targets.models import (
    AssessmentScheme,
    Decision,
    DecisionStep,
    KeyTask,
    Meeting,
    Release,
    ReleaseProposal,
    StepFile,
)
from targets.task_figures.panel import shown_figures
from targets.task_figures.reckoning import Reckoner
from targets.templatetags.menu import HEADS
from tests.effort import drawn

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_moment,
    pytest.mark.usefixtures("whole_demo"),
]


def signed_in(client, name: str) -> User:
    user = User.objects.get(username=name)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def quarters_before(today: dt.date, count: int) -> list[Quarter]:
    """The last ones that have ended, the last first."""
    found, day = [], today
    for _ in range(count):
        period = Period.before(day)
        found.append(Quarter.objects.get(year=period.year, number=period.number))
        day = period.first_day
    return found


# --- registers ---
def test_every_register_has_records_with_a_history():
    kinds = {kind.code: kind.records.count() for kind in RecordKind.objects.all()}
    assert len(kinds) == 14
    assert all(count >= 9 for count in kinds.values()), kinds
    acts = set(RecordEntry.objects.values_list("act", flat=True))
    assert acts >= {"entered", "promoted", "reviewed", "ended", "returned"}


def test_no_record_lies_in_the_future_and_each_firm_of_one_is_a_firm_of_the_demo():
    today = timezone.localdate()
    assert not RecordEntry.objects.filter(on__gt=today).exists()
    assert not Record.objects.filter(since__gt=today).exists()
    named = Record.objects.exclude(enterprise=None)
    assert named.count() > 400
    assert not named.exclude(enterprise__name__contains="演示").exists()


def test_each_figure_of_the_tasks_has_something_to_count():
    reckoner = Reckoner(timezone.localdate())
    nothing = {figure.code for figure in shown_figures() if not reckoner.reckon(figure).value}
    # What is counted within the year begins anew in January.
    assert nothing == set() or timezone.localdate().month < 4, nothing


# --- quarters ---
def test_two_past_quarters_are_all_but_in_some_late_one_missing():
    today = timezone.localdate()
    newest, last, before = quarters_before(today, 3)
    for number, quarter in enumerate((before, last)):
        board = roster_board.build_board(quarter, today)
        assert (board.expected, board.applied) == (36, 35)
        assert [line.unit.code for line in board.lines if not line.is_in] == [MISSING[number]]
        assert {line.unit.code for line in board.lines if line.is_late} >= set(LATE[number])
        versions = RosterVersion.objects.filter(roster__quarter=quarter)
        assert not versions.approved_by_the_same_person(quarter).exists()
        assert {version.created_at.year for version in versions} == {quarter.due_on.year}
        assert all(version.decided_at > version.submitted_at for version in versions)
    states = {line.state for line in roster_board.build_board(newest, today).lines}
    assert states >= {"submitted", "applied", "faulty", "returned", "ready"}


def test_a_past_roster_shows_its_firms_and_gives_its_file_back(client):
    signed_in(client, "安安")
    _, last = quarters_before(timezone.localdate(), 2)
    version = RosterVersion.objects.get(roster__quarter=last, roster__unit__code="agri")
    assert version.firms.count() == version.summary["rows"] > 50
    page = client.get(reverse("roster_version", args=[version.pk]))
    assert page.status_code == 200
    file = client.get(reverse("roster_original", args=[version.pk]))
    told = b"".join(file.streaming_content).decode("utf-8-sig")
    assert version.firms.first().uscc in told


def test_two_releases_of_quarters_running_by_two_persons():
    _, last, before = quarters_before(timezone.localdate(), 3)
    releases = list(Release.objects.order_by("as_of"))
    assert [release.quarter for release in releases] == [before, last]
    for release in releases:
        proposal = ReleaseProposal.objects.get(release=release)
        assert proposal.asked_by != release.made_by
        assert proposal.asked_at < release.made_at < timezone.now()
        assert release.made_at.date() > release.quarter.due_on
        assert (release.expected, release.handed_in) == (36, 35)
        assert len(release.tasks) == KeyTask.objects.count()
        assert any(task["reported"] for task in release.tasks)


# --- the list ---
def test_an_autumn_list_has_been_read_and_waits(client):
    announcement = Announcement.objects.get()
    assert announcement.is_read
    assert not announcement.is_written
    assert (announcement.kind, announcement.batch) == ("hnte_filing", 3)
    signed_in(client, "小石")
    page = client.get(reverse("announcement", args=[announcement.pk])).content.decode()
    for pile in ("已对上", "待选定", "冲突", "未登记", "应有未见", "外区"):
        assert f"{pile} 0" not in page
        assert pile in page


# --- assessment ---
def test_the_score_sheets_of_the_year_are_decreed_and_a_unit_finds_its_own(client):
    sheets = AssessmentScheme.objects.filter(year__lte=timezone.localdate().year)
    assert {sheet.kind for sheet in sheets} == {"park", "town"}
    for sheet in sheets:
        assert sheet.is_decreed
        assert sheet.proposed_by != sheet.decreed_by
        assert sheet.proposed_at < sheet.decreed_at <= timezone.now()
    signed_in(client, "德感")
    link = reverse("assessment_unit", args=["degan"])
    assert link in client.get(reverse("unit", args=["degan"])).content.decode()
    page = client.get(link).context["page"]
    measured = {line.item.source: line.measured for line in page.row.lines}
    # Of the firms that were recognised first this year, most came out of the reserve pool.
    assert 0 < measured["pool"].part <= measured["pool"].whole


# --- meetings ---
def test_two_meetings_were_held_with_minutes_and_one_is_planned():
    today = timezone.localdate()
    *held, planned = Meeting.objects.order_by("number")
    assert [meeting.is_held for meeting in held] == [True, True]
    for meeting in held:
        assert meeting.day < today
        assert meeting.items.count() >= 3
        assert not meeting.items.filter(minutes="").exists()
    assert not planned.is_held
    assert planned.day > today
    assert planned.items.count() >= 4


def test_decisions_stand_in_every_state():
    today = timezone.localdate()
    found = standing.open_decisions(today)
    assert found.overdue
    assert found.soon
    assert found.asked
    closed = Decision.objects.settled()
    assert closed.count() == 3
    for decision in closed:
        assert StepFile.objects.filter(step__decision=decision).exists()
    kinds = set(DecisionStep.objects.values_list("kind", flat=True))
    assert kinds == set(DecisionStep.Kind.values)
    assert not DecisionStep.objects.filter(at__gt=timezone.now()).exists()
    for decision in found.decisions:
        days = [step.at for step in decision.steps.order_by("number")]
        assert days == sorted(days)
    measured = Decision.objects.exclude(quantity="").get()
    assert measured.began_at is not None
    assert measured.began_at > measured.value


def test_decisions_were_chased_and_old_notices_are_read():
    assert any(decision.reminders.exists() for decision in Decision.objects.all())
    old = timezone.now() - dt.timedelta(days=6)
    assert not Notice.objects.filter(at__lt=old, read_at=None).exists()
    assert Notice.objects.filter(read_at=None).exists()


# --- all of it ---
def test_the_clock_of_the_story_goes_back_and_never_ahead():
    now = timezone.now()
    with told_at(working_hour(dt.date(2026, 4, 7))):
        assert timezone.localdate() == dt.date(2026, 4, 7)
    with told_at(now + dt.timedelta(days=9)):
        assert timezone.now() < now + dt.timedelta(hours=1)
    assert timezone.now() >= now


def test_clerks_made_up_for_units_cannot_sign_in():
    clerks = User.objects.filter(username__startswith="demo-")
    assert clerks.count() == Unit.objects.reporting().count() - 2
    assert not any(clerk.has_usable_password() for clerk in clerks)


def test_each_page_of_the_bar_opens(client):
    entries = [entry for entries in HEADS.values() for entry in entries]
    for name in drawn(2, ["安安", "德感", "街道", "老郑"]):
        user = signed_in(client, name)
        opened = [entry.route for entry in entries if entry.is_shown_to(user)]
        refused = [
            route for route in opened if client.get(reverse(route), follow=True).status_code != 200
        ]
        assert (refused, len(opened) > 15) == ([], True), name
