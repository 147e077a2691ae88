"""The lists of the ladder's lower rungs (63号, annexes 1 and 2), reckoned in SQL from their text; no code is shared."""

import datetime as dt
from typing import Any

from django.db import connection

from tests.enterprises.mining.oracle import PLACED, RIGHTS

HOLDS = """EXISTS (SELECT 1 FROM enterprises_qualification q
    JOIN enterprises_qualificationkind k ON k.id = q.kind_id AND k.code IN ({kinds})
    WHERE q.enterprise_id = e.id AND q.valid_from <= %(day)s
    AND (q.valid_until IS NULL OR q.valid_until >= %(day)s)
    AND (q.revoked_on IS NULL OR q.revoked_on > %(day)s))"""
FACTS = """
WITH told AS (
    SELECT enterprise_id, year, ip_class1, ip_class2, ip_own,
        CAST(ROUND(revenue * 100) AS BIGINT) AS sales,
        CAST(ROUND(rd_expense * 100) AS BIGINT) AS rd,
        CAST(ROUND(assets * 100) AS BIGINT) AS assets,
        CAST(ROUND(liabilities * 100) AS BIGINT) AS owed
    FROM enterprises_yearlyfigures WHERE year < %(year)s
),
{rights}
facts AS (
    SELECT e.id, e.uscc, e.registered_on,
        CASE WHEN {direct} THEN 1 ELSE 0 END AS direct,
        CASE WHEN {base} THEN 1 ELSE 0 END AS base,
        -- the years in which the firm existed, of the last two
        CASE WHEN e.registered_on >= %(new_year)s THEN 0 WHEN e.registered_on >= %(last_year)s THEN 1 ELSE 2 END AS years,
        l.sales, l.rd, l.assets, l.owed, b.sales AS sales_before, b.rd AS rd_before,
        CASE WHEN r.enterprise_id IS NOT NULL THEN r.first_class
            ELSE (SELECT t.ip_class1 FROM told t WHERE t.enterprise_id = e.id AND t.ip_class1 IS NOT NULL
            ORDER BY t.year DESC LIMIT 1) END AS first_class,
        CASE WHEN r.enterprise_id IS NOT NULL THEN r.second_class
            ELSE (SELECT t.ip_class2 FROM told t WHERE t.enterprise_id = e.id AND t.ip_class2 IS NOT NULL
            ORDER BY t.year DESC LIMIT 1) END AS second_class,
        CASE WHEN r.enterprise_id IS NOT NULL THEN CASE WHEN r.own > 0 OR r.untold = 0 THEN r.own END
            ELSE (SELECT t.ip_own FROM told t WHERE t.enterprise_id = e.id AND t.ip_own IS NOT NULL
            ORDER BY t.year DESC LIMIT 1) END AS own,
        (SELECT MAX(t.year) FROM told t WHERE t.enterprise_id = e.id AND t.year >= %(year)s - 3) AS newest
    FROM enterprises_enterprise e
    LEFT JOIN told l ON l.enterprise_id = e.id AND l.year = %(year)s - 1
        AND (e.registered_on IS NULL OR e.registered_on < %(new_year)s)
    LEFT JOIN told b ON b.enterprise_id = e.id AND b.year = %(year)s - 2
        AND (e.registered_on IS NULL OR e.registered_on < %(last_year)s)
    LEFT JOIN rights r ON r.enterprise_id = e.id
    WHERE {placed} AND NOT {lacks}
)
"""
INNOVATIVE = """
SELECT uscc, newest, direct,
    CASE WHEN first_class >= 1 THEN CASE WHEN own > second_class THEN 15 ELSE 10 END
        WHEN second_class >= 1 THEN 5 ELSE 0 END,
    CASE WHEN first_class IS NULL OR first_class >= 1 THEN 20
        WHEN second_class IS NULL OR second_class >= 1 THEN 5 ELSE 0 END,
    CASE WHEN first_class IS NULL OR (first_class = 0 AND second_class IS NULL) THEN 1 ELSE 0 END,
    CASE WHEN rd IS NULL OR sales IS NULL THEN -1 WHEN sales = 0 THEN -2
        WHEN rd * 20 >= sales THEN 20 WHEN rd * 100 >= sales * 3 THEN 15
        WHEN rd * 50 >= sales THEN 10 WHEN rd * 100 >= sales THEN 5 ELSE 0 END,
    CASE WHEN years = 1 THEN -2 WHEN sales IS NULL OR sales_before IS NULL THEN -1 WHEN sales_before = 0 THEN -2
        WHEN sales * 100 >= sales_before * 115 THEN 20 WHEN sales * 10 >= sales_before * 11 THEN 15
        WHEN sales * 100 >= sales_before * 105 THEN 10 WHEN sales >= sales_before THEN 5 ELSE 0 END,
    CASE WHEN assets IS NULL OR owed IS NULL THEN -1 WHEN assets = 0 THEN -2
        WHEN owed * 100 <= assets * 55 THEN 10 WHEN owed * 4 <= assets * 3 THEN 5 ELSE 0 END
FROM facts
"""
SRDI = """
SELECT uscc, newest,
    CASE WHEN base = 1 THEN 'met' ELSE 'unknown' END,
    CASE WHEN registered_on IS NULL THEN 'unknown' WHEN registered_on > %(two_years_ago)s THEN 'failed' ELSE 'open' END,
    CASE WHEN rd IS NULL THEN 'unknown' WHEN rd >= 10000 THEN 'met' ELSE 'failed' END,
    CASE WHEN rd IS NULL OR sales IS NULL THEN 'unknown' WHEN sales = 0 THEN 'open'
        WHEN rd * 100 >= sales * 3 THEN 'met' ELSE 'failed' END,
    CASE WHEN sales >= 100000 THEN 'met' ELSE 'unknown' END,
    CASE WHEN years < 2 OR rd IS NULL OR rd_before IS NULL THEN 'unknown'
        WHEN rd + rd_before >= 200000 THEN 'met' ELSE 'open' END
FROM facts
"""
HIGHER = ("srdi", "little_giant", "champion")
Row = dict[str, Any]


def _asked(query: str, day: dt.date, lacks: tuple[str, ...]) -> list[tuple[Any, ...]]:
    def held(*kinds: str) -> str:
        return HOLDS.format(kinds=", ".join(f"'{kind}'" for kind in kinds))

    facts = FACTS.format(
        direct=held("hnte"),
        base=held("innovative_sme"),
        placed=PLACED,
        lacks=held(*lacks),
        rights=RIGHTS,
    )
    parameters: dict[str, Any] = {
        "year": day.year,
        "day": day,
        "new_year": dt.date(day.year, 1, 1),
        "last_year": dt.date(day.year - 1, 1, 1),
        "two_years_ago": day.replace(year=day.year - 2),
    }
    if connection.vendor == "sqlite":
        # It keeps days as text.
        parameters |= {name: str(value) for name, value in parameters.items() if name != "year"}
    with connection.cursor() as cursor:
        cursor.execute(facts + query, parameters)
        return cursor.fetchall()


def innovative_on(day: dt.date) -> dict[str, Row]:
    """Code → outcome, states and the range of points."""
    found = {}
    for uscc, newest, direct, ip_low, ip_high, ip_lacks, *items in _asked(
        INNOVATIVE, day, ("innovative_sme", *HIGHER)
    ):
        (rd, growth, debt) = [
            _range(points, most) for points, most in zip(items, (20, 20, 10), strict=True)
        ]
        innovation = (ip_low + rd[0], ip_high + rd[1], bool(ip_lacks) or rd[2])
        growing = (growth[0] + debt[0], growth[1] + debt[1], growth[2] or debt[2])
        states = {"innovation": _state(innovation, 20), "growing": _state(growing, 15)}
        if direct:
            states = dict.fromkeys(states, "met")
        outcome = "ready" if set(states.values()) == {"met"} else "lacking"
        found[uscc] = {
            "outcome": outcome if newest else "no_data",
            "states": states,
            "score": {
                "low": innovation[0] + growing[0] + 5,
                "high": innovation[1] + growing[1] + 30,
            },
        }
    return found


def _range(points: int, most: int) -> tuple[int, int, bool]:
    """-1: not known; -2: nothing to divide by."""
    return (points, points, False) if points >= 0 else (0, most, points == -1)


def _state(told: tuple[int, int, bool], least: int) -> str:
    low, high, lacks = told
    if low >= least:
        return "met"
    return "unknown" if lacks and high >= least else "open"


def srdi_on(day: dt.date) -> dict[str, Row]:
    found = {}
    codes = ("base", "years", "least_rd", "rd", "sales", "way")
    for uscc, newest, *told in _asked(SRDI, day, HIGHER):
        states = dict(zip(codes, told, strict=True))
        failed = told.count("failed")
        if failed > 1:
            outcome = "out"
        elif newest is None:
            outcome = "no_data"
        elif failed:
            outcome = "near"
        else:
            needed = {states[code] for code in ("least_rd", "rd", "sales")}
            outcome = "ready" if needed == {"met"} else "lacking"
        found[uscc] = {"outcome": outcome, "states": states}
    return found
