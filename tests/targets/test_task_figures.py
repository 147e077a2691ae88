"""Figures of the plan's tasks: each can be counted, and counts what its words say."""

import datetime as dt

import pytest

from enterprises.models import RecordKind
from enterprises.records import door, kinds
from enterprises.records.telling import Telling
from parks.models import Unit
from targets.models import KeyTask, TaskBody, TaskFigure
from targets.task_figures import reckoning
from targets.task_figures.reckoning import Reckoner
from tests.firms import TODAY, firm

pytestmark = pytest.mark.django_db


def told(kind: str, *, extra=None, **values):
    book: RecordKind = kinds.kind_coded(kind)
    telling = Telling({"since": dt.date(2026, 3, 1)} | values, TODAY, extra or {})
    return door.tell(book, [telling], by=None)


def value(code: str, on: dt.date = TODAY, unit: str = ""):
    place = Unit.objects.get(code=unit) if unit else None
    return Reckoner(on, place).reckon(TaskFigure.objects.get(code=code)).value


def test_every_figure_can_be_counted_and_opened(plan):
    reckoner = Reckoner(TODAY)
    for figure in TaskFigure.objects.all():
        reckoning.validate(figure)
        assert reckoner.reckon(figure).link.startswith("/"), figure


def test_every_task_and_safeguard_has_figures(plan):
    assert not KeyTask.objects.filter(own_figures=None).exists()


def test_loans_count_as_times_firms_and_money(plan):
    one, other = firm(), firm(park="baisha", town="500116108")
    for number, holder, amount in (("1", one, 100), ("2", one, 50), ("3", other, 30)):
        told(
            "loan",
            number=number,
            enterprise=holder.pk,
            firm_name=holder.name,
            klass="credit",
            amount=amount,
        )
    assert (value("loans"), value("loan_firms"), value("loan_credit")) == (3, 2, 180)
    assert (value("loans", unit="degan"), value("loan_firms", unit="baisha")) == (2, 1)
    assert value("loans", on=dt.date(2025, 12, 31)) == 0


def test_a_subsidy_that_was_taken_back_is_less_money(plan):
    one = firm()
    told(
        "subsidy",
        subject="研发补助",
        enterprise=one.pk,
        firm_name=one.name,
        number="审1",
        amount=20,
    )
    told("subsidy", subject="研发补助", enterprise=one.pk, firm_name=one.name, number="审1", amount=20,
         returned_on=dt.date(2026, 5, 1), returned=5)  # fmt: skip
    assert value("subsidies") == 15
    assert value("subsidies", on=dt.date(2026, 4, 30)) == 20


def test_members_who_are_tech_firms_and_what_ends_with_the_firm(plan):
    tech, other, closed = firm(tech=True), firm(), firm(struck_off=True)
    for one in (tech, other, closed):
        told("member", enterprise=one.pk, firm_name=one.name)
    assert (value("members"), value("members_tech")) == (2, 1)
    assert value("members", on=TODAY - dt.timedelta(days=11)) == 3


def test_founders_are_told_apart(plan):
    one, other = firm(), firm()
    told(
        "tenant",
        subject="甲孵化器",
        enterprise=one.pk,
        firm_name=one.name,
        extra={"founders": "teachers"},
    )
    told(
        "tenant",
        subject="甲孵化器",
        enterprise=other.pk,
        firm_name=other.name,
        extra={"founders": "other"},
    )
    assert (value("tenants"), value("founded_by_scholars")) == (2, 1)


@pytest.mark.usefixtures("own_day")
def test_a_figure_opens_as_many_rows_as_it_counts(client, people):
    client.force_login(people["老郑"])
    one = firm()
    told("loan", number="1", enterprise=one.pk, firm_name=one.name, klass="credit", amount=100)
    for figure in TaskFigure.objects.exclude(way="indicator"):
        answer = client.get(f"/tasks/figures/{figure.code}/")
        assert answer.status_code == 200, figure.code
        shown = answer.context["list"]
        if shown.reckoned.whole is not None:
            assert shown.total == shown.reckoned.counted, figure.code
        elif figure.way == TaskFigure.Way.FIRMS:
            assert shown.total == shown.reckoned.value, figure.code
    assert client.get("/tasks/figures/loans/").context["list"].total == 1
    assert client.get("/tasks/figures/hnte_stock/").status_code == 302


def test_a_task_shows_its_figures(client, people):
    client.force_login(people["老郑"])
    page = client.get("/tasks/task-5/").content.decode()
    assert "国家级平台" in page
    assert "/tasks/figures/platforms_state/" in page


@pytest.mark.usefixtures("own_day")
def test_a_reporter_is_told_the_own_units_figures(client, people):
    one, other = firm(), firm(park="baisha", town="500116108")
    for number, holder in (("1", one), ("2", other)):
        told(
            "loan",
            number=number,
            enterprise=holder.pk,
            firm_name=holder.name,
            klass="credit",
            amount=1,
        )
    client.force_login(people["德感"])
    rows = client.get("/api/v1/task-figures/").json()
    assert {row["code"]: row["value"] for row in rows}["loans"] == 1
    assert client.get("/tasks/figures/loans/").context["list"].total == 1


def test_a_body_confirms_all_it_owes_at_once_and_writes_by_exception(client, people):
    client.force_login(people["德感"])
    page = client.get("/tasks/")
    owed = page.context["own"]
    codes = [each.line.duty.task.code for each in owed]
    assert len(codes) > 3
    period = page.context["board"].period
    done = client.post(f"/tasks/{period.code}/confirm/", {"task": codes}, follow=True)
    assert f"已确认{len(codes)}项" in done.content.decode()
    assert not [each for each in done.context["own"] if each.may_be_confirmed]
    again = client.post(f"/tasks/{period.code}/confirm/", {"task": codes}, follow=True)
    assert "没有可确认的" in again.content.decode()


def test_who_need_not_report_owes_nothing(client, people):
    TaskBody.objects.filter(group="towns").update(nil_by_default=True)
    client.force_login(people["小石"])
    board = client.get("/tasks/").context["board"]
    towns = [row for row in board.bodies if row.unit.kind == "town"]
    assert towns
    assert all(not row.missing and row.label == "已报齐" for row in towns)
    page = client.get("/tasks/task-1/").content.decode()
    assert "家没有例外" in page
