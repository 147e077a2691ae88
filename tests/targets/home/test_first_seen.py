"""Firms first seen in a roster stand in the number and are told beside its change: they are no growth."""

import datetime as dt
import io
import re

import openpyxl
import pytest

from enterprises import registry
from enterprises.registry import acts
from targets.figures import flows, spans
from targets.models import Indicator, Span
from targets.releases import publishing
from tests import clerk
from tests.firms import firm

pytestmark = pytest.mark.django_db
DAY, SEEN_ON = dt.date(2026, 9, 30), dt.date(2026, 6, 30)
YEAR = "since=2025-09-30&until=2026-09-30"
MENTION = {"kind": "little_giant", "valid_from": SEEN_ON, "dating": "first_seen"}


@pytest.fixture
def district(people) -> list[str]:
    """Six 小巨人 that a roster named, one certified on a day, one that lapsed in the year."""
    seen = [firm(park="degan").uscc for _ in range(4)]
    seen += [firm(park="shuangfu", town="500116004").uscc for _ in range(2)]
    new, old = firm().uscc, firm().uscc
    done = [acts.Grant(uscc=uscc, **MENTION) for uscc in seen]
    done += [
        acts.Grant(uscc=new, kind="little_giant", number="LG2", valid_from=dt.date(2026, 7, 1)),
        acts.Grant(
            uscc=old, kind="little_giant", number="LG1",
            valid_from=dt.date(2023, 2, 1), valid_until=dt.date(2026, 1, 31),
        ),
    ]  # fmt: skip
    registry.apply(done, by=None)
    return seen


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def words(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def tile(browser, unit: str, query: str = f"on={DAY}") -> str:
    page = words(browser.get(f"/units/{unit}/?{query}"))
    return re.search(r"小巨人\d+家占全区[\d.]+%较上年同日.*?(?=单项冠军)", page)[0]


def test_a_unit_page_tells_them_beside_the_change(bureau, district):
    assert "较上年同日0家另首见4家" in tile(bureau, "degan")
    assert "较上年同日0家另首见2家" in tile(bureau, "shuangfu")


def test_the_bridge_names_them_apart_and_closes(bureau, district):
    told = flows.bridge(
        kind="little_giant", scope="district", since=dt.date(2025, 9, 30), until=DAY
    )
    assert (told.opening, told.closing, told.first_seen, told.newly) == (1, 7, 6, 1)
    assert told.closing == told.opening + told.gains - told.losses
    assert (told.net, told.growth) == (6, 0)
    page = words(bureau.get(f"/bridge/?kind=little_giant&{YEAR}"))
    assert "首见6家不算增长" in page
    assert "其中首见6家，名册首次列出、不知取得日期，不算增长" in page
    answer = bureau.get(f"/api/v1/flows/?kind=little_giant&scope=district&{YEAR}").json()
    [row] = answer["bridges"]
    assert (row["flows"]["seen"], row["flows"]["first"], row["net"], row["growth"]) == (6, 1, 6, 0)
    listed = bureau.get(f"/api/v1/flows/firms/?kind=little_giant&term=seen&{YEAR}").json()[
        "results"
    ]
    assert sorted(one["uscc"] for one in listed) == sorted(district)
    file = bureau.get(f"/bridge/export.xlsx?kind=little_giant&{YEAR}")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active.values)
    head = next(row for row in rows if "净增" in row)
    whole = next(row for row in rows if "全区" in row)
    column = {title: number for number, title in enumerate(head)}
    assert (whole[column["净增"]], whole[column["其中首见"]], whole[column["新增"]]) == (6, 6, 1)


def test_a_printed_day_found_later_makes_them_what_they_were(bureau, district):
    """A document tells the day: the firm was certified then, and the year before does not change."""
    day = dt.date(2024, 5, 6)
    registry.apply(
        [acts.Grant(uscc=district[0], kind="little_giant", number="LG9", valid_from=day)], by=None
    )
    assert "较上年同日+0家" not in tile(bureau, "degan")
    assert "较上年同日0家另首见3家" in tile(bureau, "degan")
    spans.refresh()
    span = Span.objects.get(enterprise__uscc=district[0], definition="certificate")
    assert (span.start, span.opened_by) == (day, "first")


def test_what_is_lost_of_them_is_lost(bureau, district):
    registry.apply([acts.Close(uscc=district[5], on=dt.date(2026, 8, 1))], by=None)
    assert "较上年同日−1家另首见2家" in tile(bureau, "shuangfu")


def test_a_headline_of_rows_tells_them_on_home_wall_and_in_a_release(bureau, people, district):
    """小巨人 made a headline: the sum over parks and outside is the district's."""
    Indicator.objects.filter(code="little_giant").update(headline=True)
    home = words(bureau.get(f"/?on={DAY}"))
    assert "较上年同日0家另首见6家" in home
    assert "另首见6家" in words(bureau.get(f"/?on={DAY}&tv=1"))
    release = publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])
    assert "另首见4家" in tile(bureau, "degan", f"release={release.code}")
    # Told as it was, whatever is found out later.
    registry.apply(
        [
            acts.Grant(
                uscc=district[0], kind="little_giant", number="LG9", valid_from=dt.date(2024, 5, 6)
            )
        ],
        by=None,
    )
    assert "另首见4家" in tile(bureau, "degan", f"release={release.code}")
    assert "另首见3家" in tile(bureau, "degan")
