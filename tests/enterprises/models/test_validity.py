"""The printed last day still counts: for one certificate in Python and for many in SQL."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises.models import Enterprise, Qualification, QualificationKind
from enterprises.models.qualification import first_counted_on
from enterprises.models.validity import FAR, Validity, in_force, valid_on
from tests.effort import examples
from tests.firms import code

DAY = dt.timedelta(days=1)
ISSUED, LAST = dt.date(2024, 2, 29), dt.date(2027, 2, 28)
LEAP_DAYS = [dt.date(year, 2, 29) for year in (2020, 2024)]
YEAR_ENDS = [dt.date(2023, 12, 31), dt.date(2024, 1, 1)]

days = st.dates(dt.date(2019, 12, 1), dt.date(2028, 3, 1)) | st.sampled_from(LEAP_DAYS + YEAR_ENDS)
validities = st.builds(Validity, days, days | st.just(FAR))


@st.composite
def dates_of_certificates(draw) -> dict:
    """As the table takes them: in order, never revoked before the first day, or a class year only."""
    if draw(st.integers(0, 9)) == 0:
        return {"class_year": draw(st.integers(2019, 2028))}
    first_day = draw(days)
    later = days.filter(lambda day: day >= first_day)
    return {
        "valid_from": first_day,
        "valid_until": draw(st.none() | later),
        "revoked_on": draw(st.none() | st.just(first_day) | later),
        "class_year": draw(st.none() | st.just(first_day.year)),
    }


@pytest.mark.parametrize(
    ("printed", "covered", "not_covered"),
    [
        ((ISSUED, LAST), [ISSUED, LAST], [ISSUED - DAY, LAST + DAY]),
        ((ISSUED, ISSUED), [ISSUED], [ISSUED - DAY, ISSUED + DAY]),
        ((ISSUED, None), [ISSUED, FAR], [ISSUED - DAY]),
        ((ISSUED, FAR), [ISSUED, FAR], [ISSUED - DAY]),
        ((ISSUED, LAST, LAST), [LAST - DAY], [LAST]),
        ((ISSUED, LAST, LAST + DAY), [LAST], [LAST + DAY]),
        ((ISSUED, None, LAST), [LAST - DAY], [LAST, FAR]),
        ((ISSUED, LAST, ISSUED), [], [ISSUED - DAY, ISSUED, LAST]),
        ((ISSUED, LAST, ISSUED - 9 * DAY), [], [ISSUED - DAY, ISSUED, LAST]),
    ],
)
def test_the_printed_last_day_counts_and_the_day_of_withdrawal_does_not(
    printed, covered, not_covered
):
    validity = Validity.from_printed_days(*printed)
    assert [validity.covers(day) for day in covered + not_covered] == [True] * len(covered) + [
        False
    ] * len(not_covered)
    assert validity.is_empty == (not covered)


@given(validities)
def test_it_covers_its_last_day_and_not_the_day_after(validity):
    if validity.is_open:
        assert validity.last_day is None
        assert validity.covers(FAR)
    elif not validity.is_empty:
        assert validity.covers(validity.last_day)
        assert not validity.covers(validity.last_day + DAY)
    assert validity.is_empty or validity.covers(validity.first_day)


@given(days, days, st.none() | days)
def test_a_withdrawal_ends_it_earlier_or_not_at_all(first_day, last_day, revoked_on):
    printed = Validity.from_printed_days(first_day, last_day)
    withdrawn = Validity.from_printed_days(first_day, last_day, revoked_on)
    assert printed.last_day == last_day
    assert not withdrawn.outlasts(printed)
    assert printed.outlasts(withdrawn) == (revoked_on is not None and revoked_on <= last_day)


@given(validities, validities)
def test_what_outlasts_another_covers_the_day_after_its_end_if_it_had_begun(longer, shorter):
    assert not (longer.outlasts(shorter) and shorter.outlasts(longer))
    if longer.outlasts(shorter) and longer.first_day <= shorter.first_day_not_valid:
        assert longer.covers(shorter.first_day_not_valid)


@pytest.fixture
def kind(db) -> QualificationKind:
    return QualificationKind.objects.create(code="test", name="测试资质", short_name="测试")


@pytest.fixture
def holder(db) -> Enterprise:
    return Enterprise.objects.create(uscc=code(1), name="江津测试制造有限公司")


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@given(certificates=st.lists(dates_of_certificates(), min_size=1, max_size=6), asked=days)
@settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))
def test_sql_and_python_agree_on_which_certificates_hold(kind, holder, certificates, asked):
    with rolled_back():
        Qualification.objects.bulk_create(
            Qualification(enterprise=holder, kind=kind, number=f"N{number}", **dates)
            for number, dates in enumerate(certificates)
        )
        rows = list(Qualification.objects.all())
        turning_days = {asked, FAR} | {
            day + step
            for row in rows
            for day in (row.valid_from, row.valid_until, row.revoked_on)
            if day
            for step in (-DAY, 0 * DAY, DAY)
        }
        for day in turning_days:
            holding = {row.pk for row in rows if row.holds_on(day)}
            assert set(pks(Qualification.objects.holding_on(day))) == holding
            firms = Enterprise.objects.filter(valid_on(day, "qualifications__"))
            assert set(pks(firms)) == ({holder.pk} if holding else set())
            assert first_counted_on(rows, day) == Qualification.objects.counted_on(day).first()


@given(closures=st.sets(days, min_size=1, max_size=4), asked=days, ended=st.booleans())
@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
def test_sql_and_python_agree_on_closures(holder, closures, asked, ended):
    ordered = sorted(closures)
    ends = [*ordered[1:], ordered[-1] + 30 * DAY if ended else None]
    with rolled_back():
        for closed_on, reopened_on in zip(ordered, ends, strict=True):
            holder.closures.create(closed_on=closed_on, reopened_on=reopened_on)
        rows = list(holder.closures.all())
        for day in {asked, FAR, *ordered, *(day - DAY for day in ordered)}:
            holding = {row.pk for row in rows if row.holds_on(day)}
            assert (
                set(pks(holder.closures.filter(in_force(day, "closed_on", "reopened_on"))))
                == holding
            )


def pks(rows) -> list[int]:
    return list(rows.values_list("pk", flat=True))
