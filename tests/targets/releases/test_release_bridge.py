"""From one release to the next: told + corrections + flows = told, for every unit, and every number opens its firms."""

import datetime as dt
import io
import itertools

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from enterprises import registry
from enterprises.models import Period
from enterprises.registry import acts
from parks.models import Unit
from targets.figures import flows
from targets.releases import bridge as release_bridge
from targets.releases import changed_firms, publishing
from targets.releases.bridge import SIGNS
from tests import clerk
from tests.effort import examples
from tests.firms import certificate, code, firm
from tests.histories import KINDS, SCOPES, acts_of, lives
from tests.snapshots import Snapshot
from tests.targets.figures.test_counting import DEFINITIONS, on_the_database, rolled_back

pytestmark = pytest.mark.django_db
JUNE, SEPTEMBER = dt.date(2026, 6, 30), dt.date(2026, 9, 30)


def published(number: int, by, reason: str = ""):
    period = Period(2026, number)
    quarter = clerk.Quarter.objects.coded(period.code).first() or clerk.quarters.open_quarter(
        period, by=by
    )
    return publishing.publish(quarter, by=by, reason=reason)


def enter_late(uscc: str, until: dt.date) -> None:
    registry.apply([certificate(uscc, until=until)], by=None)


def publish_twice(people):
    """Between the releases a certificate of spring came to light, one is struck off as of May, and a firm is placed
    elsewhere from the beginning; in the quarter itself one is recognised, one lapses, one moves."""
    late, wrong = firm(name="江津甲制造有限公司"), firm(name="江津乙制造有限公司", hnte=True)
    misplaced = firm(name="江津丙制造有限公司", hnte=True)
    lapsing, moving, new = (
        firm(name="江津丁制造有限公司"),
        firm(name="江津戊制造有限公司", hnte=True),
        firm(),
    )
    enter_late(lapsing.uscc, dt.date(2026, 8, 14))
    earlier = published(2, people["小石"])
    enter_late(late.uscc, dt.date(2029, 3, 1))
    enter_late(new.uscc, dt.date(2029, 8, 1))
    registry.apply(
        [
            acts.Close(uscc=wrong.uscc, on=dt.date(2026, 5, 8), confirmed=True),
            acts.Move(
                uscc=misplaced.uscc, park="baisha", town="500116107", on=dt.date(2026, 2, 3),
                confirmed=True,
            ),
            acts.Move(
                uscc=moving.uscc, park="luohuang", town="500116107", on=dt.date(2026, 7, 9),
                confirmed=True,
            ),
        ],
        by=people["小石"],
        reason="核对后更正",
    )  # fmt: skip
    return earlier, published(3, people["小石"])


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("pair", publish_twice)


@pytest.fixture
def pair(district):
    return district


def api_of(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def named(chained, scope: str, term: str, user) -> list[str]:
    return [
        one.name
        for one in changed_firms.find_firms(chained, kind="hnte", scope=scope, term=term, user=user)
    ]


def test_the_bridge_tells_corrections_from_what_happened(pair, people):
    chained = release_bridge.build_chain(pair[1])
    district, degan, baisha = (
        chained.corrected("hnte", scope) for scope in ("district", "degan", "baisha")
    )
    assert (district.told, district.added, district.dropped, district.bridge.closing) == (
        4,
        1,
        1,
        4,
    )
    assert {term: firms for term, firms in district.terms.items() if firms} == {
        "added": 1, "dropped": 1, "first": 1, "expired": 1,
    }  # fmt: skip
    assert (degan.told, degan.added, degan.dropped) == (4, 1, 2)
    assert (baisha.told, baisha.added, baisha.dropped, baisha.bridge.closing) == (0, 1, 0, 1)
    whole = people["小石"]
    assert named(chained, "district", "added", whole) == ["江津甲制造有限公司"]
    assert named(chained, "district", "dropped", whole) == ["江津乙制造有限公司"]
    assert named(chained, "degan", "dropped", whole) == ["江津乙制造有限公司", "江津丙制造有限公司"]
    assert named(chained, "degan", "moved_out", whole) == ["江津戊制造有限公司"]
    assert named(chained, "degan", "expired", whole) == ["江津丁制造有限公司"]
    (correction,) = changed_firms.find_firms(
        chained, kind="hnte", scope="baisha", term="added", user=whole
    )
    assert (correction.before.place.park, correction.after.place.park) == ("degan", "baisha")


def closes(corrected) -> bool:
    moved = sum(SIGNS[term] * firms for term, firms in corrected.terms.items())
    return corrected.told + moved == corrected.bridge.closing and list(corrected.terms) == list(
        SIGNS
    )


@pytest.mark.proof
@pytest.mark.long
@settings(on_the_database, max_examples=examples(20))
@given(
    st.lists(lives(dt.date(2025, 1, 1), dt.date(2026, 12, 31)), min_size=3, max_size=10), st.data()
)
def test_whatever_came_to_light_between_two_releases_the_bridge_closes_everywhere(
    people, firms, data
):
    todo = [act for number, one in enumerate(firms) for act in acts_of(one, code(number))]
    cut = data.draw(st.integers(0, len(todo)))
    with rolled_back():
        registry.apply(todo[:cut], by=None)
        earlier = published(2, people["小石"])
        registry.apply(todo[cut:], by=None)
        later = published(3, people["小石"])
        for definition in DEFINITIONS:
            chained = release_bridge.build_chain(later, definition)
            now = flows.between(JUNE, SEPTEMBER, definition)
            rows = earlier.figures.filter(definition=definition).values_list(
                "scope", "indicator", "value"
            )
            frozen = {(scope, kind): value for scope, kind, value in rows}
            for kind, scope in itertools.product(KINDS, SCOPES):
                corrected = chained.corrected(kind, scope)
                assert closes(corrected)
                assert corrected.told == frozen[scope, kind]
                assert corrected.bridge == now.bridge(kind, scope)
                for term, expected in corrected.terms.items():
                    asked = {"kind": kind, "scope": scope, "term": term}
                    assert (
                        len(changed_firms.find_firms(chained, **asked, user=people["小石"]))
                        == expected
                    ), asked
            in_units = sum(
                chained.corrected("hnte", unit.code).correction
                for unit in Unit.objects.filter(kind="town")
            )
            assert in_units == chained.corrected("hnte", "district").correction


def test_a_later_edition_of_the_quarter_before_does_not_reach_the_bridge_of_what_was_published(
    pair, people
):
    before = release_bridge.build_chain(pair[1]).corrected("hnte", "district")
    again = published(2, people["小石"], reason="补录")
    assert release_bridge.build_chain(pair[1]).corrected("hnte", "district") == before
    assert release_bridge.earlier_release(pair[1]) == pair[0]
    enter_late(firm().uscc, dt.date(2029, 2, 2))
    third = published(3, people["小石"], reason="补录")
    assert release_bridge.earlier_release(third) == again
    assert release_bridge.build_chain(third).corrected("hnte", "district").correction == 1


def test_without_a_release_of_the_quarter_before_there_is_nothing_to_lead_over_from(client, people):
    firm(hnte=True)
    release = published(3, people["小石"])
    assert release_bridge.build_chain(release) is None
    client.force_login(people["老郑"])
    assert "上一季度没有发布，无从衔接" in client.get("/releases/2026Q3-1/").content.decode()
    assert client.get("/releases/2026Q3-1/changes/?kind=hnte&term=added").status_code == 404
    assert api_of(people["小石"]).get("/api/v1/releases/2026Q3-1/bridge/").status_code == 404


# --- pages and API ----------------------------------------------------------------------------------------------------
def test_every_number_on_the_page_opens_a_list_of_that_length(client, people, pair):
    client.force_login(people["老郑"])
    bridge = client.get("/releases/2026Q3-1/").context["bridge"]
    tables = [bridge.district, *bridge.units]
    assert [len(table.rows) for table in tables] == [4, 9, 31, 9, 31]
    numbers = [
        number for table in tables for row in table.rows for number in row.numbers if number.firms
    ]
    assert len(numbers) > 20
    for number in numbers:
        answer = client.get(number.url)
        shown = answer.context["page"]
        listed = len(answer.context["shown"]) if number.sign else shown.paginator.count
        assert listed == number.firms, number
        assert number.sign == "" or number.label in shown.title


def test_a_correction_names_the_firm_what_was_said_and_the_ledger_entry(client, people, pair):
    client.force_login(people["老郑"])
    query = "kind=hnte&term=dropped&scope=degan"
    page = client.get(f"/releases/2026Q3-1/changes/?{query}").content.decode()
    assert "江津乙制造有限公司" in page
    assert "德感 · " in page
    assert "不计入" in page
    assert "说明：核对后更正" in page
    answer = client.get(f"/releases/2026Q3-1/changes.xlsx?{query}")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row - 4 == 2


def test_a_reporter_sees_the_own_bridge_and_the_own_firms(client, people, pair):
    client.force_login(people["德感"])
    bridge = client.get("/releases/2026Q3-1/").context["bridge"]
    assert {row.name for table in bridge.units for row in table.rows} == {"德感", "全区"}
    everywhere = client.get("/releases/2026Q3-1/changes/?kind=hnte&term=added").context["page"]
    assert [one.name for one in everywhere.firms] == ["江津甲制造有限公司"]
    elsewhere = client.get(
        "/releases/2026Q3-1/changes/?kind=hnte&term=added&scope=shuangfu"
    ).context["page"]
    assert elsewhere.firms == []


def test_the_api_tells_the_same(people, pair):
    api = api_of(people["小石"])
    told = api.get("/api/v1/releases/2026Q3-1/bridge/").json()
    assert (told["earlier"], told["later"], told["since"]) == ("2026Q2-1", "2026Q3-1", "2026-06-30")
    district = next(
        one for one in told["bridges"] if (one["kind"], one["scope"]) == ("hnte", "district")
    )
    assert (district["told"], district["added"], district["dropped"], district["closing"]) == (
        4,
        1,
        1,
        4,
    )
    listed = api.get("/api/v1/releases/2026Q3-1/changes/?kind=hnte&term=added&scope=baisha").json()
    assert listed["count"] == 1
    assert listed["results"][0]["before"]["place"]["park"] == "degan"
    assert api.get("/api/v1/releases/2026Q3-1/changes/?kind=hnte&term=nothing").status_code == 400
    assert api.get("/api/v1/releases/2026Q3-1/bridge/?kind=hnte").status_code == 400
    own = api_of(people["德感"]).get("/api/v1/releases/2026Q3-1/bridge/").json()["bridges"]
    assert {one["scope"] for one in own} == {"district", "degan"}


@pytest.mark.one_moment
def test_the_bridge_costs_the_same_with_many_firms(
    client, people, pair, django_assert_max_num_queries
):
    client.force_login(people["老郑"])
    client.get("/releases/")
    with django_assert_max_num_queries(24):
        client.get("/releases/2026Q3-1/")
    with django_assert_max_num_queries(20):
        client.get("/releases/2026Q3-1/changes/?kind=hnte&term=added")
