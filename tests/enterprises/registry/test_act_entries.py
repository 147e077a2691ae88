"""What each act notes in the ledger, and what becomes of names, places, closures and applications."""

from dataclasses import replace

import pytest

from enterprises import registry
from enterprises.models import (
    Application,
    Closure,
    Enterprise,
    FormerName,
    LedgerEntry,
    LedgerHead,
    Placement,
)
from enterprises.registry.acts import (
    Act,
    Close,
    Leave,
    Listing,
    Move,
    Place,
    Register,
    Rename,
    Reopen,
)
from tests.enterprises.registered import (
    CELL,
    FIRM,
    HISTORY,
    LUOHUANG,
    OTHER,
    application,
    day,
    entries_of,
    ledger_after,
)
from tests.enterprises.registry.test_registry import CHANGES

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(plan) -> None:
    registry.apply(HISTORY, by=None)


def apply(*acts: Act) -> None:
    registry.apply(acts, by=None)


DAYS = {
    "register": None,
    "details": None,
    "rename": "2026-01-01",
    "backdate": "2018-02-03",
    "move": "2026-01-01",
    "move seen by a list": "2026-01-01",
    "leave": "2026-01-01",
    "close": "2026-01-01",
    "reopen": "2024-09-01",
    "grant for the kind's term": "2026-11-01",
    "printed last day": "2023-11-01",
    "extend": "2023-11-01",
    "revoke": "2025-05-05",
    "figures of another year": "2024-12-31",
    "figures corrected": "2025-12-31",
    "pool stage": "2026-03-31",
    "older pool stage": "2024-03-31",
    "leave pool": "2026-03-31",
}
"""The day on which each of the changes takes effect."""


@pytest.mark.parametrize("name", CHANGES)
def test_an_entry_has_the_day_of_its_change_and_the_cell_that_tells_of_it(history, name):
    last = LedgerHead.objects.get(pk=1).last_entry
    apply(replace(CHANGES[name][0], cells={"anything": CELL}))
    entry = LedgerEntry.objects.since(last).get()
    assert entry.effective_on == (DAYS[name] and day(DAYS[name]))
    assert entry.cells == {"anything": CELL}


def test_a_new_spelling_of_the_name_is_a_detail_and_no_former_name(history):
    apply(Rename(uscc=FIRM, name="甲(江津)公司", on=day("2026-01-01")))
    [(act, on, before, after)] = entries_of(
        Rename(uscc=FIRM, name="甲（江津）公司", on=day("2026-02-01"))
    )
    assert (act, on) == ("detailed", None)
    assert (before, after) == ({"name": "甲(江津)公司"}, {"name": "甲（江津）公司"})
    assert FormerName.objects.count() == 1


def test_a_new_name_leaves_the_old_one_with_its_last_day(history):
    apply(Rename(uscc=FIRM, name="新（甲）公司", on=day("2026-01-01")))
    former = FormerName.objects.get()
    assert (former.name, former.name_key, former.until) == ("甲公司", "甲公司", day("2026-01-01"))
    assert Enterprise.objects.get(uscc=FIRM).name_key == "新(甲)公司"
    # Old lists may use the former name, in any spelling.
    assert ledger_after(Register(uscc=FIRM, name="甲公司")) == []


def test_the_old_place_ends_on_the_day_the_new_one_begins(history):
    apply(Move(uscc=FIRM, **LUOHUANG, on=day("2026-01-01")))
    rows = Placement.objects.filter(enterprise__uscc=FIRM).order_by("since")
    assert list(rows.values_list("park__code", "since", "until", "arrival")) == [
        ("degan", day("2020-01-01"), day("2026-01-01"), "known"),
        ("luohuang", day("2026-01-01"), None, "moved"),
    ]


def test_a_place_outside_the_parks(history):
    apply(Move(uscc=FIRM, town="500116002", on=day("2026-01-01")))
    placement = Placement.objects.get(enterprise__uscc=FIRM, until=None)
    assert (placement.park, placement.town.code) == (None, "500116002")
    with pytest.raises(registry.ActsRefused, match="“园区外、德感街道”"):
        apply(Place(uscc=FIRM, **LUOHUANG, since=day("2020-01-01"), seen_on=day("2026-06-30")))


def test_left_and_seen_elsewhere_since_the_very_day(history):
    apply(Leave(uscc=FIRM, on=day("2025-01-01")))
    [(act, on, before, after)] = entries_of(Place(uscc=FIRM, **LUOHUANG, since=day("2025-01-01")))
    assert (act, on, before) == ("placed", day("2025-01-01"), {})
    assert after == {**LUOHUANG, "since": "2025-01-01", "arrival": "from_outside"}
    assert ledger_after(Leave(uscc=OTHER, on=day("2025-02-01"))) != []
    assert ledger_after(Leave(uscc=OTHER, on=day("2025-02-01"))) == []


def test_a_mistaken_closure_can_be_registered_again_by_a_person_alone(history):
    apply(Reopen(uscc=OTHER, on=day("2024-06-01")))
    listed = Close(uscc=OTHER, on=day("2024-06-01"), listing=Listing("名单"), cells={"on": CELL})
    report = registry.apply([listed], by=None)
    assert [(notice.field, notice.cell) for notice in report.notices] == [("on", CELL)]
    assert (report.changes, Closure.objects.get().reopened_on) == ([], day("2024-06-01"))
    [(act, on, before, after)] = entries_of(
        Close(uscc=OTHER, on=day("2024-06-01"), cause=Closure.Cause.REVOKED)
    )
    assert (act, on) == ("closed", day("2024-06-01"))
    assert before == {"reopened_on": "2024-06-01", "cause": "deregistered"}
    assert after == {"reopened_on": None, "cause": "revoked"}


def test_a_list_says_nothing_of_a_closure_that_ended_on_another_day(history):
    apply(Reopen(uscc=OTHER, on=day("2024-09-01")))
    listed = Close(uscc=OTHER, on=day("2024-06-01"), listing=Listing("名单"))
    report = registry.apply([listed], by=None)
    assert (report.notices, report.changes) == ([], [])


# --- applications ---------------------------------------------------------------------------------
def test_an_application_goes_from_stage_to_stage_and_the_ledger_shows_what_differs(history):
    [first] = entries_of(application(batch=1, agency="甲所"))
    assert first == (
        "applied", day("2026-03-01"), {},
        {"kind": "hnte", "year": 2026, "stage": "preparing", "since": "2026-03-01", "batch": 1,
         "agency": "甲所"},
    )  # fmt: skip
    # The stage it stands at keeps its day, and gets other details.
    [(_, on, before, after)] = entries_of(application(on="2026-04-01", batch=2, agency="甲所"))
    assert (on, before, after) == (day("2026-04-01"), {"batch": 1}, {"batch": 2})
    [(_, on, before, after)] = entries_of(
        application("filed", "2026-05-01", year=2027, batch=2, note="续")
    )
    assert on == day("2026-05-01")
    assert before == {"stage": "preparing", "year": 2026, "agency": "甲所", "note": ""}
    assert after == {"stage": "filed", "year": 2027, "agency": "", "note": "续"}
    # A second word on one day corrects the first.
    [(_, on, before, after)] = entries_of(application("publicity", "2026-05-01", year=2027))
    assert (on, before["stage"], after["stage"]) == (day("2026-05-01"), "filed", "publicity")
    assert list(
        Application.objects.order_by("since").values_list("stage", "since", "until", "batch")
    ) == [
        ("preparing", day("2026-03-01"), day("2026-05-01"), 2),
        ("publicity", day("2026-05-01"), None, None),
    ]
