"""A firm that meets every condition that data can test, as a row of a file of cases."""

import csv
import io
from fractions import Fraction

from enterprises.eligibility import rule_sets
from enterprises.eligibility.cases import read_cases
from enterprises.eligibility.model.conditions import CertificateCheck, check_certificate
from enterprises.eligibility.model.firm_data import FirmData
from enterprises.eligibility.model.small_firms import SmallFirmCheck, check_small_firm

FIELDS = frozenset({"高技术服务", "新材料"})
SOUND = {
    "case": "1",
    "legal_form": "有限责任公司",
    "applied_on": "2026-06-15",
    "registered_on": "2015-03-10",
    "tech_field": "高技术服务",
    **{f"sales_{year}": money for year, money in enumerate(("1000", "1200", "1500"), 1)},
    **{f"rd_{year}": money for year, money in enumerate(("80", "100", "120"), 1)},
    **{f"rd_domestic_{year}": money for year, money in enumerate(("80", "100", "120"), 1)},
    **{f"assets_{year}": money for year, money in enumerate(("900", "1100", "1400"), 1)},
    **{f"liabilities_{year}": money for year, money in enumerate(("400", "450", "500"), 1)},
    "gross_income_3": "1500",
    "nontaxable_3": "0",
    "hightech_income_3": "1200",
    "costs_3": "1300",
    "staff_months": "",
    "rd_staff_months": "",
    "staff": "40",
    "rd_staff": "10",
    "ip1": "1",
    "ip2": "6",
    "ip2_used": "0",
    "ip_own": "7",
    "standard": "是",
    **{f"conversions_{year}": "6" for year in range(1, 4)},
    **{f"mgmt_{part}": "有" for part in range(1, 5)},
    "incident_on": "无",
    **{
        f"assessed_{item}": ""
        for item in ("advance", "core", "acquire", "count", "conversion", "mgmt")
    },
}


def as_csv(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(SOUND))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def firm(**other: str) -> FirmData:
    [(_, data)] = read_cases(as_csv({**SOUND, **other}).splitlines(keepends=True))
    return data


def checked(data: FirmData) -> CertificateCheck:
    return check_certificate(data, rule_sets.shipped_book().certificate_on(data.applied_on), FIELDS)


def checked_small(data: FirmData) -> SmallFirmCheck:
    return check_small_firm(data, rule_sets.shipped_book().small_firm_on(data.applied_on))


def exact(text: str) -> Fraction:
    return Fraction(text)
