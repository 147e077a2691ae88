"""The renewals page, its export and API, and the three counts of the outlook."""

import csv
import datetime as dt
import io
from collections import Counter

import pytest

from enterprises import registry
from enterprises.models import Qualification
from enterprises.registry import acts
from parks.models import Unit
from targets.figures import spans
from targets.models import Span
from targets.outlook import autumn_counts
from targets.renewals import rules as renewal_rules
from targets.renewals.rules import OPEN, RenewalState
from tests.clock import noon_of
from tests.firms import TODAY, firm
from tests.snapshots import Snapshot
from tests.targets.outlook.test_outlook import page_of
from tests.targets.page_text import text_of
from tests.targets.renewals.test_renewals import DAY, tell

pytestmark = pytest.mark.django_db
AT = "/renewals/"
ON = f"?on={TODAY}"
ALL = f"{ON}&state=all"


# --- the page -------------------------------------------------------------------------------------------------------
def enter_district(people):
    """In 德感 3 expiring, 1 lapsed and 1 renewed; 1 expiring in 白沙, 1 in 德感街道 outside the parks."""
    ours = {
        name: firm(name=f"江津{name}有限公司", hnte_expiring=True)
        for name in ("未动", "在报", "不报")
    }
    ours["公示"] = firm(name="江津公示有限公司", hnte_lapsed=True)
    ours["已续"] = firm(name="江津已续有限公司", hnte=True, hnte_expiring=True)
    ours["白沙"] = firm(
        name="江津白沙有限公司", park="baisha", town="500116108", hnte_expiring=True
    )
    ours["园外"] = firm(name="江津园外有限公司", outside_parks=True, hnte_expiring=True)
    tell(ours["在报"], "filed", batch=2, agency="甲咨询")
    tell(ours["不报"], "given_up")
    tell(ours["公示"], "publicity")
    contact = acts.Register(
        uscc=ours["未动"].uscc, name=ours["未动"].name, contact_name="张三", contact_phone="138"
    )
    registry.apply([contact], by=None)
    return ours


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("renewal_pages", enter_district)


def shown(client, query: str = ON):
    answer = client.get(AT + query)
    assert answer.status_code == 200
    return answer


def names(answer) -> set[str]:
    lines = [line for group in answer.context["groups"] for line in group.lines]
    return {line.row.certificate.enterprise.name[2:4] for line in lines}


def test_the_page_lists_what_is_to_be_done_and_counts_every_state(client, people, district):
    client.force_login(people["小石"])
    answer = shown(client)
    assert names(answer) == {"未动", "在报", "公示", "白沙", "园外"}
    assert {one.state: one.firms for one in answer.context["numbers"] if one.firms} == {
        RenewalState.NOT_STARTED: 3, RenewalState.FILED: 1, RenewalState.PUBLICITY: 1, RenewalState.GIVEN_UP: 1, RenewalState.RENEWED: 1,
    }  # fmt: skip
    html = text_of(answer)
    for words in ("张三 138", "甲咨询", "2026年第2批", "还有30天", "已失效1天", "不再申报"):
        assert (words in html) == (words != "不再申报"), words


def test_every_number_of_the_page_opens_a_list_of_that_length(client, people, district):
    client.force_login(people["老郑"])
    context = shown(client, ALL).context
    asked = [(one.firms, one.url) for one in context["numbers"]]
    asked += [(context["total"], context["all_url"])]
    asked += [(chip.firms, chip.url) for chip in context["chips"]]
    for month in context["months"]:
        asked += [(month.firms, month.url), (month.todo, month.todo_url)]
        asked += [(one.firms, one.url) for one in month.numbers]
    assert len(asked) > 20
    for firms, url in asked:
        assert client.get(url).context["listed"] == firms, url


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("&state=applied", {"在报", "公示"}),
        ("&state=given_up", {"不报"}),
        ("&state=renewed", {"已续"}),
        ("&unit=baisha&state=all", {"白沙"}),
        ("&unit=500116002", {"未动", "在报", "公示", "园外"}),
        ("&since=2026-07-01", {"未动", "在报", "白沙", "园外"}),
        ("&until=2026-06-30", {"公示"}),
        ("&kind=srdi", set()),
    ],
)
def test_the_address_filters(client, people, district, query, listed):
    client.force_login(people["小石"])
    assert names(shown(client, ON + query)) == listed


@pytest.mark.parametrize(
    "query",
    ["on=2999-01-01", "on=x", "since=2026-13-01", "since=2027-01-01&until=2026-01-01", "unit=nowhere", "state=lost",
     "kind=tech", "kind=%00", "colour=red", "state=all&state=open", "until=9999-12-31"],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_answered_by_default(client, people, district, query):
    client.force_login(people["小石"])
    answer = client.get(f"{AT}?{query}")
    assert answer.status_code == 400
    assert "下面按默认条件显示" in answer.content.decode()
    for form_at in ("xlsx", "csv"):
        assert client.get(f"{AT}export.{form_at}?{query}").status_code == 404


def test_each_role_sees_its_firms_contacts_and_forms(client, people, district):
    for who, sees, contact, tells in (
        ("小石", 5, True, True), ("老郑", 5, False, False), ("审计", 5, False, False),
        ("德感", 3, True, True), ("街道", 4, True, True),
    ):  # fmt: skip
        client.force_login(people[who])
        answer = shown(client)
        html = answer.content.decode()
        assert len(names(answer)) == sees, who
        assert ("张三" in html) == contact, who
        assert ("/application/?" in html) == tells, who
        rows = list(csv.DictReader(io.StringIO(exported(client, "csv").decode("utf-8-sig"))))
        assert len(rows) == sees
        assert any("张三" in row["联系人"] for row in rows) == contact


def exported(client, form_at: str) -> bytes:
    return b"".join(client.get(f"{AT}export.{form_at}{ON}").streaming_content)


def test_the_form_leads_back_to_the_list_it_was_opened_from(client, people, district):
    client.force_login(people["小石"])
    answer = shown(client, f"{ON}&state=all&unit=baisha")
    link = f"/firms/{district['白沙'].uscc}/application/?{answer.context['tell_query']}"
    assert link.replace("&", "&amp;") in answer.content.decode()
    assert "/renewals/?" in client.get(link).context["back"]
    assert client.get(client.get(link).context["back"]).context["listed"] == 1


def test_the_page_asks_as_often_for_many_firms_as_for_few(
    client, people, district, django_assert_max_num_queries
):
    client.force_login(people["德感"])
    spans.refresh()
    with django_assert_max_num_queries(24) as few:
        shown(client, ALL)
    for _ in range(60):
        tell(firm(hnte_expiring=True), "filed")
    spans.refresh()
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert shown(client, ALL).context["listed"] == 65
    assert shown(client, f"{ALL}&page=2").context["page"].number == 2


def test_the_workbook_has_the_rows_of_the_page(client, people, district):
    client.force_login(people["小石"])
    assert exported(client, "xlsx")[:2] == b"PK"
    rows = list(csv.DictReader(io.StringIO(exported(client, "csv").decode("utf-8-sig"))))
    found = {(row["续证状态"], row["剩余天数"]) for row in rows}
    assert found == {("未启动", "30"), ("已申报", "30"), ("公示中", "-1")}


def test_an_empty_portal_says_so(client, people):
    client.force_login(people["小石"])
    assert "没有符合条件的企业" in shown(client).content.decode()


# --- on the outlook -------------------------------------------------------------------------------------------------
def test_three_counts_on_the_day_and_at_the_years_end(client, people, district):
    spans.refresh()
    now, end = autumn_counts.count_by_certainty(TODAY, "hnte")
    assert (now.day, now.valid, now.in_renewal, now.together, now.likely) == (TODAY, 6, 1, 7, 6.0)
    assert (end.day, end.valid, end.in_renewal, end.likely) == (dt.date(2026, 12, 31), 1, 1, None)
    client.force_login(people["老郑"])
    for one in (now, end):
        assert client.get(one.valid_url).context["page"].paginator.count == one.valid
        assert client.get(one.in_renewal_url).context["listed"] == one.in_renewal
    assert len(autumn_counts.count_by_certainty(dt.date(2025, 12, 31), "hnte")) == 1


def test_a_firm_that_counts_again_is_not_in_renewal(people, district):
    one = district["在报"]
    registry.apply(
        [acts.Grant(uscc=one.uscc, kind="hnte", number="N", valid_from=TODAY + 60 * DAY)], by=None
    )
    spans.refresh()
    with noon_of(TODAY, tick=False):
        now, end = autumn_counts.count_by_certainty(TODAY, "hnte")
    assert (now.in_renewal, end.in_renewal) == (1, 0)
    assert (now.valid, end.valid) == (6, 2)


def test_the_outlook_shows_the_counts_and_the_state_of_those_about_to_lapse(
    client, people, district
):
    page = page_of(people["小石"])
    assert [one.valid for one in page.validity] == [6, 1]
    client.force_login(people["老郑"])
    told = client.get(f"/api/v1/outlook/?on={TODAY}").json()["validity"]
    assert [(row["valid"], row["in_renewal"], row["together"]) for row in told] == [
        (6, 1, 7),
        (1, 1, 2),
    ]
    assert {one.row.span.enterprise.name[2:4]: one.renewal.state for one in page.soon} == {
        "未动": RenewalState.NOT_STARTED, "在报": RenewalState.FILED, "公示": RenewalState.PUBLICITY,
        "白沙": RenewalState.NOT_STARTED, "园外": RenewalState.NOT_STARTED,
    }  # fmt: skip
    client.force_login(people["小石"])
    html = client.get(f"/outlook/?on={TODAY}").content.decode()
    assert "有效或续证中" in html
    assert "续证状态" in html


# --- API ------------------------------------------------------------------------------------------------------------
def test_the_api_lists_the_rows_of_the_page(client, people, district):
    client.force_login(people["小石"])
    rows = client.get(f"/api/v1/renewals/{ON}").json()["results"]
    assert len(rows) == 7
    assert Counter(row["state"] for row in rows)["not_started"] == 3
    filed = next(row for row in rows if row["state"] == "filed")
    assert (filed["year"], filed["batch"], filed["agency"], filed["since"]) == (
        2026,
        2,
        "甲咨询",
        str(TODAY),
    )
    assert (filed["unit"], filed["days_left"], filed["renewed_by"]) == ("degan", 30, None)
    renewed = next(row for row in rows if row["state"] == "renewed")
    assert Qualification.objects.filter(number=renewed["renewed_by"]).exists()
    assert renewed["year"] is None


def test_the_api_pages_filters_and_hides(client, people, district):
    client.force_login(people["德感"])
    seen, address = [], f"/api/v1/renewals/{ON}&page_size=2"
    while address:
        answer = client.get(address).json()
        seen += [row["name"] for row in answer["results"]]
        address = answer["next"]
    assert len(seen) == len(set(seen)) == 5
    open_now = client.get(f"/api/v1/renewals/{ON}&state=open").json()["results"]
    assert {row["state"] for row in open_now} <= {str(state.value) for state in OPEN}
    client.force_login(people["老郑"])
    assert {row["contact"] for row in client.get(f"/api/v1/renewals/{ON}").json()["results"]} == {
        None
    }
    for wrong in ("unit=nowhere", "state=x", "colour=red", "page_size=0"):
        assert client.get(f"/api/v1/renewals/?{wrong}").status_code == 400


def test_spans_and_units_of_the_rows_are_those_that_count(people, district):
    found = renewal_rules.rows("hnte", TODAY, TODAY + 90 * DAY, on=TODAY)
    assert {row.unit for row in found} == set(
        Unit.objects.filter(code__in=["degan", "baisha", "500116002"])
    )
    assert all(row.span.definition == "certificate" for row in found)
    assert Span.objects.exists()
