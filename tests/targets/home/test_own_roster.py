"""The first box of a unit's page: its own roster, the day, and the way to it."""

import datetime as dt

import pytest

from enterprises.models import Period
from enterprises.reporting import quarters
from tests.clock import noon_of
from tests.enterprises.handed_in import checked, handed_in

pytestmark = pytest.mark.django_db


def box(client, code: str = "degan") -> str:
    page = client.get(f"/units/{code}/").content.decode()
    return " ".join(page.partition('<p class="panel standing">')[2].partition("</p>")[0].split())


@pytest.fixture
def opened(people):
    with noon_of(dt.date(2026, 10, 2)):
        return quarters.open_quarter(Period(2026, 3), by=people["小石"])


@pytest.mark.one_moment
def test_the_unit_sees_what_is_missing_until_when_and_where(client, people, opened):
    client.force_login(people["德感"])
    with noon_of(dt.date(2026, 10, 5)):
        told = box(client)
        assert "未开始" in told
        assert "未报送，截止 2026-10-15，还有 10 天" in told
        assert 'href="/rosters/2026Q3/degan/">去报送</a>' in told
    with noon_of(dt.date(2026, 10, 18)):
        assert "已逾期 3 天" in box(client)
    with noon_of(opened.locks_on + dt.timedelta(1)):
        assert "去报送" not in box(client)


@pytest.mark.one_moment
def test_after_handing_in_it_says_how_far_the_review_is(client, people, opened):
    with noon_of(dt.date(2026, 10, 5)):
        handed_in(opened, "degan", 1)
        client.force_login(people["德感"])
        told = box(client)
    assert "已报送</span>" in told
    assert "截止" not in told
    assert "去报送" not in told


@pytest.mark.one_moment
def test_a_leader_is_not_told_of_a_draft_nor_sent_to_report(client, people, opened):
    with noon_of(dt.date(2026, 10, 5)):
        checked(opened, "degan", 1)
        client.force_login(people["老郑"])
        told = box(client)
        assert "准备中" in told
        assert "去报送" not in told


def test_without_an_opened_quarter_there_is_no_box(client, people):
    client.force_login(people["德感"])
    assert "名册</a>" not in box(client)
