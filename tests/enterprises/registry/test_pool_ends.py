"""A stay in the reserve pool ends by itself with the certificate, the closing or the departure, and goes on without."""

import contextlib
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import Closure, Enterprise, LedgerEntry, Placement, PoolEntry, Qualification
from enterprises.registry import acts
from enterprises.registry.origins import Listing
from enterprises.registry.undoing import plan_undoing
from tests.effort import examples
from tests.enterprises.registered import DEGAN, FIRM, LUOHUANG, day

DAYS = [dt.date(year, month, 1) for year in (2022, 2023, 2024) for month in (1, 4, 7, 10)]
days = st.sampled_from(DAYS)
ends = st.sampled_from([day + dt.timedelta(days=offset) for day in DAYS for offset in (-1, 0)])
stages = st.sampled_from(PoolEntry.Stage.values)
years = st.sampled_from([None, 2024, 2025])
histories = st.lists(
    st.one_of(
        st.builds(acts.EnterPool, uscc=st.just(FIRM), stage=stages, target_year=years, on=days),
        st.builds(acts.LeavePool, uscc=st.just(FIRM), on=days, because=st.just("试")),
        st.builds(
            acts.Grant,
            uscc=st.just(FIRM),
            kind=st.sampled_from(["hnte", "hnte", "tech"]),
            valid_from=days,
            valid_until=st.one_of(st.none(), ends),
        ),
        st.builds(
            acts.Revoke, uscc=st.just(FIRM), kind=st.just("hnte"), valid_from=days, on=days
        ),
        st.builds(acts.Close, uscc=st.just(FIRM), on=days),
        st.builds(acts.Reopen, uscc=st.just(FIRM), on=days),
        st.builds(acts.Leave, uscc=st.just(FIRM), on=days),
        st.builds(acts.Move, uscc=st.just(FIRM), on=days, **{k: st.just(v) for k, v in LUOHUANG.items()}),
        st.just("undo"),
    ),
    max_size=14,
)  # fmt: skip


@pytest.fixture
def placed(plan) -> Enterprise:
    registered = acts.Register(uscc=FIRM, name="甲公司")
    place = acts.Place(uscc=FIRM, **DEGAN, since=dt.date(2021, 1, 1))
    registry.apply([registered, place], by=None)
    return Enterprise.objects.get(uscc=FIRM)


@contextlib.contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def carry_out(history: list) -> None:
    for act in history:
        try:
            if act == "undo":
                last = LedgerEntry.objects.in_force().latest("pk")
                if last.act not in ("registered", "placed"):
                    registry.apply(plan_undoing([(last.pk, last.pk)]).acts, by=None)
            else:
                registry.apply([act], by=None)
        except registry.ActsRefused:
            pass


def is_no_reserve(firm: Enterprise, on: dt.date) -> bool:
    """Without the product's rules of days: each fact read by its own columns."""
    for row in Qualification.objects.filter(enterprise=firm, kind__code="hnte"):
        revoked = row.revoked_on is not None and row.revoked_on <= on
        if row.valid_from <= on <= (row.valid_until or dt.date.max) and not revoked:
            return True
    for row in Closure.objects.filter(enterprise=firm):
        if row.closed_on <= on and (row.reopened_on is None or on < row.reopened_on):
            return True
    stays = Placement.objects.filter(enterprise=firm)
    return not any(row.since <= on and (row.until is None or on < row.until) for row in stays)


def expected_live(firm: Enterprise, on: dt.date) -> set[int]:
    """Entries told for the day whose firm was a reserve on each day from the entry on."""
    live = set()
    for entry in PoolEntry.objects.filter(enterprise=firm, since__lte=on):
        passed = [entry.since + dt.timedelta(days=n) for n in range((on - entry.since).days + 1)]
        # Facts change on the days of the history and on the days after them.
        turns = [one for one in passed if one.day in (1, 2)]
        told = entry.until is None or on < entry.until
        if told and not any(is_no_reserve(firm, one) for one in turns):
            live.add(entry.pk)
    return live


pytestmark = pytest.mark.django_db


@pytest.mark.proof
@given(history=histories)
@settings(
    max_examples=examples(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_certified_closed_or_departed_firm_is_in_the_pool_on_any_day(placed, history):
    with rolled_back():
        carry_out(history)
        for on in (*DAYS[::3], DAYS[-1], dt.date(2025, 6, 1)):
            live = PoolEntry.objects.live_on(on)
            assert {row.pk for row in live} == expected_live(placed, on)
            held = [row for row in PoolEntry.objects.all() if row.holds_on(on)]
            assert {row.pk for row in held} == {row.pk for row in live}
            assert len(held) <= 1


def stay() -> PoolEntry:
    return PoolEntry.objects.latest("since")


ENTRY = acts.EnterPool(uscc=FIRM, stage="seed", target_year=2024, on=dt.date(2023, 1, 1))
ENDINGS = [
    (acts.Grant(uscc=FIRM, kind="hnte", valid_from=dt.date(2024, 4, 1)), "certified"),
    (acts.Close(uscc=FIRM, on=dt.date(2024, 4, 1)), "closed"),
    (acts.Leave(uscc=FIRM, on=dt.date(2024, 4, 1)), "left"),
    (acts.LeavePool(uscc=FIRM, on=dt.date(2024, 4, 1)), "other"),
    (
        acts.LeavePool(uscc=FIRM, on=dt.date(2024, 4, 1), exit_kind="given_up", because="不报了"),
        "given_up",
    ),
    (acts.EnterPool(uscc=FIRM, stage="application", on=dt.date(2024, 4, 1)), "next_stage"),
]


@pytest.mark.parametrize(("act", "ending"), ENDINGS)
def test_a_stay_ends_on_the_day_of_the_fact_and_goes_on_when_it_is_undone(placed, act, ending):
    registry.apply([ENTRY], by=None)
    entry = stay()
    report = registry.apply([act], by=None)
    entry.refresh_from_db()
    assert (entry.ended_on, entry.ended_by) == (dt.date(2024, 4, 1), ending)
    assert entry in PoolEntry.objects.live_on(dt.date(2024, 3, 31))
    assert entry not in PoolEntry.objects.live_on(dt.date(2024, 4, 1))
    numbers = [written.pk for written in report.entries]
    registry.apply(plan_undoing([(numbers[0], numbers[-1])]).acts, by=None)
    entry.refresh_from_db()
    assert (entry.ended_on, entry.ended_by, entry.until) == (None, "", None)


def test_another_kind_of_certificate_ends_no_stay(placed):
    registry.apply(
        [ENTRY, acts.Grant(uscc=FIRM, kind="tech", valid_from=day("2024-04-01"))], by=None
    )
    assert stay().ended_on is None


@pytest.mark.parametrize(("act", "ending"), ENDINGS[:3])
def test_whoever_is_no_reserve_is_refused_by_hand(placed, people, act, ending):
    registry.apply([act], by=None)
    late = acts.EnterPool(uscc=FIRM, stage="seed", on=day("2024-06-01"), confirmed=True)
    with pytest.raises(registry.ActsRefused) as refused:
        registry.apply([late], by=people["小石"], reason="试")
    assert {"certified": "取得认定", "closed": "注销", "left": "不在本区"}[ending] in str(
        refused.value
    )
    assert not PoolEntry.objects.exists()


def test_a_roster_that_goes_on_naming_a_certified_firm_adds_nothing(placed):
    certificate = acts.Grant(
        uscc=FIRM, kind="hnte", valid_from=day("2023-10-01"), valid_until=day("2026-09-30")
    )
    registry.apply([ENTRY, certificate], by=None)
    for text in ("2024-03-31", "2024-06-30"):
        again = acts.EnterPool(
            uscc=FIRM,
            stage="seed",
            target_year=2024,
            on=day(text),
            listing=Listing("名册", day(text)),
        )
        registry.apply([again], by=None)
    assert PoolEntry.objects.count() == 1
    assert not PoolEntry.objects.live_on(day("2024-06-30")).exists()


def test_a_firm_whose_certificate_has_run_out_comes_back_by_a_stay_of_its_own(placed):
    certificate = acts.Grant(
        uscc=FIRM, kind="hnte", valid_from=day("2023-10-01"), valid_until=day("2026-09-30")
    )
    registry.apply([ENTRY, certificate], by=None)
    on = day("2026-12-31")
    assert not PoolEntry.objects.live_on(on).exists()
    back = acts.EnterPool(
        uscc=FIRM, stage="seed", target_year=2024, on=on, listing=Listing("名册", on)
    )
    registry.apply([back], by=None)
    first, second = PoolEntry.objects.order_by("since")
    assert (first.ended_on, first.ended_by) == (day("2023-10-01"), "certified")
    assert list(PoolEntry.objects.live_on(on)) == [second]


@pytest.mark.proof
@given(
    periods=st.sampled_from(
        [
            [("2022-07-01", "2023-06-30")],
            [("2022-07-01", "2022-12-31"), ("2024-01-01", "2024-06-30")],
            [],
        ]
    ),
    order=st.permutations(
        [day(f"{year}-{month}-15") for year in (2022, 2023, 2024) for month in ("03", "10")]
    ),
    words=st.integers(2, 4),
)
@settings(
    max_examples=examples(200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_lists_of_one_stage_bring_the_same_stays_in_any_order(placed, periods, order, words):
    """Certificates between them end a stay and let the next word begin another."""
    grants = [
        acts.Grant(uscc=FIRM, kind="hnte", valid_from=day(since), valid_until=day(until))
        for since, until in periods
    ]

    def stays_after(order: list[dt.date]) -> list[tuple]:
        with rolled_back():
            carry_out(grants)
            for on in order:
                word = acts.EnterPool(
                    uscc=FIRM, stage="seed", target_year=2024, on=on, listing=Listing("名册", on)
                )
                registry.apply([word], by=None)
            rows = PoolEntry.objects.order_by("since")
            return list(rows.values_list("since", "until", "ended_on", "ended_by"))

    shuffled = order[:words]
    assert stays_after(shuffled) == stays_after(sorted(shuffled))


def test_an_older_list_that_came_late_is_taken_back_whole(placed):
    """It had put a stay between two others, or brought the later one forward."""
    certificate = acts.Grant(
        uscc=FIRM, kind="hnte", valid_from=day("2023-01-01"), valid_until=day("2023-12-31")
    )
    registry.apply([certificate], by=None)

    def told(text: str) -> acts.EnterPool:
        listing = Listing("名册", day(text))
        return acts.EnterPool(
            uscc=FIRM, stage="seed", target_year=2024, on=day(text), listing=listing
        )

    registry.apply([told("2022-06-30"), told("2024-12-31")], by=None)
    before = list(PoolEntry.objects.order_by("since").values())
    report = registry.apply([told("2024-03-31")], by=None)
    assert [row.since for row in PoolEntry.objects.order_by("since")] == [
        day("2022-06-30"),
        day("2024-03-31"),
    ]
    numbers = [entry.pk for entry in report.entries]
    registry.apply(plan_undoing([(numbers[0], numbers[-1])]).acts, by=None)
    assert list(PoolEntry.objects.order_by("since").values()) == before


def test_the_same_stage_by_hand_sets_the_review_and_the_reason(placed, people):
    registry.apply([ENTRY], by=None)
    reviewed = acts.EnterPool(
        uscc=FIRM,
        stage="seed",
        target_year=2024,
        on=day("2023-06-01"),
        next_review=day("2023-12-01"),
        reason="研发占比差0.3个百分点",
        confirmed=True,
    )
    registry.apply([reviewed], by=people["小石"], reason="复核")
    assert PoolEntry.objects.count() == 1
    assert (stay().next_review, stay().reason) == (day("2023-12-01"), "研发占比差0.3个百分点")
