"""The sets of rules in force on a day."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from enterprises.eligibility.model.other_kinds import KindRules, kind_rules
from enterprises.eligibility.model.rules import (
    CertificateRules,
    SmallFirmRules,
    certificate_rules,
    small_firm_rules,
)
from enterprises.refusal import Refusal

Rules = TypeVar("Rules", CertificateRules, SmallFirmRules, KindRules)
DATA = Path(__file__).parent.parent / "data" / "eligibility.toml"
CERTIFICATE, SMALL_FIRM, KIND = "certificate", "small_firm", "kind"
"""Which conditions a set is for."""


def certificate_rules_on(day: dt.date) -> CertificateRules:
    return _in_force(_certificate_sets(), day)


def small_firm_rules_on(day: dt.date) -> SmallFirmRules:
    return _in_force(_small_firm_sets(), day)


def kind_rules_on(kind: str, day: dt.date) -> KindRules:
    return _in_force([rules for rules in _kind_sets() if rules.kind == kind], day)


def first_day_of_all() -> dt.date:
    """From when on there are rules for every kind."""
    kinds = {rules.kind for rules in _kind_sets()}
    firsts = [min(rules.since for rules in _kind_sets() if rules.kind == kind) for kind in kinds]
    return max([first_day(), *firsts])


def has_rules_for(kind: str, day: dt.date) -> bool:
    return any(told["kind"] == kind and told["since"] <= day for told in shipped())


def conditions_of(kind: str) -> str:
    """Which functions read the rules of a kind."""
    return next(str(told["conditions"]) for told in shipped() if told["kind"] == kind)


def first_day() -> dt.date:
    """From when on there are rules for both."""
    sets = _certificate_sets(), _small_firm_sets()
    return max(min(rules.since for rules in each) for each in sets)


def _in_force(sets: Sequence[Rules], day: dt.date) -> Rules:
    begun = [rules for rules in sets if rules.since <= day]
    if not begun:
        raise Refusal(f"{day}没有可用的认定条件。")
    return max(begun, key=lambda rules: rules.since)


@cache
def _certificate_sets() -> list[CertificateRules]:
    return [certificate_rules(told) for told in shipped() if told["conditions"] == CERTIFICATE]


@cache
def _small_firm_sets() -> list[SmallFirmRules]:
    return [small_firm_rules(told) for told in shipped() if told["conditions"] == SMALL_FIRM]


@cache
def _kind_sets() -> list[KindRules]:
    return [kind_rules(told) for told in shipped() if told["conditions"] == KIND]


def shipped() -> list[dict[str, Any]]:
    """The sets as they stand in the file."""
    found: list[dict[str, Any]] = told_data()["rule_sets"]
    return found


@cache
def told_data() -> dict[str, Any]:
    """Sets of rules, and the forms of firms that they speak of."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))
