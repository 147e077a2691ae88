"""Acts at their edges: the last value that is refused, at which field, and the first that is not."""

from dataclasses import replace

import pytest

from enterprises import registry
from enterprises.registry.acts import (
    Act,
    Close,
    EnterPool,
    Extend,
    Grant,
    Leave,
    LeavePool,
    Move,
    Place,
    RecordFigures,
    Register,
    Rename,
    Reopen,
    Revoke,
)
from tests.enterprises.registered import (
    CELL,
    DEGAN,
    FIRM,
    HISTORY,
    LUOHUANG,
    NUMBER,
    OTHER,
    UNKNOWN,
    application,
    day,
    ledger_after,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(plan) -> None:
    registry.apply(HISTORY, by=None)


def apply(*acts: Act) -> None:
    registry.apply(acts, by=None)


# --- what is refused, and at which field ----------------------------------------------------------
RENAMED = [
    Rename(uscc=FIRM, name="甲二公司", on=day("2026-01-01")),
    Rename(uscc=FIRM, name="甲三公司", on=day("2026-02-01")),
]
REOPENED = [Reopen(uscc=OTHER, on=day("2024-09-01"))]
LEFT = [Leave(uscc=FIRM, on=day("2025-01-01"))]
CULTIVATED = [EnterPool(uscc=FIRM, stage="cultivation", on=day("2026-03-31"))]
UNPOOLED = [LeavePool(uscc=FIRM, on=day("2026-03-31"))]
REFUSED = {
    "wrong code": ([], Register(uscc="123", name="丁公司"), "uscc", ""),
    "another name": ([], Register(uscc=FIRM, name="别的公司"), "name", "“别的公司”与登记不一致"),
    "renamed again on the day of the last change": (
        RENAMED, Rename(uscc=FIRM, name="甲四公司", on=day("2026-02-01")), "on", "上次更名（2026-02-01）",
    ),
    "another place": (
        [], Place(uscc=FIRM, **LUOHUANG, since=day("2020-01-01")), "park", "“德感工业园发展中心、德感街道”",
    ),
    "seen here after it left": (
        LEFT, Place(uscc=FIRM, **DEGAN, since=day("2020-01-01"), seen_on=day("2025-01-01")), "park",
        "已于2025-01-01迁出",
    ),
    "moves a day after it was seen there": (
        [], Place(uscc=FIRM, **LUOHUANG, since=day("2020-01-01"), seen_on=day("2025-12-31"),
                  moves_on=day("2026-01-01")), "park", "截至日（2025-12-31）",
    ),
    "moves on the day it came": (
        [], Move(uscc=FIRM, **LUOHUANG, on=day("2020-01-01")), "on", "起始日（2020-01-01）",
    ),
    "leaves on the day it came": ([], Leave(uscc=FIRM, on=day("2020-01-01")), "on", "起始日（2020-01-01）"),
    "closed already": ([], Close(uscc=OTHER, on=day("2024-06-02")), "on", "已于2024-06-01注销"),
    "closed a day before it was restored": (
        REOPENED, Close(uscc=OTHER, on=day("2024-08-31")), "on", "上次恢复日期（2024-09-01）",
    ),
    "restored while open": ([], Reopen(uscc=FIRM, on=day("2025-01-01")), "on", "未处于注销状态"),
    "restored again on another day": (
        REOPENED, Reopen(uscc=OTHER, on=day("2024-09-02")), "on", "未处于注销状态",
    ),
    "restored a day before it closed": (
        [], Reopen(uscc=OTHER, on=day("2024-05-31")), "on", "注销日期（2024-06-01）",
    ),
    "figures before the first year": ([], RecordFigures(uscc=FIRM, year=1999), "year", "年度1999"),
    "figures after the last year": ([], RecordFigures(uscc=FIRM, year=2101), "year", "年度2101"),
    "a stage between two stages": (
        CULTIVATED, EnterPool(uscc=FIRM, stage="application", on=day("2025-12-31")), "stage",
        "已有2026-03-31起",
    ),
    "a stage a day before the pool was left": (
        UNPOOLED, EnterPool(uscc=FIRM, stage="cultivation", on=day("2026-03-30")), "stage", "在2026-03-31之前",
    ),
    "leaves the pool on the day it entered": (
        [], LeavePool(uscc=FIRM, on=day("2025-03-31")), "on", "入库日（2025-03-31）",
    ),
    "leaves the pool twice": (
        UNPOOLED, LeavePool(uscc=FIRM, on=day("2026-04-01")), "on", "不在后备库",
    ),
    "class before the first year": (
        [], Grant(uscc=FIRM, kind="hnte", number="GR1", class_year=1948), "class_year", "1948",
    ),
    "class after the last year": (
        [], Grant(uscc=FIRM, kind="hnte", number="GR1", class_year=2101), "class_year", "2101",
    ),
    "issued before the first year": (
        [], Grant(uscc=FIRM, kind="srdi", valid_from=day("1948-12-31")), "valid_from", "1948-12-31",
    ),
    "neither day nor year": ([], Grant(uscc=FIRM, kind="srdi"), "valid_from", "缺少发证日期或认定年度"),
    "another's number": (
        [], Grant(uscc=OTHER, kind="hnte", number=NUMBER, valid_from=day("2023-11-01")), "number", FIRM,
    ),
    "another day for the number": (
        [], Grant(uscc=FIRM, kind="hnte", number=NUMBER, valid_from=day("2023-11-02")), "valid_from",
        "2023-11-01",
    ),
    "ends a day before it begins": (
        [], Grant(uscc=FIRM, kind="srdi", valid_from=day("2024-01-01"), valid_until=day("2023-12-31")),
        "valid_until", "早于发证日期",
    ),
    "extended to a day before it begins": (
        [], Extend(uscc=FIRM, kind="hnte", number=NUMBER, valid_until=day("2023-10-31")), "valid_until",
        "早于发证日期",
    ),
    "revoked a day before it begins": (
        [], Revoke(uscc=FIRM, kind="hnte", number=NUMBER, on=day("2023-10-31")), "on", "早于发证日期",
    ),
    "application of no year": ([], application(year=1999), "year", "1999"),
    "application of a year to come": ([], application(year=2101), "year", "2101"),
    "batch nought": ([], application(batch=0), "batch", "批次"),
    "too high a batch": ([], application(batch=13), "batch", "批次"),
    "given up without a reason": ([], application("given_up", note="  "), "note", "原因"),
    "a stage before the stage it stands at": (
        [application()], application("filed", "2026-02-28"), "on", "已有2026-03-01起",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "act", "field", "words"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_the_cell_of_the_field_that_is_wrong(history, before, act, field, words):
    apply(*before)
    with pytest.raises(registry.ActsRefused) as refusal:
        apply(replace(act, cells={"else": "名册!Z9", field: CELL}))
    [error] = refusal.value.errors
    assert (error.field, error.cell, error.uscc) == (field, CELL, act.uscc)
    assert words in error.message


def test_what_no_cell_says_is_refused_at_its_field(history):
    for act, field in (
        (Place(uscc=OTHER, town="degan", since=day("2020-01-01")), "park"),
        (Place(uscc=OTHER, park="500116002", town="500116002", since=day("2020-01-01")), "park"),
        (Move(uscc=UNKNOWN, **DEGAN, on=day("2020-01-01")), "uscc"),
        (Revoke(uscc=FIRM, kind="hnte", number="GR1", on=day("2024-01-01")), "number"),
    ):
        with pytest.raises(registry.ActsRefused) as refusal:
            apply(act)
        assert refusal.value.errors[0].field == field
    apply(*LEFT)
    with pytest.raises(registry.ActsRefused, match="当前不在江津") as refusal:
        apply(Move(uscc=FIRM, **LUOHUANG, on=day("2026-01-01")))
    assert refusal.value.errors[0].field == "on"


ALLOWED = {
    "renamed a day after the last change": (
        RENAMED, Rename(uscc=FIRM, name="甲四公司", on=day("2026-02-02")),
    ),
    "moved on the day it was seen there": (
        [], Place(uscc=FIRM, **LUOHUANG, since=day("2020-01-01"), seen_on=day("2025-12-31"),
                  moves_on=day("2025-12-31")),
    ),
    "moves a day after it came": ([], Move(uscc=FIRM, **LUOHUANG, on=day("2020-01-02"))),
    "leaves a day after it came": ([], Leave(uscc=FIRM, on=day("2020-01-02"))),
    "closed on the day it was restored": (REOPENED, Close(uscc=OTHER, on=day("2024-09-01"))),
    "restored on the day it closed": ([], Reopen(uscc=OTHER, on=day("2024-06-01"))),
    "figures of the first year": ([], RecordFigures(uscc=FIRM, year=2000, values={"staff": 1})),
    "figures of the last year": ([], RecordFigures(uscc=FIRM, year=2100, values={"staff": 1})),
    "in the pool again on the day it left": (
        UNPOOLED, EnterPool(uscc=FIRM, stage="cultivation", on=day("2026-03-31")),
    ),
    "leaves the pool a day after it entered": ([], LeavePool(uscc=FIRM, on=day("2025-04-01"))),
    "class of the first year": ([], Grant(uscc=FIRM, kind="hnte", number="GR1", class_year=1949)),
    "class of the last year": ([], Grant(uscc=FIRM, kind="hnte", number="GR1", class_year=2100)),
    "ends on the day it begins": (
        [], Grant(uscc=FIRM, kind="srdi", valid_from=day("2024-01-01"), valid_until=day("2024-01-01")),
    ),
    "extended to the day it begins": (
        [], Extend(uscc=FIRM, kind="hnte", number=NUMBER, valid_until=day("2023-11-01")),
    ),
    "revoked on the day it begins": (
        [], Revoke(uscc=FIRM, kind="hnte", number=NUMBER, on=day("2023-11-01")),
    ),
    "application in the first batch": ([], application(batch=1)),
    "application in the last batch": ([], application(batch=12)),
    "application of the first year": ([], application(year=2000)),
    "application of the last year": ([], application(year=2100)),
    "given up for a reason": ([], application("given_up", note="条件不足")),
}  # fmt: skip


@pytest.mark.parametrize(("before", "act"), ALLOWED.values(), ids=ALLOWED)
def test_the_first_value_that_is_not_refused_is_written(history, before, act):
    apply(*before)
    assert len(ledger_after(act)) == 1


@pytest.mark.parametrize(
    ("which", "named"),
    [
        ({"number": "GR9"}, "GR9"),
        ({"number": "GR9", "valid_from": day("2023-11-01")}, "GR9"),  # the day of another number
        ({"valid_from": day("2023-11-02")}, "2023-11-02"),
        ({}, ""),
    ],
)
def test_a_certificate_that_is_not_registered_is_named_as_it_was_asked_for(history, which, named):
    with pytest.raises(registry.ActsRefused) as refused:
        apply(Revoke(uscc=FIRM, kind="hnte", on=day("2025-01-01"), **which))
    assert str(refused.value).endswith(f"：没有登记高企{named}。")
