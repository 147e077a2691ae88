"""Cases for the self-check from a file of comma-separated values, and its outcome by column.

The columns are those of `samples/eligibility.csv`: money in 万元; 1 to 3 are the years before the application, the
oldest first; empty is what nobody knows, `-` a year before the firm existed.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from enterprises.eligibility.model.condition_answer import ConditionAnswer, Points
from enterprises.eligibility.model.conditions import CertificateCheck
from enterprises.eligibility.model.firm_data import (
    MOST_YEARS,
    Assessed,
    FirmData,
    IntellectualProperty,
    Known,
    Months,
    Years,
)
from enterprises.eligibility.model.growth import Growth
from enterprises.eligibility.model.small_firms import SmallFirmCheck
from enterprises.eligibility.numbers import shown
from enterprises.refusal import Refusal

Value = TypeVar("Value")
Row = Mapping[str, str]
NO_YEAR = "-"
YES, NO = ("有", "是"), ("无", "否")
NOTHING_HAPPENED = "无"
SHOWN_PLACES = 6
"""Of percent and percentage points; they are judged exactly."""
MOST_DIGITS = 15
"""Before and after the point; more is no amount of money and no number of people."""


def read_cases(lines: Iterable[str]) -> Iterator[tuple[str, FirmData]]:
    """Raises Refusal, which names line, column and value."""
    rows = csv.DictReader(lines)
    yearly = [f"{name}_{year}" for name in YEARLY for year in range(1, MOST_YEARS + 1)]
    missing = [name for name in (*SINGLE, *yearly) if name not in (rows.fieldnames or ())]
    if missing:
        raise Refusal(f"缺少列：{'、'.join(missing)}")
    try:
        for row in rows:
            yield row["case"], _CaseRow(row, rows.line_num).firm()
    except csv.Error as error:
        raise Refusal(f"第{rows.line_num}行不能读取：{error}") from None


YEARLY = ("sales", "rd", "rd_domestic", "assets", "liabilities", "conversions")
SINGLE = (
    "case",
    "legal_form",
    "applied_on",
    "registered_on",
    "tech_field",
    "gross_income_3",
    "nontaxable_3",
    "hightech_income_3",
    "costs_3",
    "staff_months",
    "rd_staff_months",
    "staff",
    "rd_staff",
    "ip1",
    "ip2",
    "ip2_used",
    "ip_own",
    "standard",
    "mgmt_1",
    "mgmt_2",
    "mgmt_3",
    "mgmt_4",
    "incident_on",
    "assessed_advance",
    "assessed_core",
    "assessed_acquire",
    "assessed_count",
    "assessed_conversion",
    "assessed_mgmt",
)


class _CaseRow:
    """One row of the file."""

    def __init__(self, row: Row, line: int) -> None:
        self._row, self._line = row, line

    def firm(self) -> FirmData:
        applied_on = self._day("applied_on")
        if applied_on is None:
            raise self._refusal("applied_on", "请填申请日期")
        incident = self._text("incident_on")
        happened = incident not in ("", NOTHING_HAPPENED)
        return FirmData(
            applied_on=applied_on,
            legal_form=self._text("legal_form"),
            registered_on=self._day("registered_on"),
            tech_field=self._text("tech_field"),
            sales=self._years("sales"),
            rd=self._years("rd"),
            rd_domestic=self._years("rd_domestic"),
            assets=self._years("assets"),
            liabilities=self._years("liabilities"),
            conversions=self._years("conversions"),
            gross_income=self._number("gross_income_3"),
            nontaxable=self._number("nontaxable_3"),
            hightech_income=self._number("hightech_income_3"),
            costs=self._number("costs_3"),
            staff=self._number("staff"),
            rd_staff=self._number("rd_staff"),
            staff_months=self._months("staff_months"),
            rd_staff_months=self._months("rd_staff_months"),
            ip=IntellectualProperty(
                self._whole("ip1"),
                self._whole("ip2"),
                self._whole("ip2_used"),
                self._whole("ip_own"),
                self._yes_no("standard"),
            ),
            management={part: self._yes_no(f"mgmt_{part}") for part in range(1, 5)},
            asked=incident != "",
            incident=self._day("incident_on") if happened else None,
            assessed=Assessed(
                advance=self._whole("assessed_advance"),
                core=self._whole("assessed_core"),
                number=self._whole("assessed_count"),
                acquired=self._whole("assessed_acquire"),
                conversion=self._whole("assessed_conversion"),
                management=self._whole("assessed_mgmt"),
            ),
        )

    def _text(self, column: str) -> str:
        return (self._row[column] or "").strip()

    def _read(self, column: str, read: Callable[[str], Value], wanted: str) -> Value | None:
        text = self._text(column)
        if not text:
            return None
        try:
            return read(text)
        except (ValueError, ArithmeticError):
            raise self._refusal(column, wanted) from None

    def _refusal(self, column: str, wanted: str) -> Refusal:
        return Refusal(f"第{self._line}行“{column}”为“{self._row[column]}”：{wanted}")

    def _day(self, column: str) -> dt.date | None:
        return self._read(column, dt.date.fromisoformat, "请填日期，如2026-06-15")

    def _number(self, column: str) -> Known:
        return self._read(column, _exact, "请填数字")

    def _whole(self, column: str) -> int | None:
        return self._read(column, int, "请填整数")

    def _yes_no(self, column: str) -> bool | None:
        return self._read(column, _yes_no, "请填有、无，或是、否")

    def _years(self, name: str) -> Years:
        columns = [f"{name}_{year}" for year in range(1, MOST_YEARS + 1)]
        return [self._number(column) for column in columns if self._text(column) != NO_YEAR]

    def _months(self, column: str) -> Months:
        return self._read(column, _months, "请按月填写月初/月末，各月用分号隔开") or ()


def _exact(text: str) -> Fraction:
    if len(text) > 2 * MOST_DIGITS:
        raise ValueError(text)
    number = Decimal(text)
    # A short text with an exponent may stand for a number that fills the memory.
    if not number.is_finite() or (number and abs(number.adjusted()) > MOST_DIGITS):
        raise ValueError(text)
    return Fraction(number)


def _yes_no(text: str) -> bool:
    if text not in (*YES, *NO):
        raise ValueError(text)
    return text in YES


def _months(text: str) -> Months:
    months = []
    for month in text.split(";"):
        begin, end = month.split("/")
        months.append((_exact(begin), _exact(end)))
    return months


# --- outcome --------------------------------------------------------------------------------------
def outcome(certificate: CertificateCheck, small_firm: SmallFirmCheck) -> dict[str, str]:
    """Every outcome by its column; empty where there is none."""
    told = {"legal": certificate.form.state.value}
    parts = {"c5a": certificate.rd_share, "c5b": certificate.domestic_share}
    for name, answer in (certificate.conditions | parts).items():
        told |= _answer(name, answer)
    score = certificate.score
    told |= _growth("growth_net", score.net_growth) | _growth("growth_sales", score.sales_growth)
    told |= _points("ip", score.ip) | _points("conversion", score.conversion)
    told |= _points("mgmt", score.management) | _points("growth", score.growth)
    told |= _points("score", score.total)
    told["overall"] = certificate.state.value
    told["tsme_status"] = small_firm.state.value
    for name in ("staff", "rd", "ip", "score"):
        points: int | None = getattr(small_firm, name)
        told[f"tsme_{name}"] = "" if points is None else str(points)
    return told


def _answer(name: str, answer: ConditionAnswer) -> dict[str, str]:
    return {
        f"{name}_status": answer.state.value,
        f"{name}_value": shown(answer.value, SHOWN_PLACES),
        f"{name}_threshold": shown(answer.threshold, SHOWN_PLACES),
        f"{name}_margin": shown(answer.margin, SHOWN_PLACES),
    }


def _points(name: str, points: Points) -> dict[str, str]:
    return {f"{name}_low": str(points.low), f"{name}_high": str(points.high)}


def _growth(name: str, growth: Growth) -> dict[str, str]:
    return {f"{name}_rate": shown(growth.rate, SHOWN_PLACES), **_points(name, growth.points)}
