"""The rules of reporting are dated data: which holds when, and where the first ones come from."""

import datetime as dt
import tomllib
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from enterprises import seed
from enterprises.models import Notice, Period, Quarter, QuarterRule, ReminderRule
from enterprises.refusal import Refusal
from enterprises.reporting import quarters, reminders
from targets.renewals import reminders as renewal_reminders
from tests.firms import TODAY, firm

pytestmark = pytest.mark.django_db
DUE, NEXT_YEAR = dt.date(2026, 10, 15), dt.date(2027, 1, 1)
SUBJECT = ReminderRule.Subject


def rows_of(model) -> list[dict[str, object]]:
    return list(model.objects.order_by("pk").values())


def without_keys(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    kept = [
        {name: value for name, value in row.items() if name != "id" and value is not None}
        for row in rows
    ]
    return sorted(kept, key=str)


def sooner(**values: object) -> QuarterRule:
    rule = {"since": NEXT_YEAR, "due_days": 10, "lock_days": 20, "source": "通知"}
    return QuarterRule.objects.create(**rule | values)


def test_a_database_that_was_migrated_has_what_the_seed_would_put_there():
    """The migration's own step, since tests that flush the database take away what it left."""
    for model in (QuarterRule, ReminderRule):
        model.objects.all().delete()
    migration = import_module("enterprises.migrations.0003_quarterrule_reminderrule")
    migration.insert_rules(apps, SimpleNamespace(connection=connection))
    packaged = tomllib.loads(seed.DATA.read_text(encoding="utf-8"))
    assert without_keys(rows_of(QuarterRule)) == without_keys(packaged["quarter_rule"])
    assert without_keys(rows_of(ReminderRule)) == without_keys(packaged["reminder_rule"])


@pytest.mark.parametrize("emptied", [False, True])
def test_the_seed_fills_the_rules_once(plan, emptied):
    before = without_keys(rows_of(QuarterRule) + rows_of(ReminderRule))
    if emptied:
        QuarterRule.objects.all().delete()
        ReminderRule.objects.all().delete()
    call_command("load_plan", verbosity=0)
    assert without_keys(rows_of(QuarterRule) + rows_of(ReminderRule)) == before


def test_what_the_admin_changed_does_not_come_back_with_the_seed(plan):
    QuarterRule.objects.update(since=NEXT_YEAR)
    ReminderRule.objects.filter(days=30).update(days=45)
    before = rows_of(QuarterRule), rows_of(ReminderRule)
    call_command("load_plan", verbosity=0)
    assert (rows_of(QuarterRule), rows_of(ReminderRule)) == before


def test_a_quarter_goes_by_the_rule_in_force_on_its_last_day(people):
    sooner()
    sooner(since=dt.date(2027, 4, 1), due_days=5)
    usual = {
        code: Quarter.usual_days(Period.coded(code))["due_on"]
        for code in ("2000Q1", "2026Q4", "2027Q1", "2027Q2")
    }
    assert usual == {
        "2000Q1": dt.date(2000, 4, 15),
        "2026Q4": dt.date(2027, 1, 15),
        "2027Q1": dt.date(2027, 4, 10),
        "2027Q2": dt.date(2027, 7, 5),
    }


def test_an_open_quarter_keeps_its_days_under_a_new_rule(people):
    opened = quarters.open_quarter(Period(2027, 1), by=people["小石"])
    sooner()
    opened.refresh_from_db()
    assert (opened.due_on, opened.locks_on) == (dt.date(2027, 4, 15), dt.date(2027, 5, 15))
    assert Quarter.due_day(Period(2027, 1)) == opened.due_on
    assert Quarter.due_day(Period(2027, 2)) == dt.date(2027, 7, 10)


def test_without_any_rule_it_is_said_what_is_missing(people):
    QuarterRule.objects.all().delete()
    with pytest.raises(Refusal, match="没有报送期限的规定"):
        quarters.open_quarter(Period(2026, 3), by=people["小石"])


def test_a_new_reminder_speaks_from_its_day_and_an_ended_one_no_more(people, quarter):
    day = DUE - dt.timedelta(days=3)
    ReminderRule.objects.create(
        subject=SUBJECT.ROSTER, days=-3, sentence="还有3天截止", since=day, source="通知"
    )
    ReminderRule.objects.filter(subject=SUBJECT.ROSTER, days=-1).update(until=day)
    assert reminders.remind(day) == 36
    assert "还有3天截止" in Notice.objects.filter(person=people["德感"]).latest("pk").text
    assert reminders.remind(DUE - dt.timedelta(days=1)) == 0
    assert reminders.remind(DUE) == 36


def test_of_two_rules_for_the_same_days_the_later_one_speaks(people):
    ReminderRule.objects.create(
        subject=SUBJECT.ROSTER, days=0, sentence="今日截止", since=NEXT_YEAR, source="通知"
    )
    words = [
        ReminderRule.objects.sentences_on(day, SUBJECT.ROSTER)[0]
        for day in (NEXT_YEAR - dt.timedelta(days=1), NEXT_YEAR)
    ]
    assert words == ["今天截止", "今日截止"]


def test_certificates_are_reminded_of_by_the_rules_and_without_rules_not_at_all(people):
    firm(hnte_expiring=True)
    ReminderRule.objects.filter(subject=SUBJECT.RENEWAL, days=30).update(
        days=31, sentence="一个月内"
    )
    assert renewal_reminders.remind(TODAY) == 1
    assert "高企一个月内1家" in Notice.objects.filter(person=people["德感"]).get().text
    ReminderRule.objects.filter(subject=SUBJECT.RENEWAL).delete()
    firm(hnte_expiring=True)
    assert renewal_reminders.remind(TODAY) == 0


def test_an_administrator_changes_the_rules_and_wrong_ones_are_refused(client, people):
    client.force_login(people["安安"])
    address = reverse("admin:enterprises_quarterrule_add")
    sent = {"since": "2027-01-01", "due_days": "20", "lock_days": "10", "source": "通知"}
    assert "锁定天数不得少于截止天数" in client.post(address, sent).content.decode()
    assert "截止天数至少为1" in client.post(address, {**sent, "due_days": "0"}).content.decode()
    assert client.post(address, {**sent, "lock_days": "40"}).status_code == 302
    assert Quarter.usual_days(Period(2027, 1))["due_on"] == dt.date(2027, 4, 20)
    again = client.post(address, {**sent, "lock_days": "40"}).content.decode()
    assert "同一起始日只能有一条报送期限" in again


def test_the_last_rule_for_quarters_cannot_be_taken_out(client, people):
    client.force_login(people["安安"])
    for rule in (sooner(), QuarterRule.objects.get(due_days=15)):
        client.post(
            reverse("admin:enterprises_quarterrule_delete", args=[rule.pk]), {"post": "yes"}
        )
    assert QuarterRule.objects.get().due_days == 15
