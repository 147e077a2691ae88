"""A unit's roster from file to facts: answers, hand-in, return, approval; the board, reminders."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.loading import storage
from enterprises.models import Enterprise, Job, LedgerEntry, Notice, Placement, RosterVersion
from enterprises.refusal import Refusal
from enterprises.registry import acts
from enterprises.reporting import answers, board, intake, quarters, reminders, submission
from enterprises.reporting.answers import Answer
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import listed
from tests.enterprises.workbooks import code, firm

pytestmark = pytest.mark.django_db
LAST_DAY = dt.date(2026, 9, 30)
DUE = dt.date(2026, 10, 15)


# --- the way through ------------------------------------------------------------------------------
def test_new_changed_and_unchanged_firms_are_told_apart(send):
    listed(1, revenue=Decimal("900"))
    listed(2, revenue=Decimal("1000.5"), rd_expense=50, staff=40, rd_staff=8)
    version = send(firm(1), firm(2), firm(3, tech_entered_on=dt.date(2026, 8, 1)))
    assert version.state == "ready", version.summary["groups"]
    kinds = dict(version.firms.values_list("uscc", "kind"))
    assert kinds == {code(1): "changed", code(2): "unchanged", code(3): "new"}
    [change] = [
        change
        for change in version.firms.get(uscc=code(1)).changes
        if change["act"] == "登记年度数据"
    ]
    revenue = next(detail for detail in change["details"] if detail["label"] == "营业收入（万元）")
    assert (revenue["before"], revenue["after"]) == ("900.00", "1000.50")
    assert change["cell"].endswith("3")


def test_a_missing_firm_needs_a_word_before_handing_in(send, people):
    listed(1)
    listed(2)
    version = send(firm(1))
    with pytest.raises(Refusal, match="有1家企业需要说明"):
        clerk.submit(version, people["德感"])
    answers.store_answers(version, {code(2): Answer(word="closed")})
    with pytest.raises(Refusal, match="有1家企业需要说明"):
        clerk.submit(version, people["德感"])
    with pytest.raises(Refusal, match="日期不得晚于今天"):
        answers.store_answers(version, {code(2): Answer(day=dt.date(2099, 1, 1))})
    answers.store_answers(version, {code(2): Answer(day=dt.date(2026, 8, 8))})
    clerk.submit(version, people["德感"])
    clerk.approve(version, people["小石"])
    assert Enterprise.objects.get(uscc=code(2)).closures.get().closed_on == dt.date(2026, 8, 8)


def test_facts_carry_the_file_and_cell_and_the_version_its_ledger_entries(send, people):
    version = clerk.submit(send(firm(1)), people["德感"])
    clerk.approve(version, people["小石"])
    entries = LedgerEntry.objects.filter(pk__range=(version.ledger_from, version.ledger_to))
    assert {entry.source_id for entry in entries} == {version.source_id}
    assert {entry.by for entry in entries} == {people["小石"]}
    granted = entries.get(act="granted")
    assert granted.cells["valid_from"].startswith("名册!")
    assert version.outcome["entries"] == entries.count() > 3


def test_a_renamed_firm_needs_the_day_and_keeps_its_old_name(send, people):
    listed(1)
    version = send(firm(1, name="重庆全新名称科技有限公司"))
    assert [(p.code, p.severity) for p in version.problems.all()] == [("R302", "warning")]
    with pytest.raises(Refusal, match="需要说明"):
        clerk.submit(version, people["德感"])
    answers.store_answers(version, {code(1): Answer(renamed_on=dt.date(2026, 7, 7))})
    clerk.approve(clerk.submit(version, people["德感"]), people["小石"])
    renamed = Enterprise.objects.get(uscc=code(1))
    assert renamed.name == "重庆全新名称科技有限公司"
    assert renamed.former_names.get().until == dt.date(2026, 7, 7)


def test_warnings_need_a_reason(send, people):
    version = send(firm(1, rd_expense=2000))
    assert version.state == "ready"
    with pytest.raises(Refusal, match="有1组提醒需要填写理由"):
        submission.hand_in(version, by=people["德感"])
    with pytest.raises(Refusal, match="没有这一组提醒"):
        answers.store_reasons(version, {"R999|无": "好"})
    clerk.submit(version, people["德感"])
    assert RosterVersion.objects.get(pk=version.pk).reasons == {
        "R111|上年研发费用（万元）": "已核实"
    }


def test_answers_are_carried_over_to_the_next_version(send, people):
    listed(1)
    listed(2)
    first = send(firm(1, rd_expense=2000))
    answers.store_answers(
        first, {code(2): Answer(word="left", day=dt.date(2026, 8, 1), note="迁往永川")}
    )
    clerk.give_reasons(first)
    second = send(firm(1, rd_expense=2000, staff=41))
    missing = second.firms.get(uscc=code(2))
    assert (missing.word, missing.day, missing.note) == ("left", dt.date(2026, 8, 1), "迁往永川")
    assert submission.points_open(RosterVersion.objects.get(pk=second.pk)) == []


def test_an_identical_file_is_refused_kindly_and_nothing_is_written(send, quarter, people):
    source = send(firm(1)).source
    with pytest.raises(Refusal, match=r"与第1版（.*）完全相同"):
        clerk.send(
            quarter,
            Unit.objects.get(code="degan"),
            storage.path_of(source).read_bytes(),
            people["德感"],
        )
    assert RosterVersion.objects.count() == 1


def test_a_faulty_roster_cannot_be_handed_in_and_a_returned_one_comes_as_a_new_version(
    send, people
):
    faulty = send(firm(1, uscc="91500116MA0000001A"))
    assert faulty.state == "faulty"
    with pytest.raises(Refusal, match="1个错误"):
        submission.hand_in(faulty, by=people["德感"])
    good = clerk.submit(send(firm(1)), people["德感"])
    with pytest.raises(Refusal, match="正在审核"):
        send(firm(1), firm(2))
    with pytest.raises(Refusal, match="退回前请写明意见"):
        submission.return_to_unit(good, by=people["小石"])
    submission.add_remark(good, "职工总数请核对", by=people["小石"], uscc=code(1))
    submission.return_to_unit(good, by=people["小石"])
    assert RosterVersion.objects.get(pk=good.pk).state == "returned"
    assert "退回" in Notice.objects.filter(person=people["德感"]).first().text
    again = clerk.submit(send(firm(1, staff=44)), people["德感"])
    assert again.number == 3


def test_handing_in_may_be_taken_back_until_somebody_has_decided(send, people):
    version = clerk.submit(send(firm(1)), people["德感"])
    submission.take_back(version, by=people["德感"])
    assert RosterVersion.objects.get(pk=version.pk).state == "ready"
    submission.hand_in(version, by=people["德感"])
    clerk.approve(version, people["小石"])
    with pytest.raises(Refusal, match="已入库"):
        submission.take_back(version, by=people["德感"])


def test_the_second_who_approves_is_told(send, people):
    version = clerk.submit(send(firm(1)), people["德感"])
    same = RosterVersion.objects.get(pk=version.pk)
    submission.approve_version(version, by=people["小石"])
    with pytest.raises(Refusal, match="现在的状态是“审核通过”"):
        submission.approve_version(same, by=people["安安"])
    assert LedgerEntry.objects.count() == 0


# --- belonging ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("top", "rule"),
    [
        ("填报单位：白沙工业园发展中心　数据截至：2026-09-30", "F031"),
        ("填报单位：德感工业园发展中心　数据截至：2026-06-30", "F032"),
    ],
)
def test_another_unit_or_quarter_stops_before_everything_else(send, top, rule):
    version = send(firm(1, uscc="91500116MA0000001A"), top=top)
    assert [problem.code for problem in version.problems.all()] == [rule]
    assert version.state == "faulty"


def test_rows_of_other_units_are_errors_at_their_cells(send):
    version = send(firm(1, park="白沙工业园发展中心"), firm(2, park=None), firm(3))
    told = [
        (p.code, p.address.rpartition("!")[2]) for p in version.problems.all() if p.code == "R307"
    ]
    assert told == [("R307", "D3"), ("R307", "D4")]


def test_a_closed_firm_must_not_be_listed(send):
    listed(1)
    registry.apply([acts.Close(uscc=code(1), on=dt.date(2026, 7, 1))], by=None)
    version = send(firm(1))
    assert [(p.code, p.severity) for p in version.problems.all()] == [("R306", "error")]


def test_a_figure_ten_times_the_last_one_is_asked_about_and_a_common_rise_is_not(send):
    for number in range(1, 8):
        listed(number, revenue=Decimal("1000"))
    version = send(
        *[firm(number, revenue=10000 if number == 3 else 1100) for number in range(1, 8)]
    )
    assert [(p.code, p.uscc) for p in version.problems.all()] == [("R304", code(3))]
    higher = send(*[firm(number, revenue=4000) for number in range(1, 8)])
    assert higher.problems.count() == 0


def test_a_much_shorter_roster_is_asked_about(send):
    for number in range(1, 12):
        listed(number)
    version = send(firm(1), firm(2))
    assert "R303" in {problem.code for problem in version.problems.all()}


# --- quarter, board, nil return -------------------------------------------------------------------
def test_a_nil_return_is_an_act_of_its_own_and_explains_registered_firms(quarter, people):
    listed(1)
    version = clerk.checked(
        intake.declare_nil(quarter, Unit.objects.get(code="degan"), by=people["德感"])
    )
    assert version.is_nil
    with pytest.raises(Refusal, match="有1家企业需要说明"):
        clerk.submit(version, people["德感"])
    answers.store_answers(version, {code(1): Answer(word="left", day=dt.date(2026, 9, 9))})
    clerk.approve(clerk.submit(version, people["德感"]), people["小石"])
    assert version.state == "applied"
    assert Placement.objects.get().until == dt.date(2026, 9, 9)


def test_after_the_lock_only_an_exception_lets_a_unit_in(quarter, people):
    degan = Unit.objects.get(code="degan")
    quarters.change_days(
        quarter, due_on=DUE, locks_on=dt.date(2026, 10, 31), reason="假期", by=people["小石"]
    )
    quarter.refresh_from_db()
    with pytest.raises(Refusal, match="已于2026-10-31锁定"):
        quarters.refuse_when_shut(quarter, degan, dt.date(2026, 11, 1))
    with pytest.raises(Refusal, match="理由"):
        quarters.grant_exception(
            quarter, degan, until=dt.date(2026, 11, 5), reason=" ", by=people["小石"]
        )
    quarters.grant_exception(
        quarter, degan, until=dt.date(2026, 11, 5), reason="停电", by=people["小石"]
    )
    quarters.refuse_when_shut(quarter, degan, dt.date(2026, 11, 5))
    with pytest.raises(Refusal, match="锁定"):
        quarters.refuse_when_shut(quarter, degan, dt.date(2026, 11, 6))
    with pytest.raises(Refusal, match="锁定"):
        quarters.refuse_when_shut(quarter, Unit.objects.get(code="baisha"), dt.date(2026, 11, 5))


def test_the_board_speaks_from_states(send, people, quarter, django_assert_num_queries):
    send(firm(1, uscc="91500116MA0000001A"))
    with django_assert_num_queries(3):
        shown = board.build_board(quarter, dt.date(2026, 10, 10))
    assert (shown.expected, shown.handed_in) == (36, 0)
    line = {row.unit.code: row for row in shown.lines}
    assert (line["degan"].label, line["baisha"].label, line["degan"].is_late) == (
        "有错误",
        "未开始",
        False,
    )
    version = clerk.submit(send(firm(1)), people["德感"])
    clerk.approve(version, people["小石"])
    shown = board.build_board(quarter, dt.date(2026, 10, 16))
    line = {row.unit.code: row for row in shown.lines}
    assert (line["degan"].label, shown.handed_in, shown.applied) == ("已入库", 1, 1)
    assert line["baisha"].is_late
    assert line["degan"].is_late == (timezone.localdate(version.submitted_at) > DUE)


def test_reminders_go_once_per_milestone_to_those_still_missing(send, people, quarter):
    assert reminders.remind(DUE - dt.timedelta(days=6)) == 0
    assert reminders.remind(DUE - dt.timedelta(days=5)) == 36
    assert reminders.remind(DUE - dt.timedelta(days=5)) == 0
    assert Notice.objects.filter(person=people["德感"]).count() == 1
    clerk.submit(send(firm(1)), people["德感"])
    assert reminders.remind(DUE + dt.timedelta(days=1)) == 35
    assert Notice.objects.filter(person=people["德感"]).count() == 1


def test_the_schedule_opens_the_quarter_that_has_ended(people):
    assert quarters.open_due(dt.date(2026, 10, 1)).code == "2026Q3"
    assert quarters.open_due(dt.date(2026, 10, 2)) is None
    assert quarters.open_due(dt.date(2027, 1, 1)).code == "2026Q4"
    assert quarters.open_due(dt.date(2027, 5, 16)) is None  # its lock day has passed


def test_a_check_that_broke_off_can_be_started_again(quarter, people):
    version = intake.receive_file(
        quarter, Unit.objects.get(code="degan"), [b"x,y\n"], "a.csv", by=people["德感"]
    )
    with pytest.raises(Refusal, match="不能重新检查"):
        intake.recheck_version(version, by=people["德感"])
    Job.objects.filter(pk=version.job_id).update(
        state="failed", error="中断", finished_at=version.created_at
    )
    intake.recheck_version(version, by=people["德感"])
    version.refresh_from_db()
    assert clerk.checked(version).state == "faulty"
