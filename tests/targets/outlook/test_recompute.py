"""The monthly series: equal to a count at each month end, and the same however often and from how many sides made."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from enterprises import registry
from enterprises.jobs import Overtaken, until_it_holds
from enterprises.jobs import queue as jobs
from enterprises.models import Job, KindTerm
from enterprises.registry import acts
from targets import recompute
from targets.figures import counting, spans
from targets.models import Indicator, MonthlySeries, Span, Target
from targets.outlook import expectations
from targets.outlook.model import backtest
from tests.firms import TODAY, firm


def rows() -> list[tuple]:
    return list(
        MonthlySeries.objects.order_by("definition", "scope", "indicator").values_list(
            "definition", "scope", "indicator", "first_month", "values"
        )
    )


def run(slot: str | None = None) -> Job:
    return jobs.run_inline(jobs.submit(kind="recompute", slot=slot))


def series(indicator: str, scope: str, definition: str = "certificate") -> list:
    return MonthlySeries.objects.get(indicator=indicator, scope=scope, definition=definition).values


@pytest.mark.django_db
def test_month_ends_run_from_2019_to_the_last_target(plan):
    days = recompute.month_ends()
    assert (days[0], days[13], days[-1]) == (
        dt.date(2019, 1, 31),
        dt.date(2020, 2, 29),
        dt.date(2027, 12, 31),
    )
    assert len(days) == 108
    indicator = Indicator.objects.get(code="hnte")
    Target.objects.create(
        indicator=indicator, due=dt.date(2030, 6, 30), operator="gt", value=900, wording="超过900家"
    )
    assert recompute.month_ends()[-1] == dt.date(2030, 6, 30)


@pytest.mark.django_db
def test_every_value_is_the_count_of_its_month_end(plan):
    for park, town in (("degan", "500116002"), ("baisha", "500116108"), ("", "500116101")):
        firm(hnte=True, tech=True, park=park, town=town)
        firm(hnte_lapsed=True, struck_off=True, park=park, town=town)
    assert run().state == "done"
    days = recompute.month_ends()
    for definition in ("certificate", "class_year"):
        counts = counting.count(days, definition)
        for row in MonthlySeries.objects.filter(definition=definition):
            expected = [counts.value(day, row.scope, row.indicator) for day in days]
            assert row.values == [
                value if value is None else pytest.approx(float(value)) for value in expected
            ]
    stock = series("hnte", "district")
    assert (stock[0], stock[days.index(dt.date(2025, 12, 31))], stock[days.index(TODAY)]) == (
        0,
        6,
        3,
    )


@pytest.mark.django_db
def test_there_is_a_row_for_every_indicator_scope_and_definition_and_a_share_of_nothing_is_null(
    plan,
):
    result = run().result
    counted, shares, scopes = 4, 2, 3 + 6 + 30
    assert MonthlySeries.objects.count() == result["series"] == 2 * (counted * scopes + shares)
    assert set(series("hnte_park_share", "district")) == {None}
    assert set(series("hnte", "district")) == {0}


@pytest.mark.django_db
def test_twice_in_a_row_gives_the_same_rows(plan):
    firm(hnte=True, tech=True)
    run()
    once = rows()
    ids = set(MonthlySeries.objects.values_list("pk", flat=True))
    run()
    assert rows() == once
    assert set(MonthlySeries.objects.values_list("pk", flat=True)) == ids


@pytest.mark.django_db
def test_a_run_in_the_day_catches_up_and_a_nightly_one_rebuilds(plan):
    one = firm(hnte=True)
    run()
    Span.objects.filter(enterprise=one).update(
        end=dt.date(2026, 1, 1)
    )  # as if the derived table were spoilt
    firm(hnte=True)
    assert run().result["firms"] == 1
    assert series("hnte", "district")[-1] == 1
    assert run(slot="recompute:2026-06-30").result["firms"] == 2
    assert series("hnte", "district")[-1] == 2


@pytest.mark.django_db
def test_a_change_after_the_counting_and_before_the_writing_is_not_lost(plan):
    firm(hnte=True)
    job = jobs.submit(kind="recompute")
    owner = "test"
    context = jobs.JobContext(jobs._claim_job(job.pk, owner), owner)
    write = recompute.run(context)
    firm(hnte=True)
    spans.refresh()
    with pytest.raises(Overtaken):
        write()
    assert not MonthlySeries.objects.exists()
    until_it_holds(write)
    assert series("hnte", "district")[-1] == 2


@pytest.mark.django_db
def test_a_run_that_is_overtaken_every_time_counts_under_the_lock_in_the_end(plan):
    job = jobs.submit(kind="recompute")
    write = recompute.run(jobs.JobContext(jobs._claim_job(job.pk, "test"), "test"))
    came = []

    def write_too_late():
        came.append(firm(hnte=True))
        spans.refresh()
        return write()

    until_it_holds(write_too_late)
    assert len(came) == recompute.MOST_TRIES
    assert series("hnte", "district")[-1] == len(came)


@pytest.mark.django_db
def test_each_forecast_of_the_past_is_a_sign_of_life(plan):
    """Together they take longer than a lease."""
    firm(hnte_lapsed=True)
    # Nothing is foretold once the plan's last target has passed.
    ahead = timezone.localdate() + dt.timedelta(days=400)
    Target.objects.create(
        indicator=Indicator.objects.get(code="hnte"),
        due=ahead,
        operator="gt",
        value=900,
        wording="超过900家",
    )
    spans.refresh()
    phases = []
    expectations.build_expectations(lambda phase, **_: phases.append(phase))
    assert phases.count("检验以往推算") >= len(backtest.STARTS)


@pytest.mark.django_db
def test_a_slow_run_does_not_bring_back_figures_by_rules_changed_meanwhile(plan):
    firm(hnte=True)
    job = jobs.submit(kind="recompute", slot="night:1")
    write = recompute.run(jobs.JobContext(jobs._claim_job(job.pk, "test"), "test"))
    KindTerm.objects.filter(kind__code="hnte").update(years=1)
    jobs.run_inline(jobs.submit(kind="recompute", params={"rebuild": True}))
    by_new_rules = rows()
    until_it_holds(write)
    assert rows() == by_new_rules
    assert series("hnte", "district", "class_year")[-1] == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_while_facts_change_give_the_same_rows_as_one_alone(plan):
    one = firm(hnte=True, tech=True)
    started = threading.Barrier(3)
    failures = []

    def at_once(work):
        try:
            started.wait(10)
            work()
        except Exception as error:  # shown below, in the test's own thread
            failures.append(error)
        finally:
            connection.close()

    def change():
        registry.apply([acts.Close(uscc=one.uscc, on=TODAY)], by=None)

    works = [lambda: run("night:1"), lambda: run("night:2"), change]
    threads = [threading.Thread(target=at_once, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert list(Job.objects.values_list("state", flat=True)) == ["done", "done"]
    run()
    concurrent = rows()
    MonthlySeries.objects.all().delete()
    spans.rebuild()
    run()
    assert rows() == concurrent
    assert series("hnte", "district")[-1] == 0


def test_a_rebuild_shows_signs_of_life_and_leaves_every_firm_counted(plan, monkeypatch):
    monkeypatch.setattr(spans, "BATCH", 2)
    for _ in range(5):
        firm(hnte=True)
    before, seen = counting.count([TODAY]).value(TODAY, "district", "hnte"), []

    def beat(phase, *, done, total):
        seen.append(
            (
                done,
                total,
                counting.count_stored([TODAY], "certificate").value(TODAY, "district", "hnte"),
            )
        )

    assert spans.rebuild(beat) == 5
    assert seen == [(0, 5, before), (2, 5, before), (4, 5, before)]
