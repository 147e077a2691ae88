"""The sets of rules in force on a day."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from enterprises.eligibility.model.rules import (
    CertificateRules,
    SmallFirmRules,
    certificate_rules,
    small_firm_rules,
)
from enterprises.refusal import Refusal

DATA = Path(__file__).parent.parent / "data" / "eligibility.toml"
CERTIFICATE, SMALL_FIRM = "hnte", "tsme"


def certificate_rules_on(day: dt.date) -> CertificateRules:
    return certificate_rules(_in_force(CERTIFICATE, day))


def small_firm_rules_on(day: dt.date) -> SmallFirmRules:
    return small_firm_rules(_in_force(SMALL_FIRM, day))


def _in_force(kind: str, day: dt.date) -> dict[str, Any]:
    known = [told for told in _all() if told["kind"] == kind and told["since"] <= day]
    if not known:
        raise Refusal(f"{day}没有可用的认定条件。")
    return max(known, key=lambda told: told["since"])


@cache
def _all() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(DATA.read_text(encoding="utf-8"))["rule_sets"]
    return found
