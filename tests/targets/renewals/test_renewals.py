"""Certificates that lapse and where their renewal stands, against a day-by-day oracle."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import Application
from enterprises.registry import acts
from targets.figures import counting
from targets.renewals import rules as renewal_rules
from targets.renewals.rules import RenewalState
from targets.renewals.term import RENEWAL_DAYS
from tests import oracle
from tests.effort import examples
from tests.firms import TODAY, certificate, firm
from tests.histories import KINDS
from tests.histories import lives as histories
from tests.targets.figures.test_counting import enter, rolled_back
from tests.targets.outlook.test_lives import with_terms

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def tell(one, stage: str, on: dt.date = TODAY, year: int = 2026, **values) -> None:
    note = "不再申报" if stage == "given_up" else ""
    act = acts.Apply(
        uscc=one.uscc, kind="hnte", year=year, stage=stage, on=on, **{"note": note, **values}
    )
    registry.apply([act], by=None)


def state_of(one, on: dt.date = TODAY) -> RenewalState:
    found = renewal_rules.rows("hnte", TODAY - 400 * DAY, TODAY + 400 * DAY, on=on)
    return next(row.standing.state for row in found if row.certificate.enterprise_id == one.pk)


# --- the rule, once more day by day ---------------------------------------------------------------------------------
def holds(one: dict, day: dt.date) -> bool:
    return oracle.holds(one, KINDS["hnte"], day, "certificate")


def due_of(
    life: dict, since: dt.date, until: dt.date, on: dt.date
) -> Counter[tuple[dt.date, bool]]:
    """(last day, renewed) of each certificate that lapses in the time; of two of the same days one."""
    held = [one for one in life["certificates"] if one["kind"] == "hnte" and one["valid_from"]]
    if oracle.place_on(life, on) is None or oracle.struck_off(life, on):
        return Counter()
    found = {}
    for one in held:
        last = one["valid_until"]
        if not since <= last + DAY <= until or not holds(one, last):
            continue
        if not oracle.counted_at(life, "hnte", KINDS, last, "certificate"):
            continue
        longer = [
            other
            for other in held
            if other["valid_from"] <= one["valid_from"] and holds(other, last) and other is not one
            and (other["valid_from"], other["valid_until"]) != (one["valid_from"], last)
        ]  # fmt: skip
        went, _ = oracle.edge(life, "hnte", KINDS, last + DAY, "certificate")
        if longer or (went and not went[1] & {"expired", "transferred"}):
            continue
        latest = min(on, last + DAY + RENEWAL_DAYS * DAY)
        later = [other for other in held if one["valid_from"] < other["valid_from"] <= latest]
        found[one["valid_from"], last] = any(
            holds(other, max(other["valid_from"], last + DAY)) for other in later
        )
    return Counter((last, renewed) for (_, last), renewed in found.items())


@given(
    firms=st.lists(histories(dt.date(2021, 1, 1), dt.date(2028, 1, 1)), min_size=1, max_size=3),
    data=st.data(),
)
@settings(max_examples=examples(120), deadline=None, suppress_health_check=list(HealthCheck))
def test_due_and_renewed_as_the_oracle_finds(plan, firms, data):
    on = data.draw(
        st.sampled_from(sorted({day for one in firms for day in oracle.turning_days(one)}))
    )
    since, until = on - 500 * DAY, on + 1500 * DAY
    with rolled_back():
        enter(firms)
        found = renewal_rules.rows("hnte", since, until, on=on)
        lapsing = counting.lapsing(
            indicator="hnte",
            scope="district",
            since=since,
            until=until + DAY,
            definition="certificate",
        )
        ended = {(span.enterprise_id, span.end) for span in lapsing}
    expected = sum((due_of(with_terms(one), since, until, on) for one in firms), Counter())
    assert (
        Counter((row.last_day, row.standing.state == RenewalState.RENEWED) for row in found)
        == expected
    )
    here = {row.certificate.enterprise_id for row in found}
    assert {end for end in ended if end[0] in here} <= {
        (row.certificate.enterprise_id, row.lapses_on) for row in found
    }


@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 300), st.sampled_from(Application.Stage.values), st.integers(2022, 2027)
        ),
        max_size=6,
        unique_by=lambda step: step[0],
    ),
    asked=st.integers(-5, 320),
)
@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
def test_the_application_of_the_day_speaks_where_its_year_is_a_later_one(plan, steps, asked):
    first = dt.date(2026, 1, 1)
    with rolled_back():
        one = firm()
        registry.apply([certificate(one.uscc, until=dt.date(2026, 7, 30))], by=None)
        for day, stage, year in sorted(steps):
            tell(one, stage, first + day * DAY, year)
        on = first + asked * DAY
        said = [(stage, year) for day, stage, year in sorted(steps) if day <= asked]
        wanted = (
            RenewalState(said[-1][0]) if said and said[-1][1] > 2023 else RenewalState.NOT_STARTED
        )
        assert state_of(one, on) == wanted


def test_renewed_is_what_follows_within_half_a_year_and_not_later(people):
    for days, state in (
        (0, RenewalState.RENEWED),
        (RENEWAL_DAYS, RenewalState.RENEWED),
        (RENEWAL_DAYS + 1, RenewalState.FILED),
    ):
        one = firm()
        last = TODAY - 200 * DAY
        new = acts.Grant(
            uscc=one.uscc, kind="hnte", number=f"N{days}", valid_from=last + DAY + days * DAY
        )
        registry.apply([certificate(one.uscc, until=last), new], by=None)
        tell(one, "filed", TODAY - 150 * DAY)
        assert state_of(one) == state, days


def test_a_renewal_is_not_known_before_its_day_nor_one_that_never_held(people):
    one = firm(hnte_lapsed=True)
    grant = acts.Grant(uscc=one.uscc, kind="hnte", number="N", valid_from=TODAY + 9 * DAY)
    registry.apply([grant], by=None)
    assert state_of(one) == RenewalState.NOT_STARTED
    assert state_of(one, TODAY + 9 * DAY) == RenewalState.RENEWED
    registry.apply(
        [acts.Revoke(uscc=one.uscc, kind="hnte", number="N", on=TODAY + 9 * DAY)], by=None
    )
    assert state_of(one, TODAY + 9 * DAY) == RenewalState.NOT_STARTED


def test_firms_that_are_gone_or_withdrawn_are_not_listed(people):
    stays, left, closed, withdrawn = (firm(hnte_expiring=True) for _ in range(4))
    lapsed, lapsed_and_closed = firm(hnte_lapsed=True), firm()
    number = withdrawn.qualifications.get().number
    registry.apply(
        [
            acts.Leave(uscc=left.uscc, on=TODAY),
            acts.Close(uscc=closed.uscc, on=TODAY),
            certificate(lapsed_and_closed.uscc, until=TODAY - 10 * DAY),
            acts.Close(uscc=lapsed_and_closed.uscc, on=TODAY),
            acts.Revoke(uscc=withdrawn.uscc, kind="hnte", number=number, on=TODAY + DAY),
        ],
        by=None,
    )
    found = renewal_rules.rows("hnte", TODAY - 90 * DAY, TODAY + 90 * DAY, on=TODAY)
    assert [row.certificate.enterprise_id for row in found] == [lapsed.pk, stays.pk]


def test_a_certificate_that_another_outlasts_does_not_lapse(people):
    one = firm(hnte_expiring=True)
    longer = acts.Grant(
        uscc=one.uscc,
        kind="hnte",
        number="N",
        valid_from=dt.date(2023, 5, 4),
        valid_until=TODAY + 60 * DAY,
    )
    registry.apply([longer], by=None)
    found = renewal_rules.rows("hnte", TODAY, TODAY + 90 * DAY, on=TODAY)
    assert [row.certificate.number for row in found] == ["N"]


def test_one_withdrawn_before_the_old_one_ran_out_renewed_nothing(people):
    one = firm(hnte_expiring=True)
    new = acts.Grant(uscc=one.uscc, kind="hnte", number="N", valid_from=TODAY - 40 * DAY)
    registry.apply([new], by=None)
    assert state_of(one) == RenewalState.RENEWED
    registry.apply(
        [acts.Revoke(uscc=one.uscc, kind="hnte", number="N", on=TODAY - 9 * DAY)], by=None
    )
    assert state_of(one) == RenewalState.NOT_STARTED
