"""Lists read again: corrections stay, contradictions are reported, nothing is done twice."""

import datetime as dt

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.loading import command_line
from enterprises.models import (
    Closure,
    Enterprise,
    FormerName,
    LedgerEntry,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.registry.acts import (
    Close,
    Extend,
    Grant,
    Listing,
    RecordFigures,
    Register,
    Rename,
    Reopen,
    Revoke,
)
from enterprises.rosters.definition.registers import HNTE_REGISTER
from tests.enterprises.registered import FIRM, HISTORY, NUMBER, OTHER, UNKNOWN, day, ledger_after
from tests.enterprises.workbooks import code, firm, lines, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]


@pytest.fixture(autouse=True)
def no_follow_ups(plan, settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def history(plan) -> None:
    registry.apply(HISTORY, by=None)


def load(*files) -> list[tuple[str, str, str]]:
    """(file, code, address) of what is told; the files must be taken."""
    result = command_line.load_files(files, moves_on=None, by=None).result
    assert result["applied"], result["files"]
    return [
        (file["name"], problem["code"], problem["address"])
        for file in result["files"]
        for problem in file["problems"]
    ]


def told(*files) -> list[str]:
    result = command_line.load_files(files, moves_on=None, by=None).result
    return [problem["reason"] for file in result["files"] for problem in file["problems"]]


def register(folder, name="register.xlsx", **values):
    certificate = {
        "certificate_number": NUMBER,
        "certificate_issued_on": dt.date(2023, 11, 1),
        "certificate_valid_until": dt.date(2026, 11, 1),
        "recognition": "首次认定",
    }
    return xlsx(folder / name, lines(firm(1, **(certificate | values)), layout=HNTE_REGISTER))


def roster(folder, name, as_of="2026-06-30", **values):
    return xlsx(
        folder / name, [["江津区名册", f"截至日期：{as_of}"], *lines(firm(1, **values))[1:]]
    )


def test_a_register_read_again_leaves_a_person_s_correction_and_tells_it(tmp_path):
    path = register(tmp_path)
    load(path)
    registry.apply(
        [Extend(uscc=code(1), kind="hnte", number=NUMBER, valid_until=day("2026-12-31"))], by=None
    )
    entries = LedgerEntry.objects.count()
    [reason] = told(path)
    assert "有效期至登记为2026-12-31，本名单为2026-11-01，以登记为准" in reason
    assert load(path) == [("register.xlsx", "P104", "名册!F3")]
    assert Qualification.objects.get().valid_until == day("2026-12-31")
    assert LedgerEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"certificate_valid_until": dt.date(2026, 10, 31)}, "F"),
        ({"recognition": "重新认定"}, "G"),
        ({"revoked_on": dt.date(2025, 2, 2)}, "K"),
    ],
)
def test_two_registers_that_disagree_do_not_overwrite_each_other(tmp_path, values, column):
    first = register(tmp_path, revoked_on=dt.date(2025, 1, 1))
    second = register(tmp_path, "second.xlsx", **({"revoked_on": dt.date(2025, 1, 1)} | values))
    load(first)
    entries = LedgerEntry.objects.count()
    assert load(second) == [("second.xlsx", "P104", f"名册!{column}3")]
    assert load(first) == []
    assert LedgerEntry.objects.count() == entries


def test_a_printed_last_day_replaces_a_computed_one_but_not_a_decided_one(history):
    printed = Grant(
        uscc=FIRM,
        kind="hnte",
        number=NUMBER,
        valid_from=day("2023-11-01"),
        valid_until=day("2026-10-31"),
    )
    decided = Extend(uscc=FIRM, kind="hnte", number=NUMBER, valid_until=day("2026-11-01"))
    [(_, before, _)] = ledger_after(decided)
    assert before == {"until_basis": "term"}
    report = registry.apply([printed], by=None)
    assert (report.changes, len(report.notices)) == ([], 1)


def test_a_last_day_decided_for_a_mention_outlives_the_printed_one(history):
    seen = Grant(
        uscc=FIRM, kind="srdi", valid_from=day("2026-03-31"), dating=Qualification.Dating.FIRST_SEEN
    )
    decided = Extend(
        uscc=FIRM, kind="srdi", valid_from=day("2026-03-31"), valid_until=day("2026-12-31")
    )
    registry.apply([seen, decided], by=None)
    printed = Grant(
        uscc=FIRM, kind="srdi", valid_from=day("2025-01-01"), valid_until=day("2028-01-01")
    )
    assert len(registry.apply([printed], by=None).notices) == 1
    held = Qualification.objects.get(kind__code="srdi")
    assert (held.valid_from, held.valid_until, held.dating) == (
        day("2025-01-01"),
        day("2026-12-31"),
        "printed",
    )


def test_a_person_corrects_the_day_of_withdrawal(history):
    days = [day("2025-05-05"), day("2025-06-06")]
    registry.apply([Revoke(uscc=FIRM, kind="hnte", number=NUMBER, on=on) for on in days], by=None)
    assert Qualification.objects.get(number=NUMBER).revoked_on == days[1]


def test_class_years_without_numbers_are_qualifications_of_their_own(history):
    grants = [Grant(uscc=FIRM, kind="hnte", class_year=year) for year in (2017, 2020)]
    registry.apply(grants, by=None)
    assert ledger_after(*grants) == []
    undated = Qualification.objects.filter(valid_from=None).order_by("class_year")
    assert [held.class_year for held in undated] == [2017, 2020]


def contested() -> tuple:
    staff = YearlyFigures.objects.values_list("revenue", "staff").get()
    stages = list(PoolEntry.objects.values_list("stage", "target_year"))
    return Enterprise.objects.values_list("contact_phone", "contact_name").get(), staff, stages


def test_two_rosters_of_a_day_that_disagree_are_told_and_stay_as_they_are(tmp_path):
    planned = {"planned_year": 2027}
    a = roster(
        tmp_path,
        "a.xlsx",
        contact_phone="1111",
        revenue=900,
        staff=None,
        pool_stage="种子库",
        **planned,
    )
    b = roster(
        tmp_path,
        "b.xlsx",
        contact_phone="2222",
        revenue=800,
        contact_name="甲",
        pool_stage="培育库",
        **planned,
    )
    found = load(b, a)
    assert {name for name, _, _ in found} == {"b.xlsx"}
    assert len(found) == 3
    first, entries = contested(), LedgerEntry.objects.count()
    assert first == (("1111", "甲"), (900, 40), [("seed", 2027)])
    for files in ([a, b], [b], [a], [b, a]):
        load(*files)
        assert (contested(), LedgerEntry.objects.count()) == (first, entries)
    [phone] = [reason for reason in told(b) if "联系电话" in reason]
    assert "联系电话登记为1111（a.xlsx 名册!Y3），本名单为2222，以登记为准" in phone


def test_a_roster_that_repeats_the_old_value_against_another_of_its_day_is_told(tmp_path):
    load(roster(tmp_path, "old.xlsx", "2026-03-31", contact_phone="1111"))
    a, b = (roster(tmp_path, f"{name}.xlsx", contact_phone=name * 4) for name in ("1", "2"))
    assert [(name, code) for name, code, _ in load(a, b)] == [("2.xlsx", "P104")]
    assert [(name, code) for name, code, _ in load(a, b)] == [("1.xlsx", "P104")]
    assert Enterprise.objects.get().contact_phone == "2222"


def test_a_person_s_detail_stands_until_a_newer_list(tmp_path):
    old = roster(tmp_path, "old.xlsx", contact_phone="1111")
    load(old)
    name = Enterprise.objects.get().name
    registry.apply([Register(uscc=code(1), name=name, contact_phone="3333")], by=None)
    assert load(old) == [("old.xlsx", "P104", "名册!Y3")]
    assert Enterprise.objects.get().contact_phone == "3333"
    later = Listing("later", timezone.localdate() + dt.timedelta(1))
    registry.apply(
        [Register(uscc=code(1), name=name, contact_phone="4444", listing=later)], by=None
    )
    assert Enterprise.objects.get().contact_phone == "4444"


def test_an_undone_closure_stands_again_for_a_person_and_is_only_told_by_a_list(history):
    closed = Close(uscc=OTHER, on=day("2024-06-01"))
    listed = Close(uscc=OTHER, on=day("2024-06-01"), listing=Listing("旧名单"))
    registry.apply([Reopen(uscc=OTHER, on=day("2024-06-01"))], by=None)
    report = registry.apply([listed], by=None)
    assert (report.changes, "注销已撤销" in report.notices[0].message) == ([], True)
    assert ledger_after(closed) == [
        ("closed", {"reopened_on": "2024-06-01"}, {"reopened_on": None})
    ]
    assert Closure.objects.get().reopened_on is None


def test_a_person_cannot_close_a_firm_within_a_closure_that_has_ended(history):
    registry.apply([Reopen(uscc=OTHER, on=day("2024-09-01"))], by=None)
    with pytest.raises(registry.ActsRefused, match="不得早于上次恢复日期"):
        registry.apply([Close(uscc=OTHER, on=day("2024-06-01"))], by=None)


def test_another_spelling_of_a_name_is_no_former_name(history):
    registry.apply([Rename(uscc=FIRM, name="甲(江津)公司", on=day("2025-01-01"))], by=None)
    [(act, before, after)] = ledger_after(
        Rename(uscc=FIRM, name="甲（江津） 公司", on=day("2026-01-01"))
    )
    assert (act, before, after) == (
        "detailed",
        {"name": "甲(江津)公司"},
        {"name": "甲（江津） 公司"},
    )
    assert FormerName.objects.count() == 1


@pytest.mark.parametrize(
    "act",
    [
        Register(uscc=UNKNOWN, name="丙\x00公司"),
        Register(uscc=UNKNOWN + "\x00", name="丙公司"),
        Register(uscc=UNKNOWN, name="丙\x07公司"),
        Rename(uscc=FIRM, name="甲\ud800公司", on=day("2026-01-01")),
        Grant(uscc=FIRM, kind="srdi", number="\x00", valid_from=day("2026-01-01")),
        RecordFigures(uscc="\x00", year=2025, values={"staff": 1}),
    ],
    ids=["name", "code", "bell", "surrogate", "number", "unknown"],
)
def test_control_characters_are_refused_in_words(history, act):
    with pytest.raises(registry.ActsRefused, match="含有控制字符"):
        registry.apply([act], by=None)
    assert len(registry.preview([act]).errors) == 1
