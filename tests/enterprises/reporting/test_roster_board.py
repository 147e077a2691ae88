"""The bureau's board: who stands where in a quarter, and what the bureau does to run it."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises.models import LockException, Notice, Period, Quarter
from enterprises.reporting import board, quarters, submission
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import checked, handed_in

pytestmark = pytest.mark.django_db
BOARD = "/rosters/"


def page(client, **query):
    answer = client.get(BOARD, query)
    return answer.content.decode()


def rows(answer) -> dict[str, object]:
    return {row.line.unit.code: row for _, group in answer.context["groups"] for row in group}


def test_without_a_quarter_the_board_says_so_and_offers_the_last_one(desk, people):
    shown = page(desk)
    assert "还没有开放任何季度" in shown
    last = Period.before(timezone.localdate())
    assert f"开放{last.label}" in shown
    desk.force_login(people["老郑"])
    assert reverse("quarter_open") not in page(desk)


def test_the_quarter_that_ended_last_opens_on_its_usual_days(desk, people):
    """As proposed: while its due day is ahead, as usual; later, as long from the day of the opening."""
    today = timezone.localdate()
    form = desk.get(reverse("quarter_open")).context["form"]
    sent = {name: form[name].value() for name in ("year", "number", "due_on", "locks_on")}
    answer = desk.post(reverse("quarter_open"), sent, follow=True)
    quarter = Quarter.objects.get()
    usual = Quarter.usual_days(quarter.period)
    missed = today - usual["opens_on"] if usual["due_on"] < today else dt.timedelta(0)
    assert quarter.due_on == usual["due_on"] + missed
    assert quarter.locks_on == usual["locks_on"] + missed
    assert f"{quarter}已开放" in answer.content.decode()
    again = desk.post(reverse("quarter_open"), sent)
    assert again.status_code == 422
    assert "已经开放" in again.content.decode()


def test_days_in_a_wrong_order_are_refused_and_kept_in_the_form(desk, quarter):
    address = reverse("quarter_act", args=["2026Q3", "days"])
    days = {"due_on": "2026-12-20", "locks_on": "2026-12-10", "reason": "国庆假期"}
    refused = desk.post(address, days)
    assert refused.status_code == 422
    assert "必须依次先后" in refused.content.decode()
    assert 'value="2026-12-20"' in refused.content.decode()
    desk.post(address, days | {"due_on": "2026-10-20"})
    quarter.refresh_from_db()
    assert (quarter.due_on, quarter.locks_on) == (dt.date(2026, 10, 20), dt.date(2026, 12, 10))


def test_an_extension_needs_a_reason_and_a_day_after_the_lock(desk, quarter, people):
    address = reverse("quarter_act", args=["2026Q3", "extension"])
    until = quarter.locks_on + dt.timedelta(days=10)
    sent = {"unit": "degan", "until": until.isoformat(), "reason": " "}
    assert "理由" in desk.post(address, sent).content.decode()
    too_early = sent | {"reason": "停电", "until": quarter.locks_on.isoformat()}
    assert "须晚于锁定日" in desk.post(address, too_early).content.decode()
    assert not LockException.objects.exists()
    desk.post(address, sent | {"reason": "停电"})
    granted = LockException.objects.get()
    assert (granted.unit.code, granted.reason, granted.granted_by) == (
        "degan",
        "停电",
        people["小石"],
    )
    assert f"延期至{until:%m-%d}" in page(desk)


def test_the_board_counts_and_names_what_there_is_to_do(desk, quarter, people):
    handed_in(quarter, "degan", 1, 2)
    checked(quarter, "baisha", 3, uscc="91500116MA0000001A")
    returned = handed_in(quarter, "500116002", 4)
    submission.return_to_unit(returned, by=people["小石"], text="请核对")
    answer = desk.get(BOARD)
    assert (answer.context["board"].handed_in, answer.context["missing"]) == (1, 35)
    found = rows(answer)
    assert len(found) == 36
    assert (found["degan"].firms, found["degan"].counts, found["degan"].todo) == (
        2,
        [2, 0, 0, 0],
        ["待审核"],
    )
    assert found["baisha"].todo == ["1个错误，等单位改正"]
    assert found["500116002"].todo == ["等单位修改"]
    assert [label for label, _ in answer.context["groups"]] == ["园区平台", "镇街"]


def yesterday() -> dt.date:
    return timezone.localdate() - dt.timedelta(days=1)


def move_days(quarter: Quarter, due_on: dt.date, locks_on: dt.date) -> None:
    quarters.change_days(quarter, due_on=due_on, locks_on=locks_on, reason="试", by=None)


def test_filters_stand_in_the_address(desk, quarter):
    handed_in(quarter, "degan", 1)
    assert set(rows(desk.get(BOARD, {"state": "submitted"}))) == {"degan"}
    move_days(quarter, yesterday(), quarter.locks_on)
    assert len(rows(desk.get(BOARD, {"late": "1", "quarter": "2026Q3"}))) == 36
    assert len(rows(desk.get(BOARD, {"late": "1", "state": "not_started"}))) == 35
    assert desk.get(BOARD, {"state": "submited"}).status_code == 400
    assert desk.get(BOARD, {"quarter": "2031Q1"}).status_code == 404


def test_after_the_lock_each_missing_unit_has_its_way_to_an_extension(desk, quarter):
    handed_in(quarter, "degan", 1)
    assert "?unit=" not in page(desk)
    move_days(quarter, yesterday(), yesterday())
    shown = page(desk)
    assert "?unit=baisha" in shown
    assert "?unit=degan" not in shown
    form = desk.get(
        reverse("quarter_act", args=["2026Q3", "extension"]) + "?unit=baisha"
    ).content.decode()
    assert '<option value="baisha" selected>' in form


def test_a_leader_sees_no_draft_and_may_do_nothing(client, quarter, people):
    checked(quarter, "baisha", 3)
    handed_in(quarter, "degan", 1)
    client.force_login(people["老郑"])
    answer = client.get(BOARD)
    assert rows(answer)["baisha"].label == "未报送"
    assert rows(answer)["degan"].label == "已报送"
    assert reverse("quarter_remind", args=["2026Q3"]) not in answer.content.decode()
    assert client.post(reverse("quarter_remind", args=["2026Q3"])).status_code == 403


def test_whoever_reports_for_a_unit_is_led_to_its_own_roster(client, quarter, people):
    client.force_login(people["德感"])
    assert client.get(BOARD).headers["Location"] == "/rosters/2026Q3/degan/"


def test_reminding_says_whom_it_reached_and_goes_once_a_day(desk, quarter, people):
    handed_in(quarter, "500116002", 1)
    address = reverse("quarter_remind", args=["2026Q3"])
    told = desk.post(address, follow=True).content.decode()
    assert "已催报1个单位：德感。" in told
    assert "有34个单位没有可用账号" in told
    assert Notice.objects.filter(person=people["德感"], text__contains="请尽快报送").count() == 1
    assert not Notice.objects.filter(person=people["街道"], text__contains="请尽快报送").exists()
    assert "今天已经催报过" in desk.post(address, follow=True).content.decode()
    assert "已催报1次" in page(desk)


def test_the_workbook_shows_what_the_page_shows(desk, quarter, people):
    handed_in(quarter, "degan", 1, 2)
    answer = desk.get(reverse("roster_board_export", args=["2026Q3"]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    lines = {row[2]: row for row in sheet.iter_rows(min_row=5, values_only=True)}
    assert len(lines) == 36
    assert lines["德感工业园发展中心"][3:5] == ("已报送", 1)
    assert lines["德感工业园发展中心"][7:] == (2, 2, 0, 0, 0, "待审核")
    assert "应报36，已报1，已入库0" in sheet["A2"].value
    desk.force_login(people["德感"])
    assert desk.get(reverse("roster_board_export", args=["2026Q3"])).status_code == 403


@pytest.mark.one_moment
def test_36_units_and_8_quarters_cost_a_constant_number_of_queries(
    desk, people, django_assert_max_num_queries
):
    for period in [
        Period(2024, 4),
        *(Period(2025, n) for n in (1, 2, 3, 4)),
        Period(2026, 1),
        Period(2026, 2),
    ]:
        quarters.open_quarter(period, by=people["小石"])
    quarter = clerk.third_quarter(people["小石"])
    for number, unit in enumerate(Unit.objects.towns()[:12], 1):
        handed_in(quarter, unit.code, number)
    with django_assert_max_num_queries(16):
        answer = desk.get(BOARD)
    assert len(answer.context["matrix"]) == 36
    assert {len(lines) for _, lines in answer.context["matrix"]} == {8}


def test_several_quarters_are_told_apart(quarter, people):
    second = quarters.open_quarter(Period(2026, 2), by=people["小石"])
    handed_in(quarter, "degan", 1)
    newer, older = board.boards_of_quarters(
        [quarter, second], dt.date(2026, 11, 1), seen_by=people["小石"]
    )
    assert (newer.handed_in, older.handed_in, older.late) == (1, 0, 36)
    assert newer.counts == board.build_board(quarter, dt.date(2026, 11, 1)).counts
