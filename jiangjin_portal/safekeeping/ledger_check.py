"""Whether the ledger is complete and in order, and tells of every fact."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from enterprises.models import (
    Application,
    Closure,
    DeclinedAdvice,
    DutyDone,
    Enterprise,
    FirmOwner,
    Incident,
    IpItem,
    LedgerEntry,
    LedgerHead,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.models.validity import FAR

FACTS = (
    *(Enterprise, Placement, Closure, Qualification, YearlyFigures, PoolEntry, Application),
    *(Incident, DeclinedAdvice, FirmOwner, DutyDone, IpItem),
)
CHUNK = 5_000
"""Entries held in memory at a time."""
IN_TURN = (
    *((Placement, ("enterprise",)), (PoolEntry, ("enterprise",))),
    *((Application, ("enterprise", "kind")), (FirmOwner, ("enterprise", "level"))),
    (IpItem, ("kind", "number")),
)
"""Facts of which there is one a day for each of these fields: PostgreSQL refuses a second."""


def applied_migrations() -> list[str]:
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def check_ledger() -> tuple[str, list[str]]:
    """The head is the last entry; nothing is missing in between; what is taken back came before."""
    head = LedgerHead.newest_entry()
    last = LedgerEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    problems = []
    if head != last:
        problems.append(f"账簿首页记到第{head}条，账簿末条是第{last}条。")
    # Numbers that a transaction took and gave up are lost on PostgreSQL, and kept on SQLite.
    if connection.vendor == "sqlite":
        problems += list(_gaps())
    backward = LedgerEntry.objects.filter(undoes__gte=F("pk")).order_by("pk")
    problems += [
        f"第{number}条撤销的账目在它之后。" for number in backward.values_list("pk", flat=True)
    ]
    return f"{LedgerEntry.objects.count()}条，核对编号、首页和撤销次序", problems


def check_facts() -> tuple[str, list[str]]:
    """Every fact was told by an entry; a firm stands in one place a day, a right has one owner."""
    count, problems = 0, []
    for model in FACTS:
        title = model._meta.verbose_name
        rows = model._default_manager.all()
        count += rows.count()
        for number in _untold(model).values_list("pk", flat=True):
            problems.append(f"{title} {number} 在账簿中没有来历（账簿缺少记录）。")
    for model, same in IN_TURN:
        for number in _doubled(model, same).values_list("pk", flat=True):
            problems.append(f"{model._meta.verbose_name} {number} 与另一条日期重叠。")
    return f"{count}条事实，逐条与账簿核对", problems


def _gaps() -> Iterator[str]:
    expected = 1
    numbers = LedgerEntry.objects.order_by("pk").values_list("pk", flat=True)
    for number in numbers.iterator(chunk_size=CHUNK):
        if number != expected:
            yield f"账簿缺少第{expected}条至第{number - 1}条。"
        expected = number + 1


def _untold(model: type) -> QuerySet:  # type: ignore[type-arg]
    firm = "pk" if model is Enterprise else "enterprise"
    told = LedgerEntry.objects.filter(
        # By the firm first: that is what the ledger has an index for.
        enterprise=OuterRef(firm),
        fact=model.__name__.lower(),
        fact_id=OuterRef("pk"),
    )
    return model._default_manager.exclude(Exists(told)).order_by("pk")  # type: ignore[attr-defined]


def _doubled(model: type, same: tuple[str, ...]) -> QuerySet:  # type: ignore[type-arg]
    """Facts that begin before an earlier one of the same has ended."""
    manager = model._default_manager  # type: ignore[attr-defined]
    matching = {name: OuterRef(name) for name in same}
    earlier = manager.filter(
        Q(since__lt=OuterRef("since")) | Q(since=OuterRef("since"), pk__lt=OuterRef("pk")),
        **matching,
    ).annotate(ended=Coalesce("until", FAR))
    return manager.filter(Exists(earlier.filter(ended__gt=OuterRef("since")))).order_by("pk")
