"""Firms by the thousand, straight into the tables.

They are the same every time and shaped like the district, with 1.6 certificates a firm.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from benchmarks.codes import code
from enterprises.models import LedgerHead, QualificationKind
from parks.models import Unit

CHUNK = 50_000

ENTERPRISE = (
    "id",
    "uscc",
    "name",
    "name_key",
    "registered_on",
    "industry_code",
    "contact_name",
    "contact_phone",
)
PLACEMENT = ("enterprise_id", "park_id", "town_id", "since", "until", "arrival")
QUALIFICATION = (
    "enterprise_id", "kind_id", "number", "valid_from", "valid_until", "class_year",
    "recognition", "dating", "until_basis",
)  # fmt: skip
Row = tuple[Any, ...]
Rows = dict[str, list[Row]]


def fill_tables(firms: int) -> None:
    """Fill empty fact tables with so many firms."""
    for first in range(1, firms + 1, CHUNK):
        rows = make_rows(range(first, min(first + CHUNK, firms + 1)))
        insert_rows("enterprises_enterprise", ENTERPRISE, rows["enterprise"])
        insert_rows("enterprises_placement", PLACEMENT, rows["placement"])
        insert_rows("enterprises_qualification", QUALIFICATION, rows["qualification"])
    if connection.vendor == "postgresql":
        # The rows came with their own ids: the sequence does not know of them.
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('enterprises_enterprise', 'id'), {firms})"
            )
            cursor.execute("ANALYZE")
    LedgerHead.objects.get_or_create(id=1)


def make_rows(numbers: Iterable[int]) -> Rows:
    """Rows of the three fact tables for the firms with these running numbers."""
    parks = list(Unit.objects.parks().values_list("pk", flat=True))
    towns = list(Unit.objects.towns().values_list("pk", flat=True))
    kinds = dict(QualificationKind.objects.values_list("code", "pk"))
    rows: Rows = {"enterprise": [], "placement": [], "qualification": []}
    for number in numbers:
        pick = random.Random(number)
        name = f"重庆基准{number:07d}号科技有限公司"
        registered = dt.date(2005, 1, 1) + dt.timedelta(days=pick.randrange(5000))
        rows["enterprise"].append((number, code(number), name, name, registered, "C3670", "", ""))
        entered = dt.date(2016, 1, 1) + dt.timedelta(days=pick.randrange(3900))
        rows["placement"] += _place_rows(number, entered, pick, parks, towns)
        rows["qualification"].append(
            (number, kinds["tech"], "", entered, None, entered.year, "", "printed", "")
        )
        rows["qualification"] += _certificate_rows(number, kinds["hnte"], entered, pick)
    return rows


def _place_rows(
    number: int, since: dt.date, pick: random.Random, parks: list[int], towns: list[int]
) -> Iterator[Row]:
    park = pick.choice(parks) if pick.random() < 0.95 else None
    if pick.random() < 0.1:
        moved = since + dt.timedelta(days=pick.randrange(100, 2000))
        yield number, park, pick.choice(towns), since, moved, "known"
        yield number, pick.choice(parks), pick.choice(towns), moved, None, "moved"
    else:
        yield number, park, pick.choice(towns), since, None, "known"


def _certificate_rows(
    number: int, kind: int, entered: dt.date, pick: random.Random
) -> Iterator[Row]:
    issued = max(entered, dt.date(2019, 10, 1)) + dt.timedelta(days=pick.randrange(90))
    for turn in range(pick.choice((0, 0, 0, 1, 2))):  # three firms in five have none
        until = issued.replace(year=issued.year + 3, day=min(issued.day, 28))
        yield (
            number,
            kind,
            f"GR{issued.year}{turn}{number:07d}",
            issued,
            until,
            issued.year,
            "",
            "printed",
            "",
        )
        issued = until + dt.timedelta(days=pick.randrange(1, 60))


def insert_rows(table: str, columns: Sequence[str], rows: list[Row]) -> None:
    """The bare way in: COPY on PostgreSQL, executemany elsewhere."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            text.seek(0)
            # In CSV an empty string and NULL look alike.
            empty_strings = ", ".join(column for column in columns if column in NOT_NULL_TEXT)
            kept = f", FORCE_NOT_NULL ({empty_strings})" if empty_strings else ""
            options = f"(FORMAT csv{kept})"
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH {options}", text)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


NOT_NULL_TEXT = {
    "legal_form",
    "contact_name",
    "contact_phone",
    "name",
    "arrival",
    "number",
    "recognition",
    "dating",
    "until_basis",
}
