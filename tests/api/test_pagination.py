"""Walking a list page by page loses and doubles nothing, whatever is equal, empty or inserted meanwhile."""

import datetime as dt
import time

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises.models import Enterprise, LedgerEntry, Qualification, QualificationKind
from parks.api.pagination import SALT, Order, page_of
from tests.effort import examples
from tests.firms import code
from tests.firms import firm as made_firm

pytestmark = pytest.mark.django_db
DATES = [None, *(dt.date(2024, 1, day) for day in (1, 2, 3))]
dates = st.lists(st.sampled_from(DATES), max_size=12)


def hold(days: list[dt.date | None]) -> set[int]:
    """A qualification per day, on one firm; None is one without dates. Their ids."""
    firm = Enterprise.objects.get_or_create(
        uscc=code(1), defaults={"name": "甲", "name_key": "甲"}
    )[0]
    kind = QualificationKind.objects.get_or_create(
        code="hnte", name="高新技术企业", short_name="高企"
    )[0]
    taken = Qualification.objects.count()
    rows = [
        Qualification(
            enterprise=firm, kind=kind, number=f"{taken + n}", valid_from=day, class_year=2024
        )
        for n, day in enumerate(days)
    ]
    return {row.pk for row in Qualification.objects.bulk_create(rows)}


@settings(
    max_examples=examples(80),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    before=dates,
    between=st.lists(dates, max_size=4),
    size=st.integers(1, 5),
    descending=st.booleans(),
)
def test_a_walk_meets_every_row_once(db, before, between, size, descending):
    Qualification.objects.all().delete()
    there = hold(before)
    order = Order("valid_from", "valid_from", descending)
    walked, cursor = [], ""
    while cursor is not None:
        page = page_of(Qualification.objects.all(), order, cursor=cursor, size=size)
        walked += page.ids
        cursor = page.following
        if between:
            hold(between.pop())
    assert len(walked) == len(set(walked))
    assert there <= set(walked)
    days = Qualification.objects.in_bulk(walked)
    known = [days[pk].valid_from for pk in walked if days[pk].valid_from]
    assert known == sorted(known, reverse=descending)
    assert all(days[pk].valid_from is None for pk in walked[len(known) :])


@pytest.fixture
def many(people):
    hold(DATES * 3)


def walk(client, path: str) -> list[int]:
    ids = []
    while path:
        answer = client.get(path).json()
        ids += [row["id"] for row in answer["results"]]
        path = answer["next"]
    return ids


@pytest.mark.parametrize("sort", ["id", "-id", "valid_from", "-valid_from", "-valid_until"])
def test_the_api_walks_the_whole_list(client, people, many, sort):
    client.force_login(people["老郑"])
    ids = walk(client, f"/api/v1/qualifications/?page_size=2&sort={sort}")
    assert sorted(ids) == sorted(Qualification.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "WyJpZCIsIjEiLDFd:1xVJfS:UzDIrevJQxLjl32LVBZ-SVZrvE6mr1_9_OpYNSMA03s",
        signing.dumps(["valid_from", "2024-01-01", 1], salt="another"),
        signing.dumps(["-valid_from", "2024-01-01", 1], salt=SALT),
        signing.dumps(["valid_from", "no day", 1], salt=SALT),
        signing.dumps("valid_from", salt=SALT),
    ],
    ids=["no cursor", "forged", "other salt", "other order", "no day", "no list"],
)
def test_a_cursor_that_is_not_ours_is_refused_in_chinese(client, people, many, cursor):
    client.force_login(people["老郑"])
    answer = client.get("/api/v1/qualifications/", {"sort": "valid_from", "cursor": cursor})
    assert answer.status_code == 400
    body = answer.json()
    assert (body["code"], body["detail"]) == (
        "invalid_cursor",
        "翻页游标无效或与排序不符，请从第一页重新开始。",
    )


@pytest.mark.parametrize("size", ["0", "501", "-1", "ten", "９", "9999999999999"])
def test_a_page_size_out_of_bounds_is_refused(client, people, size):
    client.force_login(people["老郑"])
    answer = client.get("/api/v1/units/", {"page_size": size})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


# --- a list's rows cost what rows cost ------------------------------------------------------------
def time_of(client, path: str) -> float:
    """Processor seconds of the quickest of five answers."""
    took = []
    for _ in range(5):
        began = time.process_time()
        assert client.get(path).status_code == 200
        took.append(time.process_time() - began)
    return min(took)


def test_the_ledger_is_as_fast_by_the_row_as_other_lists(client, people):
    hold([dt.date(2024, 1, 1)] * 300)
    entries(Enterprise.objects.get(), 300)
    client.force_login(people["小石"])
    per_row = {}
    for name in ("ledger", "qualifications"):
        few, many = (time_of(client, f"/api/v1/{name}/?page_size={size}") for size in (10, 300))
        per_row[name] = many - few
    # A row of the ledger has more fields and a nested source; a serializer for each took 30 times.
    assert per_row["ledger"] < 6 * per_row["qualifications"]


@pytest.mark.parametrize("who", ["小石", "老郑", "德感"])
def test_more_rows_of_the_ledger_take_no_more_queries(client, people, who):
    entries(made_firm(hnte=True), 30)
    client.force_login(people[who])
    asked = {}
    for size in (2, 30):
        with CaptureQueriesContext(connection) as queries:
            rows = client.get(f"/api/v1/ledger/?page_size={size}").json()["results"]
        assert len(rows) == size
        asked[size] = len(queries)
    assert asked[2] == asked[30]


def entries(firm: Enterprise, number: int) -> None:
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            enterprise=firm,
            act="detailed",
            fact="enterprise",
            fact_id=firm.pk,
            before={"contact_phone": "13800000000"},
            after={"contact_phone": f"138{n:08}"},
        )
        for n in range(number)
    )
