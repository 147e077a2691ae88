"""Measures one scale on the database of the environment; prints one JSON object."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from benchmarks import generator  # noqa: E402
from benchmarks.scales import SCALES  # noqa: E402
from enterprises import jobs, registry  # noqa: E402
from enterprises.models import Period  # noqa: E402
from enterprises.registry.acts import Act, Grant, Place, Register  # noqa: E402
from enterprises.reporting import quarters  # noqa: E402
from parks.models import Unit, User  # noqa: E402
from targets.figures import counting, spans  # noqa: E402
from targets.models import Definition, Release, Span  # noqa: E402
from targets.releases import publishing  # noqa: E402

QUARTER_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))
QUARTERS = [dt.date(year, month, day) for year in range(2021, 2027) for month, day in QUARTER_ENDS]
NEW_FIRMS = 3_300
MOST_PUBLISHED = 1_000_000
"""Spans up to which a release is measured: publishing holds every span in memory."""
COLUMNS = ("kind_id", "park_id", "town_id")


class Undo(Exception):
    """Ends a measured transaction without keeping what it wrote."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", choices=SCALES, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("load_plan", verbosity=0)
    generator.fill_tables(SCALES[options.scale])
    rebuilding = seconds(spans.rebuild)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    result = {"scale": options.scale, "database": connection.vendor, "spans": Span.objects.count()}
    result |= {
        "rebuild spans": rebuilding,
        **measure_recount(options.rounds),
        **measure_load(options.rounds),
        **measure_pages(options.rounds),
    }
    print(json.dumps(result))


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start


def median_seconds(
    rounds: int, clock: Callable[[], float] = time.perf_counter, **works: Callable[[], object]
) -> dict[str, float]:
    """Median seconds of each work, after one round to warm up.

    They run in turn, so that other work on the machine slows all of them alike.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            spent = seconds(work, clock)
            if number:
                taken[name].append(spent)
    return {name: statistics.median(times) for name, times in taken.items()}


# --- recount ---
def measure_recount(rounds: int) -> dict[str, float]:
    """24 quarters for all units and indicators, and what to hold against it.

    That is the same scan written by hand, and one date counted from the facts by hand.
    """
    ours = {}
    for row in _scan_of_ours():
        place = tuple(row[column] for column in COLUMNS)
        ours[place] = [row[f"on{number}"] for number in range(len(QUARTERS))]
    by_hand = {row[:3]: list(row[3:]) for row in _by_hand()}
    assert ours == by_hand, "the hand-written scan counts something else"
    last_day = sum(row[3] for row in _from_facts(QUARTERS[-1]))
    assert last_day == sum(values[-1] for values in ours.values()), "the facts say something else"
    return median_seconds(
        rounds,
        **{
            "24 quarters": lambda: counting.count_stored(QUARTERS, Definition.CERTIFICATE).figures(
                QUARTERS[0]
            ),
            "24 quarters by hand": _by_hand,
            "1 date from facts by hand": lambda: _from_facts(QUARTERS[-1]),
        },
    )


def _scan_of_ours() -> list[dict[str, Any]]:
    return list(
        counting.scan(Span.objects.filter(definition=Definition.CERTIFICATE), COLUMNS, QUARTERS)
    )


def _by_hand() -> list[tuple[Any, ...]]:
    counts = ", ".join('count(*) FILTER (WHERE start <= %s AND "end" > %s)' for _ in QUARTERS)
    sql = f"""SELECT kind_id, park_id, town_id, {counts} FROM targets_span
              WHERE definition = 'certificate' AND start <= %s AND "end" > %s GROUP BY 1, 2, 3"""
    days = [day for quarter in QUARTERS for day in (quarter, quarter)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*days, QUARTERS[-1], QUARTERS[0]])
        return cursor.fetchall()


def _from_facts(day: dt.date) -> list[tuple[Any, ...]]:
    sql = """SELECT q.kind_id, p.park_id, p.town_id, count(DISTINCT q.enterprise_id)
             FROM enterprises_qualification q
             JOIN enterprises_placement p ON p.enterprise_id = q.enterprise_id
             WHERE q.valid_from <= %s AND (q.valid_until IS NULL OR q.valid_until >= %s)
               AND (q.revoked_on IS NULL OR q.revoked_on > %s)
               AND p.since <= %s AND (p.until IS NULL OR p.until > %s)
               AND NOT EXISTS (SELECT 1 FROM enterprises_closure c
                               WHERE c.enterprise_id = q.enterprise_id AND c.closed_on <= %s
                                 AND (c.reopened_on IS NULL OR c.reopened_on > %s))
             GROUP BY 1, 2, 3"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [day] * 7)
        return cursor.fetchall()


# --- bulk load ---
def measure_load(rounds: int) -> dict[str, float]:
    """3,300 new firms through the registry (facts, ledger, checks), and a bare insert of them."""
    first = SCALES["L"] * 2
    rows = generator.make_rows(range(first, first + NEW_FIRMS))
    acts = _acts_of(rows)
    spent = median_seconds(
        max(3, rounds // 2),
        **{
            "load 3,300 firms": lambda: _undone(lambda: registry.apply(acts, by=None)),
            "load them bare": lambda: _undone(lambda: _insert_bare(rows)),
        },
    )
    registry.apply(acts, by=None)
    return spent | median_seconds(
        rounds, **{"load them again, unchanged": lambda: registry.apply(acts, by=None)}
    )


def _acts_of(rows: generator.Rows) -> list[Act]:
    units = dict(Unit.objects.values_list("pk", "code"))
    kinds = {row.pk: row.code for row in spans.QualificationKind.objects.all()}
    usccs = {row[0]: row[1] for row in rows["enterprise"]}
    acts: list[Act] = [
        Register(uscc=row[1], name=row[2], registered_on=row[4]) for row in rows["enterprise"]
    ]
    for owner, park, town, since, _until, arrival in rows["placement"]:
        if arrival == "known":
            acts.append(
                Place(uscc=usccs[owner], park=units.get(park, ""), town=units[town], since=since)
            )
    for owner, kind, number, since, until, *_ in rows["qualification"]:
        acts.append(
            Grant(
                uscc=usccs[owner],
                kind=kinds[kind],
                number=number,
                valid_from=since,
                valid_until=until,
            )
        )
    return acts


def _insert_bare(rows: generator.Rows) -> None:
    generator.insert_rows("enterprises_enterprise", generator.ENTERPRISE, rows["enterprise"])
    generator.insert_rows("enterprises_placement", generator.PLACEMENT, rows["placement"])
    generator.insert_rows(
        "enterprises_qualification", generator.QUALIFICATION, rows["qualification"]
    )


def _undone(work: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            work()
            raise Undo
    except Undo:
        pass


# --- pages ---
def measure_pages(rounds: int) -> dict[str, float]:
    """Pages, API and what is answered where nothing changed, against an empty view.

    All go through the same middleware for the same person. Where the database is in the process,
    processor time is taken: it is little, and by the clock other work on the machine would count
    for more than the page.
    """
    person, _ = User.objects.get_or_create(username="bench", role=User.Role.BUREAU_STAFF)
    jobs.run_inline(jobs.submit(kind="recompute", params={}))
    addresses = {
        "empty view": "/empty/",
        "firm list page": "/firms/",
        "API page": "/api/v1/enterprises/",
        "home": "/",
        "unit page": "/units/degan/",
        "API figures": "/api/v1/figures/",
    }
    unchanged = ("home", "unit page", "API figures")
    if Span.objects.count() <= MOST_PUBLISHED:
        addresses["home of a release"] = f"/?release={_publish_quarter(person).code}"
    client = Client()
    client.force_login(person)
    with override_settings(ROOT_URLCONF="benchmarks.urls", ALLOWED_HOSTS=["testserver"]):
        works = {name: _fetching(client, url) for name, url in addresses.items()}
        for name in unchanged:
            works[f"{name}, unchanged"] = _asking_again(client, addresses[name])
        clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
        return median_seconds(rounds * 3, clock, **works)


def _publish_quarter(person: User) -> Release:
    return publishing.publish(quarters.open_quarter(Period(2026, 3), by=person), by=person)


def _fetching(client: Client, url: str) -> Callable[[], None]:
    def fetch() -> None:
        assert client.get(url).status_code == 200, url

    return fetch


def _asking_again(client: Client, url: str) -> Callable[[], None]:
    """As a browser asks that still has the page."""
    client.get(url)
    known = {"If-None-Match": client.get(url).headers["ETag"]}

    def ask() -> None:
        assert client.get(url, headers=known).status_code == 304, url

    return ask


if __name__ == "__main__":
    main()
