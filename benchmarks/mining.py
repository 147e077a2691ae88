"""Going through a district's uncertified firms for candidates, against one bare scan of their returns.

    python -m benchmarks.mining --firms 70000

Prints one JSON object. Where the database is in the process, processor time is taken, as other work on the machine would
count for more by the clock.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import time
from collections.abc import Iterable
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks import generator  # noqa: E402
from benchmarks.measure import median_seconds  # noqa: E402
from enterprises.eligibility.gathering import OF_ANY_YEAR, OF_LAST_YEAR, OF_YEARS  # noqa: E402
from enterprises.eligibility.rule_sets import rule_book  # noqa: E402
from enterprises.mining.lists import Mined, MinedNow, candidate_lists  # noqa: E402
from enterprises.mining.population import here_on  # noqa: E402
from enterprises.models import TechField  # noqa: E402
from parks.models import User  # noqa: E402

DAY = dt.date(2026, 11, 30)
YEARS = (2023, 2024, 2025)
FIGURES = (*OF_YEARS.values(), *OF_LAST_YEAR.values(), *OF_ANY_YEAR.values())
FORM = "有限责任公司（自然人投资或控股）"
DESCRIBED = ("legal_form", "tech_field_id")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--firms", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("load_plan", verbosity=0)
    fill_tables(options.firms)
    found = _mine()
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    spent = median_seconds(options.rounds, clock, **{"mining": _mine, "one scan": _scan})
    told = {"firms": found.firms, "listed": found.total, "database": connection.vendor}
    print(json.dumps({**told, **spent}))


def fill_tables(firms: int) -> None:
    """Firms in business without certificates, each with three full returns."""
    fields = list(TechField.objects.values_list("pk", flat=True))
    for first in range(1, firms + 1, generator.CHUNK):
        numbers = range(first, min(first + generator.CHUNK, firms + 1))
        rows = generator.make_rows(numbers)
        described = [(*row, FORM, fields[row[0] % len(fields)]) for row in rows["enterprise"]]
        columns = (*generator.ENTERPRISE, *DESCRIBED)
        generator.insert_rows("enterprises_enterprise", columns, described)
        generator.insert_rows("enterprises_placement", generator.PLACEMENT, rows["placement"])
        returns = list(_returns(numbers))
        generator.insert_rows(
            "enterprises_yearlyfigures", ("enterprise_id", "year", *FIGURES), returns
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _returns(numbers: Iterable[int]) -> Iterable[tuple[Any, ...]]:
    for number in numbers:
        pick = random.Random(number)
        revenue, research = pick.lognormvariate(7.5, 1), pick.uniform(0.01, 0.1)
        staff, hightech = pick.randrange(5, 300), pick.uniform(0.3, 0.95)
        items = pick.choice((0, 0, 0, 1, 2)), pick.randrange(12)
        in_research = int(staff * pick.uniform(0.03, 0.4))
        for year in YEARS:
            revenue *= pick.uniform(0.9, 1.4)
            told = {
                "revenue": round(revenue, 2),
                "rd_expense": round(revenue * research, 2),
                "rd_domestic": round(revenue * research * 0.95, 2),
                "assets": round(revenue * 1.2, 2),
                "liabilities": round(revenue * 0.6, 2),
                "conversions": pick.randrange(8),
                "gross_income": round(revenue * 1.02, 2),
                "nontaxable_income": 0,
                "hightech_income": round(revenue * hightech, 2),
                "hightech_share": round(hightech * 100, 2),
                "costs": round(revenue * 0.8, 2),
                "staff": staff,
                "rd_staff": in_research,
                "ip_class1": items[0],
                "ip_class2": items[1],
                "ip_class2_used": 0,
                "ip_own": sum(items),
            }
            yield number, year, *(told[name] for name in FIGURES)


def _mine() -> Mined:
    """As is done for the whole district where nothing is kept."""
    wanted = next(iter(candidate_lists().values()))
    everybody = here_on(DAY, User(role=User.Role.BUREAU_STAFF))
    return MinedNow(wanted, wanted.firms(everybody, DAY), DAY, rule_book())


def _scan() -> list[tuple[Any, ...]]:
    """The least that reads all returns: the columns as they are, without a condition but the year."""
    names = ", ".join(("enterprise_id", "year", *FIGURES))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM enterprises_yearlyfigures WHERE year < %s", [DAY.year])
        return cursor.fetchall()


if __name__ == "__main__":
    main()
