"""Rates at their edges, by hand: which years, which days, which certificates, and what nothing gives."""

import datetime as dt

import pytest

from targets.models import Span
from targets.outlook.model import rates
from targets.outlook.model.firm_history import CertificateLapse, FirmHistory
from targets.outlook.model.rates import RateTally, Renewals
from targets.renewals.term import RENEWAL_DAYS

YEAR_END = dt.date(2026, 12, 31)
DAY = dt.timedelta(days=1)


def life(*spans: Span, lapses: tuple[CertificateLapse, ...] = ()) -> FirmHistory:
    return FirmHistory(1, spans, lapses)


def span(
    start: dt.date,
    end: dt.date = Span.FAR,
    opened: str = Span.Opening.FIRST,
    closed: str = Span.Closing.OPEN,
    park: int | None = 1,
) -> Span:
    return Span(park_id=park, town_id=11, start=start, end=end, opened_by=opened, closed_by=closed)


def test_without_a_certificate_on_record_nothing_is_learned():
    learned = rates.learn([], YEAR_END, None)
    assert (learned.renewals, learned.exits) == ({}, {})
    assert (learned.renewal.rate_of(1), learned.exit.rate_of(1)) == (None, None)


# --- renewals -----------------------------------------------------------------------------------------------------
def test_which_certificates_tell_of_renewal_and_how():
    known_until = YEAR_END - RENEWAL_DAYS * DAY
    first_year = known_until.year - 4
    lapses = (
        CertificateLapse(dt.date(first_year - 1, 12, 31), 1, 0),  # too long ago
        CertificateLapse(dt.date(first_year, 1, 1), 1, 0),
        CertificateLapse(known_until - DAY, 1, 1),
        CertificateLapse(known_until, 1, RENEWAL_DAYS),
        CertificateLapse(known_until, 2, RENEWAL_DAYS + 1),
        CertificateLapse(known_until, 2, None),
        CertificateLapse(known_until + DAY, 1, 0),  # may still renew
    )
    learned = rates.learn([life(lapses=lapses)], YEAR_END, 2016)
    assert learned.renewals == {
        (1, first_year): Renewals(seamless=1),
        (1, known_until.year): Renewals(gap=2),
        (2, known_until.year): Renewals(lost=2),
    }
    assert list(learned.renewals) == sorted(learned.renewals)
    assert learned.renewal.district == RateTally(3, 5)
    assert Renewals(3, 2, 4).tally == RateTally(5, 9)


# --- exits --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first_year", "years"),
    [(2010, range(2022, 2027)), (2021, range(2022, 2027)), (2022, range(2023, 2027)), (None, [])],
)
def test_exits_are_counted_in_five_full_years_of_the_register(first_year, years):
    learned = rates.learn([life(span(dt.date(2010, 1, 1)))], YEAR_END, first_year)
    assert learned.exits == {(1, year): RateTally(0, 1) for year in years}


@pytest.mark.parametrize(
    ("end", "closed", "gone_in"),
    [
        (dt.date(2025, 12, 31), Span.Closing.CLOSED, 2025),
        (dt.date(2026, 1, 1), Span.Closing.CLOSED, 2026),
        (dt.date(2025, 7, 1), Span.Closing.LEFT, 2025),
        (dt.date(2025, 7, 1), Span.Closing.REVOKED, 2025),
        (dt.date(2025, 7, 1), Span.Closing.EXPIRED, None),
    ],
)
def test_a_firm_is_gone_from_the_day_it_no_longer_counts(end, closed, gone_in):
    learned = rates.learn([life(span(dt.date(2010, 1, 1), end, closed=closed))], YEAR_END, 2023)
    gone = {year for (_, year), tally in learned.exits.items() if tally.hits}
    assert gone == ({gone_in} if gone_in else set())


def test_the_last_span_of_the_year_decides():
    moved = dt.date(2025, 5, 1)
    spans = (
        span(dt.date(2010, 1, 1), moved, closed=Span.Closing.TRANSFERRED),
        span(moved, dt.date(2025, 9, 1), closed=Span.Closing.LEFT, park=2),
        span(dt.date(2026, 2, 1), opened=Span.Opening.ARRIVED, park=3),
    )
    learned = rates.learn([life(*spans)], YEAR_END, 2023)
    assert learned.exits == {(1, 2024): RateTally(0, 1), (1, 2025): RateTally(1, 1)}


# --- small units --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "tallies",
    [
        [],
        [RateTally(3, 6)],
        [RateTally(0, 6), RateTally(0, 5)],
        [RateTally(6, 6), RateTally(5, 5)],
        [RateTally(3, 6), RateTally(0, 0)],
        [RateTally(3, 6), RateTally(3, 6)],
        [RateTally(1, 1), RateTally(0, 1)],  # no room: one case a unit
    ],
)
def test_where_units_cannot_be_told_apart_the_district_weighs_most(tallies):
    assert rates.strength(tallies) == rates.STRONGEST


def test_units_without_a_case_do_not_count_as_units():
    told = [RateTally(5, 6), RateTally(3, 6)]
    assert rates.strength([*told, RateTally(0, 0)]) == rates.strength(told) == pytest.approx(9)


def test_the_years_of_a_unit_are_added_up():
    found = rates.shrunk(
        {(1, 2024): RateTally(2, 3), (1, 2025): RateTally(3, 3), (2, 2025): RateTally(3, 6)}
    )
    assert found.tallies == {1: RateTally(5, 6), 2: RateTally(3, 6)}
    assert found.district == RateTally(8, 12)
    assert found.rate_of(1) == pytest.approx((5 + 9 * 8 / 12) / (6 + 9))
    assert found.rate_of(3) == pytest.approx(8 / 12)


def test_a_share_of_nothing_is_none():
    assert RateTally(0, 0).share is None
    assert RateTally(1, 4).share == 0.25
    assert RateTally(1, 4) + RateTally(2, 3) == RateTally(3, 7)
