"""Rows about returns, incidents, declined advice and rights that the database must refuse, by the constraint."""

import datetime as dt
from types import SimpleNamespace

from enterprises.models import (
    DeclinedAdvice,
    Enterprise,
    Incident,
    IpClassRule,
    IpItem,
    IpKind,
    RuleSet,
    YearlyFigures,
)


def figures(w: SimpleNamespace, **values: object) -> YearlyFigures:
    return YearlyFigures.objects.create(**{"enterprise": w.firm, "year": 2025} | values)


def incident(w: SimpleNamespace, **values: object) -> Incident:
    told = {"enterprise": w.firm, "kind": "none", "on": dt.date(2026, 5, 4), "source": "应急局"}
    return Incident.objects.create(**told | values)


def declined(w: SimpleNamespace, **values: object) -> DeclinedAdvice:
    on = dt.date(2026, 5, 4)
    told = {"advice": "enter", "stage": "seed", "on": on, "until": dt.date(2026, 11, 4)}
    return DeclinedAdvice.objects.create(enterprise=w.firm, **{"reason": "等审计"} | told | values)


def merged_and_in_force(w: SimpleNamespace) -> None:
    Enterprise.objects.filter(pk=w.firm.pk).update(merged_into=w.firm)


GRANTED = dt.date(2020, 5, 4)


def ip_kind() -> IpKind:
    return IpKind.objects.get_or_create(code="x", name="x")[0]


def ip_class(**values: object) -> IpClassRule:
    told = {"kind": ip_kind(), "since": GRANTED, "ip_class": "1", "document": "x"}
    return IpClassRule.objects.create(**told | values)


def ip_item(w: SimpleNamespace, **values: object) -> IpItem:
    told = {"enterprise": w.firm, "kind": ip_kind(), "number": "1", "granted_on": GRANTED}
    return IpItem.objects.create(**told | {"since": GRANTED} | values)


def sold(w: SimpleNamespace, on: dt.date, **values: object) -> IpItem:
    return ip_item(w, until=on, ending="transferred", **values)


def rule_set(w: SimpleNamespace, **values: object) -> RuleSet:
    told = {
        "kind": w.kind,
        "conditions": "kind",
        "since": GRANTED,
        "document": "x",
        "thresholds": {},
    }
    return RuleSet.objects.create(**told | values)


LATER = dt.date(2023, 5, 4)
OF_RETURNS = {
    "rule_set_once_per_day": lambda w: (rule_set(w), rule_set(w)),
    "rule_set_conditions_known": lambda w: rule_set(w, conditions="none"),
    "rule_set_has_document": lambda w: rule_set(w, document=""),
    "ip_class_once_per_day": lambda w: (ip_class(), ip_class()),
    "ip_class_known": lambda w: ip_class(ip_class="3"),
    "ip_class_has_document": lambda w: ip_class(document=""),
    "ip_item_numbered": lambda w: ip_item(w, number=""),
    "ip_item_dates_in_order": lambda w: sold(w, GRANTED),
    "ip_item_ends_after_grant": lambda w: ip_item(w, ends_on=dt.date(2020, 5, 3)),
    "ip_item_ended_whole": lambda w: ip_item(w, until=LATER),
    "ip_item_obtained_known": lambda w: ip_item(w, obtained="found"),
    "ip_item_used_in_order": lambda w: ip_item(w, used_first=2024, used_last=2023),
    "ip_item_one_owner": lambda w: (ip_item(w), ip_item(w, enterprise=w.other, since=LATER)),
    "ip_item_once_a_day": lambda w: (ip_item(w), sold(w, LATER, enterprise=w.other)),
    "declined_once_a_day": lambda w: (declined(w), declined(w)),
    "declined_days_in_order": lambda w: declined(w, until=dt.date(2026, 5, 4)),
    "declined_says_why": lambda w: declined(w, reason=""),
    "enterprise_merged_is_void": merged_and_in_force,
    "figures_once_a_year": lambda w: (figures(w), figures(w)),
    "figures_year_plausible": lambda w: figures(w, year=1999),
    "figures_not_negative": lambda w: figures(w, rd_expense=-1),
    "figures_return_not_negative": lambda w: figures(w, liabilities=-1),
    "figures_rd_staff_within_staff": lambda w: figures(w, staff=3, rd_staff=4),
    "figures_share_is_percent": lambda w: figures(w, hightech_share=101),
    "incident_kind_known": lambda w: incident(w, kind="flood"),
    "incident_says_who": lambda w: incident(w, source=""),
    "incident_told_once": lambda w: (incident(w), incident(w)),
}
