"""What a district's firms would be told, reckoned in SQL from the text of the rules; it shares no code with them."""

import datetime as dt
from typing import NamedTuple

from django.db import connection

STATES = {1: "met", 0: "failed", None: "unknown", 2: "open"}
COLUMNS = ("form", "c1", "c2", "c3", "c4", "c5a", "c5b", "c6", "c8")
PLACED = """
    e.voided_at IS NULL
    AND EXISTS (SELECT 1 FROM enterprises_placement p WHERE p.enterprise_id = e.id AND p.since <= %(day)s
        AND (p.until IS NULL OR p.until > %(day)s))
    AND NOT EXISTS (SELECT 1 FROM enterprises_closure c WHERE c.enterprise_id = e.id AND c.closed_on <= %(day)s
        AND (c.reopened_on IS NULL OR c.reopened_on > %(day)s))
"""
"""Firms in business that stand in the district on the day."""
RIGHTS = """
rights AS (
    SELECT i.enterprise_id,
        SUM(CASE WHEN c.ip_class = '1' AND held THEN 1 ELSE 0 END) AS first_class,
        SUM(CASE WHEN c.ip_class = '2' AND held THEN 1 ELSE 0 END) AS second_class,
        SUM(CASE WHEN c.ip_class = '2' AND held AND used THEN 1 ELSE 0 END) AS used,
        SUM(CASE WHEN held AND obtained = 'own' THEN 1 ELSE 0 END) AS own,
        SUM(CASE WHEN held AND obtained = '' THEN 1 ELSE 0 END) AS untold
    FROM (
        SELECT enterprise_id, kind_id, obtained,
            since <= %(day)s AND (until IS NULL OR until > %(day)s)
                AND (ends_on IS NULL OR ends_on >= %(day)s) AS held,
            EXISTS (SELECT 1 FROM enterprises_ipitem u WHERE u.kind_id = o.kind_id AND u.number = o.number
                AND u.used_first < %(year)s) AS used
        FROM enterprises_ipitem o
    ) i
    JOIN enterprises_ipclassrule c ON c.kind_id = i.kind_id AND c.since <= %(day)s
    WHERE c.ip_class <> 'none' AND NOT EXISTS (SELECT 1 FROM enterprises_ipclassrule n
        WHERE n.kind_id = c.kind_id AND n.since > c.since AND n.since <= %(day)s)
    GROUP BY i.enterprise_id
),
"""
"""Rights that count on the day, where single ones are known."""
QUERY = """
WITH told AS (
    SELECT enterprise_id, year, staff, rd_staff, ip_class1, ip_class2, ip_class2_used,
        CAST(ROUND(revenue * 100) AS BIGINT) AS sales,
        CAST(ROUND(rd_expense * 100) AS BIGINT) AS rd,
        CAST(ROUND(rd_domestic * 100) AS BIGINT) AS home,
        CAST(ROUND(gross_income * 100) AS BIGINT) - CAST(ROUND(nontaxable_income * 100) AS BIGINT) AS income,
        CAST(ROUND(hightech_income * 100) AS BIGINT) AS hightech,
        CAST(ROUND(hightech_share * 100) AS BIGINT) AS share
    FROM enterprises_yearlyfigures WHERE year < %(year)s
),
span AS (
    SELECT %(year)s - 3 AS year, CAST(%(second)s AS DATE) AS over
    UNION ALL SELECT %(year)s - 2, CAST(%(third)s AS DATE)
    UNION ALL SELECT %(year)s - 1, CAST(%(new_year)s AS DATE)
),
sums AS (
    SELECT e.id,
        CASE WHEN COUNT(t.sales) = COUNT(*) THEN SUM(t.sales) END AS sales,
        CASE WHEN COUNT(t.rd) = COUNT(*) THEN SUM(t.rd) END AS rd,
        CASE WHEN COUNT(t.home) = COUNT(*) THEN SUM(t.home) END AS home
    FROM enterprises_enterprise e
    JOIN span ON e.registered_on IS NULL OR e.registered_on < span.over
    LEFT JOIN told t ON t.enterprise_id = e.id AND t.year = span.year
    GROUP BY e.id
),
{rights}counts AS (
    SELECT e.id,
        (SELECT t.ip_class1 FROM told t WHERE t.enterprise_id = e.id AND t.ip_class1 IS NOT NULL
            ORDER BY t.year DESC LIMIT 1) AS first_class,
        (SELECT t.ip_class2 FROM told t WHERE t.enterprise_id = e.id AND t.ip_class2 IS NOT NULL
            ORDER BY t.year DESC LIMIT 1) AS second_class,
        (SELECT t.ip_class2_used FROM told t WHERE t.enterprise_id = e.id AND t.ip_class2_used IS NOT NULL
            ORDER BY t.year DESC LIMIT 1) AS used
    FROM enterprises_enterprise e
),
items AS (
    SELECT c.id,
        CASE WHEN r.enterprise_id IS NULL THEN c.first_class ELSE r.first_class END AS first_class,
        CASE WHEN r.enterprise_id IS NULL THEN c.second_class ELSE r.second_class END AS second_class,
        CASE WHEN r.enterprise_id IS NULL THEN c.used ELSE r.used END AS used
    FROM counts c LEFT JOIN rights r ON r.enterprise_id = c.id
),
answers AS (
    SELECT enterprise_id,
        MAX(CASE WHEN "on" >= %(year_ago)s THEN 1 ELSE 0 END) AS asked,
        MAX(CASE WHEN kind <> 'none' AND "on" >= %(year_ago)s THEN 1 ELSE 0 END) AS guilty
    FROM enterprises_incident WHERE withdrawn_on IS NULL AND "on" <= %(day)s GROUP BY enterprise_id
)
SELECT e.uscc,
    CASE WHEN e.legal_form LIKE '%%分公司%%' OR e.legal_form LIKE '个人独资%%' THEN 0
        WHEN e.legal_form LIKE '%%有限责任公司%%' OR e.legal_form LIKE '股份有限公司%%' THEN 1 END,
    CASE WHEN e.registered_on IS NULL THEN NULL WHEN e.registered_on <= %(year_ago)s THEN 1 ELSE 0 END,
    CASE WHEN i.first_class >= 1 OR i.second_class > i.used THEN 1
        WHEN i.first_class IS NULL OR i.second_class IS NULL OR i.used IS NULL THEN NULL ELSE 0 END,
    CASE WHEN e.tech_field_id IS NOT NULL THEN 1 END,
    CASE WHEN l.staff IS NULL OR l.rd_staff IS NULL THEN NULL WHEN l.staff = 0 THEN 2
        WHEN l.rd_staff * 10 >= l.staff THEN 1 ELSE 0 END,
    CASE WHEN l.sales IS NULL OR s.sales IS NULL OR s.rd IS NULL OR e.registered_on >= %(new_year)s THEN NULL
        WHEN s.sales = 0 THEN 2
        WHEN l.sales <= 500000 THEN CASE WHEN s.rd * 20 >= s.sales THEN 1 ELSE 0 END
        WHEN l.sales <= 2000000 THEN CASE WHEN s.rd * 25 >= s.sales THEN 1 ELSE 0 END
        ELSE CASE WHEN s.rd * 100 >= s.sales * 3 THEN 1 ELSE 0 END END,
    CASE WHEN s.home IS NULL OR s.rd IS NULL THEN NULL WHEN s.rd = 0 THEN 2
        WHEN s.home * 5 >= s.rd * 3 THEN 1 ELSE 0 END,
    CASE WHEN l.hightech IS NOT NULL AND l.income IS NOT NULL THEN
            CASE WHEN l.income <= 0 THEN 2 WHEN l.hightech * 5 >= l.income * 3 THEN 1 ELSE 0 END
        WHEN l.share IS NOT NULL THEN CASE WHEN l.share >= 6000 THEN 1 ELSE 0 END END,
    CASE WHEN a.asked = 1 THEN 1 - a.guilty END,
    CASE WHEN e.registered_on >= %(new_year)s OR l.sales IS NULL OR l.rd IS NULL OR l.sales = 0 THEN 0
        WHEN l.sales <= 500000 THEN CASE WHEN l.rd * 20 >= l.sales THEN 1 ELSE 0 END
        WHEN l.sales <= 2000000 THEN CASE WHEN l.rd * 25 >= l.sales THEN 1 ELSE 0 END
        ELSE CASE WHEN l.rd * 100 >= l.sales * 3 THEN 1 ELSE 0 END END,
    (SELECT MAX(t.year) FROM told t WHERE t.enterprise_id = e.id AND t.year >= %(year)s - 3)
FROM enterprises_enterprise e
LEFT JOIN told l ON l.enterprise_id = e.id AND l.year = %(year)s - 1
LEFT JOIN sums s ON s.id = e.id
LEFT JOIN items i ON i.id = e.id
LEFT JOIN answers a ON a.enterprise_id = e.id
WHERE {placed}
    AND NOT EXISTS (SELECT 1 FROM enterprises_qualification q
        JOIN enterprises_qualificationkind k ON k.id = q.kind_id AND k.code = 'hnte'
        WHERE q.enterprise_id = e.id AND q.valid_from <= %(day)s AND q.valid_until >= %(day)s
        AND (q.revoked_on IS NULL OR q.revoked_on > %(day)s))
"""


class Told(NamedTuple):
    """`last_year`: whether R&D of the last year alone is enough. `year`: of the newest return of the last three years."""

    states: dict[str, str]
    last_year: bool
    year: int | None

    @property
    def failed(self) -> int:
        return list(self.states.values()).count("failed")

    @property
    def outcome(self) -> str:
        """But for the score."""
        if self.year is None:
            return "no_data" if self.failed < 2 else "out"
        if self.failed:
            return "near" if self.failed == 1 else "out"
        told = self.states
        enough = told["c5a"] == "met" or (told["c5a"] == "unknown" and self.last_year)
        return "ready" if told["c4"] == told["c6"] == "met" and enough else "lacking"


def told_on(day: dt.date) -> dict[str, Told]:
    """Code → what the oracle says of each uncertified firm of the district."""
    parameters = {
        "year": day.year,
        "day": day,
        "year_ago": day - dt.timedelta(days=365),
        "second": dt.date(day.year - 2, 1, 1),
        "third": dt.date(day.year - 1, 1, 1),
        "new_year": dt.date(day.year, 1, 1),
    }
    query = QUERY.replace("{rights}", RIGHTS).replace("{placed}", PLACED)
    if connection.vendor == "sqlite":
        # It keeps days as text, and has no type for them.
        query = query.replace("CAST(%(second)s AS DATE)", "%(second)s")
        query = query.replace("CAST(%(third)s AS DATE)", "%(third)s")
        query = query.replace("CAST(%(new_year)s AS DATE)", "%(new_year)s")
        parameters = {
            name: str(value) if name != "year" else value for name, value in parameters.items()
        }
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return {
            uscc: Told(
                dict(zip(COLUMNS, map(STATES.get, states), strict=True)), bool(last_year), year
            )
            for uscc, *states, last_year, year in cursor.fetchall()
        }
