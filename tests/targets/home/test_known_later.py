"""A past day: what is said of the days after it is said to be known later, and by when."""

import datetime as dt

import pytest

from enterprises import jobs, registry
from targets.figures.question import Question, known_later
from targets.releases import publishing
from tests import clerk
from tests.clock import noon_of
from tests.firms import certificate, firm

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
TODAY, PAST = dt.date(2026, 11, 29), dt.date(2026, 9, 30)
SAID = "按2026-11-29已知"


@pytest.fixture
def renewed(people) -> None:
    """Of two certificates that run out in October one was renewed in time; a third runs out in March."""
    with noon_of(TODAY):
        for kept in (True, False):
            one = firm()
            registry.apply([certificate(one.uscc, until=dt.date(2026, 10, 10))], by=None)
            if kept:
                registry.apply([certificate(one.uscc, until=dt.date(2029, 10, 4))], by=None)
        registry.apply([certificate(firm().uscc, until=dt.date(2027, 3, 1))], by=None)
        jobs.run_inline(jobs.submit(kind="recompute", params={}))


def test_by_when_it_was_known(people):
    with noon_of(TODAY):
        assert (known_later(PAST), known_later(TODAY), Question(PAST).known_later) == (
            SAID,
            "",
            SAID,
        )
        quarter = clerk.third_quarter(people["小石"])
        release = publishing.publish(quarter, by=people["小石"])
    with noon_of(TODAY + dt.timedelta(40)):
        assert (
            known_later(release.as_of, release) == SAID
        )  # by its publishing, whatever comes later


@pytest.mark.parametrize("address", ["/", "/?tv=1", "/units/degan/", "/outlook/"])
def test_pages_of_a_past_day_say_it_and_those_of_today_do_not(leader, renewed, address):
    with noon_of(TODAY):
        joint = "&" if "?" in address else "?"
        past = leader.get(f"{address}{joint}on={PAST}").content.decode()
        today = leader.get(address).content.decode()
    assert SAID in past
    assert SAID not in today
    if address == "/":
        assert f"到2027年9月30日，{SAID}有2家证书到期" in past


def test_the_line_of_what_runs_out_is_named_by_the_day_too(leader, renewed):
    with noon_of(TODAY):
        past = leader.get(f"/charts/hnte-trend.csv?on={PAST}")
        today = leader.get("/charts/hnte-trend.csv")
        told = [b"".join(answer).decode("utf-8-sig") for answer in (past, today)]
    assert f"{SAID}的证书到期推算" in told[0]
    assert "按现有证书到期推算" not in told[0]
