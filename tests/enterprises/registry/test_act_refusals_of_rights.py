"""Further acts at their edges: rights, duties, answers, owners, advice, corrections; refused and allowed values."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.registry.acts import (
    Act,
    Amend,
    AssignOwner,
    Close,
    CorrectNumber,
    DeclineAdvice,
    EndIpItem,
    EnterPool,
    Grant,
    Leave,
    Move,
    NextStep,
    RecordDuty,
    RecordFigures,
    RecordIncident,
    RecordIpItem,
    Rename,
    UseIpItem,
    WithdrawDuty,
    WithdrawIncident,
)
from tests.enterprises.registered import (
    CELL,
    DEGAN,
    FIRM,
    HISTORY,
    NUMBER,
    OTHER,
    UNKNOWN,
    application,
    day,
    ledger_after,
)

pytestmark = pytest.mark.django_db
PATENT, MODEL = "ZL201910123456.7", "ZL202020654321.X"
TOMORROW = timezone.localdate() + dt.timedelta(days=1)
RECORDED = [
    RecordIpItem(uscc=FIRM, right="invention", number=PATENT, granted_on=day("2020-02-01"), obtained="own"),
    RecordIpItem(
        uscc=FIRM, right="utility_model", number=MODEL, granted_on=day("2020-02-01"),
        ends_on=day("2030-02-01"), obtained="own",
    ),
]  # fmt: skip


@pytest.fixture
def history(plan, people) -> None:
    registry.apply(HISTORY, by=None)


def right(**told) -> RecordIpItem:
    values = {
        "right": "invention",
        "number": PATENT,
        "granted_on": day("2020-02-01"),
        "obtained": "own",
    }
    return RecordIpItem(uscc=FIRM, **values | told)


def duty(**told) -> RecordDuty:
    values = {"duty": "hnte_report", "year": 2025, "on": day("2026-05-01"), "source": "区科技局"}
    return RecordDuty(uscc=FIRM, **values | told)


def answer(**told) -> RecordIncident:
    return RecordIncident(
        uscc=FIRM, **{"kind": "safety", "on": day("2026-03-01"), "source": "局"} | told
    )


def advice(**told) -> DeclineAdvice:
    values = {
        "advice": "enter",
        "stage": "seed",
        "on": day("2026-03-01"),
        "until": day("2026-09-01"),
    }
    return DeclineAdvice(uscc=FIRM, **values | {"why": "本年不报"} | told)


def owner(**told) -> AssignOwner:
    return AssignOwner(
        uscc=FIRM, **{"level": "unit", "account": "德感", "on": day("2026-03-01")} | told
    )


REFUSED: dict[str, tuple[list[Act], Act, str, str]] = {
    "a right without a number": ([], right(number=""), "number", "编号"),
    "a right without its grant": ([], right(granted_on=None), "granted_on", "授权日期"),
    "granted tomorrow": ([], right(granted_on=TOMORROW), "granted_on", "不得晚于今天"),
    "acquired tomorrow": ([], right(since=TOMORROW), "since", "不得晚于今天"),
    "granted in no year": ([], right(granted_on=day("1900-01-01")), "granted_on", "日期不在"),
    "ends in no year": ([], right(ends_on=day("2200-01-01")), "ends_on", "日期不在"),
    "ends a day before it was granted": ([], right(ends_on=day("2020-01-31")), "ends_on", "授权日期之前"),
    "told again, ending before its grant": (
        RECORDED, right(ends_on=day("2020-01-31")), "ends_on", "授权日期之前",
    ),
    "told again, with a last day before a later grant": (
        RECORDED, right(right="utility_model", number=MODEL, granted_on=day("2030-02-02")),
        "granted_on", "不得晚于今天",
    ),
    "ended tomorrow": (
        RECORDED, EndIpItem(uscc=FIRM, right="invention", number=PATENT, on=TOMORROW, how="lapsed"),
        "on", "不得晚于今天",
    ),
    "ended in no known way": (
        RECORDED,
        EndIpItem(uscc=FIRM, right="invention", number=PATENT, on=day("2024-01-01"), how="lost"),
        "how", "转出还是失效",
    ),
    "ended and never told of": (
        [], EndIpItem(uscc=FIRM, right="invention", number=PATENT, on=day("2024-01-01"), how="lapsed"),
        "number", "没有登记过",
    ),
    "ended on the day it began": (
        RECORDED,
        EndIpItem(uscc=FIRM, right="invention", number=PATENT, on=day("2020-02-01"), how="lapsed"),
        "on", "取得日期（2020-02-01）",
    ),
    "ended twice": (
        [*RECORDED,
         EndIpItem(uscc=FIRM, right="invention", number=PATENT, on=day("2024-01-01"), how="lapsed")],
        EndIpItem(uscc=FIRM, right="invention", number=PATENT, on=day("2024-01-02"), how="lapsed"),
        "on", "已于2024-01-01",
    ),
    "used a day after its protection": (
        RECORDED,
        UseIpItem(uscc=FIRM, right="utility_model", number=MODEL, year=2030, on=day("2030-02-02")),
        "number", "ZL202020654321.X的保护期已于2030-02-01结束",
    ),
    "used before it was owned": (
        RECORDED,
        UseIpItem(uscc=FIRM, right="invention", number=PATENT, year=2020, on=day("2020-01-31")),
        "number", "2020-01-31没有登记",
    ),
    "used in no year": (
        RECORDED,
        UseIpItem(uscc=FIRM, right="invention", number=PATENT, year=1990, on=day("2024-01-01")),
        "year", "1990",
    ),
    "a duty nobody speaks for": ([], duty(source="  "), "source", "由谁确认"),
    "a duty of a year before it began": ([], duty(year=2024), "year", "从2025年度起登记"),
    "a duty done tomorrow": ([], duty(year=TOMORROW.year - 1, on=TOMORROW), "on", "不得晚于今天"),
    "a duty done before it opens": ([], duty(on=day("2025-06-01")), "on", "起办理"),
    "a duty taken back that nobody told of": (
        [], WithdrawDuty(uscc=FIRM, duty="hnte_report", year=2024), "year", "没有登记过",
    ),
    "an answer nobody gave": ([], answer(source=""), "source", "哪个单位答复"),
    "an answer of no year": ([], answer(on=day("1900-01-01")), "on", "日期不在"),
    "advice declined without a reason": ([], advice(why=" "), "why", "理由"),
    "advice declined for no day": ([], advice(until=day("2026-03-01")), "until", "须晚于决定之日"),
    "an owner without an account": ([], owner(account="无此人"), "account", "没有账号"),
    "an owner of another unit": ([], owner(account="小石"), "account", "不是企业所在单位"),
    "a bureau owner from a unit": ([], owner(level="bureau"), "account", "不是科技局人员"),
    "an owner of a firm that has left": (
        [Leave(uscc=FIRM, on=day("2026-01-01"))], owner(), "level", "现不在册",
    ),
    "an owner before the last change": (
        [owner(on=day("2026-03-02"))], owner(account="", on=day("2026-03-01")), "on", "不得早于该日",
    ),
    "an owner ended on the day of the beginning": ([owner()], owner(account=""), "on", "结束日期须晚于"),
    "a next step without an application": (
        [], NextStep(uscc=FIRM, kind="hnte", next_action="报送", next_on=day("2026-05-01")),
        "next_action", "还没有登记申报状态",
    ),
    "a next step without a day": (
        [application()], NextStep(uscc=FIRM, kind="hnte", next_action="报送"), "next_on", "日期",
    ),
    "a day without a next step": (
        [application()], NextStep(uscc=FIRM, kind="hnte", next_on=day("2026-05-01")), "next_action", "做什么",
    ),
    "a number corrected that is not registered": (
        [], CorrectNumber(uscc=FIRM, kind="hnte", number="GR202351100009", corrected="GR202351100008"),
        "number", "没有登记",
    ),
    "a number corrected to another of the firm": (
        [Grant(uscc=FIRM, kind="hnte", number="GR202051100002", valid_from=day("2020-11-01"))],
        CorrectNumber(uscc=FIRM, kind="hnte", number=NUMBER, corrected="GR202051100002"),
        "corrected", "已另有编号",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "act", "field", "words"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_the_cell_of_the_field_that_is_wrong(history, before, act, field, words):
    registry.apply(before, by=None)
    with pytest.raises(registry.ActsRefused) as refusal:
        registry.apply([replace(act, cells={"else": "名册!Z9", field: CELL})], by=None)
    [error] = refusal.value.errors
    assert (error.field, error.cell, error.uscc) == (field, CELL, act.uscc)
    assert words in error.message


OF_A_FIRM: list[Act] = [
    Amend(uscc=UNKNOWN),
    Rename(uscc=UNKNOWN, name="丙公司", on=day("2026-01-01")),
    Leave(uscc=UNKNOWN, on=day("2026-01-01")),
    Close(uscc=UNKNOWN, on=day("2026-01-01")),
    Grant(uscc=UNKNOWN, kind="hnte", number="GR1", valid_from=day("2026-01-01")),
    RecordFigures(uscc=UNKNOWN, year=2025, values={"staff": 1}),
    EnterPool(uscc=UNKNOWN, stage="seed", on=day("2026-01-01")),
    replace(application(), uscc=UNKNOWN),
    NextStep(uscc=UNKNOWN, kind="hnte"),
    CorrectNumber(uscc=UNKNOWN, kind="hnte", number="GR1", corrected="GR2"),
    replace(right(), uscc=UNKNOWN),
    EndIpItem(uscc=UNKNOWN, right="invention", number=PATENT, on=day("2026-01-01"), how="lapsed"),
    UseIpItem(uscc=UNKNOWN, right="invention", number=PATENT, year=2026, on=day("2026-01-01")),
    replace(duty(), uscc=UNKNOWN),
    WithdrawDuty(uscc=UNKNOWN, duty="hnte_report", year=2024),
    replace(answer(), uscc=UNKNOWN),
    WithdrawIncident(uscc=UNKNOWN, kind="safety", on=day("2026-03-01"), source="局"),
    replace(advice(), uscc=UNKNOWN),
    replace(owner(), uscc=UNKNOWN),
]


@pytest.mark.parametrize("act", OF_A_FIRM, ids=lambda act: type(act).__name__)
def test_nothing_is_told_of_a_firm_that_is_not_registered(history, act):
    with pytest.raises(registry.ActsRefused) as refusal:
        registry.apply([act], by=None)
    assert {(error.uscc, error.field) for error in refusal.value.errors} == {(UNKNOWN, "uscc")}


ALLOWED: dict[str, tuple[list[Act], Act]] = {
    "granted today": ([], right(granted_on=timezone.localdate())),
    "ends on the day it was granted": ([], right(ends_on=day("2020-02-01"))),
    "ended a day after it began": (
        RECORDED,
        EndIpItem(uscc=FIRM, right="invention", number=PATENT, on=day("2020-02-02"), how="lapsed"),
    ),
    "used on the first day it is owned": (
        RECORDED,
        UseIpItem(uscc=FIRM, right="invention", number=PATENT, year=2020, on=day("2020-02-01")),
    ),
    "used on the last day of its protection": (
        RECORDED,
        UseIpItem(uscc=FIRM, right="utility_model", number=MODEL, year=2030, on=day("2030-02-01")),
    ),
    "advice declined for a day": ([], advice(until=day("2026-03-02"))),
    "an owner on the day of the last change": (
        [owner(on=day("2026-03-02"))], owner(account="", on=day("2026-03-03")),
    ),
    "a number corrected to itself": (
        [], CorrectNumber(uscc=FIRM, kind="hnte", number=NUMBER, corrected="GR202351100008"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "act"), ALLOWED.values(), ids=ALLOWED)
def test_the_first_value_that_is_not_refused_is_written(history, before, act):
    registry.apply(before, by=None)
    assert len(ledger_after(act)) == 1


def test_a_list_that_corrects_a_number_may_be_read_twice(history):
    correction = CorrectNumber(uscc=FIRM, kind="hnte", number=NUMBER, corrected="GR202351100008")
    assert len(ledger_after(correction)) == 1
    assert ledger_after(correction) == []


def test_moves_and_ends_are_told_of_the_firm_that_is_meant(history):
    registry.apply([Move(uscc=FIRM, **DEGAN | {"park": ""}, on=day("2025-01-01"))], by=None)
    assert len(ledger_after(Close(uscc=FIRM, on=day("2026-01-01")))) >= 1
    with pytest.raises(registry.ActsRefused):
        registry.apply([Close(uscc=OTHER, on=day("2024-06-02"))], by=None)
