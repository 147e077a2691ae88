"""What becomes of a roster beside others: transfers and double claims, corrections, undoing."""

import datetime as dt
from decimal import Decimal

import pytest

from enterprises import registry
from enterprises.models import (
    Case,
    Enterprise,
    LedgerEntry,
    Notice,
    Placement,
    Qualification,
    RosterVersion,
    YearlyFigures,
)
from enterprises.refusal import Refusal
from enterprises.registry import acts
from enterprises.reporting import answers, applying, cases, submission
from enterprises.reporting.answers import Answer
from parks.models import Unit, User
from tests import clerk
from tests.enterprises.handed_in import listed
from tests.enterprises.workbooks import code, firm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]
FACTS = (Placement, Qualification, YearlyFigures)


def facts():
    """Every fact without its row number, for comparison before and after."""
    found = {}
    for model in FACTS:
        names = [field.attname for field in model._meta.fields if field.name != "id"]
        found[model.__name__] = sorted(model.objects.values_list(*names), key=repr)
    found["Enterprise"] = sorted(
        Enterprise.objects.values_list("uscc", "name", "industry_code", "contact_name")
    )
    return found


# --- cases ----------------------------------------------------------------------------------------
def claimed(send, people, unit="baisha"):
    """德感's firm 1, listed by 白沙."""
    who = User.objects.create_user("白沙", role="unit_staff", unit=Unit.objects.get(code=unit))
    version = send(firm(1, park="白沙工业园发展中心", town="白沙镇"), unit=unit, by=who)
    answers.store_answers(version, {code(1): Answer(day=dt.date(2026, 8, 20))})
    return clerk.submit(version, who)


def test_a_transfer_is_decided_once_and_changes_two_units_once(send, people, quarter):
    listed(1)
    version = claimed(send, people)
    with pytest.raises(Refusal, match="归属事项没有决定"):
        submission.approve_version(version, by=people["小石"])
    case = Case.objects.get()
    assert (case.kind, case.from_unit.code) == ("transfer", "degan")
    clerk.decide_transfers(quarter, people["小石"])
    with pytest.raises(Refusal, match="已有决定"):
        cases.decide_case(case, "stays", by=people["安安"])
    clerk.approve(version, people["小石"])
    old, new = Placement.objects.order_by("since")
    assert (old.park.code, new.park.code, new.since) == ("degan", "baisha", dt.date(2026, 8, 20))
    moved = LedgerEntry.objects.get(act="moved")
    assert moved.source_id == version.source_id
    assert moved.cells["park"]
    left = send(firm(2))
    assert left.firms.filter(kind="missing").count() == 0


def test_a_double_claim_that_stays_leaves_the_row_out_and_says_so(send, people):
    listed(1)
    clerk.submit(send(firm(1)), people["德感"])
    version = claimed(send, people)
    assert [p.code for p in version.problems.all()] == ["R301"]
    case = Case.objects.get()
    assert case.kind == "double"
    cases.decide_case(case, "stays", by=people["小石"], note="现场核实仍在德感")
    clerk.approve(version, people["小石"])
    assert version.outcome["left_out"][0]["uscc"] == code(1)
    assert Placement.objects.get().park.code == "degan"
    assert {
        n.person.username for n in Notice.objects.filter(text__contains="归属已由科技局确定")
    } == {"德感", "白沙"}


def test_a_case_vanishes_when_the_claim_is_taken_back(send, people):
    listed(1)
    version = claimed(send, people)
    submission.take_back(version, by=User.objects.get(username="白沙"))
    assert not Case.objects.exists()


def test_a_firm_moved_within_the_park_needs_a_day_and_no_case(send, people):
    listed(1)
    version = send(firm(1, town="鼎山街道"))
    answers.store_answers(version, {code(1): Answer(day=dt.date(2026, 9, 1))})
    clerk.approve(clerk.submit(version, people["德感"]), people["小石"])
    assert not Case.objects.exists()
    assert Placement.objects.get(until=None).town.name == "鼎山街道"


# --- correction and undoing -----------------------------------------------------------------------
def test_a_correction_needs_a_reason_and_touches_only_what_differs(send, people):
    listed(1, revenue=Decimal("900"))
    clerk.approve(clerk.submit(send(firm(1), firm(2)), people["德感"]), people["小石"])
    with pytest.raises(Refusal, match="更正须写明理由"):
        send(firm(1, revenue=1200), firm(2))
    last = LedgerEntry.objects.latest("pk").pk
    second = clerk.submit(send(firm(1, revenue=1200), firm(2), reason="收入填错"), people["德感"])
    clerk.approve(second, people["小石"])
    assert second.state == "applied", second.outcome
    assert YearlyFigures.objects.get(enterprise__uscc=code(1)).revenue == Decimal("1200")
    assert set(
        LedgerEntry.objects.filter(pk__gt=last).values_list("enterprise__uscc", flat=True)
    ) == {code(1)}
    assert [v.state for v in RosterVersion.objects.order_by("number")] == ["replaced", "applied"]


def test_a_wrong_certificate_date_can_be_corrected(send, people):
    wrong = {"certificate_number": "GR202551100001", "certificate_issued_on": dt.date(2025, 11, 3)}
    clerk.approve(clerk.submit(send(firm(1, **wrong)), people["德感"]), people["小石"])
    right = wrong | {"certificate_issued_on": dt.date(2025, 12, 3)}
    second = clerk.submit(send(firm(1, **right), reason="发证日期填错"), people["德感"])
    clerk.approve(second, people["小石"])
    held = Qualification.objects.get(kind__code="hnte")
    assert (held.valid_from, held.valid_until) == (dt.date(2025, 12, 3), dt.date(2028, 12, 3))


def test_undoing_gives_back_exactly_the_facts_from_before(send, people):
    listed(1, revenue=Decimal("900"))
    listed(2)
    listed(3)
    before = facts()
    version = send(
        firm(
            1,
            name="重庆改名科技有限公司",
            industry_code="C3670",
            contact_name="王工",
            pool_stage="培育库",
        ),
        firm(2, town="鼎山街道", other_qualifications="专精特新"),
        firm(4, certificate_number="GR202551100002", certificate_issued_on=dt.date(2025, 11, 3)),
    )
    answers.store_answers(
        version,
        {
            code(1): Answer(renamed_on=dt.date(2026, 7, 1)),
            code(2): Answer(day=dt.date(2026, 8, 1)),
            code(3): Answer(word="left", day=dt.date(2026, 8, 2)),
        },
    )
    clerk.approve(clerk.submit(version, people["德感"]), people["小石"])
    assert version.state == "applied", version.outcome
    assert facts() != before
    entries = LedgerEntry.objects.count()
    applying.undo_roster(version, by=people["小石"], reason="误批")
    after = facts()
    after["Enterprise"] = [row for row in after["Enterprise"] if row[0] != code(4)]
    assert after == before
    assert LedgerEntry.objects.filter(act="undone").count() == version.outcome["entries"]
    assert LedgerEntry.objects.count() == entries + version.outcome["entries"]
    with pytest.raises(Refusal, match="已撤销"):
        applying.undo_roster(version, by=people["小石"], reason="再撤")


def test_after_undoing_the_same_roster_can_be_applied_again(send, people):
    listed(1, revenue=Decimal("900"))
    version = clerk.submit(send(firm(1), firm(2)), people["德感"])
    clerk.approve(version, people["小石"])
    applied = facts()
    applying.undo_roster(version, by=people["小石"], reason="误批")
    again = clerk.submit(send(firm(1), firm(2)), people["德感"])
    clerk.approve(again, people["小石"])
    assert again.state == "applied", again.outcome
    assert facts() == applied


def test_what_later_facts_build_on_cannot_be_undone_and_they_are_named(send, people):
    version = clerk.submit(send(firm(1)), people["德感"])
    clerk.approve(version, people["小石"])
    registry.apply(
        [acts.Move(uscc=code(1), park="baisha", town="500116107", on=dt.date(2026, 10, 9))], by=None
    )
    before = facts()
    with pytest.raises(Refusal, match="重庆测试1号机械有限公司（迁移"):
        applying.undo_roster(version, by=people["小石"], reason="误批")
    assert facts() == before
    assert RosterVersion.objects.get(pk=version.pk).state == "applied"


def test_when_the_registry_has_moved_on_the_roster_goes_back_to_review_with_the_reason(
    send, people
):
    listed(1)
    version = clerk.submit(send(firm(1)), people["德感"])
    registry.apply([acts.Leave(uscc=code(1), on=dt.date(2026, 7, 1))], by=None)
    clerk.approve(version, people["小石"])
    assert version.state == "submitted"
    assert "已于2026-07-01迁出" in version.outcome["refused"][0]
    assert not LedgerEntry.objects.filter(source=version.source).exists()


def test_a_firm_placed_elsewhere_after_the_check_is_not_moved_back_without_a_case(send, people):
    listed(1)
    version = clerk.submit(send(firm(1)), people["德感"])
    registry.apply(
        [acts.Move(uscc=code(1), park="baisha", town="500116108", on=dt.date(2026, 9, 1))],
        by=people["安安"],
    )
    clerk.approve(version, people["小石"])
    assert version.state == "submitted"
    assert "登记所在地为“白沙" in version.outcome["refused"][0]
    assert Placement.objects.get(enterprise__uscc=code(1), until=None).park.code == "baisha"


def test_a_new_firm_registered_elsewhere_after_the_check_is_not_moved_either(send, people):
    version = clerk.submit(send(firm(5)), people["德感"])
    listed(5, park="baisha", town="500116108")
    clerk.approve(version, people["小石"])
    assert version.state == "submitted"
    assert Placement.objects.get(enterprise__uscc=code(5)).park.code == "baisha"
