"""Every page in the district and in one of 30,000 firms: as many queries, and none walks a table for each row.

Pages whose own work grows with the firms (the forecast, lists as files) are opened in a small district, which has more
firms than any page may ask queries; by `make test-long` in all three. What they ask is planned in the large one each time.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from enterprises.models import Enterprise
from parks import table_statistics
from tests.clock import noon_of
from tests.effort import THOROUGH, drawn
from tests.large import district, plans
from tests.test_access import AUDIENCE, TABLE, address, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SMALL, DISTRICT, LARGE = 600, 3_300, 30_000
FEW_PAGES = 8
READERS = ("小石", "德感")
NO_FACTS = {"livez", "readyz", "favicon", "login", "logout", "api-schema", "api-docs"}
READS_ALL = {
    "outlook", "outlook_chart", "outlook_data", "api-outlook", "release_preview", "api-release-preview",
    "bulletin_write", "bulletin_redraft", "pool_export", "firm_export", "release_firms_export", "release_changes_export", "renewals_export", "bulletin_word",
    "bulletin_workbook", "bridge_firms_export", "pool-plan", "pool-plan-export", "pool-plan-word", "api-pool-plan",
    "pool-candidates", "pool-candidates-export", "api-pool-candidates-list",
    "duties_export", "data_freshness_export",
}  # fmt: skip
BUDGET = 40
ENTRY_OF_A_FILE = 8
"""Whatever leaves as a file is told in the security log first."""
BUDGETS = {
    # A release keeps the figures of all tasks, each asked for by itself.
    "release_preview": 204, "api-release-preview": 198, "bulletin_write": 60, "bulletin_redraft": 60, "home": 62, "unit": 60, "firm": 44,
    # The week's desk asks every room once, for its number.
    "desk": 76,
    "outlook": 66, "outlook_chart": 58, "outlook_data": 58, "api-outlook": 66,
    # The plan stands on the forecast, the goals and the applications of last year.
    "pool-plan": 70, "pool-plan-export": 66, "pool-plan-word": 66, "api-pool-plan": 70,
}  # fmt: skip
"""Queries that pages of many parts may take."""
Statements = dict[str, tuple[str, Any, str]]
"""The statement without the length of its lists → itself, its parameters, and a page that asks it."""


class Recorder:
    """What the pages ask of the database."""

    def __init__(self) -> None:
        self.statements: Statements = {}

    def open(self, client: Client, path: str) -> int:
        """The number of queries, without those of the security log; all of a file sent piece by piece."""
        asked = []

        def note(execute, sql, params, many, context):
            asked.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            answer = client.get(path)
            if answer.streaming:
                b"".join(answer.streaming_content)
        assert answer.status_code == 200, path
        for sql, params in asked:
            if sql.startswith("SELECT"):
                self.statements.setdefault(plans.LIST.sub("(…)", sql), (sql, params, path))
        sends_file = answer.headers.get("Content-Disposition", "").startswith("attachment")
        return len(asked) - ENTRY_OF_A_FILE * sends_file


def pages(who: str, world: SimpleNamespace, *, each: bool = True) -> dict[str, str]:
    """Address → route, of everything that answers the person with what it was asked for.

    Without `each` one of those whose arguments differ in their values alone, such as the unit.
    """
    found: dict[str, str] = {}
    met = set()
    for route, method, arguments, expected in TABLE:
        if method != "GET" or expected.split()[AUDIENCE.index(who)] != "200" or route in NO_FACTS:
            continue
        alike = route, *(() if route in READS_ALL else arguments)
        if each or alike not in met:
            found.setdefault(address(route, arguments, world), route)
        met.add(alike)
    return found


def grow(firms: int) -> None:
    district.grow(firms)
    assert firms - 2 * district.PATTERNS < Enterprise.objects.count() <= firms
    table_statistics.refresh_all()


def walks_of(statements: Statements) -> dict[str, list[str]]:
    """Page and statement → what it walks for each of many rows."""
    sizes = plans.table_sizes()
    found = {
        f"{path}: {sql}": plans.walks(sql, params, sizes)
        for sql, params, path in statements.values()
    }
    return {asked: walks for asked, walks in found.items() if walks}


@pytest.mark.proof
def test_every_page_asks_as_much_of_a_large_district_and_walks_no_table_for_each_row(people):
    with noon_of(district.TODAY):
        world = district.enter(people)
        recorder, bureau, reporter = Recorder(), *(signed_in(people, who) for who in READERS)
        # What a unit is shown is asked otherwise: its statements are planned below.
        for path in pages("德感", world):
            recorder.open(reporter, path)

        routes = pages("小石", world, each=THOROUGH)
        heavy = [path for path, route in routes.items() if route in READS_ALL]
        light = [path for path, route in routes.items() if route not in READS_ALL]
        assert max(BUDGET, *BUDGETS.values()) < SMALL
        grow(SMALL)
        counts = {path: recorder.open(bureau, path) for path in heavy}
        grow(DISTRICT)
        counts |= {
            path: recorder.open(bureau, path) for path in (list(routes) if THOROUGH else light)
        }
        over = {path: n for path, n in counts.items() if n > BUDGETS.get(routes[path], BUDGET)}
        assert over == {}

        grow(LARGE)
        assert walks_of(recorder.statements) == {}
        again = list(routes) if THOROUGH else drawn(FEW_PAGES, light)
        large = {path: recorder.open(bureau, path) for path in again}
        # Fewer where a release is remembered since the first time.
        assert {path: (counts[path], n) for path, n in large.items() if n > counts[path]} == {}
