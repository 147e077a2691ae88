"""Pages and API asked for a release show what was frozen, whatever is registered, aimed at or renamed afterwards."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.models import Enterprise, Qualification
from enterprises.registry import acts
from parks.models import Unit, User
from targets.figures import indicators
from targets.figures.frozen import frozen_counts
from targets.figures.question import Question
from targets.home import dashboard, unit_page
from targets.models import Baseline, Definition, Indicator, Release, ReportedFigure, Scope, Target
from targets.releases import publishing
from tests import cast, clerk
from tests.firms import firm
from tests.snapshots import Snapshot

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 30)
CODE = "2026Q3-1"
AT = f"?release={CODE}"
API = "/api/v1"


def publish(people) -> None:
    firm(name="江津甲制造有限公司", hnte=True, tech=True)
    firm(name="江津乙制造有限公司", hnte=True, park="baisha", town="500116107")
    firm(name="江津丙制造有限公司", tech=True, outside_parks=True)
    firm(name="江津丁制造有限公司", hnte_lapsed=True)
    publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])


@pytest.fixture(scope="session")
def kept_release(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("asked_release", publish)


@pytest.fixture
def people(kept_release, db) -> dict[str, User]:
    """Those who are there when the quarter is published."""
    kept_release.restore()
    return cast.present()


@pytest.fixture
def published(people) -> Release:
    return Release.objects.get()


def change_everything() -> None:
    """One more firm, one firm gone, one renamed; other targets, another baseline, a figure entered late, a new name."""
    firm(hnte=True, tech=True)
    held = Qualification.objects.get(enterprise__name="江津乙制造有限公司", kind__code="hnte")
    gone = acts.Extend(
        uscc=held.enterprise.uscc, kind="hnte", number=held.number, valid_until=dt.date(2026, 7, 1)
    )
    first = Enterprise.objects.get(name="江津甲制造有限公司")
    registry.apply(
        [gone, acts.Rename(uscc=first.uscc, name="改名有限公司", on=dt.date(2026, 10, 5))], by=None
    )
    Target.objects.filter(value__isnull=False).update(value=1, wording="另一个目标")
    Baseline.objects.update(value=1)
    late = Indicator.objects.get(code="hightech_mfg_share")
    ReportedFigure.objects.create(
        indicator=late, year=2025, value=99, published_on=dt.date(2026, 3, 1), source="补报"
    )


def in_words(page: str) -> str:
    """A page without what differs each time it is made."""
    return re.sub(
        r'value="\w{64}"|"X-CSRFToken": "\w+"|最近一次变更 [\d: -]+|打印时间 <time data-print-time[^>]*>[\d: -]+',
        "",
        page,
    )


def test_pages_and_answers_of_a_release_never_change(leader, published):
    leader.get("/")
    addresses = [f"{page}{AT}{how}" for page in ("/", "/units/baisha/", "/units/500116107/", "/targets/")
                 for how in ("", "&definition=class_year", "&tv=1")]  # fmt: skip
    addresses += [f"{API}/{name}/{AT}" for name in ("figures", "progress")]
    addresses += [f"/charts/{name}.svg{AT}" for name in ("hnte-trend", "lapsing")]
    before = {address: leader.get(address) for address in addresses}
    change_everything()
    for address, answer in before.items():
        assert answer.status_code == 200
        after = leader.get(address)
        assert in_words(after.content.decode()) == in_words(answer.content.decode()), address
    assert "另一个目标" in leader.get("/").content.decode()


def numbers_of_home(page: dashboard.DistrictFigures) -> list[tuple]:
    figures = [one.figure for one in page.headlines] + [
        row.figure for rows in page.parks.values() for row in rows
    ]
    numbers = [(one.value, one.url) for one in figures] + [
        (one.firms, one.url) for one in page.lapsing
    ]
    numbers += [(one.share.outside, one.outside_url) for one in page.headlines]
    goals = [goal for one in page.headlines for goal in one.goals]
    return numbers + [(goal.at_due.value, goal.at_due_url) for goal in goals if goal.at_due]


def test_every_number_opens_a_frozen_list_of_that_length(leader, published):
    change_everything()
    for definition in Definition:
        question = Question(DAY, definition, published)
        numbers = numbers_of_home(dashboard.count_district(question))
        for unit in Unit.objects.filter(code__in=["degan", "baisha", "500116002"]):
            page = unit_page.build_page(unit, question)
            numbers += [(one.value, one.url) for one in page.figures] + [
                one for part in page.parts for one in part.firms
            ]
            numbers += [(page.lapsing_total, page.lapsing_url)]
        assert {number for number, _ in numbers} >= {0, 1, 2}
        for number, url in numbers:
            assert url.startswith(f"/releases/{CODE}/firms/?")
            assert leader.get(url).context["page"].paginator.count == number, url


def test_months_are_those_the_release_knew_and_open_its_lists(leader, published):
    change_everything()
    page = leader.get(f"/{AT}").context["page"]
    months = page.headlines[0].months
    assert [month.value for month in months if month.day == DAY] == [2]
    assert {month.to_come for month in months} == {False, True}
    for month in (month for month in months if month.day.month == 6):
        url = f"/releases/{CODE}/firms/?indicator=hnte&on={month.day}"
        assert leader.get(url).context["page"].paginator.count == month.value
    assert f"firms/?indicator=hnte&amp;on={months[-1].day}" in leader.get(f"/{AT}").content.decode()


def test_what_was_published_is_what_the_frozen_spans_count(published):
    for definition in Definition:
        counts = frozen_counts.count(published, [DAY], definition)
        for figure in published.figures.filter(definition=definition):
            shown = counts.value(DAY, figure.scope, figure.indicator)
            assert (
                shown
                == super(frozen_counts.FrozenCounts, counts).value(
                    DAY, figure.scope, figure.indicator
                )
                == figure.value
            )
        assert [(one["scope"], one["indicator"]) for one in counts.figures(DAY)] == list(
            published.figures.filter(definition=definition)
            .order_by("pk")
            .values_list("scope", "indicator")
        )


def test_targets_are_judged_by_the_plan_of_that_day(leader, published):
    change_everything()
    told = leader.get(f"{API}/progress/{AT}").json()
    for row, verdict in zip(told["targets"], published.verdicts, strict=True):
        assert (row["indicator"], row["due"], row["wording"], row["met"], row["doubled"]) == (
            verdict["indicator"], str(verdict["due"]), verdict["wording"], verdict["met"], verdict["doubled"],
        )  # fmt: skip
    assert told["targets"][0]["baseline"]["value"] == 350
    assert (told["targets"][0]["goal"], told["targets"][0]["met"]) == (550, False)
    live = leader.get(f"{API}/progress/?as_of={DAY}").json()
    assert (live["targets"][0]["goal"], live["targets"][0]["met"]) == (1, True)


def test_an_own_target_of_a_unit_is_frozen_too(client, plan):
    people = cast.enter_cast()
    indicator = Indicator.objects.get(code="hnte")
    Target.objects.create(indicator=indicator, unit=Unit.objects.get(code="degan"), due=dt.date(2027, 12, 31),
                          operator="gte", value=60, wording="60家以上")  # fmt: skip
    publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])
    Target.objects.all().delete()
    client.force_login(people["德感"])
    (own,) = client.get(f"{API}/progress/{AT}").json()["targets"]
    assert (own["wording"], own["goal"]) == ("60家以上", 60)


# --- what is said --------------------------------------------------------------------------------------------------
def test_the_heading_says_which_figures_and_how_fresh(leader, published):
    made = timezone.localtime(published.made_at)
    page = leader.get(f"/{AT}").content.decode()
    for said in ("发布版", "2026年三季度（第1版）", "统计日 2026年9月30日", "证书日期口径",
                 f"{made:%Y-%m-%d %H:%M} 发布时冻结", "2026年三季度名册已报 0/应报 36"):  # fmt: skip
        assert said in page
    for absent in ("计数更新于", "roster_board", "项滞后", "重算逐月数据"):
        assert absent not in page
    live = leader.get("/").content.decode()
    assert "<strong>实时</strong>" in live
    assert "计数更新于" in live
    assert "名册已报 0/应报 36" in live
    for address in ("/units/degan/", "/targets/", "/?tv=1"):
        assert "<strong>实时</strong>" in leader.get(address).content.decode()
    assert "发布版" in leader.get(f"/{AT}&tv=1").content.decode()


def test_links_keep_the_release_and_the_definition(leader, published):
    page = leader.get(f"/{AT}&definition=class_year").content.decode()
    for unit in ("degan", "baisha"):
        assert f'href="/units/{unit}/?release={CODE}&amp;definition=class_year"' in page
    assert f'href="/targets/?release={CODE}&amp;definition=class_year"' in page
    assert f"/charts/hnte-trend.svg?release={CODE}&amp;definition=class_year" in page
    assert 'href="/bridge/?kind' not in page
    assert "/firms/?indicator" not in page.replace(f"/releases/{CODE}/firms/?indicator", "")
    unit = leader.get(f"/units/degan/{AT}").content.decode()
    assert f'href="/?release={CODE}"' in unit
    assert (
        f"/charts/hnte-trend.svg?release={CODE}&amp;definition=certificate&amp;scope=degan" in unit
    )
    assert "最近登记的变更" not in unit


def test_the_newer_edition_is_pointed_to(leader, people, published):
    change_everything()
    publishing.publish(published.quarter, by=people["小石"], reason="更正")
    assert "本季度已有第2版" in leader.get(f"/{AT}").content.decode()
    assert "本季度已有" not in leader.get("/?release=2026Q3-2").content.decode()
    assert [one.code for one in leader.get("/").context["releases"]] == ["2026Q3-2", "2026Q3-1"]


@pytest.mark.parametrize(
    "wrong", ["2026Q3-2", "2026Q3", "x", "2026Q9-1", "2026Q3-²", "%00", "9" * 30]
)
def test_an_unknown_release_is_said_and_answered_with_today(leader, published, wrong):
    for address in ("/", "/units/degan/", "/targets/"):
        answer = leader.get(f"{address}?release={wrong}")
        assert answer.status_code == 400
        assert "下面显示的是今天" in answer.content.decode()
        assert "<strong>实时</strong>" in answer.content.decode()
    assert leader.get(f"/charts/lapsing.svg?release={wrong}").status_code == 400
    for name in ("figures", "progress"):
        answer = leader.get(f"{API}/{name}/?release={wrong}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["release"])


def test_another_day_than_the_release_s_is_a_contradiction(leader, published):
    answer = leader.get(f"/{AT}&on=2026-06-30")
    assert answer.status_code == 400
    assert "发布版2026Q3-1的统计日是2026-09-30，不能另选统计日" in answer.content.decode()
    assert leader.get(f"/{AT}&on={DAY}").status_code == 200
    refused = leader.get(f"{API}/figures/{AT}&as_of=2026-06-30")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["as_of"])
    assert leader.get(f"{API}/figures/{AT}&as_of={DAY}").json()["as_of"] == str(DAY)


def test_every_answer_of_the_api_says_what_it_shows(leader, published):
    said = leader.get(f"{API}/figures/{AT}&definition=class_year").json()
    assert (said["as_of"], said["definition"], said["release"]) == (str(DAY), "class_year", CODE)
    assert dt.datetime.fromisoformat(said["computed_at"]) == published.made_at
    assert said["rosters"] == {"quarter": "2026Q3", "handed_in": 0, "expected": 36}
    for name in ("figures", "progress", "flows", "goals", "outlook"):
        live = leader.get(f"{API}/{name}/").json()
        assert (live["release"], live["definition"]) == (None, "certificate")
        assert dt.date.fromisoformat(live["as_of"]) <= timezone.localdate()
        assert dt.datetime.fromisoformat(live["computed_at"]) < timezone.now()
        assert live["rosters"]["expected"] == 36
    for name in ("flows", "goals", "outlook"):
        assert leader.get(f"{API}/{name}/{AT}").status_code == 400


# --- lists ---------------------------------------------------------------------------------------------------------
def test_a_frozen_list_narrows_by_place_day_and_lapse(leader, published):
    def names(query: str) -> list[str]:
        told = leader.get(f"/releases/{CODE}/firms/?indicator=hnte&{query}")
        by_api = leader.get(f"{API}/releases/{CODE}/firms/?indicator=hnte&{query}").json()
        assert [one["name"] for one in by_api["results"]] == [
            one.name for one in told.context["page"]
        ]
        return [one.name[2] for one in told.context["page"]]

    assert names("") == ["甲", "乙"]
    assert names("scope=500116002&park=degan") == ["甲"]
    assert names("scope=degan&town=500116107") == []
    assert names("park=outside") == []
    assert names("on=2026-06-29") == ["甲", "乙", "丁"]
    assert names("lapsing_from=2026-06-01&lapsing_to=2026-07-01") == ["丁"]


@pytest.mark.parametrize("wrong", ["on=2026-02-30", "on=0001-01-01", "lapsing_from=2026-01-01",
                                   "lapsing_from=2026-02-01&lapsing_to=2026-01-01"])  # fmt: skip
def test_a_frozen_list_that_cannot_be_is_refused(leader, published, wrong):
    assert leader.get(f"/releases/{CODE}/firms/?indicator=hnte&{wrong}").status_code == 404
    assert leader.get(f"{API}/releases/{CODE}/firms/?indicator=hnte&{wrong}").status_code == 400


# --- who sees what -------------------------------------------------------------------------------------------------
def test_a_reporter_sees_the_own_unit_and_frozen_lists_of_it_only(client, people, published):
    client.force_login(people["德感"])
    assert client.get(f"/{AT}").url == f"/units/degan/?release={CODE}"
    page = client.get(f"/units/degan/{AT}").context["page"]
    assert [one.value for one in page.figures if one.indicator.code == "hnte"] == [1]
    for one in page.figures:
        assert client.get(one.url).context["page"].paginator.count == one.value
    assert client.get(f"/units/baisha/{AT}").status_code == 404
    assert client.get(f"/charts/hnte-trend.svg{AT}").status_code == 404
    for scope in (Scope.DISTRICT, "baisha"):
        listed = client.get(
            f"/releases/{CODE}/firms/?indicator=hnte&scope={scope}&on=2026-06-29"
        ).context["page"]
        assert {one.park for one in listed} <= {"degan"}
    told = client.get(f"{API}/figures/{AT}").json()["figures"]
    assert {one["scope"] for one in told} == {"degan"}
    assert len(told) == len(indicators.live().stocks) == 4
    assert client.get(f"{API}/progress/{AT}&scope=baisha").status_code == 403


@pytest.mark.one_moment
def test_pages_of_a_release_cost_the_same_with_many_firms(
    leader, people, published, django_assert_max_num_queries
):
    for address, most in ((f"/{AT}", 23), (f"/units/degan/{AT}", 21), (f"{API}/figures/{AT}", 7)):
        with django_assert_max_num_queries(most) as few:
            leader.get(address)
        assert len(few) > 2
    for _ in range(12):
        firm(hnte=True, tech=True)
    publishing.publish(published.quarter, by=people["小石"], reason="补录")
    with django_assert_max_num_queries(23):
        leader.get("/?release=2026Q3-2")
