"""What becomes of certificates, of the reserve pool and of figures when acts and lists meet."""

from dataclasses import replace

import pytest

from enterprises import registry
from enterprises.models import (
    Enterprise,
    LedgerHead,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.registry import undoing
from enterprises.registry.acts import (
    Act,
    EnterPool,
    Extend,
    Grant,
    Leave,
    Listing,
    Place,
    RecordFigures,
    Register,
    Revoke,
)
from tests.enterprises.registered import (
    CELL,
    FIRM,
    HISTORY,
    LUOHUANG,
    NUMBER,
    day,
    entries_of,
    ledger_after,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(plan) -> None:
    registry.apply(HISTORY, by=None)


def apply(*acts: Act) -> None:
    registry.apply(acts, by=None)


def pool() -> list[tuple]:
    return list(
        PoolEntry.objects.order_by("since").values_list("stage", "target_year", "since", "until")
    )


def test_a_stage_ends_where_the_next_begins(history):
    [(act, on, before, after)] = entries_of(
        EnterPool(uscc=FIRM, stage="cultivation", target_year=2027, on=day("2026-03-31"))
    )
    assert (act, on) == ("pooled", day("2026-03-31"))
    assert before == {"stage": "seed", "target_year": None}
    assert after == {"stage": "cultivation", "target_year": 2027}
    assert pool() == [
        ("seed", None, day("2025-03-31"), day("2026-03-31")),
        ("cultivation", 2027, day("2026-03-31"), None),
    ]


def test_a_person_s_second_word_on_one_day_corrects_the_first(history):
    again = EnterPool(uscc=FIRM, stage="application", target_year=2026, on=day("2025-03-31"))
    [(act, on, _, after)] = entries_of(again)
    assert (act, on, after) == (
        "pooled",
        day("2025-03-31"),
        {"stage": "application", "target_year": 2026},
    )
    assert pool() == [("application", 2026, day("2025-03-31"), None)]


def test_an_older_list_of_the_same_stage_puts_its_beginning_back(history):
    [(act, on, before, after)] = entries_of(
        EnterPool(uscc=FIRM, stage="seed", on=day("2024-03-31"))
    )
    assert (act, on) == ("pooled", day("2024-03-31"))
    assert (before, after) == ({"since": "2025-03-31"}, {"since": "2024-03-31"})


def test_an_older_stage_comes_before_the_first_and_a_third_between_none(history):
    older = EnterPool(uscc=FIRM, stage="application", target_year=2025, on=day("2024-03-31"))
    oldest = EnterPool(uscc=FIRM, stage="cultivation", on=day("2023-03-31"))
    assert len(entries_of(older, oldest)) == 2
    assert pool() == [
        ("cultivation", None, day("2023-03-31"), day("2024-03-31")),
        ("application", 2025, day("2024-03-31"), day("2025-03-31")),
        ("seed", None, day("2025-03-31"), None),
    ]


@pytest.mark.parametrize(
    ("stage", "target_year", "noticed", "left"),
    [
        ("cultivation", None, ["stage"], ("seed", None)),
        ("seed", 2027, [], ("seed", 2027)),
        ("seed", None, [], ("seed", None)),
    ],
)
def test_a_list_of_a_day_that_has_a_stage_fills_its_gaps(
    history, stage, target_year, noticed, left
):
    listed = EnterPool(
        uscc=FIRM,
        stage=stage,
        target_year=target_year,
        on=day("2025-03-31"),
        listing=Listing("名单", day("2025-03-31")),
        cells={"stage": CELL, "target_year": CELL},
    )
    report = registry.apply([listed], by=None)
    assert [notice.field for notice in report.notices] == noticed
    assert pool() == [(*left, day("2025-03-31"), None)]
    assert [change.effective_on for change in report.changes] == (
        [day("2025-03-31")] if target_year else []
    )
    if target_year:
        other = replace(listed, target_year=2028)
        assert [notice.field for notice in registry.apply([other], by=None).notices] == [
            "target_year"
        ]
        assert pool() == [(*left, day("2025-03-31"), None)]


def test_figures_of_nothing_make_no_row(history):
    assert ledger_after(RecordFigures(uscc=FIRM, year=2020, values={"staff": None})) == []
    assert ledger_after(RecordFigures(uscc=FIRM, year=2020, values={"staff": 0})) != []
    assert YearlyFigures.objects.get(year=2020).staff == 0


# --- certificates ---------------------------------------------------------------------------------
def test_a_certificate_known_by_its_class_alone_gets_its_day_and_the_term(history):
    apply(Grant(uscc=FIRM, kind="hnte", number="GR1", class_year=2022))
    [(act, on, _, after)] = entries_of(
        Grant(uscc=FIRM, kind="hnte", number="GR1", valid_from=day("2023-01-15"))
    )
    assert (act, on) == ("extended", day("2023-01-15"))
    assert after == {
        "valid_from": "2023-01-15",
        "valid_until": "2026-01-15",
        "until_basis": Qualification.Basis.TERM,
    }
    assert Qualification.objects.get(number="GR1").class_year == 2022


def test_what_a_list_says_otherwise_of_a_certificate_is_noticed_and_stays(history):
    printed = Grant(
        uscc=FIRM,
        kind="hnte",
        number=NUMBER,
        valid_from=day("2023-11-01"),
        valid_until=day("2026-10-31"),
        class_year=2022,
        recognition="again",
        cells={"class_year": CELL, "valid_until": "名册!B1"},
    )
    report = registry.apply([printed], by=None)
    assert [(notice.field, notice.cell) for notice in report.notices] == [("class_year", CELL)]
    held = Qualification.objects.get(number=NUMBER)
    assert (held.class_year, held.recognition) == (2023, "again")
    assert (held.valid_until, held.until_basis) == (day("2026-10-31"), "")
    # A printed last day gives way to no other printed one.
    again = replace(printed, class_year=None, valid_until=day("2026-11-02"))
    report = registry.apply([again], by=None)
    assert [(notice.field, notice.cell) for notice in report.notices] == [
        ("valid_until", "名册!B1")
    ]
    assert registry.apply([replace(printed, class_year=None)], by=None).notices == []


def test_a_list_s_other_day_of_withdrawal_is_noticed_and_a_person_s_corrects_it(history):
    revoke = Revoke(uscc=FIRM, kind="hnte", number=NUMBER, on=day("2025-05-05"), cells={"on": CELL})
    apply(revoke)
    listed = replace(revoke, listing=Listing("名单"))
    assert registry.apply([listed], by=None).notices == []
    report = registry.apply([replace(listed, on=day("2025-06-06"))], by=None)
    assert [(notice.field, notice.message.count("以登记为准")) for notice in report.notices] == [
        ("revoked_on", 1)
    ]
    assert ledger_after(replace(revoke, on=day("2025-06-06"))) == [
        ("revoked", {"revoked_on": "2025-05-05"}, {"revoked_on": "2025-06-06"})
    ]


def test_a_kind_without_a_term_is_held_once_until_it_is_withdrawn(history):
    again = Grant(uscc=FIRM, kind="tech", valid_from=day("2021-01-01"))
    with pytest.raises(registry.ActsRefused, match="登记的日期为2020-01-01"):
        apply(again)
    apply(Revoke(uscc=FIRM, kind="tech", valid_from=day("2020-01-01"), on=day("2020-06-01")))
    assert len(ledger_after(again)) == 1
    assert Qualification.objects.filter(kind__code="tech").count() == 2


def test_a_mention_on_the_last_day_of_a_certificate_is_of_that_one(history):
    seen = Qualification.Dating.FIRST_SEEN
    on_last_day = Grant(uscc=FIRM, kind="hnte", valid_from=day("2026-11-01"), dating=seen)
    assert ledger_after(on_last_day) == []
    [(act, _, after)] = ledger_after(replace(on_last_day, valid_from=day("2026-11-02")))
    assert (act, after["dating"], after["class_year"]) == ("granted", "first_seen", 2026)
    assert "valid_until" not in after
    # An older mention puts it back; its class goes with it.
    [(act, before, after)] = ledger_after(
        Grant(uscc=FIRM, kind="srdi", valid_from=day("2026-01-02"), dating=seen),
        Grant(uscc=FIRM, kind="srdi", valid_from=day("2025-12-31"), dating=seen),
    )[1:]
    assert (act, before, after) == (
        "extended",
        {"valid_from": "2026-01-02", "class_year": 2026},
        {"valid_from": "2025-12-31", "class_year": 2025},
    )


def test_a_printed_certificate_takes_the_place_of_a_mention_that_it_covers(history):
    seen = Qualification.Dating.FIRST_SEEN
    apply(Grant(uscc=FIRM, kind="srdi", valid_from=day("2026-06-30"), dating=seen))
    # One that begins a day later is another.
    later = Grant(uscc=FIRM, kind="srdi", number="Z1", valid_from=day("2026-07-01"))
    assert [act for act, _, _ in ledger_after(later)] == ["granted"]
    covering = Grant(
        uscc=FIRM,
        kind="srdi",
        number="Z2",
        valid_from=day("2024-01-01"),
        valid_until=day("2026-06-30"),
    )
    [(act, _, after)] = ledger_after(covering)
    assert (act, after["number"], after["dating"]) == ("extended", "Z2", "printed")
    assert (after["valid_from"], after["valid_until"]) == ("2024-01-01", "2026-06-30")


def test_a_last_day_that_a_person_gave_to_a_mention_stays(history):
    seen = Qualification.Dating.FIRST_SEEN
    apply(
        Grant(uscc=FIRM, kind="srdi", valid_from=day("2026-06-30"), dating=seen),
        Extend(uscc=FIRM, kind="srdi", valid_from=day("2026-06-30"), valid_until=day("2027-01-01")),
        Grant(uscc=FIRM, kind="srdi", number="Z1", valid_from=day("2026-01-01")),
    )
    held = Qualification.objects.get(kind__code="srdi")
    assert (held.number, held.valid_from) == ("Z1", day("2026-01-01"))
    assert (held.valid_until, held.until_basis) == (day("2027-01-01"), "")


def test_a_certificate_of_the_usual_term_leaves_a_mention_after_it_alone(history):
    seen = Qualification.Dating.FIRST_SEEN
    apply(Grant(uscc=FIRM, kind="hnte", valid_from=day("2026-11-05"), dating=seen))
    ended = Grant(uscc=FIRM, kind="hnte", number="Z9", valid_from=day("2019-01-01"))
    assert [act for act, _, _ in ledger_after(ended)] == ["granted"]
    assert Qualification.objects.get(dating=seen).valid_from == day("2026-11-05")


def test_undoing_a_place_taken_after_leaving_does_not_bring_the_firm_back(history):
    apply(Leave(uscc=FIRM, on=day("2025-01-01")))
    apply(Place(uscc=FIRM, **LUOHUANG, since=day("2025-01-01")))
    undo_last()
    assert list(Placement.objects.filter(enterprise__uscc=FIRM).values_list("until")) == [
        (day("2025-01-01"),)
    ]


def test_an_undone_registration_leaves_no_word_of_the_firm(plan):
    apply(Register(uscc=FIRM, name="甲公司", contact_name="何丽", contact_phone="13800004252"))
    undo_last()
    firm = Enterprise.objects.get(uscc=FIRM)
    assert (firm.contact_name, firm.contact_phone, firm.registered_on) == ("", "", None)


def undo_last() -> None:
    last = LedgerHead.objects.get(pk=1).last_entry
    registry.apply(undoing.plan_undoing([(last, last)]).acts, by=None)
