"""The registry as a whole: all or nothing, sources and cells, places over time, statements, calls at once."""

import math
import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from enterprises import registry
from enterprises.firms import state as firm_state
from enterprises.models import (
    Closure,
    Enterprise,
    FormerName,
    LedgerEntry,
    LedgerHead,
    Placement,
    Qualification,
    SourceFile,
)
from enterprises.registry.acts import Close, Grant, Leave, Move, Place, Register, Rename, Revoke
from tests.enterprises.registered import (
    DEGAN,
    FIRM,
    HISTORY,
    LUOHUANG,
    NUMBER,
    OTHER,
    UNKNOWN,
    day,
    ledger_after,
)
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db
SQLITE_PARAMETERS = 999


@pytest.fixture
def history(plan) -> None:
    registry.apply(HISTORY, by=None)


def test_one_refusal_and_nothing_is_written_and_all_refusals_are_told(history):
    good = Register(uscc=UNKNOWN, name="丙公司")
    wrong = [
        Register(uscc=FIRM, name="别的公司", cells={"name": "Sheet1!B4"}),
        Close(uscc=OTHER, on=day("2025-01-01")),
    ]
    entries = LedgerEntry.objects.count()
    with pytest.raises(registry.ActsRefused) as refusal:
        registry.apply([good, *wrong], by=None)
    assert [error.uscc for error in refusal.value.errors] == [FIRM, OTHER]
    assert refusal.value.errors[0].cell == "Sheet1!B4"
    assert LedgerEntry.objects.count() == entries
    assert not Enterprise.objects.filter(uscc=UNKNOWN).exists()


def test_each_entry_names_who_why_the_file_and_its_cells(people):
    source = SourceFile.objects.create(kind="roster", name="a.xlsx", sha256="0" * 64, size=1)
    cells = {"valid_from": "Sheet1!E4", "number": "Sheet1!D4", "unrelated": "Sheet1!Z4"}
    acts = [
        Register(uscc=FIRM, name="甲公司", cells={"name": "Sheet1!B4"}),
        Grant(uscc=FIRM, kind="hnte", number=NUMBER, valid_from=day("2023-11-01"), cells=cells),
    ]
    registry.apply(acts, by=people["小石"], source=source, reason="试")
    first, second = LedgerEntry.objects.since(0)
    assert (first.cells, first.source, first.by.username, first.reason) == (
        {"name": "Sheet1!B4"},
        source,
        "小石",
        "试",
    )
    assert second.cells == {"valid_from": "Sheet1!E4", "number": "Sheet1!D4"}
    assert second.fact_id == Qualification.objects.get().pk
    assert LedgerHead.objects.get().last_entry == second.pk


def test_batches_of_several_sources_meet_each_other_and_keep_their_sources(plan):
    sources = [
        SourceFile.objects.create(kind="roster", name=c, sha256=c * 64, size=1) for c in "ab"
    ]
    same = Register(uscc=FIRM, name="甲公司")
    placed = Place(uscc=FIRM, **DEGAN, since=day("2020-01-01"))
    batches = [registry.Batch([same], sources[0]), registry.Batch([same, placed], sources[1])]
    previewed = registry.preview_all(batches)
    applied = registry.apply_all(batches, by=None)
    for first, second in (previewed, applied):
        assert (first.new, second.new, second.changed) == (1, 0, 1)
    assert list(LedgerEntry.objects.since(0).values_list("act", "source__name")) == [
        ("registered", "a"),
        ("placed", "b"),
    ]


def test_a_preview_writes_nothing_and_tells_refusals(history):
    entries = LedgerEntry.objects.count()
    report = registry.preview(
        [Register(uscc=UNKNOWN, name="丙公司"), Close(uscc=OTHER, on=day("2025-01-01"))]
    )
    assert (report.new, len(report.errors)) == (1, 1)
    assert LedgerEntry.objects.count() == entries


def test_an_arrival_from_outside_keeps_its_day(plan):
    arrival = Place(uscc=FIRM, **DEGAN, since=day("2024-05-01"), from_outside=True)
    registry.apply([Register(uscc=FIRM, name="甲公司"), arrival], by=None)
    assert ledger_after(Place(uscc=FIRM, **DEGAN, since=day("2019-01-01"))) == []
    assert Placement.objects.get().since == day("2024-05-01")


def test_an_old_list_may_name_the_place_of_its_day(history):
    registry.apply([Move(uscc=FIRM, **LUOHUANG, on=day("2026-01-01"))], by=None)
    assert (
        ledger_after(Place(uscc=FIRM, **DEGAN, since=day("2020-01-01"), seen_on=day("2025-12-31")))
        == []
    )
    assert (
        ledger_after(
            Place(uscc=FIRM, **LUOHUANG, since=day("2020-01-01"), seen_on=day("2026-06-30"))
        )
        == []
    )
    with pytest.raises(registry.ActsRefused, match="与名单不一致"):
        registry.apply(
            [Place(uscc=FIRM, **DEGAN, since=day("2020-01-01"), seen_on=day("2026-06-30"))], by=None
        )


def test_a_firm_that_left_comes_back_with_a_day_of_its_own(history):
    registry.apply([Leave(uscc=FIRM, on=day("2025-01-01"))], by=None)
    with pytest.raises(registry.ActsRefused, match="已于2025-01-01迁出"):
        registry.apply(
            [Place(uscc=FIRM, **DEGAN, since=day("2020-01-01"), seen_on=day("2026-06-30"))], by=None
        )
    registry.apply([Place(uscc=FIRM, **LUOHUANG, since=day("2026-02-01"))], by=None)
    assert list(
        Placement.objects.filter(enterprise__uscc=FIRM).values_list("arrival", flat=True)
    ) == [
        "known",
        "from_outside",
    ]


def mention(text: str) -> Grant:
    return Grant(
        uscc=FIRM, kind="srdi", valid_from=day(text), dating=Qualification.Dating.FIRST_SEEN
    )


@pytest.mark.parametrize("days", [("2026-03-31", "2026-06-30"), ("2026-06-30", "2026-03-31")])
def test_a_mention_counts_from_the_oldest_list_until_a_printed_date_takes_its_place(history, days):
    registry.apply([mention(text) for text in days], by=None)
    held = Qualification.objects.get(kind__code="srdi")
    assert (held.valid_from, held.valid_until, held.dating) == (
        day("2026-03-31"),
        None,
        "first_seen",
    )
    registry.apply([Grant(uscc=FIRM, kind="srdi", valid_from=day("2025-01-01"))], by=None)
    held.refresh_from_db()
    assert (held.valid_from, held.valid_until, held.dating) == (
        day("2025-01-01"),
        day("2028-01-01"),
        "printed",
    )
    assert ledger_after(mention("2026-03-31")) == []


def test_a_withdrawn_qualification_that_is_mentioned_later_is_a_new_one(history):
    withdrawn = Revoke(uscc=FIRM, kind="srdi", valid_from=day("2025-03-31"), on=day("2025-09-01"))
    registry.apply([mention("2025-03-31"), withdrawn], by=None)
    registry.apply([mention("2026-03-31")], by=None)
    assert Qualification.objects.filter(kind__code="srdi").count() == 2


def test_the_state_of_a_past_day_is_read_back(history):
    registry.apply(
        [
            Rename(uscc=FIRM, name="新甲公司", on=day("2026-01-01")),
            Move(uscc=FIRM, **LUOHUANG, on=day("2025-07-01")),
        ],
        by=None,
    )
    firm, other = Enterprise.objects.get(uscc=FIRM), Enterprise.objects.get(uscc=OTHER)
    before = firm_state.on_day(firm, day("2025-06-30"))
    assert (before.name, before.placement.park.code) == ("甲公司", "degan")
    # It holds the certificate: its stay in the pool ended on its first day.
    assert before.pool is None
    assert {held.kind.code for held in before.qualifications} == {"hnte", "tech"}
    after = firm_state.on_day(firm, day("2026-11-02"))
    assert (after.name, after.placement.park.code, after.figures.year) == (
        "新甲公司",
        "luohuang",
        2025,
    )
    assert {held.kind.code for held in after.qualifications} == {"tech"}
    assert firm_state.on_day(firm, day("2019-12-31")).placement is None
    assert [
        firm_state.on_day(other, day(text)).closed for text in ("2024-05-31", "2024-06-01")
    ] == [False, True]
    assert FormerName.objects.get().name == "甲公司"


def firms(number: int) -> list:
    known = [code(index) for index in range(100, 100 + number)]
    registered = [Register(uscc=uscc, name=f"公司{uscc}") for uscc in known]
    placed = [Place(uscc=uscc, **DEGAN, since=day("2020-01-01")) for uscc in known]
    return (
        registered
        + placed
        + [Grant(uscc=uscc, kind="tech", valid_from=day("2020-01-01")) for uscc in known]
    )


def statements(acts: list) -> int:
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        transaction.atomic(),
    ):
        registry.apply(acts, by=None)
        transaction.set_rollback(True)
    return len(queries)


def test_the_number_of_statements_does_not_grow_with_the_firms(plan):
    few, many = statements(firms(300)), statements(firms(2800))
    models = (Enterprise, Placement, Qualification, LedgerEntry)
    parameters = sum(2500 * len(model._meta.fields) for model in models) + 2 * 2500 * len(
        LedgerEntry._meta.fields
    )
    splits = math.ceil(parameters / SQLITE_PARAMETERS * 1.2) if connection.vendor == "sqlite" else 0
    recount = 1  # after many rows the tables are counted anew
    assert few <= many <= few + splits + recount
    if connection.vendor == "postgresql":
        assert many < 40


def both(*calls) -> list[str]:
    """Each call in a thread of its own, started together; what became of them, sorted."""
    gate, outcomes = threading.Barrier(len(calls)), []

    def run(acts):
        try:
            gate.wait(10)
            registry.apply(acts, by=None)
            outcomes.append("done")
        except registry.ActsRefused as refusal:
            outcomes.append(f"refused {refusal}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[acts]) for acts in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_on_one_firm_write_it_once(plan):
    acts = HISTORY[:4]
    assert both(acts, acts) == ["done", "done"]
    assert Enterprise.objects.count() == Placement.objects.count() == 1
    assert list(LedgerEntry.objects.since(0).values_list("act", flat=True)) == [
        "registered",
        "placed",
        "granted",
        "granted",
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_contradicting_calls_one_is_refused(plan):
    registry.apply(HISTORY, by=None)
    closings = [[Close(uscc=FIRM, on=day(text))] for text in ("2026-01-01", "2026-02-01")]
    done, refused = both(*closings)
    assert done == "done"
    assert "注销" in refused
    assert Closure.objects.filter(enterprise__uscc=FIRM).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_goes_to_one_of_two_firms(plan):
    grants = [
        Grant(uscc=uscc, kind="hnte", number=NUMBER, valid_from=day("2024-01-01"))
        for uscc in (FIRM, OTHER)
    ]
    done, refused = both(*([Register(uscc=grant.uscc, name=grant.uscc), grant] for grant in grants))
    assert done == "done"
    assert "已登记在另一企业" in refused
    assert Enterprise.objects.count() == 1
