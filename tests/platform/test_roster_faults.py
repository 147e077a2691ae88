"""Two people who act on one roster, or on one firm, at the same moment."""

import threading
from functools import partial

import pytest
from django.db import connection

from enterprises import jobs
from enterprises.models import Case, Job, LedgerEntry, RosterVersion
from enterprises.refusal import Refusal
from enterprises.reporting import applying, intake, submission
from parks.models import Unit, User
from tests import clerk
from tests.effort import rounds
from tests.enterprises.handed_in import answer_all
from tests.enterprises.workbooks import firm, roster

pytestmark = pytest.mark.fault
ROUNDS = rounds(4, 20)


def together(*calls):
    """Each call in a thread of its own, started together: what each gave, "done" or its refusal's sentence."""
    gate, outcomes = threading.Barrier(len(calls)), ["hung"] * len(calls)

    def run(place, call):
        try:
            gate.wait(30)
            call()
            outcomes[place] = "done"
        except Refusal as refusal:
            outcomes[place] = refusal.message
        except Exception as error:
            outcomes[place] = f"broke: {error!r}"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.fixture
def office(transactional_db, people):
    return Office(people)


class Office:
    """德感's roster of one quarter, brought to review again and again."""

    def __init__(self, people):
        self.unit, self.bureau, self.other = people["德感"], people["小石"], people["安安"]
        self.quarter, self.degan = clerk.third_quarter(self.bureau), Unit.objects.get(code="degan")
        self.number = 0

    def ready(self, reason=""):
        self.number += 1
        content = roster(firm(1), firm(2, staff=40 + self.number))
        version = clerk.send(self.quarter, self.degan, content, self.unit, reason=reason)
        answer_all(version, {})
        return version

    def submitted(self, reason=""):
        version = self.ready(reason)
        submission.hand_in(version, by=self.unit)
        return version

    def applied(self):
        return clerk.approve(self.submitted(), self.bureau)

    def end(self, version):
        """Let the approved version be written; it must be, once. Then make room for the next round."""
        version.refresh_from_db()
        if version.state == "approved":
            jobs.run_inline(version.job)
            version.refresh_from_db()
            assert version.state == "applied", version.outcome
            assert once_in_force(version.roster)
        if version.state == "applied":
            applying.undo_roster(version, by=self.bureau, reason="下一轮")
        return version.state


def once_in_force(roster):
    """Applied versions' entries are in force, and those of no other version."""
    wanted = {
        (one.ledger_from, one.ledger_to)
        for one in roster.versions.filter(state__in=["applied", "replaced"])
    }
    entries = LedgerEntry.objects.in_force().values_list("pk", flat=True)
    return all(any(first <= pk <= last for first, last in wanted if first) for pk in entries)


def approve_jobs(version):
    return Job.objects.filter(kind=submission.APPLY, params={"version": version.pk}).count()


def one_wins(outcomes):
    assert sorted(one == "done" for one in outcomes) == [False, True], outcomes
    refused = next(one for one in outcomes if one != "done")
    assert "状态" in refused, outcomes


def copy(version):
    return RosterVersion.objects.select_related("roster__quarter", "roster__unit").get(
        pk=version.pk
    )


def test_two_reviewers_who_approve_at_once_apply_once(office):
    for _ in range(ROUNDS):
        version = office.submitted()
        mine, theirs = copy(version), copy(version)
        one_wins(
            together(
                lambda mine=mine: submission.approve_version(mine, by=office.bureau),
                lambda theirs=theirs: submission.approve_version(theirs, by=office.other),
            )
        )
        assert approve_jobs(version) == 1
        assert office.end(version) == "undone"


@pytest.mark.parametrize("other", ["return", "take back"])
def test_approving_against_returning_or_taking_back_ends_in_one_of_them(office, other):
    for _ in range(ROUNDS):
        version = office.submitted()
        mine, theirs = copy(version), copy(version)
        against = {
            "return": lambda theirs=theirs: submission.return_to_unit(
                theirs, by=office.other, text="请核对"
            ),
            "take back": lambda theirs=theirs: submission.take_back(theirs, by=office.unit),
        }[other]
        outcomes = together(
            lambda mine=mine: submission.approve_version(mine, by=office.bureau), against
        )
        one_wins(outcomes)
        version.refresh_from_db()
        lost = {"return": "returned", "take back": "ready"}[other]
        assert version.state == ("approved" if outcomes[0] == "done" else lost)
        assert approve_jobs(version) == (outcomes[0] == "done")
        assert LedgerEntry.objects.in_force().count() == 0
        office.end(version)


def test_undoing_against_approving_a_correction_leaves_facts_of_one_of_them(office):
    for _ in range(ROUNDS):
        first = office.applied()
        second = office.submitted(reason="更正")
        mine, theirs = copy(first), copy(second)

        def approve(theirs=theirs):
            submission.approve_version(theirs, by=office.other)
            jobs.run_inline(copy(theirs).job)

        outcomes = together(
            lambda mine=mine: applying.undo_roster(mine, by=office.bureau, reason="误批"), approve
        )
        assert outcomes[1] == "done", outcomes
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, second.state) in [("undone", "applied"), ("replaced", "applied")]
        assert (outcomes[0] == "done") == (first.state == "undone")
        assert once_in_force(first.roster)
        assert office.end(second) == "undone"
        assert LedgerEntry.objects.in_force().count() == 0


def test_a_double_click_hands_in_once_and_stores_the_same_file_once(office):
    for number in range(ROUNDS):
        content = roster(firm(1, staff=40 + number))
        outcomes = together(
            *[
                lambda content=content: intake.receive_file(
                    office.quarter, office.degan, [content], "名册.xlsx", by=office.unit
                )
            ]
            * 2
        )
        assert sorted(one == "done" for one in outcomes) == [False, True], outcomes
        assert any("完全相同" in one for one in outcomes)
        version = RosterVersion.objects.order_by("-number").first()
        assert version.number == number + 1
        clerk.checked(version)
        answer_all(version, {})
        again = [copy(version), copy(version)]
        one_wins(
            together(*[lambda one=one: submission.hand_in(one, by=office.unit) for one in again])
        )
        submission.take_back(version, by=office.unit)


def test_two_units_that_claim_a_firm_at_the_same_moment_get_a_case(office):
    baisha = Unit.objects.get(code="baisha")
    theirs = User.objects.create_user("白沙", role="unit_staff", unit=baisha)
    for number in range(ROUNDS):
        both = []
        for unit, by, town in ((office.degan, office.unit, "德感街道"), (baisha, theirs, "白沙镇")):
            row = firm(1, park=unit.name, town=town, staff=40 + number)
            version = clerk.send(office.quarter, unit, roster(row, unit=unit.name), by)
            answer_all(version, {})
            both.append((version, by))
        outcomes = together(*[partial(submission.hand_in, version, by=by) for version, by in both])
        assert outcomes == ["done", "done"]
        assert [case.kind for case in Case.objects.all()] == ["double"]
        together(*[partial(submission.take_back, version, by=by) for version, by in both])
        assert not Case.objects.exists()
