"""A list filtered by a kind is as long as its figure, and says whom it leaves out."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.models.standing import why_not_counted
from enterprises.registry import acts
from targets.figures import counting
from tests import oracle
from tests.effort import examples
from tests.firms import TODAY, code, firm
from tests.histories import KINDS, acts_of, lives, with_default_terms

pytestmark = pytest.mark.django_db
LIST, EXPORT, API = reverse("firm_list"), reverse("firm_export"), "/api/v1/enterprises/"
ENDED = TODAY - dt.timedelta(days=20)


@pytest.fixture
def district(people) -> dict[str, Enterprise]:
    """Firms that count for 科技型企业, and one of each kind that does not."""
    firms = {
        "counted": firm(hnte=True, tech=True),
        "outside": firm(hnte=True, tech=True, outside_parks=True),
        "closed": firm(hnte=True, tech=True, struck_off=True),
        "closed too": firm(tech=True, park="shuangfu", town="500116004", struck_off=True),
        "gone": firm(hnte=True, tech=True),
        "moved": firm(hnte=True, tech=True, park="shuangfu", town="500116004"),
        "revoked": firm(tech=True),
        "lapsed": firm(hnte_lapsed=True),
        "coming": firm(tech=True),
    }
    registry.apply(
        [
            acts.Leave(uscc=firms["gone"].uscc, on=ENDED),
            acts.Move(uscc=firms["moved"].uscc, park="degan", town="500116002", on=ENDED),
            acts.Revoke(
                uscc=firms["revoked"].uscc, kind="tech", valid_from=dt.date(2020, 5, 6), on=ENDED
            ),
            acts.Leave(uscc=firms["coming"].uscc, on=TODAY - dt.timedelta(days=40)),
            acts.Place(
                uscc=firms["coming"].uscc, park="degan", town="500116002",
                since=TODAY + dt.timedelta(days=10), from_outside=True,
            ),
        ],
        by=None,
    )  # fmt: skip
    return firms


def on_page(browser, **query: str) -> list[str]:
    """Every firm of the list, through all its pages."""
    found: list[str] = []
    for number in range(1, 99):
        context = browser.get(LIST, query | {"page": str(number)}).context
        assert not context["wrong"]
        found += [row.uscc for row in context["rows"]]
        if not context["page"].has_next():
            assert len(found) == context["total"]
            return found
    raise AssertionError("no end")


def in_file(browser, **query: str) -> list[str]:
    answer = browser.get(EXPORT, query)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    first = next(number for number, row in enumerate(rows) if row[0] == "序号") + 1
    total = re.search(r"共 (\d+) 家", "".join(str(row[0]) for row in rows[:first]))[1]
    assert int(total) == len(rows[first:])
    return [row[1] for row in rows[first:]]


def in_api(browser, **query: str) -> list[str]:
    found, answer = [], browser.get(API, query | {"page_size": "2"}).json()
    while True:
        found += [row["uscc"] for row in answer["results"]]
        if not answer["next"]:
            return found
        answer = browser.get(answer["next"]).json()


def left_out(browser, **query: str) -> dict[str, int]:
    """What the page says, which the API says as well, and each number opens so many firms."""
    said = browser.get(LIST, query).context["left_out"]
    told = {str(one.reason): one.firms for one in said}
    assert browser.get(API, query).json()["left_out"] == told
    for one in said:
        rows = browser.get(LIST + one.link).context
        assert (rows["total"], rows["left_out"]) == (one.firms, [])
    return told


def figure(kind: str, day: dt.date, scope: str = "district") -> int:
    return int(counting.count([day]).value(day, scope, kind) or 0)


@pytest.mark.parametrize("kind", ["hnte", "tech"])
@pytest.mark.parametrize("day", [TODAY, ENDED, ENDED - dt.timedelta(1), dt.date(2024, 1, 1)])
def test_page_export_and_api_of_a_kind_are_as_long_as_its_figure(
    client, people, district, kind, day
):
    client.force_login(people["小石"])
    query = {"kind": kind, "valid_on": str(day)}
    assert len(on_page(client, **query)) == figure(kind, day) > 0
    assert in_file(client, **query) == in_api(client, **query) == on_page(client, **query)
    for unit in ("degan", "shuangfu"):
        of_unit = query | {"park": unit}
        assert len(on_page(client, **of_unit)) == figure(kind, day, unit)


def test_whom_the_list_leaves_out_is_named_and_opened(client, people, district):
    client.force_login(people["小石"])
    query = {"kind": "tech", "valid_on": str(TODAY)}
    assert left_out(client, **query) == {"closed": 2, "left": 2}
    page = re.sub(r"<[^>]+>|\s", "", client.get(LIST, query).content.decode())
    assert "持有有效资质而未计入：已注销2家未计、已迁出2家未计" in page
    assert left_out(client, **query, park="shuangfu") == {"closed": 1}
    assert left_out(client, **query, q=district["gone"].name) == {"left": 1}
    closed = on_page(client, **query, counted="closed")
    assert sorted(closed) == sorted(district[name].uscc for name in ("closed", "closed too"))
    assert (
        in_file(client, **query, counted="closed")
        == in_api(client, **query, counted="closed")
        == closed
    )
    both = len(on_page(client, **query)) + 4
    assert len(on_page(client, **query, counted="all")) == both
    head = client.get(EXPORT, query)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(head.streaming_content))).active
    said = "".join(str(row[0]) for row in sheet.iter_rows(max_row=5, values_only=True))
    assert "（已注销 2 家未计、已迁出 2 家未计）" in said


def test_the_list_behind_a_headline_says_the_same(client, people, district):
    client.force_login(people["老郑"])
    asked = {"indicator": "tech", "on": str(TODAY), "definition": "certificate"}
    assert left_out(client, **asked, scope="district") == {"closed": 2, "left": 2}
    assert left_out(client, **asked, scope="degan") == {"closed": 1, "left": 2}
    assert left_out(client, **asked, scope="outside") == {}
    assert len(on_page(client, **asked, scope="district")) == figure("tech", TODAY)
    assert left_out(client, indicator="tech", on=str(TODAY), definition="class_year") == {}


def test_a_firm_that_came_later_is_not_called_gone(client, people):
    client.force_login(people["小石"])
    firm(tech=True)
    assert left_out(client, kind="tech", valid_on=str(TODAY)) == {}
    uscc = code(9_000_001)
    registry.apply(
        [
            acts.Register(uscc=uscc, name="江津新来有限公司"),
            acts.Grant(uscc=uscc, kind="tech", valid_from=dt.date(2020, 1, 1)),
            acts.Place(uscc=uscc, park="degan", town="500116002", since=TODAY, from_outside=True),
        ],
        by=None,
    )
    eve = TODAY - dt.timedelta(1)
    assert left_out(client, kind="tech", valid_on=str(eve)) == {"absent": 1}
    assert left_out(client, kind="tech", valid_on=str(TODAY)) == {}


def test_a_reporter_sees_as_many_as_the_unit_counts(client, people, district):
    client.force_login(people["德感"])
    query = {"kind": "tech", "valid_on": str(TODAY)}
    assert len(on_page(client, **query)) == figure("tech", TODAY, "degan")
    assert left_out(client, **query) == {"closed": 1, "left": 2}
    before = query | {"valid_on": str(ENDED - dt.timedelta(1))}
    assert len(on_page(client, **before)) == figure("tech", ENDED - dt.timedelta(1), "degan")


def test_who_asks_for_closed_firms_with_a_qualification_today_gets_them(client, people, district):
    client.force_login(people["小石"])
    closed = sorted(district[name].uscc for name in ("closed", "closed too"))
    assert sorted(on_page(client, kind="tech", status="closed")) == closed
    assert on_page(client, kind="tech", status="closed", counted="left") == []
    # Of a day on which they still counted, these are firms that counted.
    then = str(ENDED - dt.timedelta(1))
    assert sorted(on_page(client, kind="tech", status="closed", valid_on=then)) == closed


@pytest.mark.parametrize(
    "query",
    [
        "counted=closed",
        "counted=maybe&kind=tech",
        "counted=all&indicator=tech&on=2026-06-30&definition=class_year",
        "counted=all&indicator=tech&lapsing_from=2026-06-30&lapsing_to=2026-07-30",
    ],
)
def test_who_does_not_count_is_asked_of_a_kind_on_a_day(client, people, query):
    client.force_login(people["小石"])
    assert client.get(f"{LIST}?{query}").status_code == 400
    assert client.get(f"{API}?{query}").status_code == 400


@settings(max_examples=examples(6), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    drawn=st.lists(lives(dt.date(2022, 1, 1), dt.date(2026, 6, 1)), min_size=1, max_size=6),
    days=st.lists(st.dates(dt.date(2022, 1, 1), dt.date(2026, 6, 1)), min_size=1, max_size=2),
)
def test_drawn_histories_are_listed_as_they_are_counted(client, people, drawn, days):
    """By the oracle, which shares no code with the portal; and the reasons part the rest."""
    client.force_login(people["小石"])
    with transaction.atomic():
        firms = {
            code(8_000_000 + number): with_default_terms(life, KINDS)
            for number, life in enumerate(drawn)
        }
        for uscc, life in firms.items():
            try:
                registry.apply(acts_of(life, uscc), by=None)
            except registry.ActsRefused:
                continue
        known = {row.uscc: row for row in Enterprise.objects.filter(uscc__in=firms)}
        for day in days:
            for kind in KINDS:
                query = {"kind": kind, "valid_on": str(day), "page_size": "100"}
                counted = [
                    uscc
                    for uscc in sorted(known)
                    if oracle.counted_at(firms[uscc], kind, KINDS, day, "certificate")
                ]
                assert [row.uscc for row in client.get(LIST, query).context["rows"]] == counted
                told = {}
                for uscc in known:
                    held = list(known[uscc].qualifications.filter(kind__code=kind))
                    if not any(row.holds_on(day) for row in held):
                        continue
                    reason = why_not_counted(
                        day, held, list(known[uscc].placements.all()), known[uscc].closures.all()
                    )
                    assert (reason is None) == (uscc in counted)
                    if reason and known[uscc].placements.exists():
                        told[str(reason)] = told.get(str(reason), 0) + 1
                said = {
                    str(one.reason): one.firms
                    for one in client.get(LIST, query).context["left_out"]
                }
                assert said == told
        transaction.set_rollback(True)
