"""Every figure that any page or answer shows, with its meaning: what means the same must be equal, and what counts
firms must be what an oracle that shares no code counts."""

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from enterprises import jobs, registry
from enterprises.models import Quarter, SourceFile
from parks.models import Unit
from targets.figures import indicators
from targets.goals import revisions as goal_revisions
from targets.models import Release
from targets.releases import publishing
from tests import clerk, oracle
from tests.clock import noon_of
from tests.effort import THOROUGH, rounds
from tests.firms import code
from tests.histories import KINDS, PARKS, SCOPES, TOWNS, acts_of, lives, with_default_terms
from tests.targets.figures.test_counting import on_the_database
from tests.test_access import TABLE, address
from tests.walk import bulletin, reading
from tests.walk.said import Meaning, Said, contradictions

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 29)
FIRST = dt.date(2023, 10, 1)
ROSTERS = dt.date(2026, 9, 30)
UNITS = SimpleNamespace(
    **{
        whose: SimpleNamespace(code=code)
        for whose, code in (("park", "degan"), ("town", "500116002"), ("other", "shuangfu"))
    }
)
"""The units of the table's rows."""
NO_FIGURES = (
    "export",
    "image",
    "chart",
    "file",
    "word",
    "workbook",
    "original",
    "annotated",
    "problems",
    "template",
)


ONE = {
    "certificates": [
        {"kind": "hnte", "valid_from": dt.date(2025, 3, 1), "valid_until": dt.date(2028, 2, 29),
         "class_year": None, "revoked_on": None},
    ],
    "places": [
        {"park": "degan", "town": "500116002", "since": FIRST, "until": None, "from_outside": False},
    ],
    "closures": [],
}  # fmt: skip


def addresses() -> list[str]:
    """All pages and answers that a leader may open and that need nothing but a unit, from the table of access."""
    found = ["/?tv=1"]
    for route, method, arguments, expected in TABLE:
        if (
            method != "GET"
            or expected.split()[3] != "200"
            or any(word in route for word in NO_FIGURES)
        ):
            continue
        # A row that names a firm, a release or a roster has no address here.
        with contextlib.suppress(KeyError, AttributeError):
            found.append(address(route, arguments, UNITS))
    # Several rows ask one address for different people.
    return list(dict.fromkeys(found))


def read(client: Client, asked: str) -> Iterator[Said]:
    answer = client.get(asked)
    # Not every page can be asked for a day, and a list that is asked for none says so.
    if answer.status_code != 200:
        return
    path = asked.partition("?")[0]
    if path in reading.READERS:
        yield from reading.READERS[path](asked, answer.json())
    elif answer["Content-Type"].startswith("text/html"):
        yield from reading.of_html(asked, answer.content.decode())


def walk(client: Client, day: dt.date) -> list[Said]:
    """All that is said for a day."""
    said = []
    for page in addresses():
        joint = "&" if "?" in page else "?"
        asked = f"{page}{joint}{_day_field(page)}={day}" if day != TODAY else page
        said += read(client, asked)
    return said


def _day_field(page: str) -> str:
    """By what name a page or an answer is asked for a day."""
    if "/bridge/" in page or "/flows/" in page:
        return "until"
    return "as_of" if "/api/" in page and "outlook" not in page else "on"


def walk_exports(client: Client) -> Iterator[Said]:
    """The files of today's goals and of the firms behind some figures."""
    goals = f"/goals/export.csv?year={TODAY.year}"
    text = b"".join(client.get(goals).streaming_content).decode("utf-8-sig")
    codes = {unit.told_apart: unit.code for unit in Unit.objects.reporting()}
    yield from reading.of_exported_goals(goals, text, TODAY.isoformat(), codes)
    for indicator, scope in (
        ("hnte", "district"),
        ("tech", "parks"),
        ("hnte", "degan"),
        ("little_giant", "outside"),
    ):
        query = f"indicator={indicator}&on={TODAY}&scope={scope}&definition=certificate"
        meaning = reading.meaning_of_link(f"/firms/?{query}")
        content = b"".join(client.get(f"/firms/export.xlsx?{query}").streaming_content)
        yield reading.of_exported_firms(f"/firms/export.xlsx?{query}", content, meaning)


def walk_release(client: Client, code: str) -> list[Said]:
    """All that is said of a published quarter: on its page, on the pages that can show it, by the API."""
    said = list(read(client, f"/releases/{code}/"))
    for page in (
        "/",
        "/?tv=1",
        "/targets/",
        "/units/degan/",
        "/api/v1/figures/",
        "/api/v1/progress/",
    ):
        joint = "&" if "?" in page else "?"
        said += read(client, f"{page}{joint}release={code}")
    return [*said, *walk_bulletin(client, code)]


def words_of(indicator) -> set[str]:
    """By what the bulletin calls it, here or there."""
    return {indicator.name, indicator.heading, indicator.short_name, indicator.kind_name}


def walk_bulletin(client: Client, code: str) -> Iterator[Said]:
    """The Word file and the workbook of a release."""
    release = Release.objects.coded(code).get()
    groups = {Unit.Kind.PARK: "园区平台", Unit.Kind.TOWN: "镇街"}
    published = bulletin.Published(
        code=code,
        day=release.as_of,
        opened_on=release.quarter.period.first_day - dt.timedelta(1),
        indicators={
            word: indicator.code
            for indicator in indicators.live().stocks
            for word in words_of(indicator)
        },
        units={
            (groups[unit.kind], unit.told_apart): unit.code for unit in Unit.objects.reporting()
        },
    )
    for name, of_file in (("docx", bulletin.of_word), ("xlsx", bulletin.of_workbook)):
        path = f"/releases/{code}/bulletin.{name}"
        answer = client.get(path)
        yield from of_file(path, b"".join(answer), published)


def against_the_oracle(said: list[Said], firms: list[dict]) -> list[str]:
    """What counts firms of a kind over a scope on a day, and counts them otherwise than the oracle."""
    wrong = []
    for one in said:
        told = one.meaning
        if told.place or told.indicator not in KINDS or told.scope not in SCOPES:
            continue
        right = RIGHT.get(told.term, lambda told, firms: None)(told, firms)
        if right is not None and one.value != right:
            wrong.append(f"{told}: {one.value} at {one.where}, right is {right}")
    return wrong


def _stock(told: Meaning, firms: list[dict]) -> int:
    day = dt.date.fromisoformat(told.day)
    return oracle.stock(firms, told.indicator, KINDS, day, told.definition, told.scope)


def _behind(told: Meaning, firms: list[dict]) -> int | None:
    """Of a park: what the straight way from the year's beginning to its goal asks for, less what is there."""
    day = dt.date.fromisoformat(told.day)
    if told.scope not in PARKS or day.year != TODAY.year:
        return None
    eve = dt.date(day.year - 1, 12, 31)
    start = oracle.stock(firms, told.indicator, KINDS, eve, told.definition, told.scope)
    way = max(GOAL_OF_A_PARK - start, 0)
    due = GOAL_OF_A_PARK if start >= GOAL_OF_A_PARK else start + way * (day - eve).days // 365
    return max(due - _stock(told, firms), 0)


def _in_flight(told: Meaning, firms: list[dict]) -> int | None:
    """Told of firms that count by their certificates."""
    if told.definition != "certificate" or told.release:
        return None
    day, first = dt.date.fromisoformat(told.day), told.term.endswith("first")
    return oracle.in_flight(firms, told.indicator, KINDS, day, told.scope, first)


def _still_missing(told: Meaning, firms: list[dict]) -> int | None:
    behind, flying = _behind(told, firms), _in_flight(told, firms)
    return None if behind is None or flying is None else max(behind - flying, 0)


RIGHT = {
    "stock": _stock,
    "behind-stock": _behind,
    "in_flight-stock": _in_flight,
    "in_flight-first": _in_flight,
    "still_missing-stock": _still_missing,
}
GOAL_OF_A_PARK = 3


def write(firms: list[dict], people) -> None:
    """The histories through the registry, as a roster of the third quarter tells them, and goals for every unit."""
    file = SourceFile.objects.create(
        kind="roster", name="名册", sha256="1" * 64, size=1, as_of=ROSTERS
    )
    for number, firm in enumerate(firms, 1):
        registry.apply(acts_of(firm, code(number)), by=None, source=file)
    wanted = {
        (kind, unit.pk): goal_revisions.Wanted(2 if unit.code in TOWNS else GOAL_OF_A_PARK, 1)
        for kind in ("hnte", "tech")
        for unit in Unit.objects.reporting()
    }
    goal_revisions.save_revision(TODAY.year, wanted, seen=0, reason="", by=people["小石"])
    jobs.run_inline(jobs.submit(kind="recompute", params={}))


# An example takes seconds, so none is made smaller: the places that contradict each other tell enough.
@pytest.mark.proof
@settings(on_the_database, max_examples=rounds(1, 200), phases=[Phase.explicit, Phase.generate])
@given(st.lists(lives(FIRST, TODAY, applying=True), min_size=3, max_size=9), st.dates(FIRST, TODAY))
def test_no_two_figures_of_any_page_contradict_each_other(people, firms, past):
    firms = [with_default_terms(firm, KINDS) for firm in firms]
    client = Client()
    client.force_login(people["老郑"], backend="django.contrib.auth.backends.ModelBackend")
    with noon_of(TODAY), transaction.atomic():
        write(firms, people)
        release = publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])
        said = [*walk(client, TODAY), *walk(client, past), *walk_exports(client)]
        said += walk_release(client, release.code)
        transaction.set_rollback(True)
    assert contradictions(said) == []
    assert against_the_oracle(said, firms) == []
    assert len(said) > 400


@pytest.mark.long
@pytest.mark.skipif(not THOROUGH, reason="takes a minute: make test-long")
def test_no_two_figures_of_the_sample_district_contradict_each_other(third_quarter, samples):
    """A quarter of real-shaped rosters, published; today, and on the quarter's last day."""
    bureau = third_quarter["小石"]
    client = Client()
    client.force_login(third_quarter["老郑"], backend="django.contrib.auth.backends.ModelBackend")
    with noon_of(TODAY):
        jobs.run_inline(jobs.submit(kind="recompute", params={}))
        release = publishing.publish(Quarter.objects.get(), by=bureau)
        said = [*walk(client, TODAY), *walk(client, ROSTERS), *walk_exports(client)]
        said += walk_release(client, release.code)
    assert contradictions(said) == []
    true = json.loads((samples / "truth.json").read_text())[ROSTERS.isoformat()]["district"]
    for kind, firms in true.items():
        told = Meaning("stock", kind, "district", ROSTERS.isoformat(), release=release.code)
        assert {one.value for one in said if one.meaning == told} == {firms}, kind


def test_the_walk_reads_the_pages_that_show_figures(people):
    write([ONE], people)
    leader = Client()
    leader.force_login(people["老郑"], backend="django.contrib.auth.backends.ModelBackend")
    with noon_of(TODAY):
        release = publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])
        said = [*walk(leader, TODAY), *walk_release(leader, release.code)]
    read_of = {one.where.split()[0].partition("?")[0] for one in said}
    files = {f"/releases/{release.code}/bulletin.{kind}" for kind in ("docx", "xlsx")}
    pages = {"/", "/units/degan/", "/goals/", "/outlook/", "/bridge/", *reading.READERS}
    assert pages | files <= read_of
    drawn = {one.where.split()[2] for one in said if " chart " in one.where}
    charts = {"option-hnte-trend", "option-tech-trend", "option-lapsing", "option-fan"}
    assert charts | {"option-bridge"} <= drawn
    places = {one.where.partition("bulletin.")[2] for one in said if "bulletin" in one.where}
    sheets = {"全区", "目标判断", "园区平台", "镇街", "目标完成情况"}
    assert sheets | {"text", "table"} <= {place.split()[1] for place in places}
