"""Two firms with a history, and what acts add to the ledger."""

import datetime as dt
from dataclasses import replace

from enterprises import registry
from enterprises.models import LedgerEntry, LedgerHead
from enterprises.registry.acts import (
    Act,
    Apply,
    Close,
    EnterPool,
    Grant,
    Place,
    RecordFigures,
    Register,
)
from tests.enterprises.workbooks import code

FIRM, OTHER, UNKNOWN = code(1), code(2), code(3)
DEGAN = {"park": "degan", "town": "500116002"}
LUOHUANG = {"park": "luohuang", "town": "500116117"}
NUMBER = "GR202351100001"
CELL = "名册!A1"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


HISTORY = [
    Register(uscc=FIRM, name="甲公司", registered_on=day("2015-01-05")),
    Place(uscc=FIRM, **DEGAN, since=day("2020-01-01")),
    Grant(uscc=FIRM, kind="hnte", number=NUMBER, valid_from=day("2023-11-01")),
    Grant(uscc=FIRM, kind="tech", valid_from=day("2020-01-01")),
    RecordFigures(uscc=FIRM, year=2025, values={"revenue": 10, "staff": 30}),
    EnterPool(uscc=FIRM, stage="seed", on=day("2025-03-31")),
    Register(uscc=OTHER, name="乙公司"),
    Place(uscc=OTHER, **LUOHUANG, since=day("2021-01-01")),
    Close(uscc=OTHER, on=day("2024-06-01")),
]


def ledger_after(*acts):
    """The entries that these acts add, as (act, before, after)."""
    last = LedgerHead.objects.get(pk=1).last_entry
    registry.apply(acts, by=None)
    return [(entry.act, entry.before, entry.after) for entry in LedgerEntry.objects.since(last)]


def entries_of(*acts: Act) -> list[tuple]:
    """(act, day, before, after) of the entries, with a cell each."""
    last = LedgerHead.objects.get(pk=1).last_entry
    registry.apply([replace(act, cells={"anything": CELL}) for act in acts], by=None)
    entries = list(LedgerEntry.objects.since(last))
    assert all(entry.cells == {"anything": CELL} for entry in entries)
    return [(entry.act, entry.effective_on, entry.before, entry.after) for entry in entries]


def application(stage: str = "preparing", on: str = "2026-03-01", **values: object) -> Apply:
    return Apply(
        **{"uscc": FIRM, "kind": "hnte", "year": 2026, "stage": stage, "on": day(on), **values}
    )
