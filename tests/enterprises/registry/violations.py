"""Rows about returns, incidents and declined advice that the database must refuse, by the constraint."""

import datetime as dt
from types import SimpleNamespace

from enterprises.models import DeclinedAdvice, Enterprise, Incident, YearlyFigures


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


OF_RETURNS = {
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
