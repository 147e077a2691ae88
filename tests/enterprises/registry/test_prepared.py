"""Acts prepared before the ledger is locked: what is written is what would have been written under the lock."""

import threading

import pytest
from django.db import connection, transaction

from enterprises import jobs, registry
from enterprises.models import (
    Closure,
    Enterprise,
    KindTerm,
    LedgerEntry,
    LedgerHead,
    Qualification,
)
from enterprises.registry import Batch, Prepared, door
from enterprises.registry.acts import Close, Grant, Register, Rename, Reopen
from enterprises.registry.working_copy import WRITE_ORDER
from tests.enterprises.registered import FIRM, HISTORY, NUMBER, OTHER, UNKNOWN, day
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db(transaction=True)
NEW = [
    Register(uscc=UNKNOWN, name="丙公司"),
    Grant(uscc=UNKNOWN, kind="tech", valid_from=day("2025-01-01")),
]


def elsewhere(work) -> None:
    """Done by somebody else, on a connection of their own, before this goes on."""

    failures = []

    def run():
        try:
            work()
        except Exception as error:  # raised below, in the test's own thread
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def prepared(acts, asked=None) -> Prepared:
    def find_batches():
        if asked is not None:
            asked.append(LedgerEntry.objects.count())
        return [Batch(acts)]

    return Prepared(find_batches, by=None)


def everything() -> list:
    """Facts and ledger with the keys that tie them together, without times."""
    rows = []
    for model in (*WRITE_ORDER, LedgerEntry):
        names = [field.attname for field in model._meta.fields if field.name != "at"]
        rows.append(sorted(map(repr, model.objects.values_list(*names))))
    return rows


def tied() -> bool:
    """Every entry names a fact of its firm that is there."""
    models = {model.__name__.lower(): model for model in WRITE_ORDER}
    for entry in LedgerEntry.objects.all():
        fact = models[entry.fact].objects.get(pk=entry.fact_id)
        assert getattr(fact, "enterprise_id", fact.pk) == entry.enterprise_id
    return True


def test_prepared_before_or_under_the_lock_is_the_same(plan):
    before = prepared(HISTORY).write()[0]
    facts = [model.objects.count() for model in WRITE_ORDER]
    assert tied()
    assert [entry.pk for entry in before.entries] == list(
        LedgerEntry.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert LedgerHead.objects.get().last_entry == before.entries[-1].pk
    told = [(entry.act, entry.fact, entry.before, entry.after) for entry in before.entries]
    with connection.cursor() as cursor:
        tables = ", ".join(model._meta.db_table for model in (*WRITE_ORDER, LedgerEntry))
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {tables} CASCADE")
        else:
            for model in (LedgerEntry, *reversed(WRITE_ORDER)):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
    with transaction.atomic():
        under = registry.apply(HISTORY, by=None)
    assert tied()
    assert [(entry.act, entry.fact, entry.before, entry.after) for entry in under.entries] == told
    assert [model.objects.count() for model in WRITE_ORDER] == facts


def test_who_is_overtaken_on_the_same_firm_writes_what_then_holds(plan):
    registry.apply(HISTORY, by=None)
    asked = []
    closing = prepared([Close(uscc=FIRM, on=day("2026-02-01"))], asked)
    elsewhere(lambda: registry.apply([Close(uscc=FIRM, on=day("2026-01-01"))], by=None))
    with pytest.raises(registry.ActsRefused, match="注销"):
        jobs.until_it_holds(closing.write)
    assert len(asked) == 2
    assert [one.closed_on for one in Closure.objects.filter(enterprise__uscc=FIRM)] == [
        day("2026-01-01")
    ]


def test_who_is_overtaken_leaves_the_callers_transaction_and_nothing_is_written(plan):
    registry.apply(HISTORY, by=None)
    late = prepared([Rename(uscc=FIRM, name="后来的公司", on=day("2026-03-01"))])
    elsewhere(
        lambda: registry.apply(
            [Rename(uscc=FIRM, name="先来的公司", on=day("2026-02-01"))], by=None
        )
    )
    as_it_is = everything()
    with pytest.raises(jobs.Overtaken), transaction.atomic():
        late.write()
    assert everything() == as_it_is
    # Asked once more it goes on from what the other one has written.
    report = jobs.until_it_holds(late.write)[0]
    assert report.entries[-1].before["name"] == "先来的公司"


def test_what_happens_to_other_firms_overtakes_nobody(plan):
    registry.apply(HISTORY, by=None)
    asked = []
    new = prepared(NEW, asked)
    elsewhere(lambda: registry.apply([Register(uscc=code(9), name="丁公司")], by=None))
    elsewhere(lambda: registry.apply([Reopen(uscc=OTHER, on=day("2026-01-01"))], by=None))
    report = new.write()[0]
    assert (len(asked), report.new) == (1, 1)
    assert tied()
    assert LedgerHead.objects.get().last_entry == report.entries[-1].pk
    assert Enterprise.objects.filter(uscc=UNKNOWN).count() == 1


def test_a_number_that_another_firm_got_meanwhile_is_refused(plan):
    registry.apply(
        [Register(uscc=FIRM, name="甲公司"), Register(uscc=OTHER, name="乙公司")], by=None
    )
    grants = [
        Grant(uscc=uscc, kind="hnte", number=NUMBER, valid_from=day("2024-01-01"))
        for uscc in (FIRM, OTHER)
    ]
    late = prepared(grants[1:])
    elsewhere(lambda: registry.apply(grants[:1], by=None))
    with pytest.raises(registry.ActsRefused, match="已登记在另一企业"):
        jobs.until_it_holds(late.write)
    assert Qualification.objects.get().enterprise.uscc == FIRM


def test_a_rule_that_changed_meanwhile_is_judged_by(plan):
    registry.apply([Register(uscc=FIRM, name="甲公司")], by=None)
    late = prepared([Grant(uscc=FIRM, kind="hnte", number=NUMBER, valid_from=day("2024-01-01"))])
    KindTerm.objects.filter(kind__code="hnte").update(years=5)
    jobs.until_it_holds(late.write)
    assert Qualification.objects.get().valid_until.year in (2028, 2029)


def test_who_is_overtaken_every_time_prepares_under_the_lock_in_the_end(plan):
    registry.apply(HISTORY, by=None)
    asked = []

    def find_batches():
        asked.append(1)
        # Under the lock nobody else can write: the last time there is nobody to wait for.
        if len(asked) <= door.MOST_TRIES:
            name = f"先来的公司{len(asked)}"
            rename = Rename(uscc=FIRM, name=name, on=day(f"2026-02-0{len(asked)}"))
            elsewhere(lambda: registry.apply([rename], by=None))
        return [Batch([Rename(uscc=FIRM, name="后来的公司", on=day("2026-03-01"))])]

    report = jobs.until_it_holds(Prepared(find_batches, by=None).write)[0]
    assert len(asked) == door.MOST_TRIES + 1
    assert report.entries[-1].before["name"] == f"先来的公司{door.MOST_TRIES}"
    assert Enterprise.objects.get(uscc=FIRM).name == "后来的公司"


def test_refusals_are_those_of_before(plan):
    registry.apply(HISTORY, by=None)
    wrong = [Close(uscc=UNKNOWN, on=day("2025-01-01")), Register(uscc=UNKNOWN, name="长" * 500)]
    entries = LedgerEntry.objects.count()
    for acts in (wrong, wrong[1:]):
        with pytest.raises(registry.ActsRefused) as outside:
            registry.apply(acts, by=None)
        with pytest.raises(registry.ActsRefused) as under, transaction.atomic():
            registry.apply(acts, by=None)
        told = [
            [(one.message, one.uscc, one.field) for one in each.value.errors]
            for each in (outside, under)
        ]
        assert told[0] == told[1]
    assert LedgerEntry.objects.count() == entries
