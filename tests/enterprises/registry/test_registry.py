"""The one door: what each act writes, leaves alone and refuses."""

import pytest

from enterprises import registry
from enterprises.models import (
    Closure,
    PoolEntry,
    Qualification,
)
from enterprises.registry.acts import (
    Close,
    EnterPool,
    Extend,
    Grant,
    Leave,
    LeavePool,
    Listing,
    Move,
    Place,
    RecordFigures,
    Register,
    Rename,
    Reopen,
    Revoke,
)
from tests.enterprises.registered import (
    DEGAN,
    FIRM,
    HISTORY,
    LUOHUANG,
    NUMBER,
    OTHER,
    UNKNOWN,
    day,
    ledger_after,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(plan) -> None:
    registry.apply(HISTORY, by=None)


OLD = Listing("旧名册.xlsx", day("2025-03-31"))
CHANGES = {
    "register": (Register(uscc=UNKNOWN, name="丙公司"), "registered", {}, {"uscc": UNKNOWN, "name": "丙公司"}),
    "details": (
        Register(uscc=FIRM, name="甲公司", tech_field="materials"), "detailed",
        {"tech_field": None}, {"tech_field": "materials"},
    ),
    "rename": (
        Rename(uscc=FIRM, name="新甲公司", on=day("2026-01-01")), "renamed",
        {"name": "甲公司"}, {"name": "新甲公司"},
    ),
    "backdate": (
        Place(uscc=FIRM, **DEGAN, since=day("2018-02-03")), "backdated",
        {"since": "2020-01-01"}, {"since": "2018-02-03"},
    ),
    "move": (Move(uscc=FIRM, **LUOHUANG, on=day("2026-01-01")), "moved", DEGAN, LUOHUANG),
    "move seen by a list": (
        Place(uscc=FIRM, **LUOHUANG, since=day("2020-01-01"), seen_on=day("2026-06-30"), moves_on=day("2026-01-01")),
        "moved", DEGAN, LUOHUANG,
    ),
    "leave": (Leave(uscc=FIRM, on=day("2026-01-01")), "left", {"until": None}, {"until": "2026-01-01"}),
    "close": (
        Close(uscc=FIRM, on=day("2026-01-01")), "closed", {}, {"closed_on": "2026-01-01", "cause": "deregistered"},
    ),
    "reopen": (
        Reopen(uscc=OTHER, on=day("2024-09-01")), "reopened", {"reopened_on": None}, {"reopened_on": "2024-09-01"},
    ),
    "grant for the kind's term": (
        Grant(uscc=FIRM, kind="hnte", number="GR202651100001", valid_from=day("2026-11-01")), "granted", {},
        {"kind": "hnte", "number": "GR202651100001", "valid_from": "2026-11-01", "valid_until": "2029-11-01",
         "class_year": 2026, "dating": "printed"},
    ),
    "printed last day": (
        Grant(uscc=FIRM, kind="hnte", number=NUMBER, valid_from=day("2023-11-01"), valid_until=day("2026-10-31")),
        "extended", {"valid_until": "2026-11-01"}, {"valid_until": "2026-10-31"},
    ),
    "extend": (
        Extend(uscc=FIRM, kind="hnte", number=NUMBER, valid_until=day("2026-12-31")), "extended",
        {"valid_until": "2026-11-01"}, {"valid_until": "2026-12-31"},
    ),
    "revoke": (
        Revoke(uscc=FIRM, kind="hnte", number=NUMBER, on=day("2025-05-05")), "revoked",
        {"revoked_on": None}, {"revoked_on": "2025-05-05"},
    ),
    "figures of another year": (
        RecordFigures(uscc=FIRM, year=2024, values={"staff": 9}), "figures", {}, {"year": 2024, "staff": 9},
    ),
    "figures corrected": (
        RecordFigures(uscc=FIRM, year=2025, values={"staff": 31, "revenue": 10}), "figures",
        {"staff": 30}, {"staff": 31},
    ),
    "pool stage": (
        EnterPool(uscc=FIRM, stage="cultivation", on=day("2026-03-31")), "pooled",
        {"stage": "seed"}, {"stage": "cultivation"},
    ),
    "older pool stage": (
        EnterPool(uscc=FIRM, stage="application", on=day("2024-03-31")), "pooled", {},
        {"stage": "application", "since": "2024-03-31", "until": "2025-03-31"},
    ),
    "leave pool": (LeavePool(uscc=FIRM, on=day("2026-03-31")), "unpooled", {"until": None}, {"until": "2026-03-31"}),
}  # fmt: skip


@pytest.mark.parametrize(("act", "entry", "before", "after"), CHANGES.values(), ids=CHANGES)
def test_an_act_changes_a_fact_tells_the_ledger_and_does_nothing_the_second_time(
    history, act, entry, before, after
):
    [(written, was, now)] = ledger_after(act)
    assert written == entry
    assert {name: was.get(name) for name in before} == before
    assert {name: now.get(name) for name in after} == after
    assert ledger_after(act) == []


NOTHING_NEW = {
    "same firm": Register(uscc=FIRM, name="甲公司", registered_on=day("2015-01-05")),
    "same place later": Place(uscc=FIRM, **DEGAN, since=day("2023-01-01")),
    "same certificate without its last day": Grant(
        uscc=FIRM, kind="hnte", number=NUMBER, valid_from=day("2023-11-01")
    ),
    "mention of a held certificate": Grant(
        uscc=FIRM, kind="hnte", valid_from=day("2026-06-30"), dating=Qualification.Dating.FIRST_SEEN
    ),
    "older details": Register(
        uscc=FIRM, name="甲公司", registered_on=day("2014-01-01"), listing=OLD
    ),
    "older figures": RecordFigures(uscc=FIRM, year=2025, values={"revenue": 7}, listing=OLD),
    "older roster again": EnterPool(uscc=FIRM, stage="seed", on=day("2025-03-31")),
    "fewer figures": RecordFigures(uscc=FIRM, year=2025, values={"revenue": 10, "staff": None}),
    "same stage later": EnterPool(uscc=FIRM, stage="seed", on=day("2025-06-30")),
    "same name": Rename(uscc=FIRM, name="甲公司", on=day("2026-01-01")),
    "move to where it is": Move(uscc=FIRM, **DEGAN, on=day("2026-01-01")),
    "closed on the same day": Close(uscc=OTHER, on=day("2024-06-01")),
}


@pytest.mark.parametrize("act", NOTHING_NEW.values(), ids=NOTHING_NEW)
def test_an_act_that_says_nothing_new_writes_nothing(history, act):
    assert ledger_after(act) == []


REFUSED = {
    "wrong check character": (Register(uscc=FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1"), name="丁公司"), "校验位"),
    "another name": (Register(uscc=FIRM, name="别的公司"), "更名"),
    "unknown firm": (Grant(uscc=UNKNOWN, kind="tech", valid_from=day("2024-01-01")), "尚未登记"),
    "another place": (Place(uscc=FIRM, **LUOHUANG, since=day("2020-01-01")), "德感工业园发展中心、德感街道"),
    "a park for a town": (Place(uscc=FIRM, town="degan", since=day("2020-01-01")), "类别不符"),
    "move before it came": (Move(uscc=FIRM, **LUOHUANG, on=day("2019-01-01")), "迁移日期须晚于"),
    "move after the list's day": (
        Place(uscc=FIRM, **LUOHUANG, since=day("2020-01-01"), seen_on=day("2025-12-31"), moves_on=day("2026-01-01")),
        "迁移日期晚于名单",
    ),
    "leave before it came": (Leave(uscc=FIRM, on=day("2019-01-01")), "迁出日期须晚于"),
    "closed already": (Close(uscc=OTHER, on=day("2025-01-01")), "已于2024-06-01注销"),
    "reopen the open": (Reopen(uscc=FIRM, on=day("2025-01-01")), "未处于注销状态"),
    "reopen before closing": (Reopen(uscc=OTHER, on=day("2024-01-01")), "不得早于注销日期"),
    "another's number": (
        Grant(uscc=OTHER, kind="hnte", number=NUMBER, valid_from=day("2023-11-01")), "已登记在另一企业",
    ),
    "another day for the number": (
        Grant(uscc=FIRM, kind="hnte", number=NUMBER, valid_from=day("2023-12-01")), "登记的日期为2023-11-01",
    ),
    "ends before it begins": (
        Grant(uscc=FIRM, kind="srdi", valid_from=day("2024-01-01"), valid_until=day("2023-01-01")), "有效期至早于",
    ),
    "no date at all": (Grant(uscc=FIRM, kind="srdi"), "缺少发证日期"),
    "unknown kind": (Grant(uscc=FIRM, kind="nonsense", valid_from=day("2024-01-01")), "没有代码为"),
    "revoke what is not held": (Revoke(uscc=FIRM, kind="srdi", on=day("2024-01-01")), "没有登记"),
    "revoke before issue": (Revoke(uscc=FIRM, kind="hnte", number=NUMBER, on=day("2020-01-01")), "早于发证日期"),
    "more R&D staff than staff": (RecordFigures(uscc=FIRM, year=2025, values={"rd_staff": 99}), "科技人员数"),
    "figure below zero": (RecordFigures(uscc=FIRM, year=2025, values={"revenue": -1}), "不得为负"),
    "leave no pool": (LeavePool(uscc=OTHER, on=day("2026-01-01")), "不在后备库"),
    "figures of no year": (RecordFigures(uscc=FIRM, year=20255, values={"revenue": 1}), "年度"),
    "class of no year": (Grant(uscc=FIRM, kind="hnte", number="GR202351100009", class_year=20233), "年度"),
    "a day out of all bounds": (Grant(uscc=FIRM, kind="srdi", valid_from=day("9998-01-01")), "日期"),
    "name too long": (Register(uscc=UNKNOWN, name="长" * 121), "企业名称"),
}  # fmt: skip


def test_an_old_list_may_tell_of_a_closure_that_has_ended(history):
    registry.apply(
        [Reopen(uscc=OTHER, on=day("2024-09-01")), Close(uscc=OTHER, on=day("2025-06-01"))], by=None
    )
    assert ledger_after(Close(uscc=OTHER, on=day("2024-06-01"), listing=OLD)) == []
    assert [closure.closed_on for closure in Closure.objects.order_by("closed_on")] == [
        day("2024-06-01"),
        day("2025-06-01"),
    ]


def test_a_stage_cannot_begin_while_one_that_ended_later_still_ran(history):
    registry.apply([LeavePool(uscc=FIRM, on=day("2026-03-31"))], by=None)
    with pytest.raises(registry.ActsRefused, match="仍在后备库中"):
        registry.apply([EnterPool(uscc=FIRM, stage="cultivation", on=day("2025-12-31"))], by=None)
    registry.apply([EnterPool(uscc=FIRM, stage="cultivation", on=day("2026-03-31"))], by=None)
    assert [entry.stage for entry in PoolEntry.objects.order_by("since")] == ["seed", "cultivation"]


@pytest.mark.parametrize(("act", "said"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_act_is_refused_with_a_sentence(history, act, said):
    with pytest.raises(registry.ActsRefused) as refusal:
        registry.apply([act], by=None)
    assert said in str(refusal.value)
