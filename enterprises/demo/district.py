"""The demo district: ten years of an invented history, always the same, told to the registry."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib

from django.db import transaction

from enterprises import registry
from enterprises.demo import (
    applications,
    certificates,
    duties,
    lives,
    past_applications,
    reported,
    returns,
)
from enterprises.demo.history import SEED, UNTIL, DemoHistory
from enterprises.models import Enterprise, Period, SourceFile
from enterprises.refusal import Refusal
from enterprises.registry import WriteReport
from enterprises.registry.acts import Act
from enterprises.reporting import quarters
from parks.models import Unit

DUE_IN, LOCKS_IN = dt.timedelta(days=10), dt.timedelta(days=40)


def create() -> WriteReport | None:
    """Fill an empty registry; None, and nothing done, when any enterprise exists."""
    with transaction.atomic():
        if Enterprise.objects.exists():
            return None
        source, _ = SourceFile.objects.get_or_create(
            # A source is known by the digest of its bytes.
            # The demo has none, so its seed stands for them.
            sha256=hashlib.sha256(f"demo {SEED}".encode()).hexdigest(),
            defaults={
                "kind": SourceFile.Kind.DEMO,
                "name": "演示数据（程序生成）",
                "size": 0,
                "as_of": UNTIL,
            },
        )
        return registry.apply(acts(), by=None, source=source, reason="演示数据")


def open_quarter(today: dt.date) -> None:
    """The quarter that ended last, with days left, so that a park can try handing in its roster."""
    days = {"due_on": today + DUE_IN, "locks_on": today + LOCKS_IN}
    with contextlib.suppress(Refusal):
        quarters.open_quarter(Period.before(today), by=None, days=days)


def acts() -> list[Act]:
    """The whole history in the order of its days; the same on every call.

    Needs the seeded units and kinds. All parts draw from one random generator, so the order of
    these lines decides what happens to whom: a line moved gives another district.
    """
    towns = list(Unit.objects.towns().order_by("code").values_list("code", flat=True))
    history = DemoHistory(towns)
    lives.mark_arrivals(history, 16)
    lives.add_changes(history)
    lives.add_entries(history)
    certificates.add_classes(history)
    certificates.add_revocations(history, 9)
    lives.add_register_exits(history, 45)
    certificates.add_honours(history)
    reported.add_figures(history, 2025)
    pooled = reported.add_pool_entries(history, 240)
    applications.add_applications(history, UNTIL.year)
    past_applications.add_past_applications(history, UNTIL.year)
    returns.add_returns(history, pooled, UNTIL.year - 1)
    returns.add_returns_of_renewing(history, UNTIL.year - 1)
    duties.add_duties(history, UNTIL.year - 1)
    reported.add_newcomers_to_pool(history, pooled, 36)
    reported.add_pool_of_certified(history)
    return history.acts_in_order()
