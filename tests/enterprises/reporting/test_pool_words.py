"""A quarter's roster moves firms into the reserve pool, up and out; the next template shows it, undoing restores."""

import datetime as dt
from functools import partial

import pytest

from enterprises import registry
from enterprises.models import LedgerEntry, PoolEntry
from enterprises.registry import acts
from enterprises.reporting import applying, prefilled
from parks.models import Unit
from tests.enterprises.handed_in import listed, sent_in
from tests.enterprises.workbooks import code, firm, roster

pytestmark = pytest.mark.django_db
LAST_DAY = dt.date(2026, 9, 30)
BEFORE = dt.date(2026, 1, 5)
known = partial(listed, revenue="1000.5", rd_expense="50", staff=40, rd_staff=8)


@pytest.fixture
def firms(plan) -> None:
    """1 is in no pool, 2 in cultivation, 3 in application."""
    for number in (1, 2, 3):
        known(number)
    registry.apply(
        [
            acts.EnterPool(uscc=code(2), stage="cultivation", target_year=2027, on=BEFORE),
            acts.EnterPool(uscc=code(3), stage="application", target_year=2026, on=BEFORE),
        ],
        by=None,
    )


def standing(on: dt.date) -> dict[str, tuple[str, int | None]]:
    rows = PoolEntry.objects.live_on(on)
    return {row.enterprise.uscc: (row.stage, row.target_year) for row in rows}


WORDS = roster(
    firm(1, pool_stage="种子库", planned_year=2028),
    firm(2, pool_stage="申报库", planned_year=2027),
    firm(3, pool_stage="退库", remark="今年不再申报"),
)
MOVED = {code(1): ("seed", 2028), code(2): ("application", 2027)}
HELD = {code(2): ("cultivation", 2027), code(3): ("application", 2026)}


def template_words(unit: Unit, on: dt.date) -> dict[str, tuple[str | None, int | None]]:
    rows = prefilled.firm_rows(unit, on)
    return {row["uscc"]: (row["pool_stage"], row["planned_year"]) for row in rows}


def test_the_words_of_a_roster_move_firms_and_undoing_brings_them_back(
    firms, unit_desk, put_in_force, people
):
    version = sent_in(unit_desk, WORDS)
    assert [(row.code, row.reason) for row in version.problems.all()] == []
    put_in_force(version)
    assert standing(LAST_DAY) == MOVED
    assert standing(LAST_DAY - dt.timedelta(days=1)) == HELD
    left = PoolEntry.objects.get(enterprise__uscc=code(3))
    assert (left.ended_on, left.exit_reason) == (LAST_DAY, "今年不再申报")
    told = LedgerEntry.objects.filter(act__in=("pooled", "unpooled"), source=version.source)
    assert all(entry.cells for entry in told)
    assert told.count() == 3
    degan = Unit.objects.get(code="degan")
    assert template_words(degan, dt.date(2026, 12, 31)) == {
        code(1): ("种子库", 2028),
        code(2): ("申报库", 2027),
        code(3): (None, None),
    }
    applying.undo_roster(version, by=people["小石"], reason="误批")
    assert standing(LAST_DAY) == HELD
    assert template_words(degan, dt.date(2026, 12, 31))[code(3)] == ("申报库", 2026)


def test_a_certified_firm_is_shown_without_a_stage_and_is_not_asked_about(
    firms, unit_desk, put_in_force
):
    certificate = {"number": "GR202651100001", "valid_from": dt.date(2026, 8, 1)}
    registry.apply([acts.Grant(uscc=code(2), kind="hnte", **certificate)], by=None)
    assert template_words(Unit.objects.get(code="degan"), LAST_DAY)[code(2)] == (None, None)
    held = {"certificate_number": "GR202651100001", "certificate_issued_on": dt.date(2026, 8, 1)}
    version = sent_in(
        unit_desk,
        roster(firm(1), firm(2, **held), firm(3, pool_stage="申报库", planned_year=2026)),
    )
    assert [(row.code, row.reason) for row in version.problems.all()] == []
    put_in_force(version)
    assert standing(LAST_DAY) == {code(3): ("application", 2026)}
