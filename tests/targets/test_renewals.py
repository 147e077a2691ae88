"""Certificates that lapse and where their renewal stands: against a day-by-day oracle, on the page, in notices, API."""

import csv
import datetime as dt
import io
from collections import Counter

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import acts, jobs, registry
from enterprises.models import Application, Notice, Qualification
from parks.models import Unit
from targets import counting, renewal_reminders, renewals, spans, validity
from targets.models import RenewalReminder, Span
from targets.rates import RENEWAL_DAYS
from targets.renewals import OPEN, State
from tests import oracle
from tests.firms import TODAY, certificate, firm
from tests.histories import KINDS
from tests.histories import lives as histories
from tests.targets.test_counting import enter, rolled_back
from tests.targets.test_outlook import page_of, with_terms

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
AT = "/renewals/"
ON = f"?on={TODAY}"
ALL = f"{ON}&state=all"


def tell(one, stage: str, on: dt.date = TODAY, year: int = 2026, **values) -> None:
    note = "不再申报" if stage == "given_up" else ""
    act = acts.Apply(uscc=one.uscc, kind="hnte", year=year, stage=stage, on=on, **{"note": note, **values})
    registry.apply([act], by=None)


def state_of(one, on: dt.date = TODAY) -> State:
    found = renewals.rows("hnte", TODAY - 400 * DAY, TODAY + 400 * DAY, on=on)
    return next(row.standing.state for row in found if row.certificate.enterprise_id == one.pk)


# --- the rule, once more day by day ---------------------------------------------------------------------------------
def holds(one: dict, day: dt.date) -> bool:
    return oracle.holds(one, KINDS["hnte"], day, "certificate")


def due_of(life: dict, since: dt.date, until: dt.date, on: dt.date) -> Counter[tuple[dt.date, bool]]:
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
        found[one["valid_from"], last] = any(holds(other, max(other["valid_from"], last + DAY)) for other in later)
    return Counter((last, renewed) for (_, last), renewed in found.items())


@given(firms=st.lists(histories(dt.date(2021, 1, 1), dt.date(2028, 1, 1)), min_size=1, max_size=3), data=st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_due_and_renewed_as_the_oracle_finds(plan, firms, data):
    on = data.draw(st.sampled_from(sorted({day for one in firms for day in oracle.turning_days(one)})))
    since, until = on - 500 * DAY, on + 1500 * DAY
    with rolled_back():
        enter(firms)
        found = renewals.rows("hnte", since, until, on=on)
        lapsing = counting.lapsing(
            indicator="hnte", scope="district", since=since, until=until + DAY, definition="certificate"
        )
        ended = {(span.enterprise_id, span.end) for span in lapsing}
    expected = sum((due_of(with_terms(one), since, until, on) for one in firms), Counter())
    assert Counter((row.last_day, row.standing.state == State.RENEWED) for row in found) == expected
    here = {row.certificate.enterprise_id for row in found}
    assert {end for end in ended if end[0] in here} <= {(row.certificate.enterprise_id, row.lapses_on) for row in found}


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 300), st.sampled_from(Application.Stage.values), st.integers(2022, 2027)),
        max_size=6,
        unique_by=lambda step: step[0],
    ),
    asked=st.integers(-5, 320),
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_application_of_the_day_speaks_where_its_year_is_a_later_one(plan, steps, asked):
    first = dt.date(2026, 1, 1)
    with rolled_back():
        one = firm()
        registry.apply([certificate(one.uscc, until=dt.date(2026, 7, 30))], by=None)
        for day, stage, year in sorted(steps):
            tell(one, stage, first + day * DAY, year)
        on = first + asked * DAY
        said = [(stage, year) for day, stage, year in sorted(steps) if day <= asked]
        wanted = State(said[-1][0]) if said and said[-1][1] > 2023 else State.NOT_STARTED
        assert state_of(one, on) == wanted


def test_renewed_is_what_follows_within_half_a_year_and_not_later(people):
    for days, state in ((0, State.RENEWED), (RENEWAL_DAYS, State.RENEWED), (RENEWAL_DAYS + 1, State.FILED)):
        one = firm()
        last = TODAY - 200 * DAY
        new = acts.Grant(uscc=one.uscc, kind="hnte", number=f"N{days}", valid_from=last + DAY + days * DAY)
        registry.apply([certificate(one.uscc, until=last), new], by=None)
        tell(one, "filed", TODAY - 150 * DAY)
        assert state_of(one) == state, days


def test_a_renewal_is_not_known_before_its_day_nor_one_that_never_held(people):
    one = firm(hnte_lapsed=True)
    grant = acts.Grant(uscc=one.uscc, kind="hnte", number="N", valid_from=TODAY + 9 * DAY)
    registry.apply([grant], by=None)
    assert state_of(one) == State.NOT_STARTED
    assert state_of(one, TODAY + 9 * DAY) == State.RENEWED
    registry.apply([acts.Revoke(uscc=one.uscc, kind="hnte", number="N", on=TODAY + 9 * DAY)], by=None)
    assert state_of(one, TODAY + 9 * DAY) == State.NOT_STARTED


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
    found = renewals.rows("hnte", TODAY - 90 * DAY, TODAY + 90 * DAY, on=TODAY)
    assert [row.certificate.enterprise_id for row in found] == [lapsed.pk, stays.pk]


def test_a_certificate_that_another_outlasts_does_not_lapse(people):
    one = firm(hnte_expiring=True)
    longer = acts.Grant(
        uscc=one.uscc, kind="hnte", number="N", valid_from=dt.date(2023, 5, 4), valid_until=TODAY + 60 * DAY
    )
    registry.apply([longer], by=None)
    found = renewals.rows("hnte", TODAY, TODAY + 90 * DAY, on=TODAY)
    assert [row.certificate.number for row in found] == ["N"]


def test_one_withdrawn_before_the_old_one_ran_out_renewed_nothing(people):
    one = firm(hnte_expiring=True)
    new = acts.Grant(uscc=one.uscc, kind="hnte", number="N", valid_from=TODAY - 40 * DAY)
    registry.apply([new], by=None)
    assert state_of(one) == State.RENEWED
    registry.apply([acts.Revoke(uscc=one.uscc, kind="hnte", number="N", on=TODAY - 9 * DAY)], by=None)
    assert state_of(one) == State.NOT_STARTED


# --- the page -------------------------------------------------------------------------------------------------------
@pytest.fixture
def district(people):
    """In 德感 3 expiring, 1 lapsed and 1 renewed; 1 expiring in 白沙, 1 in 德感街道 outside the parks."""
    ours = {name: firm(name=f"江津{name}有限公司", hnte_expiring=True) for name in ("未动", "在报", "不报")}
    ours["公示"] = firm(name="江津公示有限公司", hnte_lapsed=True)
    ours["已续"] = firm(name="江津已续有限公司", hnte=True, hnte_expiring=True)
    ours["白沙"] = firm(name="江津白沙有限公司", park="baisha", town="500116108", hnte_expiring=True)
    ours["园外"] = firm(name="江津园外有限公司", outside_parks=True, hnte_expiring=True)
    tell(ours["在报"], "filed", batch=2, agency="甲咨询")
    tell(ours["不报"], "given_up")
    tell(ours["公示"], "publicity")
    contact = acts.Register(uscc=ours["未动"].uscc, name=ours["未动"].name, contact_name="张三", contact_phone="138")
    registry.apply([contact], by=None)
    return ours


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
        State.NOT_STARTED: 3, State.FILED: 1, State.PUBLICITY: 1, State.GIVEN_UP: 1, State.RENEWED: 1,
    }  # fmt: skip
    html = answer.content.decode()
    for words in ("张三 138", "甲咨询", "2026年第2批", "还有30天", "已失效1天", "不再申报"):
        assert (words in html) == (words != "不再申报"), words


def test_every_number_of_the_page_opens_a_list_of_that_length(client, people, district):
    client.force_login(people["老郑"])
    context = shown(client, ALL).context
    asked = [(one.firms, one.url) for one in context["numbers"]]
    asked += [(context["total"], context["all_url"]), (context["todo"], context["todo_url"])]
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


def test_the_page_asks_as_often_for_many_firms_as_for_few(client, people, district, django_assert_max_num_queries):
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
    now, end = validity.of(TODAY)
    assert (now.day, now.valid, now.in_renewal, now.together, now.likely) == (TODAY, 6, 1, 7, 6.0)
    assert (end.day, end.valid, end.in_renewal, end.likely) == (dt.date(2026, 12, 31), 1, 1, None)
    client.force_login(people["老郑"])
    for one in (now, end):
        assert client.get(one.valid_url).context["page"].paginator.count == one.valid
        assert client.get(one.in_renewal_url).context["listed"] == one.in_renewal
    assert len(validity.of(dt.date(2025, 12, 31))) == 1


def test_a_firm_that_counts_again_is_not_in_renewal(people, district):
    one = district["在报"]
    registry.apply([acts.Grant(uscc=one.uscc, kind="hnte", number="N", valid_from=TODAY + 60 * DAY)], by=None)
    spans.refresh()
    now, end = validity.of(TODAY)
    assert (now.in_renewal, end.in_renewal) == (1, 0)
    assert (now.valid, end.valid) == (6, 2)


def test_the_outlook_shows_the_counts_and_the_state_of_those_about_to_lapse(client, people, district):
    page = page_of(people["小石"])
    assert [one.valid for one in page.validity] == [6, 1]
    client.force_login(people["老郑"])
    told = client.get(f"/api/v1/outlook/?on={TODAY}").json()["validity"]
    assert [(row["valid"], row["in_renewal"], row["together"]) for row in told] == [(6, 1, 7), (1, 1, 2)]
    assert {one.span.enterprise.name[2:4]: one.renewal.state for one in page.soon} == {
        "未动": State.NOT_STARTED, "在报": State.FILED, "不报": State.GIVEN_UP,
        "白沙": State.NOT_STARTED, "园外": State.NOT_STARTED,
    }  # fmt: skip
    client.force_login(people["小石"])
    html = client.get(f"/outlook/?on={TODAY}").content.decode()
    assert "有效或续证中" in html
    assert "续证状态" in html


# --- reminders ------------------------------------------------------------------------------------------------------
def test_each_milestone_is_one_notice_per_unit_once(people):
    first, second = firm(name="江津甲有限公司", hnte_expiring=True), firm(name="江津乙有限公司", hnte_expiring=True)
    firm(park="baisha", town="500116108", hnte_expiring=True)
    last = TODAY + 30 * DAY
    sent = {left: renewal_reminders.remind(last - left * DAY) for left in (181, 180, 179, 90, 60, 30, 29, 0, -1)}
    assert sent == {181: 0, 180: 3, 179: 0, 90: 3, 60: 3, 30: 3, 29: 0, 0: 0, -1: 0}
    own = list(Notice.objects.filter(person=people["德感"]).order_by("pk"))
    assert len(own) == 4
    assert own[0].link == AT
    assert "高企180天内2家，其中未启动2家" in own[0].text
    assert first.name in own[0].text
    assert second.name in own[0].text
    assert not Notice.objects.filter(person=people["街道"]).exists()  # the park answers for firms in it
    assert Notice.objects.filter(person=people["小石"]).count() == 4
    told = Notice.objects.filter(person=people["小石"]).last()
    assert "高企180天内3家，涉及2家单位" in told.text
    assert "白沙" in told.text  # nobody there has an account
    assert RenewalReminder.objects.count() == 12


def test_all_kinds_of_a_day_are_one_notice_that_opens_their_page(people):
    one = firm()
    honour = acts.Grant(uscc=one.uscc, kind="srdi", valid_from=TODAY - 700 * DAY, valid_until=TODAY + 80 * DAY)
    registry.apply([honour], by=None)
    assert renewal_reminders.remind(TODAY) == 1
    assert Notice.objects.get(person=people["德感"]).link == f"{AT}?kind=srdi"
    registry.apply([certificate(one.uscc, until=TODAY + 80 * DAY)], by=None)
    assert renewal_reminders.remind(TODAY + 20 * DAY) == 2
    last = Notice.objects.filter(person=people["德感"]).latest("pk")
    assert (last.link, Notice.objects.filter(person=people["德感"]).count()) == (AT, 2)
    assert "高企60天内1家；专精特新60天内1家" in last.text


def test_a_late_start_reminds_of_the_last_milestone_only(people):
    firm(hnte_expiring=True)
    assert renewal_reminders.remind(TODAY - 15 * DAY) == 1  # 45 days are left
    assert RenewalReminder.objects.get().milestone == 60


def test_reminders_stop_when_renewed_or_given_up(people):
    kept, renewed, gone = (firm(hnte_expiring=True) for _ in range(3))
    tell(gone, "given_up", TODAY - 100 * DAY)
    tell(kept, "filed", TODAY - 100 * DAY)
    new = acts.Grant(uscc=renewed.uscc, kind="hnte", number="N", valid_from=TODAY - 40 * DAY)
    registry.apply([new], by=None)
    assert renewal_reminders.remind(TODAY - 60 * DAY) == 2  # 90 days are left: not renewed yet
    assert renewal_reminders.remind(TODAY - 30 * DAY) == 1
    assert RenewalReminder.objects.filter(milestone=60).get().qualification.enterprise == kept


def test_the_nightly_job_reminds_once(people, settings):
    assert settings.JOB_NIGHTLY["renewal_reminders"]
    one = firm()
    registry.apply([certificate(one.uscc, until=timezone.localdate() + 10 * DAY)], by=None)
    job = jobs.run_inline(jobs.submit(kind="renewal_reminders"))
    assert (job.state, job.result) == ("done", {"reminded": 1})
    assert jobs.run_inline(jobs.submit(kind="renewal_reminders")).result == {"reminded": 0}


# --- API ------------------------------------------------------------------------------------------------------------
def test_the_api_lists_the_rows_of_the_page(client, people, district):
    client.force_login(people["小石"])
    rows = client.get(f"/api/v1/renewals/{ON}").json()["results"]
    assert len(rows) == 7
    assert Counter(row["state"] for row in rows)["not_started"] == 3
    filed = next(row for row in rows if row["state"] == "filed")
    assert (filed["year"], filed["batch"], filed["agency"], filed["since"]) == (2026, 2, "甲咨询", str(TODAY))
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
    assert {row["contact"] for row in client.get(f"/api/v1/renewals/{ON}").json()["results"]} == {None}
    for wrong in ("unit=nowhere", "state=x", "colour=red", "page_size=0"):
        assert client.get(f"/api/v1/renewals/?{wrong}").status_code == 400


def test_spans_and_units_of_the_rows_are_those_that_count(people, district):
    found = renewals.rows("hnte", TODAY, TODAY + 90 * DAY, on=TODAY)
    assert {row.unit for row in found} == set(Unit.objects.filter(code__in=["degan", "baisha", "500116002"]))
    assert all(row.span.definition == "certificate" for row in found)
    assert Span.objects.exists()
